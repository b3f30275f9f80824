/* SPDX-License-Identifier: MIT */
/* The steps between a server that answers and READY, which is told when they are done. */
#include "core/process.h"

#include "core/steps.h"

#include <inttypes.h>

static void tell_news(void *data, const char *text) {
  hp__process_inform(data, text);
}

static void closed(void *data) {
  hp__process_release(data);
}

static void ignore_undelivered(hp_subprocess *program) {
  (void)program;
}

static void ended(void *data, bool success) {
  hp_process *process = data;
  hp__process_end_steps(process);
  if (success) {
    hp__process_tell_ready(process);
    return;
  }
  struct hp_machine_event event = {.type = HP_ON_STEP_FAILED, .now = hp__process_now(process)};
  hp__process_post(process, event);
}

static bool add(struct hp_arena *arena, struct hp_strings *list, const char *name,
                const char *value) {
  return !value || hp__strings_add(arena, list, hp__arena_pair(arena, name, value));
}

/* What the tool's command gets, too. The view's strings stay as long as the process. */
static bool collect_facts(hp_process *process, struct hp_strings *list) {
  struct hp_arena *arena = &process->launch.arena;
  const struct hp_process_view *view = &process->view;
  const char *port = view->port ? hp__arena_format(arena, "%u", view->port) : NULL;
  const char *pid = hp__arena_format(arena, "%" PRId64, hp__subprocess_pid(process->server));
  const char *const facts[][2] = {{"HYPERPROCESS_ENDPOINT", view->endpoint},
                                  {"HYPERPROCESS_DESCRIPTOR", view->descriptor},
                                  {"HYPERPROCESS_TRANSPORT", process->plan->transport->name},
                                  {"HYPERPROCESS_PATH", view->path},
                                  {"HYPERPROCESS_HOST", view->host},
                                  {"HYPERPROCESS_PORT", port},
                                  {"HYPERPROCESS_PID", pid},
                                  {"HYPERPROCESS_DATA_DIR", view->data_dir}};
  bool whole = true;
  for (size_t i = 0; whole && i < sizeof facts / sizeof *facts; i++)
    whole = add(arena, list, facts[i][0], facts[i][1]);
  return whole;
}

static int open_steps(hp_process *process) {
  hp_context *context = process->context;
  struct hp_steps_owner owner = {
      .data = process,
      .runs = {.loop = context->loop,
               .platform = process->plan->platform,
               .spawner = context->is_attached ? &context->spawner : NULL,
               .buffer = context->read_buffer,
               .secrets = &process->launch.known,
               .log = process->log,
               .undelivered = ignore_undelivered},
      .launch = &process->launch,
      .error = &process->attempt,
      .news = tell_news,
      .ended = ended,
      .closed = closed,
  };
  if (!collect_facts(process, &owner.facts))
    return hp_error_set(&process->attempt, HP_ENOMEM, HP_PHASE_READY, "no memory for the steps");
  int result = hp__steps_open(&process->steps, &owner);
  process->open += process->steps != NULL;
  return result;
}

bool hp__process_run_steps(hp_process *process) {
  if (process->plan->step_count == 0)
    return false;
  if (!process->steps && open_steps(process) < 0)
    ended(process, false);
  return true;
}

void hp__process_end_steps(hp_process *process) {
  if (process->steps)
    hp__steps_close(process->steps);
  process->steps = NULL;
}
