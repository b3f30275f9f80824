/* SPDX-License-Identifier: MIT */
#include "core/options.h"

#include "core/alloc.h"
#include "core/error.h"

#include <string.h>

static int no_memory(hp_error **error) {
  struct hp_error e = {0};
  hp_error_set(&e, HP_ENOMEM, HP_PHASE_USE, "no memory for the options");
  return hp__error_give(error, &e);
}

int hp_options_new(hp_options **options, hp_error **error) {
  *options = hp__alloc(sizeof **options);
  return *options ? 0 : no_memory(error);
}

void hp_options_free(hp_options *options) {
  if (!options)
    return;
  hp__arena_fini(&options->arena);
  hp__free(options);
}

static int refuse(hp_error **error, const char *message) {
  struct hp_error e = {0};
  hp_error_set(&e, HP_EUSAGE, HP_PHASE_USE, "%s", message);
  return hp__error_give(error, &e);
}

static int set_text(hp_options *options, const char **slot, const char *value, hp_error **error) {
  const char *copy = hp__arena_copy(&options->arena, value);
  if (value && !copy)
    return no_memory(error);
  *slot = copy;
  return 0;
}

static int append(hp_options *options, struct hp_option_list *list, const char *name,
                  const char *value, hp_error **error) {
  struct hp_arena *arena = &options->arena;
  struct hp_option *grown = hp__arena_grow(arena, list->items, list->count, sizeof *grown);
  struct hp_option option = {hp__arena_copy(arena, name), hp__arena_copy(arena, value)};
  if (!grown || !option.name || (value && !option.value))
    return no_memory(error);
  list->items = grown;
  list->items[list->count++] = option;
  return 0;
}

int hp_options_set_server(hp_options *options, const char *name, hp_error **error) {
  return set_text(options, &options->server, name, error);
}

int hp_options_set_file(hp_options *options, const char *path, hp_error **error) {
  return set_text(options, &options->file, path, error);
}

int hp_options_set_profile(hp_options *options, const char *name, hp_error **error) {
  return set_text(options, &options->profile, name, error);
}

int hp_options_set_transport(hp_options *options, const char *spec, hp_error **error) {
  return set_text(options, &options->transport, spec, error);
}

int hp_options_set(hp_options *options, const char *name, const char *value, hp_error **error) {
  return append(options, &options->settings, name, value, error);
}

int hp_options_set_experimental(hp_options *options, bool allowed, hp_error **error) {
  (void)error;
  options->allow_experimental = allowed;
  return 0;
}

int hp_options_set_data_dir(hp_options *options, const char *path, hp_error **error) {
  return set_text(options, &options->data_dir, path, error);
}

int hp_options_set_binary(hp_options *options, const char *path, hp_error **error) {
  return set_text(options, &options->binary, path, error);
}

int hp_options_set_server_version(hp_options *options, const char *wanted, hp_error **error) {
  return set_text(options, &options->version, wanted, error);
}

int hp_options_set_working_dir(hp_options *options, const char *path, hp_error **error) {
  return set_text(options, &options->working_dir, path, error);
}

int hp_options_set_log_dir(hp_options *options, const char *path, hp_error **error) {
  return set_text(options, &options->log_dir, path, error);
}

int hp_options_set_log_size_limit(hp_options *options, uint64_t bytes, hp_error **error) {
  (void)error;
  options->log_size_limit = bytes;
  options->has_log_size_limit = true;
  return 0;
}

int hp_options_set_log_max_count(hp_options *options, uint64_t count, hp_error **error) {
  (void)error;
  options->log_max_count = count;
  options->has_log_max_count = true;
  return 0;
}

int hp_options_set_event_log(hp_options *options, const char *path, hp_error **error) {
  return set_text(options, &options->event_log, path, error);
}

int hp_options_set_start_timeout(hp_options *options, int64_t milliseconds, hp_error **error) {
  if (milliseconds > 0) {
    options->start_timeout = milliseconds;
    return 0;
  }
  struct hp_error e = {0};
  hp_error_set(&e, HP_EUSAGE, HP_PHASE_USE, "a start timeout of %lld ms is not positive",
               (long long)milliseconds);
  return hp__error_give(error, &e);
}

int hp_options_set_program(hp_options *options, const char *const *argv, hp_error **error) {
  size_t count = 0;
  while (argv && argv[count])
    count++;
  if (count == 0)
    return refuse(error, "a program has at least one word, its name");
  const char **words = hp__arena_alloc(&options->arena, (count + 1) * sizeof *words);
  for (size_t i = 0; words && i < count; i++)
    if (!(words[i] = hp__arena_copy(&options->arena, argv[i])))
      words = NULL;
  if (!words)
    return no_memory(error);
  options->program.argv = words;
  return 0;
}

int hp_options_set_wrap(hp_options *options, const char *command, hp_error **error) {
  return set_text(options, &options->wrap, command, error);
}

void hp_options_set_terminal(hp_options *options, bool terminal) {
  options->terminal = terminal;
}

int hp_options_set_ready(hp_options *options, const char *text, hp_error **error) {
  return set_text(options, &options->program.ready, text, error);
}

int hp_options_set_stop(hp_options *options, const char *text, hp_error **error) {
  return set_text(options, &options->program.stop, text, error);
}

int hp_options_add_argument(hp_options *options, const char *argument, hp_error **error) {
  return append(options, &options->arguments, argument, NULL, error);
}

int hp_options_set_environment(hp_options *options, const char *name, const char *value,
                               hp_error **error) {
  return append(options, &options->environment, name, value, error);
}
