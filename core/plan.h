/* SPDX-License-Identifier: MIT */
/*
 * Definition + profile + overrides, resolved and checked. Immutable once made; changes nothing on
 * disk. What only the launch can know stays a named variable in a template.
 */
#ifndef HP_CORE_PLAN_H
#define HP_CORE_PLAN_H

#include "config/mistake.h"
#include "core/lifecycle.h"
#include "core/log_file.h"
#include "core/options.h"
#include "core/registry.h"
#include "core/sources.h"

/* Names of our own sockets in the private directory: short, for the address has few bytes. */
#define HP_CALLBACK_NAME "c"
#define HP_NOTIFY_NAME "n"
/* A secret NAME is kept in the data directory as secret-NAME. */
#define HP_SECRET_PREFIX "secret-"

struct hp_version_wanted;

struct hp_plan {
  struct hp_arena arena;
  struct hp_source *source; /* its strings are used here */
  const struct hp_platform_ops *platform;
  const struct hp_transport_ops *transport;
  const struct hp_definition *definition;
  struct hp_profile profile; /* with the caller's overrides applied */

  const char *executable, *executable_source;
  const char *version;             /* that it had to be of; NULL: any */
  struct hp_templates arguments;   /* argv, [0] included */
  struct hp_variables environment; /* what differs from the host's */
  struct hp_strings ours;          /* the host's environment, "NAME=value" */
  struct hp_strings inherited;     /* what the server gets of it */
  bool is_wrapped;                 /* who is being debugged is not asked how it is */
  bool has_terminal;               /* the host's, in place of a pipe that is read */
  const char *working_dir;
  struct hp_limits limits;
  struct hp_user user;

  const struct hp_choice *choice; /* of the profile's transports; NULL: none was said */
  struct hp_strings warnings;     /* those of `next` too */
  struct hp_strings fallbacks;    /* those before it, each with why it cannot be had */
  struct hp_strings no_fallbacks; /* without `next`: those after it that cannot be had either */
  struct hp_plan *next;           /* when its address cannot be had; freed with this one */
  struct hp_transport_spec address;
  struct hp_endpoint known;                /* parts of the endpoint that are certain already */
  const struct hp_transport_ops *tcp;      /* for probes of another port */
  const struct hp_transport_ops *callback; /* NULL: the server calls nobody back */
  struct hp_template callback_text;        /* how ${callback} is written; empty: a URL */
  struct hp_template descriptor, report;
  const char *runtime_base; /* where the private directory is made; NULL: none is needed */
  const char *runtime_dir;  /* its name with X for what the launch chooses */
  bool needs_data_dir, needs_secrets;
  struct hp_strings secret_values; /* of secret settings */
  const char *data_dir;            /* the user's, absolute; NULL: a temporary one */
  const char *temporary_base;      /* where that is made */
  struct hp_templates prepare;
  const char *creates;
  struct hp_file *files;
  size_t file_count;

  struct hp_ready ready;
  struct hp_health_rule health;
  int64_t watchdog;       /* ms; 0: none */
  bool requires_identity; /* an answer that is not proven to be the server's does not count */
  struct hp_step *steps;  /* after ready */
  size_t step_count;
  struct hp_rungs stop;
  struct hp_policy policy;
  struct hp_log_rules log;       /* folder absolute, NULL: none */
  const char *event_log;         /* absolute; NULL: none */
  const char *host_death_signal; /* NULL: none */
  enum hp_containment required_containment;
};

/* `must_not_block`: the caller is inside a callback. */
int hp__plan_make(struct hp_plan **plan, const struct hp_registry *registry,
                  struct hp_sources *sources, const hp_options *options, bool must_not_block,
                  hp_error *error);

/* plan_environment.c: ours, "NAME=value", without what was meant for us alone; NULL-terminated.
 * HP_ENOMEM. */
int hp__our_environment(const struct hp_platform_ops *platform, struct hp_arena *arena,
                        struct hp_strings *list);

/* "tcp:6380", for messages. */
void hp__choice_print(const struct hp_choice *choice, char *text, size_t size);
/* One error of several that name a transport each: none of them can be had. */
void hp__plan_refuse_all(hp_error *error, int code, enum hp_phase phase,
                         const struct hp_strings *reasons);

/* Where the binary may lie, by definition and overrides; used by the plan and by `locate`. */
int hp__plan_locate(const struct hp_platform_ops *platform, struct hp_sources *sources,
                    const struct hp_definition *definition, const char *given,
                    const struct hp_version_wanted *wanted, struct hp_candidates *found,
                    hp_error *error);
/* Which version of it, the strongest word first. */
struct hp_version_wanted hp__plan_wanted(const hp_options *options,
                                         const struct hp_profile *profile);
/* What the user named, the strongest word first; NULL: nothing. */
const char *hp__plan_given(const hp_options *options, const struct hp_profile *profile,
                           const struct hp_definition *definition);

enum { HP_RUNG_TEXT_SIZE = 64 };
/* "tether", "signal TERM". */
void hp__rung_print(const struct hp_rung *rung, char text[HP_RUNG_TEXT_SIZE]);

/* Variables of the host that no server inherits; a '*' stands for any end; NULL-terminated. */
extern const char *const hp__private_variables[];

#endif
