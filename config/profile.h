/* SPDX-License-Identifier: MIT */
/* A profile: what one user wants of a server. Strings belong to the catalogue's arena. */
#ifndef HP_CONFIG_PROFILE_H
#define HP_CONFIG_PROFILE_H

#include "config/definition.h"

struct hp_value { /* of a setting, as the user wrote it */
  const char *name, *text;
  struct hp_position position;
};

struct hp_choice {         /* one transport that the user would take */
  const char *kind, *host; /* kind; host for tcp */
  const char *port;        /* "auto" or a number; NULL: auto */
  const char *path;        /* unix: socket; NULL: one of our own */
  struct hp_position position;
};

enum { HP_CHOICES_MAX = 8 };

struct hp_choices {
  struct hp_choice *items;
  size_t count;
};

struct hp_environment_policy { /* what of our environment the server gets */
  bool limited;                /* only `names`; a '*' at the end of one stands for anything */
  struct hp_strings names;
  bool unbundle; /* without what an AppImage, a Snap or PyInstaller has put there for itself */
};

struct hp_limits_wanted {
  struct hp_limits limits;
  int64_t memory_percent; /* of the machine's; 0: in bytes, or not at all */
  struct hp_position position;
};

struct hp_log_choice { /* files of the server's output; no `dir`: none */
  const char *dir;
  uint64_t size_limit, max_count; /* 0: none */
};

struct hp_step { /* a program that runs once the server is ready, before anybody is told */
  const char *name;
  struct hp_templates command;
  struct hp_variables environment;
  const char *working_dir;
  int64_t timeout; /* ms; 0: the start's alone */
  struct hp_position position;
};

struct hp_node;

struct hp_profile {
  const char *name, *extends;
  struct hp_position position;
  const char *server;
  struct hp_position server_position;
  const char *version; /* of the binary, as words of hp__constraint_read(); NULL: any */
  struct hp_position version_position;
  struct hp_choices transports; /* tried in turn; none: local */
  struct hp_value *settings;
  size_t setting_count;
  bool allow_experimental, pass_unknown;
  const char *binary, *data_dir, *working_dir, *user;
  struct hp_templates arguments;
  struct hp_variables environment;
  struct hp_environment_policy environment_policy;
  struct hp_limits_wanted limits;
  int64_t start_timeout; /* ms; 0: the definition's */
  struct hp_rungs stop;  /* count 0: the definition's */
  const char *identity;  /* "required", "reported"; NULL: the definition's */
  struct hp_log_choice log;
  const char *event_log;        /* file of the framework's own events; NULL: none */
  const char *containment;      /* the least that is required; NULL: none is */
  const struct hp_node *health; /* what it says of it; NULL: nothing */
  struct hp_step *steps;
  size_t step_count;
  int64_t watchdog; /* ms; 0: the definition's */
  struct hp_position watchdog_position;
};

/* health.c: how the server is looked after: by the definition, and the profile's keys over it. The
 * nodes are the catalogue's. HP_ECONFIG: at its place. */
int hp__profile_health(struct hp_arena *arena, const struct hp_profile *profile,
                       const struct hp_definition *definition, struct hp_health_rule *rule,
                       hp_error *error);
/* health.c: a watchdog is heard on the socket that the server notifies. */
int hp__profile_check_watchdog(const struct hp_profile *profile,
                               const struct hp_definition *definition, hp_error *error);

#endif
