/* SPDX-License-Identifier: MIT */
#include "core/subprocess.h"

#include "core/alloc.h"

#include <stdio.h>
#include <string.h>

/* Exit is not end of file: a descendant that left the group may hold the pipe for hours. What the
 * process itself wrote is in the pipe by now, so this is ample, and below the 20 ms in which a
 * death is reported. */
enum { GRACE_MS = 10, PIPE_MAX = 1 << 20 /* the most that a pipe holds */ };

bool hp__subprocess_is_running(const hp_subprocess *subprocess) {
  return subprocess && subprocess->child && subprocess->child->pid && !subprocess->gone;
}

int64_t hp__subprocess_pid(const hp_subprocess *subprocess) {
  return subprocess && subprocess->child ? subprocess->child->pid : 0;
}

int hp__subprocess_signal(hp_subprocess *subprocess, enum hp_scope scope, const char *name,
                          hp_error *error) {
  if (!hp__subprocess_is_running(subprocess))
    return 0;
  return subprocess->owner.platform->signal(subprocess->child, scope, name, error);
}

void hp__describe_exit(const struct hp_exit *exit, char *text, size_t size) {
  switch (exit->kind) {
  case HP_EXIT_CODE:
    /* of 32 bits on Windows, where those of the system itself have the highest one */
    snprintf(text, size, exit->value < 0 ? "ended with exit code 0x%X" : "ended with exit code %d",
             exit->value);
    break;
  case HP_EXIT_SIGNAL:
    snprintf(text, size, "was ended by signal %d", exit->value);
    break;
  default:
    snprintf(text, size, "ended, how is not known");
  }
}

static void handle_closed(hp_subprocess *subprocess) {
  if (--subprocess->open_handles > 0)
    return;
  struct hp_subprocess_owner owner = subprocess->owner;
  hp__output_fini(&subprocess->output);
  hp__free(subprocess->child);
  hp__free(subprocess);
  owner.closed(owner.data); /* the last word: a caller that waits for the end may go on now */
}

static void uv_handle_closed(uv_handle_t *handle) {
  handle_closed(handle->data);
}

static void child_closed(hp_child *child) {
  handle_closed(child->data);
}

static void report_end(hp_subprocess *subprocess) {
  if (subprocess->reported)
    return;
  subprocess->reported = true;
  uv_timer_stop(&subprocess->grace);
  uv_read_stop((uv_stream_t *)&subprocess->pipe);
  hp__output_end(&subprocess->output);
  subprocess->owner.ended(subprocess);
}

/* What it wrote is in the pipe, and no more than that: with a log it is read to the last byte. */
static void grace_over(uv_timer_t *timer) {
  hp_subprocess *subprocess = timer->data;
  bool more = subprocess->fresh && subprocess->late < PIPE_MAX;
  subprocess->fresh = false;
  if (subprocess->owner.log && subprocess->paused)
    return; /* hp__subprocess_resume() goes on */
  if (subprocess->owner.log && more)
    uv_timer_start(timer, grace_over, 1, 0); /* after the pipe was looked at once more */
  else
    report_end(subprocess);
}

static void give_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
  (void)suggested;
  hp_subprocess *subprocess = handle->data;
  size_t room = subprocess->owner.log ? hp__log_room(subprocess->owner.log) : HP_READ_SIZE;
  *buffer = uv_buf_init(subprocess->owner.buffer,
                        room < HP_READ_SIZE ? (unsigned)room : (unsigned)HP_READ_SIZE);
}

static void log_output(hp_subprocess *subprocess, const char *bytes, size_t length) {
  struct hp_log *log = subprocess->owner.log;
  subprocess->fresh = true;
  subprocess->late += subprocess->gone ? length : 0;
  hp__log_feed(log, bytes, length);
  if (hp__log_room(log) > 0)
    return;
  subprocess->paused = true;
  uv_read_stop((uv_stream_t *)&subprocess->pipe);
}

static void read_output(uv_stream_t *pipe, ssize_t length, const uv_buf_t *buffer) {
  hp_subprocess *subprocess = pipe->data;
  if (length > 0 && subprocess->owner.log)
    log_output(subprocess, buffer->base, (size_t)length);
  if (length > 0)
    hp__output_feed(&subprocess->output, buffer->base, (size_t)length);
  if (length >= 0)
    return;
  uv_read_stop(pipe);
  subprocess->drained = true;
  if (subprocess->gone)
    report_end(subprocess);
}

static void close_handles(hp_subprocess *subprocess) {
  hp__output_end(&subprocess->output);
  uv_close((uv_handle_t *)&subprocess->pipe, uv_handle_closed);
  uv_close((uv_handle_t *)&subprocess->grace, uv_handle_closed);
  if (hp__subprocess_pid(subprocess) > 0)
    subprocess->owner.platform->close(subprocess->child, child_closed);
}

static void child_exited(hp_child *child) {
  hp_subprocess *subprocess = child->data;
  if (child->containment >= HP_CONTAINMENT_TREE)
    subprocess->owner.platform->signal(child, HP_SCOPE_TREE, "KILL", NULL);
  subprocess->owner.platform->reap(child);
  subprocess->exit = child->exit;
  subprocess->gone = true;
  if (subprocess->closing)
    close_handles(subprocess);
  else if (subprocess->drained)
    report_end(subprocess);
  else
    uv_timer_start(&subprocess->grace, grace_over, GRACE_MS, 0);
}

void hp__subprocess_resume(hp_subprocess *subprocess) {
  if (!subprocess || !subprocess->paused || subprocess->reported || subprocess->closing)
    return;
  subprocess->paused = false;
  uv_read_start((uv_stream_t *)&subprocess->pipe, give_buffer, read_output);
  if (subprocess->gone)
    uv_timer_start(&subprocess->grace, grace_over, GRACE_MS, 0);
}

static void signal_undelivered(hp_child *child) {
  hp_subprocess *subprocess = child->data;
  if (!subprocess->closing && !subprocess->gone)
    subprocess->owner.undelivered(subprocess);
}

static void init_handles(hp_subprocess *subprocess) {
  uv_loop_t *loop = subprocess->owner.loop;
  uv_timer_init(loop, &subprocess->grace);
  subprocess->grace.data = subprocess;
  uv_pipe_init(loop, &subprocess->pipe, 0);
  subprocess->pipe.data = subprocess;
  subprocess->open_handles = 2;
}

static int spawn_child(hp_subprocess *subprocess, struct hp_spawn *spawn, hp_error *error) {
  const struct hp_platform_ops *platform = subprocess->owner.platform;
  subprocess->child = hp__alloc(platform->child_size);
  if (!subprocess->child)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_SPAWN, "no memory for a process");
  subprocess->child->data = subprocess;
  subprocess->child->undelivered = signal_undelivered;
  spawn->output = spawn->inherit_stdio ? NULL : &subprocess->pipe;
  int result = hp__spawn(subprocess->owner.spawner, platform, subprocess->owner.loop,
                         subprocess->child, spawn, error);
  if (result < 0)
    return result;
  subprocess->open_handles++;
  if (spawn->output)
    uv_read_start((uv_stream_t *)&subprocess->pipe, give_buffer, read_output);
  else
    subprocess->drained = true;
  result = platform->watch(subprocess->child, child_exited, error);
  subprocess->watched = result == 0;
  if (result < 0) /* one whose end we would never learn must not live */
    platform->signal(subprocess->child, HP_SCOPE_TREE, "KILL", NULL);
  return result;
}

int hp__subprocess_start(hp_subprocess **subprocess, const struct hp_subprocess_owner *owner,
                         struct hp_spawn *spawn, hp_error *error) {
  hp_subprocess *new = *subprocess = hp__alloc(sizeof *new);
  if (!new)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_SPAWN, "no memory for a process");
  new->owner = *owner;
  hp__output_init(&new->output, owner->secrets, owner->line, owner->data);
  init_handles(new);
  return spawn_child(new, spawn, error);
}

void hp__subprocess_close(hp_subprocess *subprocess) {
  if (subprocess->closing)
    return;
  subprocess->closing = true;
  subprocess->output.line = NULL;
  if (subprocess->watched && !subprocess->gone)
    hp__subprocess_signal(subprocess, HP_SCOPE_TREE, "KILL", NULL); /* child_exited() goes on */
  else
    close_handles(subprocess);
}
