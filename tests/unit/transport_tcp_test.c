/* SPDX-License-Identifier: MIT */
/* What is particular to TCP; the rest is in tests/conformance. */
#include "core/error.h"
#include "tests/support/os.h"
#include "tests/support/wire.h"
#include "transports/socket.h"
#include "transports/transports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct hp_transport_ops *const ops = &hp__transport_tcp;

enum { AUTOMATIC = 2000, RESERVATIONS = 50 };

struct port {
  max_align_t state[16];
  struct hp_transport_spec spec;
  struct hp_endpoint endpoint;
  struct hp_error error;
};

static void begin(struct port *port) {
  memset(port, 0, sizeof *port);
  port->spec.reuse_address = true;
}

static int reserve(struct port *port) {
  hp__error_fini(&port->error);
  return ops->reserve(port->state, &port->spec, &port->endpoint, &port->error);
}

static void end(struct port *port) {
  ops->release(port->state);
  hp__error_fini(&port->error);
}

static bool set(uv_os_sock_t descriptor, int level, int option, int value) {
  return setsockopt(descriptor, level, option, (const char *)&value, sizeof value) == 0;
}

/* A socket as a server makes it; false when the port cannot be had. *port 0: any. Not by libuv,
 * which always sets SO_REUSEADDR. One of IPv6 is for both families, as servers make it. */
static bool serve(const char *host, uint16_t *port, bool reuse, bool listens, uv_os_sock_t *made) {
  struct sockaddr_storage address = {0};
  struct sockaddr_in *four = (struct sockaddr_in *)&address;
  struct sockaddr_in6 *six = (struct sockaddr_in6 *)&address;
  int family = strchr(host, ':') ? AF_INET6 : AF_INET;
  socklen_t size = family == AF_INET ? sizeof *four : sizeof *six;
  if (family == AF_INET ? uv_ip4_addr(host, *port, four) : uv_ip6_addr(host, *port, six))
    abort();
  if (hp__socket_open(family, made) != 0)
    return false;
  if (!set(*made, SOL_SOCKET, SO_REUSEADDR, reuse) ||
      (family == AF_INET6 && !set(*made, IPPROTO_IPV6, IPV6_V6ONLY, 0)) ||
      bind(*made, (struct sockaddr *)&address, size) != 0 || (listens && listen(*made, 8) != 0) ||
      getsockname(*made, (struct sockaddr *)&address, &size) != 0) {
    hp__socket_close(*made);
    return false;
  }
  *port = ntohs(family == AF_INET ? four->sin_port : six->sin6_port);
  return true;
}

/* Also where the listener has the wildcard address, of IPv4 or of both families. */
HP_TEST(a_fixed_port_that_is_in_use_is_found) {
  static const char *const hosts[] = {"127.0.0.1", "0.0.0.0", "::"};
  for (size_t i = 0; i < 3; i++)
    for (int reuse = 0; reuse < 4; reuse++) {
      struct port port;
      char name[32];
      begin(&port);
      uv_os_sock_t server;
      if (!serve(hosts[i], &port.spec.port, reuse & 1, true, &server)) {
        CHECK_TEXT(hosts[i], "::"); /* no IPv6 */
        continue;
      }
      port.spec.reuse_address = reuse & 2;
      snprintf(name, sizeof name, "127.0.0.1:%u ", (unsigned)port.spec.port);
      CHECK_INT(reserve(&port), HP_EADDRINUSE);
      CHECK_HAS(hp_error_message(&port.error), name);
      CHECK(hp_error_os_code(&port.error) > 0);
      end(&port);
      hp__socket_close(server);
    }
}

/* False when the port was taken meanwhile. */
static bool reserve_fixed(struct port *port) {
  uv_os_sock_t server;
  begin(port);
  if (CHECK(serve("127.0.0.1", &port->spec.port, true, false, &server)))
    hp__socket_close(server);
  int code = reserve(port);
  if (code == HP_EADDRINUSE)
    return false;
  CHECK_INT(code, 0);
  CHECK_INT(port->endpoint.port, port->spec.port);
  return true;
}

HP_TEST(a_fixed_port_that_is_free_is_had) {
  struct port port;
  bool had = reserve_fixed(&port);
  end(&port);
  if (!had)
    SKIP("the port was taken meanwhile");
}

HP_TEST(a_fixed_port_that_is_free_is_held) {
  NEEDS(HP_OS_SHARED_PORTS);
  struct port port;
  uv_os_sock_t server;
  bool had = reserve_fixed(&port);
  if (had)
    CHECK(!serve("127.0.0.1", &port.spec.port, false, false, &server));
  end(&port);
  if (!had)
    SKIP("the port was taken meanwhile");
}

HP_TEST(a_server_listens_on_its_reservation_again_and_again) {
  NEEDS(HP_OS_SHARED_PORTS);
  struct port port;
  begin(&port);
  REQUIRE(reserve(&port) == 0);
  CHECK_TEXT(port.endpoint.host, "127.0.0.1");
  for (int i = 0; i < 3; i++) {
    uv_os_sock_t server;
    if (!CHECK(serve("127.0.0.1", &port.endpoint.port, true, true, &server)))
      continue;
    struct hp_wire *client = hp_wire_open(&port.endpoint);
    CHECK(client != NULL);
    hp__socket_close(server); /* first: what remains of the connection is on the server's port */
    hp_wire_close(client);
  }
  end(&port);
}

/* Automatic assignment, by bind with and without SO_REUSEADDR, and by listen. */
static uint16_t assign(int how, uv_os_sock_t *made) {
  uint16_t port = 0;
  struct sockaddr_in address = {0};
  socklen_t size = sizeof address;
  if (how < 2) {
    CHECK(serve("127.0.0.1", &port, how, false, made));
    return port;
  }
  CHECK_INT(hp__socket_open(AF_INET, made), 0);
  CHECK_INT(listen(*made, 1), 0);
  getsockname(*made, (struct sockaddr *)&address, &size);
  return ntohs(address.sin_port);
}

HP_TEST(a_reservation_is_given_to_nobody) {
  NEEDS(HP_OS_SHARED_PORTS);
  static struct port ports[RESERVATIONS];
  static bool reserved[UINT16_MAX + 1];
  static uv_os_sock_t open[AUTOMATIC];
  int hits = 0;
  for (int i = 0; i < RESERVATIONS; i++) {
    begin(&ports[i]);
    CHECK_INT(reserve(&ports[i]), 0);
    CHECK(!reserved[ports[i].endpoint.port]);
    reserved[ports[i].endpoint.port] = true;
  }
  for (int i = 0; i < AUTOMATIC; i++) {
    hits += reserved[assign(i % 3, &open[i])];
    if (i >= 500) /* kept open for a while, so that the kernel has to walk on */
      hp__socket_close(open[i - 500]);
  }
  for (int i = AUTOMATIC - 500; i < AUTOMATIC; i++)
    hp__socket_close(open[i]);
  CHECK_INT(hits, 0);
  for (int i = 0; i < RESERVATIONS; i++)
    end(&ports[i]);
}

HP_TEST(without_reuse_the_port_is_free_when_reserve_returns) {
  struct port port;
  begin(&port);
  port.spec.reuse_address = false;
  CHECK_INT(reserve(&port), 0);
  CHECK(port.endpoint.port != 0);
  uv_os_sock_t server;
  if (CHECK(serve("127.0.0.1", &port.endpoint.port, false, true, &server)))
    hp__socket_close(server);
  end(&port);
}

HP_TEST(where_the_server_picks_nothing_is_held) {
  struct port first, port;
  begin(&first);
  first.spec.child_picks = true;
  CHECK_INT(reserve(&first), 0); /* what the system opens once is open now */
  end(&first);
  begin(&port);
  port.spec.child_picks = true;
  long before = hp_os_count_handles();
  CHECK_INT(reserve(&port), 0);
  CHECK_INT(hp_os_count_handles(), before);
  CHECK_TEXT(port.endpoint.host, "127.0.0.1");
  CHECK_INT(port.endpoint.port, 0);
  end(&port);
}

HP_TEST(a_name_becomes_the_address_that_was_bound) {
  struct port port;
  begin(&port);
  port.spec.host = "localhost";
  CHECK_INT(reserve(&port), 0);
  CHECK(strcmp(port.endpoint.host, "127.0.0.1") == 0 || strcmp(port.endpoint.host, "::1") == 0);
  end(&port);
}

HP_TEST(hosts_that_cannot_be_are_explained) {
  struct port port;
  begin(&port);
  port.spec.host = "192.0.2.1"; /* for documentation: no machine has it */
  if (reserve(&port) == 0) {
    end(&port);
    SKIP("foreign addresses can be bound here (ip_nonlocal_bind)");
  }
  CHECK_HAS(hp_error_message(&port.error), "192.0.2.1:0 is no address of this machine");
  port.spec.host = "fe80::1%nosuchlink";
  CHECK_INT(reserve(&port), HP_EIO);
  CHECK_HAS(hp_error_message(&port.error), "\"fe80::1%nosuchlink\"");
  end(&port);
}

HP_TEST(a_privileged_port_is_explained) {
  NEEDS(HP_OS_PRIVILEGED_PORTS);
  struct port port;
  if (!hp_os_be_ordinary(true))
    SKIP("cannot become another user");
  begin(&port);
  port.spec.port = 1;
  CHECK_INT(reserve(&port), HP_EACCESS);
  CHECK_HAS(hp_error_message(&port.error), "127.0.0.1:1 ");
  CHECK_HAS(hp_error_hint(&port.error), "1024");
  end(&port);
  CHECK(hp_os_be_ordinary(false));
}

/* ---- Connecting ---- */

struct call {
  hp_connect_request request;
  int count, status;
};

static void report(hp_connect_request *request, int status) {
  struct call *call = request->data;
  call->count++;
  call->status = status;
  if (!uv_is_closing(&request->as.handle))
    uv_close(&request->as.handle, NULL);
}

static int run_connect(struct call *call, const char *host, uint16_t port, bool close_at_once) {
  struct hp_endpoint endpoint = {.kind = HP_ENDPOINT_TCP, .port = port};
  uv_loop_t loop;
  memset(call, 0, sizeof *call);
  call->request.data = call;
  call->request.callback = report;
  strcpy(endpoint.host, host);
  uv_loop_init(&loop);
  int code = ops->connect(&loop, &call->request, &endpoint);
  CHECK_INT(call->count, 0);
  if (code == 0 && close_at_once)
    uv_close(&call->request.as.handle, NULL);
  uv_run(&loop, UV_RUN_DEFAULT);
  CHECK_INT(uv_loop_close(&loop), 0);
  return code;
}

/* localhost may be ::1 first, where nobody listens. */
HP_TEST(every_address_of_a_name_is_tried) {
  static const char *const hosts[] = {"127.0.0.1", "::1"};
  for (int i = 0; i < 2; i++) {
    struct call call;
    uint16_t port = 0;
    uv_os_sock_t server;
    if (!serve(hosts[i], &port, true, true, &server))
      continue;
    CHECK_INT(run_connect(&call, "localhost", port, false), 0);
    CHECK_INT(call.count, 1);
    if (i == 0) /* not every machine's localhost has ::1 */
      CHECK_INT(call.status, 0);
    hp__socket_close(server);
  }
}

/* Where localhost is ::1 first; 0: connected. */
static int connect_with_two_addresses(void) {
  struct call call;
  uint16_t port = 0;
  uv_os_sock_t server;
  if (!serve("127.0.0.1", &port, true, true, &server))
    return 1;
  run_connect(&call, "localhost", port, false);
  hp__socket_close(server);
  return call.status != 0 || call.count != 1;
}

HP_TEST(after_a_refusal_the_next_address_is_tried) {
  NEEDS(HP_OS_OWN_HOSTS);
  const char *table = hp_test_file("hosts", "::1 localhost\n127.0.0.1 localhost\n");
  int status = hp_os_run_with_hosts(table, connect_with_two_addresses);
  if (status < 0)
    SKIP("cannot mount in a namespace of our own (needs root)");
  CHECK_INT(status, 0);
}

HP_TEST(when_every_address_refuses_it_is_told_once) {
  struct call call;
  struct port port;
  begin(&port);
  CHECK_INT(reserve(&port), 0);
  uv_os_sock_t server; /* does not listen; keeps the port where a reservation cannot */
  bool bound = CHECK(serve("127.0.0.1", &port.endpoint.port, true, false, &server));
  CHECK_INT(run_connect(&call, "localhost", port.endpoint.port, false), 0);
  CHECK_INT(call.count, 1);
  CHECK_INT(call.status, UV_ECONNREFUSED);
  if (bound)
    hp__socket_close(server);
  end(&port);
}

HP_TEST(closing_while_a_name_is_resolved_is_told_once) {
  struct call call;
  CHECK_INT(run_connect(&call, "localhost", 1, true), 0);
  CHECK_INT(call.count, 1);
  CHECK_INT(call.status, UV_ECANCELED);
}

/* The system refuses a broadcast address inside the call. */
HP_TEST(a_failure_inside_the_call_is_told_later) {
  for (int close_at_once = 0; close_at_once < 2; close_at_once++) {
    struct call call;
    CHECK_INT(run_connect(&call, "255.255.255.255", 9, close_at_once), 0);
    CHECK_INT(call.count, 1);
    CHECK(call.status < 0);
  }
}

HP_TEST(a_port_that_is_not_known_yet_is_refused_at_once) {
  struct call call;
  CHECK_INT(run_connect(&call, "127.0.0.1", 0, false), UV_EINVAL);
  CHECK_INT(call.count, 0);
}
