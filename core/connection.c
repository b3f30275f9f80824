/* SPDX-License-Identifier: MIT */
/*
 * One attempt of the transport's is one answer, but for a queue that is full: a Unix socket's is
 * told at once, with no event for the moment when there is room again. Then it is tried anew, with
 * pauses that grow with the time that has passed, until the deadline.
 */
#include "core/connection.h"

#include "core/alloc.h"
#include "core/peer.h"
#include "core/process.h"
#include "core/status.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
  SHARE = 16,       /* a pause is this part of the time that has passed */
  LONGEST_MS = 100, /* pause */
  NS_PER_MS = 1000000
};

struct hp_connection {
  struct hp_connection_target target;
  uv_loop_t *loop;
  hp_connect_request request;
  uv_timer_t timer; /* the deadline, or the end of a pause, whichever comes first */
  uint64_t began;   /* uv_hrtime() */
  int64_t timeout;
  hp_connection_callback callback;
  hp_connection_closed closed;
  void *user, *closed_user;
  int failure;                /* of an attempt that failed before it began; told by the timer */
  int open;                   /* of the handles, the transport's callback, and one for the caller */
  bool waiting;               /* for the transport's callback */
  bool has_handle;            /* that is not closed yet */
  bool full;                  /* the attempt before was, and another one follows */
  bool told, is_made, ending; /* `ending`: by the caller */
};

static void try_once(hp_connection *connection);

static void release(hp_connection *connection) {
  if (--connection->open > 0)
    return;
  hp_connection_closed closed = connection->closed;
  void *user = connection->closed_user;
  hp__free(connection);
  if (closed)
    closed(user);
}

/* ---- The clock ---- */

static uint64_t passed_ms(const hp_connection *connection) {
  return (uv_hrtime() - connection->began) / NS_PER_MS;
}

/* Until the deadline, rounded up; 0: it has passed. */
static uint64_t left_ms(const hp_connection *connection) {
  uint64_t passed = passed_ms(connection), limit = (uint64_t)connection->timeout;
  if (connection->timeout < 0)
    return UINT64_MAX;
  return passed < limit ? limit - passed : 0;
}

static void timer_due(uv_timer_t *timer);

static void arm(hp_connection *connection, uint64_t pause) {
  uint64_t left = left_ms(connection);
  uv_update_time(connection->loop);
  if (pause < left)
    uv_timer_start(&connection->timer, timer_due, pause, 0);
  else if (left != UINT64_MAX)
    uv_timer_start(&connection->timer, timer_due, left, 0);
}

/* ---- The outcome ---- */

static void handle_closed(uv_handle_t *handle) {
  hp_connection *connection =
      (hp_connection *)((char *)handle - offsetof(hp_connection, request.as));
  connection->has_handle = false;
  if (connection->full && !connection->told && !connection->ending) {
    uint64_t pause = passed_ms(connection) / SHARE;
    arm(connection, pause < 1 ? 1 : pause > LONGEST_MS ? LONGEST_MS : pause);
  }
  release(connection);
}

static void close_handle(hp_connection *connection) {
  if (connection->has_handle && !uv_is_closing(&connection->request.as.handle))
    uv_close(&connection->request.as.handle, handle_closed);
}

static void announce(hp_connection *connection, const hp_error *error) {
  connection->told = true;
  uv_timer_stop(&connection->timer);
  connection->is_made = !error;
  connection->open++; /* it may be closed from the callback */
  connection->callback(connection, error, connection->user);
  release(connection);
}

static int code_of(int status) {
  static const struct {
    int status, code;
  } codes[] = {{UV_ENOMEM, HP_ENOMEM},    {UV_EACCES, HP_EACCESS},
               {UV_EPERM, HP_EACCESS},    {UV_ETIMEDOUT, HP_ETIMEDOUT},
               {UV_EAGAIN, HP_ETIMEDOUT}, {UV_ENAMETOOLONG, HP_ETOOLONG},
               {UV_EINVAL, HP_ECONFIG}};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    if (codes[i].status == status)
      return codes[i].code;
  return HP_EIO;
}

static void fail(hp_connection *connection, int code, int status, const char *cause) {
  struct hp_error error = {0};
  char endpoint[HP_ENDPOINT_TEXT_SIZE];
  hp_endpoint_print(&connection->target.endpoint, endpoint);
  hp_error_set(&error, code, HP_PHASE_CONNECT, "cannot connect to %s", endpoint);
  hp_error_set_os_code(&error, -status);
  hp_error_set_cause(&error, "%s", cause);
  close_handle(connection);
  announce(connection, &error);
  hp__error_fini(&error);
}

static void fail_at_once(hp_connection *connection, int status) {
  fail(connection, code_of(status), status, hp__status_text(status).text);
}

static void fail_late(hp_connection *connection) {
  char cause[96];
  snprintf(cause, sizeof cause, "%s within %" PRId64 " ms",
           connection->full ? "there was no room in its queue" : "it neither took nor refused us",
           connection->timeout);
  fail(connection, HP_ETIMEDOUT, 0, cause);
}

static void fail_peer(hp_connection *connection) {
  fail(connection, HP_EPEER, 0, "a process that is not the server has answered");
}

/* ---- An attempt ---- */

static bool is_the_server(hp_connection *connection) {
  const struct hp_connection_target *target = &connection->target;
  return !target->process ||
         hp__process_judge(target->process, &target->endpoint, &connection->request.as.stream) != 0;
}

static void attempt_ended(hp_connect_request *request, int status) {
  hp_connection *connection = request->data;
  connection->waiting = false;
  connection->full = status == UV_EAGAIN;
  if (connection->told || connection->ending || connection->full)
    close_handle(connection);
  else if (status != 0)
    fail_at_once(connection, status);
  else if (!is_the_server(connection))
    fail_peer(connection);
  else
    announce(connection, NULL);
  release(connection);
}

static void try_once(hp_connection *connection) {
  memset(&connection->request, 0, sizeof connection->request);
  connection->request.data = connection;
  connection->request.callback = attempt_ended;
  connection->failure = connection->target.transport->connect(
      connection->loop, &connection->request, &connection->target.endpoint);
  if (connection->failure < 0) {
    uv_timer_start(&connection->timer, timer_due, 0, 0);
    return;
  }
  connection->waiting = connection->has_handle = true;
  connection->open += 2;
  arm(connection, UINT64_MAX);
}

static void timer_due(uv_timer_t *timer) {
  hp_connection *connection = timer->data;
  if (connection->failure < 0)
    fail_at_once(connection, connection->failure);
  else if (left_ms(connection) == 0)
    fail_late(connection);
  else if (connection->waiting || connection->has_handle) /* a timer may be early by rounding */
    arm(connection, UINT64_MAX);
  else
    try_once(connection);
}

/* ---- The whole ---- */

static void timer_closed(uv_handle_t *timer) {
  release(timer->data);
}

int hp__connection_begin(hp_connection **out, uv_loop_t *loop,
                         const struct hp_connection_target *target, int64_t timeout,
                         hp_connection_callback callback, void *user, hp_error *error) {
  hp_connection *connection = *out = hp__alloc(sizeof *connection);
  if (!connection)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_CONNECT, "no memory for a connection");
  connection->target = *target;
  connection->loop = loop;
  connection->timeout = timeout == 0 ? 1 : timeout;
  connection->callback = callback;
  connection->user = user;
  connection->began = uv_hrtime();
  connection->open = 2; /* the timer's and the caller's */
  uv_timer_init(loop, &connection->timer);
  connection->timer.data = connection;
  try_once(connection);
  return 0;
}

uv_stream_t *hp_connection_stream(hp_connection *connection) {
  return connection->is_made ? &connection->request.as.stream : NULL;
}

void hp_connection_close(hp_connection *connection, hp_connection_closed closed, void *user) {
  if (!connection || connection->ending)
    return;
  connection->ending = true;
  connection->is_made = false;
  connection->closed = closed;
  connection->closed_user = user;
  close_handle(connection);
  uv_close((uv_handle_t *)&connection->timer, timer_closed);
  release(connection);
}

/* ---- Where to ---- */

int hp__connection_find(struct hp_connection_target *target, const char *endpoint,
                        hp_error *error) {
  struct hp_registry registry = {0};
  *target = (struct hp_connection_target){.process = NULL};
  int result = hp_endpoint_parse(&target->endpoint, endpoint, error);
  if (result == 0)
    result = hp__registry_init(&registry, error);
  if (result < 0)
    return result;
  for (size_t i = 0; i < registry.transport_count; i++)
    if (registry.transports[i]->kind == target->endpoint.kind)
      target->transport = registry.transports[i];
  return target->transport ? 0
                           : hp_error_set(error, HP_EUNSUPPORTED, HP_PHASE_CONNECT,
                                          "this system has no transport that reaches %s", endpoint);
}

int hp__connection_find_process(struct hp_connection_target *target, hp_process *process,
                                hp_error *error) {
  uv_mutex_lock(&process->lock);
  const struct hp_plan *plan = process->plan; /* another one where its transport had to be */
  const char *endpoint = process->view.state == HP_STATE_READY ? process->view.endpoint : NULL;
  *target = (struct hp_connection_target){.transport = plan->transport, .process = process};
  uv_mutex_unlock(&process->lock);
  if (endpoint)
    return hp_endpoint_parse(&target->endpoint, endpoint, error);
  return hp_error_set(error, HP_ESTATE, HP_PHASE_CONNECT,
                      "server '%s' is not ready, so there is nothing to connect to",
                      plan->definition->name);
}
