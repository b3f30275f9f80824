/* SPDX-License-Identifier: MIT */
#include "tests/support/wire.h"

#include "tests/support/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE_MS = 60000 };

struct hp_wire {
  uv_loop_t loop;
  uv_timer_t deadline;
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_pipe_t pipe;
    uv_tcp_t tcp;
  } as;
  bool late, done;
  int status;
  char *text;
  size_t size, length;
};

static void expire(uv_timer_t *timer) {
  struct hp_wire *wire = timer->data;
  wire->late = true;
}

static struct hp_wire *new_wire(const struct hp_endpoint *endpoint) {
  struct hp_wire *wire = calloc(1, sizeof *wire);
  uv_loop_init(&wire->loop);
  uv_timer_init(&wire->loop, &wire->deadline);
  if (endpoint->kind == HP_ENDPOINT_TCP)
    uv_tcp_init(&wire->loop, &wire->as.tcp);
  else
    uv_pipe_init(&wire->loop, &wire->as.pipe, 0);
  wire->deadline.data = wire->as.handle.data = wire;
  return wire;
}

/* False when it took too long. */
static bool await(struct hp_wire *wire) {
  wire->late = false;
  uv_update_time(&wire->loop);
  uv_timer_start(&wire->deadline, expire, PATIENCE_MS, 0);
  while (!wire->done && !wire->late)
    uv_run(&wire->loop, UV_RUN_ONCE);
  uv_timer_stop(&wire->deadline);
  return wire->done;
}

void hp_wire_close(struct hp_wire *wire) {
  if (!wire)
    return;
  uv_close(&wire->as.handle, NULL);
  uv_close((uv_handle_t *)&wire->deadline, NULL);
  uv_run(&wire->loop, UV_RUN_DEFAULT);
  CHECK_INT(uv_loop_close(&wire->loop), 0);
  free(wire);
}

/* ---- Addresses ---- */

static const char *path_of(const struct hp_endpoint *endpoint, char path[600]) {
  snprintf(path, 600, "%s%s", endpoint->kind == HP_ENDPOINT_PIPE ? "\\\\.\\pipe\\" : "",
           endpoint->path);
  return path;
}

static void read_address(const struct hp_endpoint *endpoint, struct sockaddr_storage *address) {
  memset(address, 0, sizeof *address);
  if (uv_ip4_addr(endpoint->host, endpoint->port, (struct sockaddr_in *)address) != 0)
    uv_ip6_addr(endpoint->host, endpoint->port, (struct sockaddr_in6 *)address);
}

/* ---- Our end ---- */

static void connected(uv_connect_t *request, int status) {
  struct hp_wire *wire = request->handle->data;
  wire->status = status;
  wire->done = true;
}

struct hp_wire *hp_wire_open(const struct hp_endpoint *endpoint) {
  hp_os_survive_broken_pipes();
  struct hp_wire *wire = new_wire(endpoint);
  uv_connect_t request;
  char path[600];
  struct sockaddr_storage address;
  int code = 0;
  if (endpoint->kind == HP_ENDPOINT_TCP) {
    read_address(endpoint, &address);
    code = uv_tcp_connect(&request, &wire->as.tcp, (const struct sockaddr *)&address, connected);
  } else {
    uv_pipe_connect(&request, &wire->as.pipe, path_of(endpoint, path), connected);
  }
  if (code == 0 && await(wire) && wire->status == 0)
    return wire;
  hp_wire_close(wire);
  return NULL;
}

struct hp_wire *hp_wire_to(const char *url) {
  struct hp_endpoint endpoint;
  return hp_endpoint_parse(&endpoint, url, NULL) == 0 ? hp_wire_open(&endpoint) : NULL;
}

static void written(uv_write_t *request, int status) {
  struct hp_wire *wire = request->handle->data;
  wire->status = status;
  wire->done = true;
}

bool hp_wire_say(struct hp_wire *wire, const void *data, size_t size) {
  uv_write_t request;
  uv_buf_t text = uv_buf_init((char *)(uintptr_t)data, (unsigned)size);
  wire->done = false;
  return uv_write(&request, &wire->as.stream, &text, 1, written) == 0 && await(wire) &&
         wire->status == 0;
}

static void lend(uv_handle_t *handle, size_t size, uv_buf_t *buffer) {
  struct hp_wire *wire = handle->data;
  (void)size;
  *buffer = uv_buf_init(wire->text + wire->length, (unsigned)(wire->size - wire->length));
}

static void take(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
  struct hp_wire *wire = stream->data;
  (void)buffer;
  wire->length += length > 0 ? (size_t)length : 0;
  wire->done = length < 0 || wire->length == wire->size;
  if (wire->done)
    uv_read_stop(stream);
}

int hp_wire_hear(struct hp_wire *wire, void *data, size_t size) {
  wire->text = data;
  wire->size = size;
  wire->length = 0;
  wire->done = false;
  uv_read_start(&wire->as.stream, lend, take);
  bool came = await(wire);
  uv_read_stop(&wire->as.stream);
  return came ? (int)wire->length : -1;
}

/* ---- An address that is held ---- */

static void ignore(uv_stream_t *server, int status) {
  (void)server;
  (void)status;
}

struct hp_wire *hp_wire_listen(const char *url, int backlog) {
  struct hp_endpoint endpoint;
  struct sockaddr_storage address;
  char path[600];
  if (hp_endpoint_parse(&endpoint, url, NULL) < 0)
    return NULL;
  struct hp_wire *wire = new_wire(&endpoint);
  read_address(&endpoint, &address);
  int code = endpoint.kind == HP_ENDPOINT_TCP
                 ? uv_tcp_bind(&wire->as.tcp, (const struct sockaddr *)&address, 0)
                 : uv_pipe_bind(&wire->as.pipe, path_of(&endpoint, path));
  if (code == 0 && backlog >= 0)
    code = uv_listen(&wire->as.stream, backlog, ignore);
  if (code == 0)
    return wire;
  hp_wire_close(wire);
  return NULL;
}

uint16_t hp_wire_port(const struct hp_wire *wire) {
  struct sockaddr_in address;
  int size = sizeof address;
  return uv_tcp_getsockname(&wire->as.tcp, (struct sockaddr *)&address, &size) == 0
             ? ntohs(address.sin_port)
             : 0;
}
