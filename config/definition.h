/* SPDX-License-Identifier: MIT */
/* A server definition: how to run one kind of server. Read from YAML by the tables in definition.c;
 * conventions for keys are in docs/. All strings belong to the catalogue's arena. */
#ifndef HP_CONFIG_DEFINITION_H
#define HP_CONFIG_DEFINITION_H

#include "config/settings.h"
#include "config/template.h"

struct hp_node;

struct hp_strings {
  const char **items; /* NULL-terminated */
  size_t count;
};

/* One more text, which is kept as it is; whoever reads the list that was before still can. false:
 * no memory. */
bool hp__strings_add(struct hp_arena *arena, struct hp_strings *list, const char *text);

struct hp_templates {
  struct hp_template *items;
  size_t count;
};

struct hp_variable { /* of an environment */
  const char *name;
  struct hp_template value;
  bool remove; /* NAME: {unset: true}; a null is an error */
};

struct hp_variables {
  struct hp_variable *items;
  size_t count;
};

struct hp_rung {
  enum hp_rung_kind { HP_RUNG_TETHER, HP_RUNG_COMMAND, HP_RUNG_SIGNAL, HP_RUNG_KILL } kind;
  const char *signal; /* "TERM" */
  bool leader;        /* to the leader alone, not to its group */
  bool force;         /* cuts off a server that is saving: never taken by a patient stop */
  struct hp_templates command;
  int64_t wait; /* ms until the next rung; 0 with kill */
};

struct hp_rungs {
  struct hp_rung *items; /* the last one is always a kill */
  size_t count;
};

enum hp_ready_kind {
  HP_READY_NONE,
  HP_READY_CALLBACK,
  HP_READY_NOTIFY,
  HP_READY_CONNECT,
  HP_READY_LINE,
  HP_READY_FILE,
  HP_READY_EXEC,
  HP_READY_HTTP,
  HP_READY_INHERIT,
  HP_READY_ALL, /* of `items` */
  HP_READY_ANY,
  HP_READY_COUNT
};

struct hp_ready {
  enum hp_ready_kind kind;
  bool nonce;              /* callback: the text begins with the nonce; else hyperd's plain form */
  struct hp_template line; /* line: pattern, may capture endpoint.{host,port,path} */
  int64_t count;           /* line: how often it must come; 0: once */
  struct hp_template path; /* file: where it is; http: what is asked for, empty: "/" */
  struct hp_template content;  /* file: pattern in one of its lines; empty: none is needed */
  bool not_empty;              /* file */
  struct hp_templates command; /* exec */
  int64_t interval;            /* exec: longest wait between two, ms; 0: the default */
  int64_t timeout;             /* exec, http, connect: of one attempt, ms; 0: the default */
  uint16_t status[2];          /* http: first and last that will do; 0: 200 to 299 */
  const char *body;            /* http: must be in the answer; NULL: anything will do */
  struct hp_template port;     /* http: another one than the endpoint's; empty: that */
  const char *name;            /* inherit: of the listener; NULL: the definition's */
  struct hp_ready *items;      /* all, any */
  size_t item_count;
  struct hp_position position;
};

struct hp_health_rule {
  struct hp_ready probe; /* NONE: there is none */
  int64_t interval;      /* ms */
  int64_t failures;      /* in a row, until it counts as lost */
};

/* ready.c: its word in YAML. */
const char *hp__ready_word(enum hp_ready_kind kind);
/* The first of this kind, itself or below it; NULL: there is none. */
const struct hp_ready *hp__ready_find(const struct hp_ready *ready, enum hp_ready_kind kind);

/* How one transport is spoken to this server. */
struct hp_transport_rule {
  const char *kind;              /* "unix", "tcp", "pipe" */
  struct hp_templates arguments; /* appended to the definition's */
  struct hp_variables environment;
  struct hp_template descriptor; /* empty: the endpoint, or the server's own report */
  struct hp_template report;     /* pattern of the server's own descriptor, for callback */
  struct hp_template callback;   /* how our listener over it is named to the server; empty: a URL */
  const char *socket;            /* unix: file name, NULL: "s" */
  const char *port_auto;         /* tcp: what ${endpoint.port} is when the server picks; NULL: it
                                    cannot pick, a port is reserved */
  bool reuse_address;            /* tcp: the server sets SO_REUSEADDR; default true */
  struct hp_position position;
};

struct hp_file { /* written privately for the launch: ${files.NAME} is its path */
  const char *name;
  struct hp_template content;
  const char *transport; /* only for this one; NULL: all */
};

struct hp_secret { /* ${secret.NAME}: random, kept with the data directory */
  const char *name;
};

struct hp_prepare {
  struct hp_templates command; /* empty: nothing to prepare; ${prepare.dir} is where it builds */
  const char *creates;         /* name in the data directory that the result is renamed to */
  int64_t timeout;             /* ms */
};

struct hp_version_question {
  struct hp_strings arguments; /* behind the binary */
  struct hp_template match;    /* pattern of a line of its answer, with ${version}; empty: it cannot
                                  be asked */
};

struct hp_definition {
  const char *name, *description, *extends;
  struct hp_position position;
  const struct hp_node *node;             /* where it was read; NULL: it is made of words */
  struct hp_strings binary;               /* names */
  struct hp_strings inside;               /* folders below a bundle's in which it lies */
  struct hp_strings folders[HP_OS_COUNT]; /* known folders, by OS */
  struct hp_version_question version;
  struct hp_templates arguments; /* first the common ones, then the transport's */
  struct hp_variables environment;
  struct hp_transport_rule *transports; /* in order of preference */
  size_t transport_count;
  struct hp_setting *settings;
  size_t setting_count;
  struct hp_templates pass_through; /* how a setting that is not declared is written */
  struct hp_ready ready;
  struct hp_health_rule health;
  int64_t watchdog;               /* ms; 0: none */
  const char *identity;           /* "required": of who answers; NULL: reported */
  int64_t start_timeout;          /* ms; 0: the default */
  struct hp_rungs stop;           /* count 0: the default ladder */
  const char *host_death_signal;  /* "TERM"; NULL: the default; "" : none, the tether does */
  struct hp_strings user_as_root; /* first one that exists */
  struct hp_prepare prepare;
  struct hp_file *files;
  size_t file_count;
  struct hp_secret *secrets;
  size_t secret_count;
  const char *binary_setting;    /* setting that names the binary's folder ("hyper_path") */
  const char *transport_setting; /* that says off, auto or a port of TCP ("use_tcp_port") */
  const char *directory_setting; /* that names the folder of sockets ("domain_socket_dir") */
  const char
      *port_taken; /* text in the output of one that died of a taken port, in any case of letters */
  struct hp_note *remedies; /* by a text in the output of one that ended */
  size_t remedy_count;
  struct hp_strings settings_list; /* what the binary is called with to list all that it knows */
  const char *working_dir;
  bool is_program; /* made of words: found as a shell finds it, in our own working directory */
};

/* NULL: there is none of that name. */
const struct hp_setting *hp__setting_find(const struct hp_definition *definition, const char *name);

#endif
