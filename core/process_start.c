/* SPDX-License-Identifier: MIT */
/* The effects that bring a server up: RESERVE, SPAWN, AWAIT. */
#include "core/process.h"

#include "core/alloc.h"

#include <stdio.h>
#include <string.h>

static void post_simple(hp_process *process, enum hp_event_type type) {
  struct hp_machine_event event = {.type = type, .now = hp__process_now(process)};
  hp__process_post(process, event);
}

static void post_spawn_failed(hp_process *process) {
  struct hp_machine_event event = {.type = HP_ON_SPAWN_FAILED, .now = hp__process_now(process)};
  event.as.end.taken = process->attempt.code == HP_EADDRINUSE && process->plan->address.port == 0;
  hp__process_post(process, event);
}

static void subprocess_closed(void *data) {
  hp__process_release(data);
}

static int start_subprocess(hp_process *process, hp_subprocess **subprocess, struct hp_spawn *spawn,
                            hp_line_callback line, hp_subprocess_callback ended) {
  struct hp_subprocess_owner owner = {
      .data = process,
      .loop = process->context->loop,
      .platform = process->plan->platform,
      .spawner = process->context->is_attached ? &process->context->spawner : NULL,
      .buffer = process->context->read_buffer,
      .secrets = &process->launch.known,
      .log = subprocess == &process->stop_command ? NULL : process->log,
      .line = line,
      .ended = ended,
      .undelivered = hp__process_signal_undelivered,
      .closed = subprocess_closed,
  };
  int result = hp__subprocess_start(subprocess, &owner, spawn, &process->attempt);
  if (*subprocess)
    process->open++;
  if (result < 0)
    hp__process_close_subprocess(subprocess);
  return result;
}

int hp__process_run(hp_process *process, hp_subprocess **subprocess,
                    const struct hp_templates *command, hp_line_callback line,
                    hp_subprocess_callback ended) {
  struct hp_spawn spawn;
  int result = hp__launch_note_secrets(&process->launch, &process->attempt);
  if (result == 0)
    result = hp__launch_spawn(&process->launch, command, &spawn, &process->attempt);
  if (result < 0)
    return result;
  spawn.inherit_stdio = subprocess == &process->server && process->plan->has_terminal;
  if (subprocess == &process->server && process->plan->limits.set)
    spawn.limits = &process->plan->limits;
  if (subprocess == &process->preparation)
    spawn.host_death_signal = "KILL"; /* what is half-made is made anew: nothing is worth saving */
  result = start_subprocess(process, subprocess, &spawn, line, ended);
  char *text = result < 0 ? hp__launch_describe(&process->launch, command) : NULL;
  if (text)
    hp_error_set_detail(&process->attempt, HP_DETAIL_COMMAND, text);
  hp__free(text);
  return result;
}

/* ---- RESERVE ---- */

static int open_runtime_dir(hp_process *process) {
  const struct hp_plan *plan = process->plan;
  if (!plan->runtime_base)
    return 0;
  int result = hp__spare_take(&process->context->spare, plan->platform, plan->runtime_base,
                              &plan->user, &process->runtime, &process->attempt);
  if (result == 0)
    process->launch.runtime_dir = plan->platform->directory_path(process->runtime);
  return result;
}

void hp__process_name_owner(hp_process *process) {
  struct hp_peer owner = {.pid = -1, .user = -1};
  char text[400];
  if (process->launch.endpoint.kind == HP_ENDPOINT_TCP)
    process->plan->platform->port_owner(&process->launch.endpoint, &owner);
  if (owner.pid > 0 && owner.user < 0)
    snprintf(text, sizeof text, "process %lld (%s)", (long long)owner.pid, owner.command);
  else if (owner.pid > 0)
    snprintf(text, sizeof text, "process %lld (%s) of user %lld", (long long)owner.pid,
             owner.command, (long long)owner.user);
  else if (owner.user >= 0)
    snprintf(text, sizeof text, "a process of user %lld", (long long)owner.user);
  else
    return;
  hp_error_set_detail(&process->attempt, HP_DETAIL_OWNER, text);
  hp_error_set_cause(&process->attempt, "it is held by %s", text);
}

static int reserve_address(hp_process *process) {
  const struct hp_plan *plan = process->plan;
  struct hp_transport_spec spec = plan->address;
  struct hp_endpoint endpoint = plan->known;
  spec.directory = process->launch.runtime_dir;
  memset(process->reservation, 0, plan->transport->size);
  struct hp_launch *launch = &process->launch;
  launch->hands_down = hp__ready_find(&plan->ready, HP_READY_INHERIT) != NULL;
  int result =
      launch->hands_down
          ? plan->transport->hand_down(process->reservation, &spec, plan->user.id, &endpoint,
                                       &launch->listener, &process->attempt)
          : plan->transport->reserve(process->reservation, &spec, &endpoint, &process->attempt);
  process->launch.endpoint = process->reserved = result == 0 ? endpoint : plan->known;
  if (result == HP_EADDRINUSE)
    hp__process_name_owner(process);
  return result;
}

static const hp_child *child_of(void *data) {
  const hp_process *process = data;
  return hp__subprocess_is_running(process->server) ? process->server->child : NULL;
}

static void take_report(void *data, const struct hp_report *report);

static void readiness_closed(void *data) {
  hp__process_release(data);
}

struct hp_readiness_owner hp__process_ask_as(hp_process *process) {
  return (struct hp_readiness_owner){
      .data = process,
      .loop = process->context->loop,
      .platform = process->plan->platform,
      .launch = &process->launch,
      .ready = &process->plan->ready,
      .buffer = process->context->read_buffer,
      .child = child_of,
      .report = take_report,
      .closed = readiness_closed,
  };
}

static int open_readiness(hp_process *process) {
  struct hp_readiness_owner owner = hp__process_ask_as(process);
  int result = hp__readiness_open(&process->readiness, &owner, &process->attempt);
  if (process->readiness)
    process->open++;
  return result;
}

static int reserve(hp_process *process) {
  hp__error_fini(&process->attempt);
  process->refused = false;
  int result = open_runtime_dir(process);
  return result == 0 ? reserve_address(process) : result;
}

void hp__process_reserve(hp_process *process) {
  int result;
  hp__process_note_plan(process);
  do
    result = reserve(process);
  while (result < 0 && hp__process_fall_back(process, result));
  process->reserve_result = result;
}

/* ---- SPAWN ---- */

static int write_files(hp_process *process) {
  const struct hp_plan *plan = process->plan;
  int result = 0;
  for (size_t i = 0; result == 0 && i < plan->file_count; i++) {
    const char *content;
    result =
        hp__launch_text(&process->launch, &plan->files[i].content, &content, &process->attempt);
    if (result == 0)
      result = plan->platform->directory_write(process->runtime, plan->files[i].name, content,
                                               strlen(content), &process->attempt);
  }
  return result;
}

static void read_line(void *data, const char *line, size_t length) {
  hp_process *process = data;
  if (process->readiness && hp__subprocess_is_running(process->server)) /* the dead are not ready */
    hp__readiness_line(process->readiness, line, length);
}

static int check_containment(hp_process *process) {
  enum hp_containment reached = process->server->child->containment;
  enum hp_containment required = process->plan->required_containment;
  uv_mutex_lock(&process->lock);
  process->view.containment = reached;
  uv_mutex_unlock(&process->lock);
  if (reached >= required)
    return 0;
  hp__process_close_server(process);
  return hp_error_set(&process->attempt, HP_ECONTAINMENT, HP_PHASE_SPAWN,
                      "containment '%s' was required, '%s' is what can be had here",
                      hp_containment_name(required), hp_containment_name(reached));
}

/* What an attempt before, at the same address, has left. */
static void begin_attempt(hp_process *process) {
  static const char *const sockets[] = {HP_CALLBACK_NAME, HP_NOTIFY_NAME};
  bool again = process->attempts++ > 0 && process->runtime;
  for (size_t i = 0; again && i < sizeof sockets / sizeof *sockets; i++)
    process->plan->platform->directory_clear(process->runtime, sockets[i], NULL);
  process->launch.endpoint = process->reserved;
  process->stop_began = 0;
  uv_mutex_lock(&process->lock);
  process->view.main_pid = 0;
  uv_mutex_unlock(&process->lock);
  process->verified = false;
  process->missed[0] = process->stranger[0] = '\0';
}

static int launch(hp_process *process) {
  const struct hp_platform_ops *platform = process->plan->platform;
  begin_attempt(process);
  int result = open_readiness(process);
  if (result == 0)
    result = write_files(process);
  if (result == 0)
    result = hp__process_run(process, &process->server, &process->plan->arguments, read_line,
                             hp__process_server_ended);
  if (result == 0)
    result = check_containment(process);
  if (result < 0)
    return result;
  if (process->runtime)
    platform->directory_use(process->runtime, hp__subprocess_pid(process->server));
  if (process->data)
    platform->directory_use(process->data, hp__subprocess_pid(process->server));
  return 0;
}

void hp__process_spawn(hp_process *process) {
  int result = process->reserve_result;
  if (result == 0)
    result = launch(process);
  if (result == 0) {
    post_simple(process, HP_ON_SPAWNED);
    return;
  }
  hp_error_prefix(&process->attempt, "server '%s': ", process->plan->definition->name);
  post_spawn_failed(process);
}

/* ---- AWAIT ---- */

void hp__process_await(hp_process *process) {
  hp__readiness_begin(process->readiness);
}

/* Where it is reached cannot be told: it is of no use to anybody. */
static void refuse(hp_process *process) {
  process->refused = true;
  hp_error_set(&process->attempt, HP_ENOMEM, HP_PHASE_READY,
               "server '%s': no memory for its endpoint", process->plan->definition->name);
  hp__subprocess_signal(process->server, HP_SCOPE_TREE, "KILL", NULL);
}

static void learn_endpoint(hp_process *process, const char *descriptor) {
  if (descriptor) {
    hp__free(process->reported);
    process->reported = hp__strdup(descriptor);
    if (!process->reported) {
      refuse(process);
      return;
    }
  }
  process->info = "it has said where it listens";
  post_simple(process, HP_ON_ENDPOINT);
}

void hp__process_tell_ready(hp_process *process) {
  post_simple(process, HP_ON_READY);
  if (process->readiness) /* what is only tidying up comes after the news */
    hp__readiness_settle(process->readiness);
  hp__process_watch_health(process);
}

static void become_ready(hp_process *process, const struct hp_report *report) {
  const struct hp_endpoint *endpoint = &process->launch.endpoint;
  if (endpoint->kind == HP_ENDPOINT_TCP && endpoint->port == 0) {
    hp__process_inform(process, "it is ready but has not said on which port");
    return;
  }
  if (process->refused)
    return;
  if (process->machine.state == HP_STATE_WAITING && hp__process_view_endpoint(process) < 0) {
    refuse(process);
    return;
  }
  process->verified = report->verified;
  if (process->machine.state == HP_STATE_WAITING && hp__process_run_steps(process)) {
    if (process->readiness)
      hp__readiness_settle(process->readiness);
    return;
  }
  hp__process_tell_ready(process);
}

static void extend(hp_process *process, int64_t milliseconds) {
  struct hp_machine_event event = {.type = HP_ON_EXTEND, .now = hp__process_now(process)};
  event.as.until = event.now + milliseconds;
  process->info = "it asked for more time";
  hp__process_post(process, event);
}

static void note_main(hp_process *process, int64_t pid) {
  char text[64];
  uv_mutex_lock(&process->lock);
  process->view.main_pid = pid;
  uv_mutex_unlock(&process->lock);
  snprintf(text, sizeof text, "its main process is %lld", (long long)pid);
  hp__process_inform(process, text);
}

static void take_report(void *data, const struct hp_report *report) {
  hp_process *process = data;
  process->info = report->text;
  switch (report->kind) {
  case HP_REPORT_NEAR:
    hp__process_draw_near(process);
    break;
  case HP_REPORT_ENDPOINT:
    learn_endpoint(process, report->text);
    break;
  case HP_REPORT_READY:
    become_ready(process, report);
    break;
  case HP_REPORT_STRANGER:
    snprintf(process->stranger, sizeof process->stranger, "%s", report->text);
    break;
  case HP_REPORT_MISSED:
    snprintf(process->missed, sizeof process->missed, "%s", report->text);
    break;
  case HP_REPORT_ALIVE:
  case HP_REPORT_WATCHDOG:
  case HP_REPORT_SICK:
    hp__process_hear_health(process, report);
    break;
  case HP_REPORT_MAIN:
    note_main(process, report->pid);
    break;
  case HP_REPORT_EXTEND:
    extend(process, report->milliseconds);
    break;
  case HP_REPORT_STATUS:
    post_simple(process, HP_ON_STATUS);
    break;
  }
  process->info = NULL;
}
