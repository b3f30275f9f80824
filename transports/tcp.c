/* SPDX-License-Identifier: MIT */
/*
 * TCP. A reserved port is a socket that is bound and does not listen: automatic assignment gives it
 * to nobody, and a server that sets SO_REUSEADDR, as nearly all do, listens on it all the same. On
 * Windows that option is a way to take a port from its owner, and no server sets it: there nothing
 * can be held.
 */
#include "core/endpoint.h"
#include "transports/socket.h"
#include "transports/stream.h"
#include "transports/transports.h"

#include <stdio.h>
#include <string.h>

enum { ADDRESSES_MAX = 8 };

struct state {
  bool bound;
  uv_os_sock_t descriptor;
};

static const char *host_of(const struct hp_transport_spec *spec) {
  return spec->host ? spec->host : "127.0.0.1"; /* not localhost, which may be ::1 and stall */
}

static int check_tcp(const struct hp_transport_spec *spec, hp_error *error) {
  const char *host = host_of(spec);
  if (hp__host_is_valid(host))
    return 0;
  int code = hp_error_set(error, HP_ECONFIG, HP_PHASE_PLAN,
                          "host is neither a name nor an address: \"%s\"", host);
  hp_error_set_hint(error, "an address has the form 127.0.0.1 or ::1, without brackets and port");
  return code;
}

/* ---- Reservation ---- */

static void show_address(char text[HP_HOST_SIZE + 16], const char *host, uint16_t port) {
  snprintf(text, HP_HOST_SIZE + 16, strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, (unsigned)port);
}

static const struct refusal {
  int status, code;
  const char *text, *hint;
} refusals[] = {
    {UV_EADDRINUSE, HP_EADDRINUSE, "is already in use",
     "stop what listens there, or choose another port or \"auto\""},
    {UV_EACCES, HP_EACCESS, "may not be bound by this user", NULL},
    {UV_EADDRNOTAVAIL, HP_EIO, "is no address of this machine",
     "choose an address of this machine, 127.0.0.1 for instance"},
    {UV_EAFNOSUPPORT, HP_EUNSUPPORTED, "is of a family that this machine does not have",
     "choose an IPv4 address, 127.0.0.1 for instance"},
    {0, HP_EIO, "cannot be bound", NULL},
};

static int refuse_bind(const char *host, uint16_t port, int status, hp_error *error) {
  char address[HP_HOST_SIZE + 16];
  const struct refusal *refusal = refusals;
  while (refusal->status && refusal->status != status)
    refusal++;
  show_address(address, host, port);
  hp__stream_error(error, refusal->code, status, "TCP address %s %s", address, refusal->text);
  bool denied = status == UV_EACCES;
  const char *hint = denied ? hp__socket_rules.denied_hint : refusal->hint;
  if (hint)
    hp_error_set_hint(error, "%s", hint);
  if (denied && hp__socket_rules.denied_cause)
    hp_error_set_cause(error, "%s", hp__socket_rules.denied_cause);
  return refusal->code;
}

static int refuse_name(const char *host, int status, hp_error *error) {
  hp__stream_error(error, HP_EIO, status, "host \"%s\" has no address", host);
  hp_error_set_hint(error, "name an address, 127.0.0.1 for instance");
  return HP_EIO;
}

/* The endpoint holds the literal address that was bound: a name may lead a client elsewhere. */
static void fill_endpoint(struct hp_endpoint *endpoint, const struct sockaddr_storage *address) {
  const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
  const struct sockaddr_in *four = (const struct sockaddr_in *)address;
  memset(endpoint, 0, sizeof *endpoint);
  endpoint->kind = HP_ENDPOINT_TCP;
  if (address->ss_family == AF_INET6) {
    uv_ip6_name(six, endpoint->host, sizeof endpoint->host);
    endpoint->port = ntohs(six->sin6_port);
  } else {
    uv_ip4_name(four, endpoint->host, sizeof endpoint->host);
    endpoint->port = ntohs(four->sin_port);
  }
}

/* A socket bound to the first address of the host that can be; `address` is that one. */
static int bind_host(const struct hp_transport_spec *spec, bool shared,
                     struct sockaddr_storage *address, uv_os_sock_t *made, hp_error *error) {
  struct sockaddr_storage addresses[ADDRESSES_MAX];
  const char *host = host_of(spec);
  int status = 0, count = hp__socket_resolve(host, spec->port, addresses, ADDRESSES_MAX);
  if (count < 0)
    return refuse_name(host, count, error);
  for (int i = 0; i < count; i++) {
    int code = hp__socket_bind(&addresses[i], shared, made);
    *address = addresses[i];
    if (code == 0)
      return 0;
    if (status == 0)
      status = code;
  }
  return refuse_bind(host, spec->port, status, error);
}

/* The server picks the port; what it gets is the address alone. */
static int resolve_host(const struct hp_transport_spec *spec, struct hp_endpoint *endpoint,
                        hp_error *error) {
  struct sockaddr_storage address;
  int count = hp__socket_resolve(host_of(spec), spec->port, &address, 1);
  if (count < 0)
    return refuse_name(host_of(spec), count, error);
  fill_endpoint(endpoint, &address);
  return 0;
}

static void release_tcp(void *self) {
  struct state *state = self;
  if (state->bound)
    hp__socket_close(state->descriptor);
  state->bound = false;
}

/* Where the server does not set SO_REUSEADDR, or nothing can be held, the port must be free again
 * before it starts, and may be taken by another meanwhile: the last resort; the server then ends
 * and the start is retried. */
static int reserve_tcp(void *self, const struct hp_transport_spec *spec,
                       struct hp_endpoint *endpoint, hp_error *error) {
  struct state *state = self;
  struct sockaddr_storage address = {0};
  int code = check_tcp(spec, error);
  release_tcp(state);
  if (code != 0)
    return code;
  if (spec->child_picks && spec->port == 0)
    return resolve_host(spec, endpoint, error);
  uv_os_sock_t descriptor;
  bool held = spec->reuse_address && hp__socket_rules.holds_ports;
  code = bind_host(spec, held, &address, &descriptor, error);
  if (code != 0)
    return code;
  fill_endpoint(endpoint, &address);
  if (held)
    *state = (struct state){true, descriptor};
  else
    hp__socket_close(descriptor);
  return 0;
}

/* The port is the server's from its first moment: nobody can take it. */
static int hand_down_tcp(void *self, const struct hp_transport_spec *spec, int64_t owner,
                         struct hp_endpoint *endpoint, uv_os_sock_t *listener, hp_error *error) {
  struct state *state = self;
  struct sockaddr_storage address = {0};
  int code = check_tcp(spec, error);
  (void)owner; /* a port is open to every local user */
  release_tcp(state);
  if (code == 0)
    code = bind_host(spec, true, &address, &state->descriptor, error);
  if (code != 0)
    return code;
  state->bound = true;
  *listener = state->descriptor;
  fill_endpoint(endpoint, &address);
  int status = hp__socket_hand_down(state->descriptor);
  return status == 0 ? 0 : refuse_bind(endpoint->host, endpoint->port, status, error);
}

static int listen_tcp(uv_loop_t *loop, hp_listener *listener, const struct hp_transport_spec *spec,
                      int64_t owner, hp_error *error) {
  struct sockaddr_storage address = {0};
  int code = check_tcp(spec, error);
  (void)owner; /* a port is open to every local user: the peer is checked instead */
  if (code != 0)
    return code;
  uv_os_sock_t descriptor;
  code = bind_host(spec, true, &address, &descriptor, error);
  if (code != 0)
    return code;
  fill_endpoint(&listener->endpoint, &address);
  int status = hp__socket_listen(descriptor);
  if (status == 0)
    return hp__stream_listen(loop, listener, descriptor, error);
  hp__socket_close(descriptor);
  return refuse_bind(listener->endpoint.host, listener->endpoint.port, status, error);
}

/* ---- Connecting ---- */

static void report_connected(uv_connect_t *connect, int status);

static size_t address_size(const struct sockaddr *address) {
  return address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

static int begin_connect(hp_connect_request *request, const struct sockaddr *wanted) {
  struct sockaddr_storage address = {0};
  memcpy(&address, wanted, address_size(wanted));
  bool several = request->request.resolve.addrinfo != NULL;
  int code = hp__socket_prepare(&request->as.tcp, several, &address);
  if (code != 0)
    return code;
  uv_tcp_nodelay(&request->as.tcp, 1);
  request->request.connect.data = request;
  return uv_tcp_connect(&request->request.connect, &request->as.tcp,
                        (const struct sockaddr *)&address, report_connected);
}

/* Where nobody listens on a port that the system may assign, it can give it to the very socket that
 * asks for it, which then talks to itself. */
static bool is_own_echo(const uv_tcp_t *tcp) {
  struct sockaddr_storage ours = {0}, theirs = {0};
  int our_size = sizeof ours, their_size = sizeof theirs;
  return uv_tcp_getsockname(tcp, (struct sockaddr *)&ours, &our_size) == 0 &&
         uv_tcp_getpeername(tcp, (struct sockaddr *)&theirs, &their_size) == 0 &&
         our_size == their_size && memcmp(&ours, &theirs, (size_t)our_size) == 0;
}

/* Tries the addresses that are left; `status` is what became of the one before. resolve.data is the
 * next of them, resolve.addrinfo the whole list. */
static void connect_next(hp_connect_request *request, int status) {
  uv_getaddrinfo_t *resolve = &request->request.resolve;
  struct addrinfo *address = resolve->data;
  if (uv_is_closing(&request->as.handle))
    status = UV_ECANCELED;
  else if (status == 0 && is_own_echo(&request->as.tcp))
    status = UV_ECONNREFUSED;
  for (; status != 0 && status != UV_ECANCELED && address; address = address->ai_next) {
    resolve->data = address->ai_next;
    status = begin_connect(request, address->ai_addr);
    if (status == 0)
      return;
  }
  uv_freeaddrinfo(resolve->addrinfo);
  resolve->addrinfo = NULL;
  request->callback(request, status);
}

static void report_connected(uv_connect_t *connect, int status) {
  connect_next(connect->data, status);
}

static void report_resolved(uv_getaddrinfo_t *resolve, int status, struct addrinfo *addresses) {
  hp_connect_request *request =
      (hp_connect_request *)((char *)resolve - offsetof(hp_connect_request, request.resolve));
  resolve->data = addresses;
  resolve->addrinfo = addresses;
  connect_next(request, status == 0 ? UV_EADDRNOTAVAIL : status);
}

static int connect_name(uv_loop_t *loop, hp_connect_request *request,
                        const struct hp_endpoint *endpoint) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
  char service[8];
  snprintf(service, sizeof service, "%u", (unsigned)endpoint->port);
  int code = uv_getaddrinfo(loop, &request->request.resolve, report_resolved, endpoint->host,
                            service, &hints);
  if (code == 0)
    uv_tcp_init(loop, &request->as.tcp); /* without a socket: this cannot fail */
  return code;
}

static int read_address(const struct hp_endpoint *endpoint, struct sockaddr_storage *address) {
  int code = uv_ip4_addr(endpoint->host, endpoint->port, (struct sockaddr_in *)address);
  return code == 0 ? 0
                   : uv_ip6_addr(endpoint->host, endpoint->port, (struct sockaddr_in6 *)address);
}

static int connect_tcp(uv_loop_t *loop, hp_connect_request *request,
                       const struct hp_endpoint *endpoint) {
  struct sockaddr_storage address = {0};
  if (endpoint->kind != HP_ENDPOINT_TCP || endpoint->port == 0)
    return UV_EINVAL;
  request->request.resolve.data = NULL;
  request->request.resolve.addrinfo = NULL;
  if (read_address(endpoint, &address) != 0)
    return connect_name(loop, request, endpoint);
  int code = uv_tcp_init(loop, &request->as.tcp);
  if (code != 0)
    return code;
  code = begin_connect(request, (struct sockaddr *)&address);
  if (code != 0)
    hp__stream_tell_later(loop, request, code);
  return 0;
}

const struct hp_transport_ops hp__transport_tcp = {
    .version = HP_TRANSPORT_VERSION,
    .caps = HP_TRANSPORT_CHILD_PICKS | HP_TRANSPORT_LISTENS | HP_TRANSPORT_INHERITS_LISTENER,
    .name = "tcp",
    .kind = HP_ENDPOINT_TCP,
    .size = sizeof(struct state),
    .check = check_tcp,
    .reserve = reserve_tcp,
    .listen = listen_tcp,
    .connect = connect_tcp,
    .release = release_tcp,
    .hand_down = hand_down_tcp,
};
