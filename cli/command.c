/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

#include "cli/facts.h"
#include "cli/report.h"
#include "cli/system.h"
#include "core/alloc.h"
#include "core/error.h"

#include <stdio.h>
#include <string.h>

enum { PATIENCE_MS = 10000 };

/* ---- Where it is ---- */

static int choose_code(const struct hp_candidates *found) {
  for (size_t i = 0; i < found->count; i++)
    if (found->items[i].verdict != HP_VERDICT_MISSING &&
        found->items[i].verdict != HP_VERDICT_DIRECTORY)
      return EXIT_NOT_EXECUTABLE;
  return EXIT_NO_COMMAND;
}

static int find_in_path(struct command *command, hp_error *error) {
  const char *names[] = {command->argv[0], NULL};
  struct hp_locate_request request = {.names = names, .path_only = true};
  struct hp_candidates found = {0};
  int code = EXIT_DONE;
  if (command->platform->locate(&request, &found, error) == 0)
    command->path = hp__strdup(found.items[found.count - 1].path);
  else
    code = choose_code(&found);
  hp_candidates_fini(&found);
  if (code != EXIT_DONE)
    hp_error_prefix(error, "the command ");
  return code;
}

int command_find(struct command *command, const struct hp_platform_ops *platform, char **argv,
                 hp_error *error) {
  command->platform = platform;
  command->argv = argv;
  if (system_needs_interpreter(argv[0])) {
    hp_error_set(error, HP_EUNSUPPORTED, HP_PHASE_USE, "the command \"%s\" is a batch file",
                 argv[0]);
    hp_error_set_hint(error, "it is read by cmd.exe: -- cmd /c %s", argv[0]);
    return EXIT_NOT_EXECUTABLE;
  }
  if (!strpbrk(argv[0], "/\\"))
    return find_in_path(command, error);
  command->path = system_program(argv[0]);
  return EXIT_DONE;
}

/* ---- Its environment ---- */

struct variables { /* "HYPERPROCESS_NAME=value"; without a "=": there is none, and none is inherited
                    */
  char *items[FACTS];
};

static char *format_fact(const char *name, const char *value) {
  size_t size = strlen("HYPERPROCESS_") + strlen(name) + (value ? strlen(value) + 2 : 1);
  char *text = hp__alloc(size);
  if (text)
    snprintf(text, size, "HYPERPROCESS_%s%s%s", name, value ? "=" : "", value ? value : "");
  return text;
}

static bool collect(struct variables *variables, hp_process *process) {
  struct facts facts;
  bool whole = true;
  facts_collect(&facts, process);
  for (int i = 0; i < FACTS; i++) {
    const struct fact *fact = &facts.items[i];
    whole = (variables->items[i] = format_fact(fact->name, fact->value)) && whole;
  }
  return whole;
}

static bool is_ours(const struct variables *ours, const char *name) {
  for (int i = 0; i < FACTS; i++) {
    size_t length = strcspn(ours->items[i], "=");
    if (strlen(name) == length && system_same_variable(ours->items[i], name, length))
      return true;
  }
  return false;
}

static char *format_inherited(const uv_env_item_t *item) {
  size_t size = strlen(item->name) + strlen(item->value) + 2;
  char *text = hp__alloc(size);
  if (text)
    snprintf(text, size, "%s=%s", item->name, item->value);
  return text;
}

static void free_list(char **list) {
  for (size_t i = 0; list && list[i]; i++)
    hp__free(list[i]);
  hp__free(list);
}

/* Ours instead of those that a tool around us may have set. Takes them over. */
static char **merge(struct variables *ours, const uv_env_item_t *items, int count) {
  char **list = hp__alloc(((size_t)count + FACTS + 1) * sizeof *list);
  size_t length = 0;
  bool whole = list != NULL;
  for (int i = 0; whole && i < count; i++)
    if (!is_ours(ours, items[i].name))
      whole = (list[length] = format_inherited(&items[i])) && ++length;
  for (int i = 0; i < FACTS; i++)
    if (whole && strchr(ours->items[i], '='))
      list[length++] = ours->items[i];
    else
      hp__free(ours->items[i]);
  if (whole)
    return list;
  free_list(list);
  return NULL;
}

static char **make_environment(hp_process *process) {
  struct variables ours = {0};
  uv_env_item_t *items = NULL;
  int count = 0;
  if (collect(&ours, process) && uv_os_environ(&items, &count) == 0) {
    char **list = merge(&ours, items, count);
    uv_os_free_environ(items, count);
    return list;
  }
  for (int i = 0; i < FACTS; i++)
    hp__free(ours.items[i]);
  return NULL;
}

/* ---- Its end ---- */

static void part_closed(struct command *command) {
  if (--command->open > 0)
    return;
  command->running = false;
  command->ended(command);
}

static void child_closed(hp_child *child) {
  part_closed(child->data);
}

static void timer_closed(uv_handle_t *timer) {
  part_closed(timer->data);
}

static void exited(hp_child *child) {
  struct command *command = child->data;
  command->platform->reap(child);
  command->exit = child->exit;
  command->open = 2;
  uv_close((uv_handle_t *)&command->patience, timer_closed);
  command->platform->close(child, child_closed);
}

static void patience_over(uv_timer_t *timer) {
  command_signal(timer->data, "KILL");
}

/* Between the exit and `ended` there is nobody left to signal. */
int command_signal(struct command *command, const char *name) {
  if (!command->running || command->open > 0)
    return 0;
  return command->platform->signal(command->child, HP_SCOPE_LEADER, name, NULL);
}

/* Where nobody can be asked to end there is no use in waiting. */
void command_stop(struct command *command, const char *name) {
  int asked = name && !command->stopping ? command_signal(command, name) : 0;
  if (command->stopping || asked == HP_EUNSUPPORTED)
    command_signal(command, "KILL");
  if (command->running && command->open == 0 && !command->stopping)
    uv_timer_start(&command->patience, patience_over, PATIENCE_MS, 0);
  command->stopping = true;
}

void command_fini(struct command *command) {
  hp__free(command->child);
  hp__free(command->path);
}

int command_status(const struct command *command) {
  switch (command->exit.kind) {
  case HP_EXIT_CODE:
    return command->exit.value;
  case HP_EXIT_SIGNAL:
    return EXIT_BY_SIGNAL + command->exit.value;
  default:
    return EXIT_NOT_STARTED;
  }
}

/* ---- Its start ---- */

static void unwatched_closed(hp_child *child) {
  (void)child;
}

static int spawn(struct command *command, uv_loop_t *loop, char **environment, hp_error *error) {
  struct hp_spawn spawn = {.executable = command->path,
                           .argv = command->argv,
                           .environment = environment,
                           .inherit_stdio = true,
                           .session = HP_SESSION_OURS,
                           .user = {.id = -1, .group = -1},
                           .host_death_signal = "TERM"};
  command->child->data = command;
  int result = command->platform->spawn(loop, command->child, &spawn, error);
  if (result < 0)
    return result;
  result = command->platform->watch(command->child, exited, error);
  if (result < 0) { /* one whose end we would never learn must not live */
    command->platform->signal(command->child, HP_SCOPE_LEADER, "KILL", NULL);
    command->platform->close(command->child, unwatched_closed);
  }
  return result;
}

int command_start(struct command *command, uv_loop_t *loop, hp_process *process, hp_error *error) {
  char **environment = make_environment(process);
  command->child = hp__alloc(command->platform->child_size);
  int result = environment && command->child && command->path
                   ? spawn(command, loop, environment, error)
                   : hp_error_set(error, HP_ENOMEM, HP_PHASE_USE, "no memory for the command");
  free_list(environment);
  if (result < 0) {
    bool missing = uv_translate_sys_error(hp_error_os_code(error)) == UV_ENOENT;
    return missing ? EXIT_NO_COMMAND : EXIT_NOT_EXECUTABLE;
  }
  uv_timer_init(loop, &command->patience);
  command->patience.data = command;
  command->running = true;
  return EXIT_DONE;
}
