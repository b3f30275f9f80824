/* SPDX-License-Identifier: MIT */
#include "core/steps.h"

#include "core/alloc.h"
#include "core/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct hp_steps {
  struct hp_steps_owner owner;
  const struct hp_plan *plan;
  size_t index;
  hp_subprocess *program;
  uv_timer_t deadline;
  int open; /* the timer, programs */
  bool closing;
};

static const struct hp_step *current(const hp_steps *steps) {
  return &steps->plan->steps[steps->index];
}

const char *hp__steps_name(const hp_steps *steps) {
  return current(steps)->name;
}

char *hp__steps_output(const hp_steps *steps) {
  return steps->program ? hp__output_tail(&steps->program->output) : NULL;
}

static void release(hp_steps *steps) {
  if (--steps->open > 0)
    return;
  struct hp_steps_owner owner = steps->owner;
  hp__free(steps);
  owner.closed(owner.data);
}

static void program_closed(void *data) {
  release(data);
}

static void timer_closed(uv_handle_t *timer) {
  release(timer->data);
}

static void close_program(hp_steps *steps) {
  uv_timer_stop(&steps->deadline);
  if (steps->program)
    hp__subprocess_close(steps->program);
  steps->program = NULL;
}

/* ---- what was wrong ---- */

static void explain(hp_steps *steps, int code, const char *what) {
  hp_error *error = steps->owner.error;
  char *output = hp__steps_output(steps);
  const char *line = output ? strrchr(output, '\n') : NULL;
  char *command = hp__launch_describe(steps->owner.launch, &current(steps)->command);
  hp_error_set(error, code, HP_PHASE_READY, "server '%s': step '%s' %s",
               steps->plan->definition->name, current(steps)->name, what);
  if (output)
    hp_error_set_cause(error, "it said: %s", line ? line + 1 : output);
  hp_error_set_detail(error, HP_DETAIL_OUTPUT, output);
  hp_error_set_detail(error, HP_DETAIL_COMMAND, command);
  hp__free(command);
  hp__free(output);
}

static void fail(hp_steps *steps) {
  close_program(steps);
  steps->owner.ended(steps->owner.data, false);
}

static void too_late(uv_timer_t *timer) {
  hp_steps *steps = timer->data;
  char what[64];
  snprintf(what, sizeof what, "did not end within %" PRId64 " ms", current(steps)->timeout);
  explain(steps, HP_ETIMEDOUT, what);
  fail(steps);
}

/* ---- one after another ---- */

static int run(hp_steps *steps);

static void program_ended(hp_subprocess *program) {
  hp_steps *steps = program->owner.data;
  if (program->exit.kind != HP_EXIT_CODE || program->exit.value != 0) {
    char how[64];
    hp__describe_exit(&program->exit, how, sizeof how);
    explain(steps, HP_ESTEP, how);
    hp_error_set_os_code(steps->owner.error, program->exit.value);
    fail(steps);
    return;
  }
  close_program(steps);
  steps->index++;
  if (steps->index == steps->plan->step_count)
    steps->owner.ended(steps->owner.data, true);
  else if (run(steps) < 0)
    fail(steps);
}

static bool is_said(const struct hp_step *step, const char *variable) {
  size_t length = strcspn(variable, "=");
  for (size_t i = 0; i < step->environment.count; i++) {
    const char *name = step->environment.items[i].name;
    if (strncmp(name, variable, length) == 0 && name[length] == '\0')
      return true;
  }
  return false;
}

static size_t add_others(char **list, const struct hp_step *step, const struct hp_strings *texts) {
  size_t count = 0;
  for (size_t i = 0; i < texts->count; i++)
    if (!is_said(step, texts->items[i]))
      list[count++] = (char *)(uintptr_t)texts->items[i];
  return count;
}

/* The host's, not the server's: it is the host's program. */
static int make_environment(hp_steps *steps, char ***environment) {
  const struct hp_step *step = current(steps);
  struct hp_launch *launch = steps->owner.launch;
  const struct hp_strings *ours = &steps->plan->ours, *facts = &steps->owner.facts;
  size_t count = ours->count + facts->count + step->environment.count;
  char **list = *environment = hp__arena_alloc(&launch->arena, (count + 1) * sizeof *list);
  if (!list)
    return hp_error_set(steps->owner.error, HP_ENOMEM, HP_PHASE_READY, "no memory for a step");
  list += add_others(list, step, ours);
  list += add_others(list, step, facts);
  for (size_t i = 0; i < step->environment.count; i++) {
    const struct hp_variable *variable = &step->environment.items[i];
    const char *value = NULL;
    int result = variable->remove
                     ? 0
                     : hp__launch_text(launch, &variable->value, &value, steps->owner.error);
    if (result < 0)
      return result;
    if (value)
      *list++ = hp__arena_pair(&launch->arena, variable->name, value);
  }
  return launch->arena.failed
             ? hp_error_set(steps->owner.error, HP_ENOMEM, HP_PHASE_READY, "no memory for a step")
             : 0;
}

static int start(hp_steps *steps) {
  const struct hp_step *step = current(steps);
  struct hp_subprocess_owner owner = steps->owner.runs;
  struct hp_spawn spawn = {.directory = step->working_dir,
                           .session = HP_SESSION_OWN,
                           .user = {.id = -1, .group = -1},
                           .host_death_signal = "KILL"};
  char **argv = NULL, **environment = NULL;
  int result = hp__launch_arguments(steps->owner.launch, &step->command, &argv, steps->owner.error);
  if (result == 0)
    result = make_environment(steps, &environment);
  if (result < 0)
    return result;
  spawn.executable = argv[0];
  spawn.argv = argv;
  spawn.environment = environment;
  owner.data = steps;
  owner.ended = program_ended;
  owner.closed = program_closed;
  result = hp__subprocess_start(&steps->program, &owner, &spawn, steps->owner.error);
  steps->open += steps->program != NULL;
  return result;
}

static int run(hp_steps *steps) {
  const struct hp_step *step = current(steps);
  char text[160];
  snprintf(text, sizeof text, "step '%s' runs", step->name);
  steps->owner.news(steps->owner.data, text);
  int result = start(steps);
  if (result < 0)
    hp_error_prefix(steps->owner.error, "server '%s': step '%s': ", steps->plan->definition->name,
                    step->name);
  else if (step->timeout > 0 && !steps->plan->is_wrapped)
    uv_timer_start(&steps->deadline, too_late, (uint64_t)step->timeout, 0);
  return result;
}

int hp__steps_open(hp_steps **out, const struct hp_steps_owner *owner) {
  hp_steps *steps = *out = hp__alloc(sizeof *steps);
  if (!steps)
    return hp_error_set(owner->error, HP_ENOMEM, HP_PHASE_READY, "no memory for the steps");
  steps->owner = *owner;
  steps->plan = owner->launch->plan;
  uv_timer_init(owner->runs.loop, &steps->deadline);
  steps->deadline.data = steps;
  steps->open = 1;
  uv_update_time(owner->runs.loop);
  return run(steps);
}

void hp__steps_resume(hp_steps *steps) {
  if (steps)
    hp__subprocess_resume(steps->program);
}

void hp__steps_close(hp_steps *steps) {
  if (steps->closing)
    return;
  steps->closing = true;
  close_program(steps);
  uv_close((uv_handle_t *)&steps->deadline, timer_closed);
}
