/* SPDX-License-Identifier: MIT */
/* What the caller said, as said: nothing here is checked before the plan. */
#ifndef HP_CORE_OPTIONS_H
#define HP_CORE_OPTIONS_H

#include "config/program.h"

struct hp_option {
  const char *name, *value; /* value NULL: unset, of an environment variable */
};

struct hp_option_list {
  struct hp_option *items;
  size_t count;
};

struct hp_options {
  struct hp_arena arena;
  const char *server, *file, *profile, *transport, *data_dir, *binary, *version, *working_dir;
  const char *wrap; /* NULL: nothing */
  bool terminal;
  bool allow_experimental;
  struct hp_program program;
  const char *log_dir;
  uint64_t log_size_limit, log_max_count;
  bool has_log_size_limit, has_log_max_count;
  const char *event_log;
  int64_t start_timeout;                                  /* 0: not said */
  struct hp_option_list settings, environment, arguments; /* an argument is a name */
};

#endif
