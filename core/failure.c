/* SPDX-License-Identifier: MIT */
/* The first cause of an end, as an error. */
#include "core/process.h"

#include "core/alloc.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What was started, as far as it can still be told. */
static void explain_by_platform(hp_process *process, const struct hp_exit *exit) {
  const struct hp_plan *plan = process->plan;
  struct hp_launch *launch = &process->launch;
  struct hp_spawn spawn = {.directory = plan->working_dir, .user = plan->user};
  char **argv, **environment;
  bool known =
      hp__launch_arguments(launch, process->preparation ? &plan->prepare : &plan->arguments, &argv,
                           NULL) == 0 &&
      hp__launch_environment(launch, &environment, NULL, NULL) == 0;
  if (known) {
    spawn.executable = argv[0];
    spawn.argv = argv;
    spawn.environment = environment;
  }
  plan->platform->explain_exit(exit, known ? &spawn : NULL, &process->attempt);
}

void hp__explain_exit(hp_process *process, const struct hp_exit *exit, const char *output) {
  hp_error *error = &process->attempt;
  const struct hp_definition *definition = process->plan->definition;
  const char *last = output ? strrchr(output, '\n') : NULL;
  hp_error_set_os_code(error, exit->value);
  hp_error_set_detail(error, HP_DETAIL_OUTPUT, output);
  explain_by_platform(process, exit);
  if (process->view.log_path)
    hp_error_set_detail(error, HP_DETAIL_LOG, process->view.log_path);
  for (size_t i = 0; !error->hint && output && i < definition->remedy_count; i++)
    if (hp__text_contains(output, definition->remedies[i].value))
      hp_error_set_hint(error, "%s", definition->remedies[i].text);
  if (!error->cause && output)
    hp_error_set_cause(error, "it said: %s", last ? last + 1 : output);
}

/* What went wrong in the attempt at hand was written down when it happened. */
static void keep_attempt(hp_process *process) {
  hp__error_copy(&process->failure, &process->attempt);
}

static void keep_asked(hp_process *process) {
  enum hp_state state = process->machine.state;
  hp__error_fini(&process->failure);
  if (process->view.ready_once || state == HP_STATE_READY)
    return; /* a stop of a server that was ready is no failure */
  hp_error_set(&process->failure, HP_ECANCELED, HP_PHASE_STOP,
               "server '%s' was stopped before it was ready", process->plan->definition->name);
}

/* What was waited for, and what came instead. */
static void explain_silence(hp_process *process) {
  char waited[HP_READY_TEXT_SIZE];
  if (process->steps) {
    hp_error_set_cause(&process->failure, "it was waiting for step '%s' to end",
                       hp__steps_name(process->steps));
    return;
  }
  hp__ready_describe(&process->plan->ready, waited);
  if (process->missed[0])
    hp_error_set_cause(&process->failure, "it was waiting for %s; the last attempt: %s", waited,
                       process->missed);
  else
    hp_error_set_cause(&process->failure, "it was waiting for %s", waited);
  if (!process->stranger[0])
    return;
  process->failure.code = HP_EPEER;
  hp_error_set_detail(&process->failure, HP_DETAIL_OWNER, process->stranger);
  hp_error_set_cause(&process->failure,
                     "it was answered for by %s, which is not proven to be its own",
                     process->stranger);
}

static void keep_timeout(hp_process *process) {
  const struct hp_plan *plan = process->plan;
  bool preparing = process->preparation != NULL;
  int64_t limit = preparing ? plan->policy.prepare_timeout : plan->policy.start_timeout;
  hp_subprocess *subprocess = preparing ? process->preparation : process->server;
  hp_error_set(&process->failure, HP_ETIMEDOUT, preparing ? HP_PHASE_PREPARE : HP_PHASE_READY,
               "server '%s' was not %s within %" PRId64 " ms", plan->definition->name,
               preparing ? "prepared" : "ready", limit);
  hp_error_set_hint(&process->failure, "a longer start_timeout (--timeout) gives it more time");
  if (preparing)
    hp_error_set_cause(&process->failure, "it was waiting for its preparation to end");
  else
    explain_silence(process);
  char *command =
      hp__launch_describe(&process->launch, preparing ? &plan->prepare : &plan->arguments);
  char *output = process->steps ? hp__steps_output(process->steps)
                 : subprocess   ? hp__output_tail(&subprocess->output)
                                : NULL;
  hp_error_set_detail(&process->failure, HP_DETAIL_COMMAND, command);
  hp_error_set_detail(&process->failure, HP_DETAIL_OUTPUT, output);
  hp__free(command);
  hp__free(output);
}

static void keep_health(hp_process *process) {
  hp_error *failure = &process->failure;
  char *output = process->server ? hp__output_tail(&process->server->output) : NULL;
  hp_error_set(failure, HP_EDIED, HP_PHASE_RUN, "server '%s' is no longer healthy: %s",
               process->plan->definition->name, process->missed);
  hp_error_set_detail(failure, HP_DETAIL_OUTPUT, output);
  hp__free(output);
}

static void keep_nothing(hp_process *process) {
  hp__error_fini(&process->failure);
}

static void (*const keep[])(hp_process *) = {
    [HP_CAUSE_NONE] = keep_nothing,  [HP_CAUSE_ASKED] = keep_asked,
    [HP_CAUSE_HELD] = keep_nothing,  [HP_CAUSE_PREPARE] = keep_attempt,
    [HP_CAUSE_SPAWN] = keep_attempt, [HP_CAUSE_EXITED] = keep_attempt,
    [HP_CAUSE_DIED] = keep_attempt,  [HP_CAUSE_TIMEOUT] = keep_timeout,
    [HP_CAUSE_HEALTH] = keep_health, [HP_CAUSE_STEP] = keep_attempt,
};

void hp__describe_kill(const hp_process *process, hp_error *error) {
  hp_error_set(error, HP_EKILLED, HP_PHASE_STOP, "server '%s' did not stop in time and was killed",
               process->plan->definition->name);
  hp_error_set_hint(error,
                    "a longer wait in its stop ladder, or a longer shutdown timeout, lets it "
                    "finish");
}

void hp__process_keep_force(hp_process *process) {
  uv_mutex_lock(&process->lock);
  bool unasked = process->view.forced && !process->view.kill_asked;
  uv_mutex_unlock(&process->lock);
  if (unasked && process->failure.code == 0)
    hp__describe_kill(process, &process->failure);
}

void hp__process_keep_cause(hp_process *process) {
  keep[process->machine.cause](process);
}
