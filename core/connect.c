/* SPDX-License-Identifier: MIT */
/* Connections for callers: on a loop of theirs, or on one of ours that lasts as long as the call.
 */
#include "core/connection.h"
#include "core/process.h"
#include "core/status.h"

/* ---- On the caller's loop ---- */

static int connect_on(uv_loop_t *loop, hp_connection **connection,
                      const struct hp_connection_target *target, int64_t timeout,
                      hp_connection_callback callback, void *user, hp_error **error,
                      struct hp_error *e) {
  *connection = NULL;
  if (e->code || hp__connection_begin(connection, loop, target, timeout, callback, user, e) < 0)
    return hp__error_give(error, e);
  return 0;
}

int hp_connect_uv(uv_loop_t *loop, hp_connection **connection, const char *endpoint,
                  int64_t timeout, hp_connection_callback callback, void *user, hp_error **error) {
  struct hp_connection_target target;
  struct hp_error e = {0};
  hp__connection_find(&target, endpoint, &e);
  return connect_on(loop, connection, &target, timeout, callback, user, error, &e);
}

int hp_process_connect_uv(hp_process *process, uv_loop_t *loop, hp_connection **connection,
                          int64_t timeout, hp_connection_callback callback, void *user,
                          hp_error **error) {
  struct hp_connection_target target;
  struct hp_error e = {0};
  hp__connection_find_process(&target, process, &e);
  return connect_on(loop, connection, &target, timeout, callback, user, error, &e);
}

/* ---- On a loop of our own ---- */

struct call {
  const struct hp_platform_ops *platform;
  hp_handle handle;
  struct hp_error error;
};

static void take(hp_connection *connection, const hp_error *error, void *user) {
  struct call *call = user;
  int status =
      error ? 0 : call->platform->stream_take(hp_connection_stream(connection), &call->handle);
  if (error)
    hp__error_copy(&call->error, error);
  else if (status < 0) {
    hp_error_set(&call->error, HP_EIO, HP_PHASE_CONNECT, "no descriptor for a connection");
    hp_error_set_cause(&call->error, "%s", hp__status_text(status).text);
  }
  hp_connection_close(connection, NULL, NULL);
}

static void run(struct call *call, const struct hp_connection_target *target, int64_t timeout) {
  hp_connection *connection;
  uv_loop_t loop;
  int status = uv_loop_init(&loop);
  if (status < 0) {
    hp_error_set(&call->error, status == UV_ENOMEM ? HP_ENOMEM : HP_EIO, HP_PHASE_CONNECT,
                 "no event loop: %s", hp__status_text(status).text);
    return;
  }
  hp__connection_begin(&connection, &loop, target, timeout, take, call, &call->error);
  uv_run(&loop, UV_RUN_DEFAULT);
  uv_loop_close(&loop);
}

static int connect_to(const struct hp_connection_target *target,
                      const struct hp_platform_ops *platform, int64_t timeout, hp_handle *handle,
                      hp_error **error) {
  struct call call = {.platform = platform, .handle = HP_NO_HANDLE};
  unsigned held = platform->stdio_hold();
  run(&call, target, timeout);
  platform->stdio_release(held);
  *handle = call.handle;
  return call.error.code ? hp__error_give(error, &call.error) : 0;
}

int hp_connect(const char *endpoint, int64_t timeout, hp_handle *handle, hp_error **error) {
  struct hp_connection_target target;
  struct hp_registry registry = {0};
  struct hp_error e = {0};
  *handle = HP_NO_HANDLE;
  if (hp__registry_init(&registry, &e) < 0 || hp__connection_find(&target, endpoint, &e) < 0)
    return hp__error_give(error, &e);
  return connect_to(&target, registry.platform, timeout, handle, error);
}

static int connect_process(hp_process *process, int64_t timeout, hp_handle *handle,
                           hp_error **error) {
  struct hp_connection_target target;
  struct hp_error e = {0};
  if (hp__connection_find_process(&target, process, &e) < 0)
    return hp__error_give(error, &e);
  return connect_to(&target, process->plan->platform, timeout, handle, error);
}

int hp_process_connect(hp_process *process, int64_t timeout, hp_handle *handle, hp_error **error) {
  *handle = HP_NO_HANDLE;
  if (hp__context_is_inside(process->context))
    return hp__refuse_inside(error);
  hp__process_enter(process);
  int result = connect_process(process, timeout, handle, error);
  hp__process_leave(process);
  return result;
}
