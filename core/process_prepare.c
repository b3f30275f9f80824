/* SPDX-License-Identifier: MIT */
/*
 * The effect PREPARE: what must be there before an address is taken. The remains of killed hosts
 * are swept, the data directory is claimed, its secrets are read or made, and the definition's own
 * preparation is run once.
 */
#include "core/process.h"

#include "core/alloc.h"

#include <stdio.h>
#include <string.h>

/* ---- what a killed host left ---- */

/* Beside the loop, which may take another plan meanwhile: the platform is the same for all. */
static void sweep(uv_work_t *work) {
  hp_process *process = work->data;
  const struct hp_platform_ops *platform = process->context->registry.platform;
  for (size_t i = 0; i < sizeof process->swept_bases / sizeof *process->swept_bases; i++)
    if (process->swept_bases[i])
      platform->sweep(process->swept_bases[i]);
}

static void swept(uv_work_t *work, int status) {
  (void)status;
  hp__process_release(work->data);
}

/* Each place once a context, beside the start and not before it: it is nobody's hurry but the
 * disk's. */
static void begin_sweep(hp_process *process) {
  hp_context *context = process->context;
  const char *bases[] = {process->plan->runtime_base, process->plan->temporary_base};
  bool due = false;
  for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
    if (bases[i] && hp__context_may_sweep(context, bases[i])) {
      process->swept_bases[i] = bases[i];
      due = true;
    }
  process->sweep.data = process;
  if (due && uv_queue_work(context->loop, &process->sweep, sweep, swept) == 0)
    process->open++;
}

/* ---- the data directory and its secrets ---- */

static int open_data_dir(hp_process *process) {
  const struct hp_plan *plan = process->plan;
  const struct hp_platform_ops *platform = plan->platform;
  if (!plan->needs_data_dir)
    return 0;
  int result = plan->data_dir ? platform->directory_open(&process->data, plan->data_dir,
                                                         &plan->user, &process->attempt)
                              : platform->directory_new(&process->data, plan->temporary_base,
                                                        &plan->user, &process->attempt);
  if (result < 0)
    return result;
  process->launch.data_dir =
      hp__arena_copy(&process->arena, platform->directory_path(process->data));
  uv_mutex_lock(&process->lock);
  process->view.data_dir = process->launch.data_dir;
  uv_mutex_unlock(&process->lock);
  return process->launch.data_dir
             ? 0
             : hp_error_set(&process->attempt, HP_ENOMEM, HP_PHASE_PREPARE, "no memory for a path");
}

/* A data directory keeps its secrets: the server's own copy of them is in its data. 1: it is read,
 * 0: there is none. */
static int read_secret(hp_process *process, const char *name, char secret[HP_SECRET_SIZE]) {
  size_t length;
  int result = process->plan->platform->directory_read(
      process->data, name, secret, HP_SECRET_SIZE - 1, &length, &process->attempt);
  if (result == HP_ENOTFOUND)
    hp__error_fini(&process->attempt);
  secret[length] = '\0';
  return result == 0 ? length == HP_SECRET_SIZE - 1 : result == HP_ENOTFOUND ? 0 : result;
}

static int make_secret(hp_process *process, size_t index) {
  const struct hp_plan *plan = process->plan;
  char name[128];
  char *secret = process->launch.secrets[index];
  snprintf(name, sizeof name, "%s%s", HP_SECRET_PREFIX, plan->definition->secrets[index].name);
  int result = read_secret(process, name, secret);
  if (result != 0)
    return result < 0 ? result : 0;
  result = hp__random_hex(secret, HP_SECRET_SIZE, &process->attempt);
  if (result < 0)
    return result;
  return plan->platform->directory_write(process->data, name, secret, HP_SECRET_SIZE - 1,
                                         &process->attempt);
}

static int make_secrets(hp_process *process) {
  size_t count = process->plan->needs_secrets ? process->plan->definition->secret_count : 0;
  process->launch.secrets = hp__arena_alloc(&process->arena, (count + 1) * HP_SECRET_SIZE);
  int result = process->launch.secrets ? 0
                                       : hp_error_set(&process->attempt, HP_ENOMEM,
                                                      HP_PHASE_PREPARE, "no memory for secrets");
  for (size_t i = 0; result == 0 && i < count; i++)
    result = make_secret(process, i);
  return result;
}

/* ---- the definition's own preparation ---- */

static void post_prepared(hp_process *process, bool success) {
  struct hp_machine_event event = {.type = HP_ON_PREPARED, .now = hp__process_now(process)};
  event.as.success = success;
  hp__process_post(process, event);
}

static const char *staging_name(hp_process *process) {
  return hp__arena_format(&process->arena, "%s.new", process->plan->creates);
}

static bool exists(const char *path) {
  uv_fs_t request;
  int result = uv_fs_stat(NULL, &request, path, NULL);
  uv_fs_req_cleanup(&request);
  return result == 0;
}

/* A half-made result looks finished to its server, so it is built beside and renamed into place;
 * what an earlier attempt left half-made is removed first. The directory's lock is held. */
static int begin_staging(hp_process *process) {
  const struct hp_platform_ops *platform = process->plan->platform;
  const char *name = staging_name(process);
  process->launch.prepare_dir =
      hp__arena_format(&process->arena, "%s/%s", process->launch.data_dir, name ? name : "");
  if (!name || !process->launch.prepare_dir)
    return hp_error_set(&process->attempt, HP_ENOMEM, HP_PHASE_PREPARE, "no memory for a path");
  int result = platform->directory_clear(process->data, name, &process->attempt);
  return result == 0 ? platform->directory_make(process->data, name, &process->attempt) : result;
}

static int finish_staging(hp_process *process) {
  const char *name = staging_name(process);
  return name
             ? process->plan->platform->directory_rename(process->data, name,
                                                         process->plan->creates, &process->attempt)
             : hp_error_set(&process->attempt, HP_ENOMEM, HP_PHASE_PREPARE, "no memory for a path");
}

static void explain_preparation(hp_process *process, const struct hp_exit *exit,
                                const char *output) {
  char how[64];
  hp__describe_exit(exit, how, sizeof how);
  hp_error_set(&process->attempt, HP_EPREPARE, HP_PHASE_PREPARE, "the preparation of %s's data %s",
               process->plan->definition->name, how);
  char *command = hp__launch_describe(&process->launch, &process->plan->prepare);
  hp_error_set_detail(&process->attempt, HP_DETAIL_COMMAND, command);
  hp__explain_exit(process, exit, output);
  hp__free(command);
}

static void preparation_ended(hp_subprocess *preparation) {
  hp_process *process = preparation->owner.data;
  bool success = preparation->exit.kind == HP_EXIT_CODE && preparation->exit.value == 0;
  hp__process_record_exit(process, "preparation", preparation);
  if (success)
    success = finish_staging(process) == 0;
  else {
    char *output = hp__output_tail(&preparation->output);
    explain_preparation(process, &preparation->exit, output);
    hp__free(output);
  }
  hp__process_close_subprocess(&process->preparation);
  post_prepared(process, success);
}

/* 1: a preparation runs; 0: there is nothing to do. */
static int begin_preparation(hp_process *process) {
  const struct hp_plan *plan = process->plan;
  if (plan->prepare.count == 0)
    return 0;
  const char *result_path =
      hp__arena_format(&process->arena, "%s/%s", process->launch.data_dir, plan->creates);
  if (result_path && exists(result_path))
    return 0;
  int result = begin_staging(process);
  if (result == 0)
    result =
        hp__process_run(process, &process->preparation, &plan->prepare, NULL, preparation_ended);
  return result < 0 ? result : 1;
}

/* ---- the log ---- */

static void resume(void *data) {
  hp_process *process = data;
  hp__subprocess_resume(process->preparation);
  hp__subprocess_resume(process->server);
  hp__steps_resume(process->steps);
}

static void tell_of_log(void *data, const char *text) {
  hp__process_inform(data, text);
}

static void note_path(void *data, const char *path) {
  hp_process *process = data;
  uv_mutex_lock(&process->lock);
  if (!process->view.log_path || strcmp(process->view.log_path, path) != 0) {
    hp__free(process->view.log_path);
    process->view.log_path = hp__strdup(path);
  }
  uv_mutex_unlock(&process->lock);
}

static void log_closed(void *data) {
  hp__process_release(data);
}

static void finish_prepare(hp_process *process, int result);

/* A stop may have come meanwhile: then nothing is begun any more. */
static void log_opened(void *data, int status) {
  hp_process *process = data;
  bool stopping = process->machine.state != HP_STATE_PREPARING;
  if (status == 0) {
    finish_prepare(process, stopping ? HP_ECANCELED : begin_preparation(process));
    return;
  }
  process->log = NULL;
  finish_prepare(process, hp__log_refuse(&process->plan->log, status, &process->attempt));
  hp__process_release(process);
}

static int open_log(hp_process *process) {
  struct hp_log_owner owner = {.data = process,
                               .loop = process->context->loop,
                               .secrets = &process->launch.known,
                               .opened = log_opened,
                               .resume = resume,
                               .told = tell_of_log,
                               .moved = note_path,
                               .closed = log_closed};
  int result = hp__log_open(&process->log, &owner, &process->plan->log, &process->attempt);
  process->open += result == 0;
  return result;
}

/* ---- the whole ---- */

/* > 0: a preparation runs, whose end is the end of this. */
static void finish_prepare(hp_process *process, int result) {
  if (result < 0)
    hp_error_prefix(&process->attempt, "server '%s': ", process->plan->definition->name);
  if (result <= 0)
    post_prepared(process, result == 0);
}

void hp__process_prepare(hp_process *process) {
  bool logs = process->plan->log.folder != NULL;
  begin_sweep(process);
  int result = open_data_dir(process);
  if (result == 0)
    result = make_secrets(process);
  if (result == 0)
    result = logs ? open_log(process) : begin_preparation(process);
  if (result < 0 || !logs)
    finish_prepare(process, result);
}
