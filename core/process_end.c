/* SPDX-License-Identifier: MIT */
/* The effects that bring a server down, and what is owed to the world afterwards. */
#include "core/process.h"

#include "core/alloc.h"

#include <stdio.h>
#include <string.h>

void hp__process_close_subprocess(hp_subprocess **subprocess) {
  if (*subprocess)
    hp__subprocess_close(*subprocess);
  *subprocess = NULL;
}

void hp__process_close_server(hp_process *process) {
  uv_mutex_lock(&process->lock);
  process->child = NULL;
  uv_mutex_unlock(&process->lock);
  hp__process_close_subprocess(&process->server);
}

/* ---- the ladder ---- */

static hp_subprocess *target_of(const hp_process *process) {
  return process->preparation ? process->preparation : process->server;
}

static bool take_tether(hp_process *process, const struct hp_rung *rung) {
  (void)rung;
  return process->readiness && hp__readiness_cut_tether(process->readiness);
}

static bool take_signal(hp_process *process, const struct hp_rung *rung) {
  enum hp_scope scope = rung->leader ? HP_SCOPE_LEADER : HP_SCOPE_TREE;
  return hp__subprocess_signal(target_of(process), scope, rung->signal, NULL) == 0;
}

static bool take_kill(hp_process *process, const struct hp_rung *rung) {
  (void)rung;
  uv_mutex_lock(&process->lock);
  process->view.forced = true;
  uv_mutex_unlock(&process->lock);
  return hp__subprocess_signal(target_of(process), HP_SCOPE_TREE, "KILL", NULL) == 0;
}

static void command_ended(hp_subprocess *command) {
  hp_process *process = command->owner.data;
  hp__process_record_exit(process, "stop command", command);
  if (command->exit.kind != HP_EXIT_CODE || command->exit.value != 0)
    hp__process_inform(process, "the command that was to stop it was not successful");
  hp__process_close_subprocess(&process->stop_command);
}

static bool take_command(hp_process *process, const struct hp_rung *rung) {
  if (process->preparation || process->stop_command)
    return false;
  if (hp__process_run(process, &process->stop_command, &rung->command, NULL, command_ended) == 0)
    return true;
  hp__process_inform(process, hp_error_message(&process->attempt));
  return false;
}

static bool (*const rungs[])(hp_process *process, const struct hp_rung *rung) = {
    [HP_RUNG_TETHER] = take_tether,
    [HP_RUNG_COMMAND] = take_command,
    [HP_RUNG_SIGNAL] = take_signal,
    [HP_RUNG_KILL] = take_kill,
};

static void note_rung(hp_process *process, const struct hp_rung *rung, uint64_t began) {
  if (process->stop_began == 0)
    process->stop_began = began;
  hp__rung_print(rung, process->rung_text);
  process->info = process->rung_text;
}

static void give_way(hp_process *process) {
  struct hp_machine_event event = {.type = HP_ON_RUNG_EMPTY, .now = hp__process_now(process)};
  hp__process_post(process, event);
}

void hp__process_take_rung(hp_process *process, int index) {
  const struct hp_rung *rung = &process->plan->stop.items[index];
  hp__process_end_health(process);
  hp__process_end_steps(process);
  if (process->readiness)
    hp__readiness_rest(process->readiness);
  uint64_t began = uv_hrtime();
  if (rungs[rung->kind](process, rung))
    note_rung(process, rung, began);
  else
    give_way(process);
}

/* Where a signal goes by a helper, that it reached nobody is known only after its rung was taken.
 */
void hp__process_signal_undelivered(hp_subprocess *subprocess) {
  hp_process *process = subprocess->owner.data;
  int rung = process->machine.rung;
  if (subprocess == target_of(process) && rung >= 0 &&
      process->plan->stop.items[rung].kind == HP_RUNG_SIGNAL)
    give_way(process);
}

/* ---- the exit ---- */

/* A server that died of a taken port says so: in the definition's words, or in those that Windows
 * has for it. */
static bool says_taken(const hp_process *process, const char *output) {
  static const char windows[] = "Only one usage of each socket address";
  const char *sign = process->plan->definition->port_taken;
  return sign && output && process->plan->transport->kind == HP_ENDPOINT_TCP &&
         (hp__text_contains(output, sign) || hp__text_contains(output, windows));
}

static void note_exit(hp_process *process, const struct hp_exit *exit) {
  bool stopped = process->stop_began != 0;
  uv_mutex_lock(&process->lock);
  process->view.exit = *exit;
  process->view.alive = false;
  process->child = NULL;
  process->view.stop_rung = stopped ? process->rung_text : NULL;
  process->view.stop_time = stopped ? (double)(uv_hrtime() - process->stop_began) / 1e6 : -1;
  uv_mutex_unlock(&process->lock);
}

static void explain_end(hp_process *process, const struct hp_exit *exit, const char *output) {
  bool ready = process->machine.state == HP_STATE_READY;
  char *command = hp__launch_describe(&process->launch, &process->plan->arguments);
  char how[64];
  hp__describe_exit(exit, how, sizeof how);
  hp_error_set(&process->attempt, ready ? HP_EDIED : HP_EEXITED,
               ready ? HP_PHASE_RUN : HP_PHASE_READY, "server '%s' %s%s",
               process->plan->definition->name, how, ready ? "" : " before it was ready");
  hp__explain_exit(process, exit, output);
  hp_error_set_detail(&process->attempt, HP_DETAIL_COMMAND, command);
  hp__free(command);
}

/* Somebody was faster than the server, after we had looked. */
static void explain_taken(hp_process *process) {
  char endpoint[HP_ENDPOINT_TEXT_SIZE];
  hp_endpoint_print(&process->launch.endpoint, endpoint);
  process->attempt.code = HP_EADDRINUSE;
  hp_error_prefix(&process->attempt, "%s was taken meanwhile: ", endpoint);
  hp__process_name_owner(process);
}

static void end_attempt(hp_process *process) {
  hp__process_end_health(process);
  hp__process_end_steps(process);
  if (process->readiness)
    hp__readiness_close(process->readiness);
  process->readiness = NULL;
  hp__process_close_server(process);
}

/* Whether it died of a taken port that another attempt can replace. */
static bool explain(hp_process *process, const hp_subprocess *server) {
  char *output = hp__output_tail(&server->output);
  bool taken = says_taken(process, output), fixed = process->plan->address.port != 0;
  explain_end(process, &server->exit, output);
  if (taken && fixed)
    explain_taken(process);
  hp__free(output);
  return taken && !fixed;
}

void hp__process_server_ended(hp_subprocess *server) {
  hp_process *process = server->owner.data;
  struct hp_machine_event event = {.type = HP_ON_EXITED, .now = hp__process_now(process)};
  hp__process_draw_near(process);
  event.as.end.clean = server->exit.kind == HP_EXIT_CODE && server->exit.value == 0;
  note_exit(process, &server->exit);
  hp__process_record_exit(process, "server", server);
  if (process->machine.state != HP_STATE_STOPPING && !process->refused) /* else that is known */
    event.as.end.taken = explain(process, server);
  end_attempt(process);
  hp__process_post(process, event);
}

/* ---- giving back ---- */

void hp__process_undo_reserve(hp_process *process) {
  const struct hp_plan *plan = process->plan;
  end_attempt(process);
  plan->transport->release(process->reservation);
  plan->platform->directory_free(process->runtime);
  process->runtime = NULL;
  process->launch.runtime_dir = NULL;
}

static void handle_closed(uv_handle_t *handle) {
  hp__process_release(handle->data);
}

static void clean_up(uv_work_t *work) {
  hp_process *process = work->data;
  process->plan->platform->directory_free(process->data);
}

static void cleaned_up(uv_work_t *work, int status) {
  (void)status;
  hp_process *process = work->data;
  process->data = NULL;
  hp__process_release(process);
}

/* A temporary data directory may be large: it is emptied beside the loop. */
static void release_data(hp_process *process) {
  process->cleanup.data = process;
  if (!process->data)
    return;
  if (!process->plan->data_dir &&
      uv_queue_work(process->context->loop, &process->cleanup, clean_up, cleaned_up) == 0) {
    process->open++;
    return;
  }
  process->plan->platform->directory_free(process->data);
  process->data = NULL;
}

void hp__process_finish(hp_process *process) {
  process->finishing = true;
  hp__process_close_server(process);
  hp__process_close_subprocess(&process->preparation);
  hp__process_close_subprocess(&process->stop_command);
  release_data(process);
  if (process->log) /* what is written is on the disk before the end is told */
    hp__log_close(process->log);
  process->log = NULL;
  uv_close((uv_handle_t *)&process->timer, handle_closed);
}
