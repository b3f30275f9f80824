/* SPDX-License-Identifier: MIT */
/*
 * A whole transport, out of the public headers, libuv and the system's sockets. It is as simple as
 * one can be: it holds no port, it tells the server one that was free a moment ago; when somebody
 * else takes that meanwhile, the start is tried again with another one. tests/conformance holds it
 * to what the built-in ones are held to.
 */
#include "loopback6.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 16 };

static void say(struct hp_endpoint *endpoint, uint16_t port) {
  memset(endpoint, 0, sizeof *endpoint);
  endpoint->kind = HP_ENDPOINT_TCP;
  endpoint->port = port;
  strcpy(endpoint->host, "::1");
}

static struct sockaddr_in6 address_of(uint16_t port) {
  return (struct sockaddr_in6){
      .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
}

/* ---- check: pure, while the plan is made ---- */

static int check(const struct hp_transport_spec *spec, hp_error *error) {
  if (!spec->host || strcmp(spec->host, "::1") == 0)
    return 0;
  return hp_error_set(error, HP_ECONFIG, HP_PHASE_PLAN,
                      "host \"%s\" is not ::1, which is all that this transport knows", spec->host);
}

/* ---- reserve and release ---- */

/* A bound socket, or a negative errno; *port is what it was given. */
static int bind_socket(uint16_t *port) {
  struct sockaddr_in6 address = address_of(*port);
  socklen_t size = sizeof address;
  int on = 1, descriptor = socket(AF_INET6, SOCK_STREAM, 0);
  if (descriptor < 0)
    return -errno;
  if (fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 &&
      setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
      bind(descriptor, (struct sockaddr *)&address, size) == 0 &&
      getsockname(descriptor, (struct sockaddr *)&address, &size) == 0) {
    *port = ntohs(address.sin6_port);
    return descriptor;
  }
  int code = -errno;
  close(descriptor);
  return code;
}

static int refuse(uint16_t port, int status, hp_error *error) {
  int code = status == -EADDRINUSE ? HP_EADDRINUSE : status == -EACCES ? HP_EACCESS : HP_EIO;
  hp_error_set(error, code, HP_PHASE_RESERVE, "[::1]:%u cannot be had", (unsigned)port);
  hp_error_set_os_code(error, -status);
  hp_error_set_cause(error, "%s", strerror(-status));
  return code;
}

static int reserve(void *self, const struct hp_transport_spec *spec, struct hp_endpoint *endpoint,
                   hp_error *error) {
  uint16_t port = spec->port;
  int code = check(spec, error);
  (void)self; /* nothing is held, so there is no state */
  if (code != 0)
    return code;
  if (!spec->child_picks || port != 0) {
    int descriptor = bind_socket(&port);
    if (descriptor >= 0 && listen(descriptor, 1) < 0) /* shared binds are told apart only here */
      code = -errno;
    if (descriptor < 0 || code < 0)
      code = refuse(port, descriptor < 0 ? descriptor : code, error);
    if (descriptor >= 0)
      close(descriptor);
  }
  say(endpoint, port);
  return code;
}

static void release(void *self) {
  (void)self;
}

/* ---- listen: our own end, for a server that calls back ---- */

static void free_client(uv_handle_t *client) {
  hp_free(client);
}

static void accept_client(uv_stream_t *server, int status) {
  hp_listener *listener = (hp_listener *)((char *)server - offsetof(hp_listener, as));
  uv_tcp_t *client = status == 0 ? hp_alloc(sizeof *client) : NULL;
  if (!client)
    return;
  uv_tcp_init(server->loop, client);
  if (uv_accept(server, (uv_stream_t *)client) == 0)
    listener->callback(listener, (uv_stream_t *)client);
  else
    uv_close((uv_handle_t *)client, free_client);
}

/* What can fail comes first: a handle, once initialised, cannot be taken back at once. */
static int listen_at(uv_loop_t *loop, hp_listener *listener, const struct hp_transport_spec *spec,
                     int64_t owner, hp_error *error) {
  uint16_t port = spec->port;
  (void)owner; /* a port is for every user: who calls is looked at instead */
  int descriptor = bind_socket(&port), status = descriptor;
  if (descriptor >= 0 &&
      (listen(descriptor, BACKLOG) < 0 || fcntl(descriptor, F_SETFL, O_NONBLOCK) < 0)) {
    status = -errno;
    close(descriptor);
  }
  if (status < 0)
    return refuse(port, status, error);
  say(&listener->endpoint, port);
  uv_tcp_init(loop, &listener->as.tcp);
  uv_tcp_open(&listener->as.tcp, descriptor);
  return uv_listen(&listener->as.stream, BACKLOG, accept_client);
}

/* ---- connect ---- */

/* The system may give a port that nobody listens on to the very socket that asks for it. */
static bool is_own_echo(const uv_tcp_t *tcp) {
  struct sockaddr_in6 ours = {0}, theirs = {0};
  int our_size = sizeof ours, their_size = sizeof theirs;
  return uv_tcp_getsockname(tcp, (struct sockaddr *)&ours, &our_size) == 0 &&
         uv_tcp_getpeername(tcp, (struct sockaddr *)&theirs, &their_size) == 0 &&
         ours.sin6_port == theirs.sin6_port;
}

static void connected(uv_connect_t *connect, int status) {
  hp_connect_request *request = connect->data;
  if (status == 0 && is_own_echo(&request->as.tcp))
    status = UV_ECONNREFUSED;
  request->callback(request, status);
}

/* What libuv refuses at once is told later: by the end of a handle that was never started. */
static void tell(uv_handle_t *later) {
  hp_connect_request *request =
      (hp_connect_request *)((char *)later - offsetof(hp_connect_request, request.later));
  int status = (int)(intptr_t)later->data;
  request->callback(request, uv_is_closing(&request->as.handle) ? UV_ECANCELED : status);
}

static int connect_to(uv_loop_t *loop, hp_connect_request *request,
                      const struct hp_endpoint *endpoint) {
  struct sockaddr_in6 address = address_of(endpoint->port);
  if (endpoint->kind != HP_ENDPOINT_TCP || endpoint->port == 0 ||
      strcmp(endpoint->host, "::1") != 0)
    return UV_EINVAL;
  uv_tcp_init(loop, &request->as.tcp);
  request->request.connect.data = request;
  int code = uv_tcp_connect(&request->request.connect, &request->as.tcp,
                            (const struct sockaddr *)&address, connected);
  if (code != 0) {
    uv_idle_init(loop, &request->request.later);
    request->request.later.data = (void *)(intptr_t)code;
    uv_close((uv_handle_t *)&request->request.later, tell);
  }
  return 0;
}

/* ---- The table ---- */

const struct hp_transport_ops loopback6 = {
    .version = HP_TRANSPORT_VERSION,
    .caps = HP_TRANSPORT_CHILD_PICKS | HP_TRANSPORT_LISTENS,
    .name = "loopback6",
    .kind = HP_ENDPOINT_TCP,
    .check = check,
    .reserve = reserve,
    .listen = listen_at,
    .connect = connect_to,
    .release = release,
};
