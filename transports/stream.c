/* SPDX-License-Identifier: MIT */
#include "transports/stream.h"

#include "transports/socket.h"

#include <stdarg.h>
#include <stdio.h>

enum { BACKLOG = 16 };

union client {
  uv_handle_t handle;
  uv_stream_t stream;
  uv_pipe_t pipe;
  uv_tcp_t tcp;
};

static void free_client(uv_handle_t *handle) {
  hp_free(handle);
}

static int init_stream(uv_loop_t *loop, uv_handle_t *handle, enum hp_endpoint_kind kind) {
  return kind == HP_ENDPOINT_TCP ? uv_tcp_init(loop, (uv_tcp_t *)handle)
                                 : uv_pipe_init(loop, (uv_pipe_t *)handle, 0);
}

static int open_stream(uv_handle_t *handle, uv_os_sock_t socket, enum hp_endpoint_kind kind) {
  return kind == HP_ENDPOINT_TCP ? uv_tcp_open((uv_tcp_t *)handle, socket)
                                 : uv_pipe_open((uv_pipe_t *)handle, (uv_file)socket);
}

/* The first client's was there before it came: nobody could be told that there is none. */
static union client *take_room(hp_listener *listener) {
  union client *room = listener->own;
  listener->own = NULL;
  return room ? room : hp_alloc(sizeof *room);
}

static void free_room(hp_listener *listener) {
  hp_free(listener->own);
  listener->own = NULL;
}

/* Where memory is missing a later one stays unaccepted. */
static void accept_client(uv_stream_t *server, int status) {
  hp_listener *listener = (hp_listener *)((char *)server - offsetof(hp_listener, as));
  union client *client = status == 0 ? take_room(listener) : NULL;
  if (!client)
    return;
  if (init_stream(server->loop, &client->handle, listener->endpoint.kind) != 0) {
    hp_free(client);
    return;
  }
  if (uv_accept(server, &client->stream) != 0) {
    uv_close(&client->handle, free_client);
    return;
  }
  if (listener->endpoint.kind == HP_ENDPOINT_TCP)
    uv_tcp_nodelay(&client->tcp, 1);
  listener->callback(listener, &client->stream);
}

/* Nothing is left that could fail, the socket being bound and listening already: a handle, once
 * initialised, cannot be taken back at once. */
int hp__stream_listen(uv_loop_t *loop, hp_listener *listener, uv_os_sock_t socket,
                      hp_error *error) {
  listener->own = hp_alloc(sizeof(union client));
  listener->end = free_room;
  if (!listener->own) {
    hp__socket_close(socket);
    return hp__stream_error(error, HP_ENOMEM, UV_ENOMEM, "cannot listen in the event loop");
  }
  int code = init_stream(loop, &listener->as.handle, listener->endpoint.kind);
  if (code == 0)
    code = open_stream(&listener->as.handle, socket, listener->endpoint.kind);
  if (code == 0)
    code = uv_listen(&listener->as.stream, BACKLOG, accept_client);
  if (code == 0)
    return 0;
  free_room(listener);
  return hp__stream_error(error, HP_EIO, code, "cannot listen in the event loop");
}

void hp_listener_close(hp_listener *listener, uv_close_cb closed) {
  if (listener->end)
    listener->end(listener);
  uv_close(&listener->as.handle, closed);
}

int hp__stream_error(hp_error *error, int code, int status, const char *format, ...) {
  char message[2048];
  va_list list;
  va_start(list, format);
  vsnprintf(message, sizeof message, format, list);
  va_end(list);
  hp_error_set(error, code, HP_PHASE_RESERVE, "%s", message);
  hp_error_set_os_code(error, -status);
  hp_error_set_cause(error, "%s", uv_strerror(status));
  return code;
}

static void report_later(uv_handle_t *handle) {
  hp_connect_request *request =
      (hp_connect_request *)((char *)handle - offsetof(hp_connect_request, request.later));
  int status = (int)(intptr_t)handle->data;
  request->callback(request,
                    status == 0 && uv_is_closing(&request->as.handle) ? UV_ECANCELED : status);
}

/* Closing a handle that was never started is the shortest way to the loop's next round. */
void hp__stream_tell_later(uv_loop_t *loop, hp_connect_request *request, int status) {
  uv_idle_init(loop, &request->request.later);
  request->request.later.data = (void *)(intptr_t)status;
  uv_close((uv_handle_t *)&request->request.later, report_later);
}
