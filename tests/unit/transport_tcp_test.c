/* SPDX-License-Identifier: MIT */
/* What is particular to TCP; the rest is in tests/conformance. */
#include "core/error.h"
#include "tests/support/test.h"
#include "transports/transports.h"

#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* A socket as a server makes it; -1 when the port cannot be had. *port 0: any. */
static int serve(const char *host, uint16_t *port, bool reuse, bool listens) {
  struct sockaddr_storage address = {0};
  struct sockaddr_in *four = (struct sockaddr_in *)&address;
  struct sockaddr_in6 *six = (struct sockaddr_in6 *)&address;
  int on = reuse, family = strchr(host, ':') ? AF_INET6 : AF_INET;
  socklen_t size = family == AF_INET ? sizeof *four : sizeof *six;
  if (family == AF_INET ? uv_ip4_addr(host, *port, four) : uv_ip6_addr(host, *port, six))
    abort();
  int descriptor = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      bind(descriptor, (struct sockaddr *)&address, size) != 0 ||
      (listens && listen(descriptor, 8) != 0) ||
      getsockname(descriptor, (struct sockaddr *)&address, &size) != 0) {
    close(descriptor);
    return -1;
  }
  *port = ntohs(family == AF_INET ? four->sin_port : six->sin6_port);
  return descriptor;
}

/* Also where the listener has the wildcard address, of IPv4 or of both families. */
HP_TEST(a_fixed_port_that_is_in_use_is_found) {
  static const char *const hosts[] = {"127.0.0.1", "0.0.0.0", "::"};
  for (size_t i = 0; i < 3; i++)
    for (int reuse = 0; reuse < 4; reuse++) {
      struct port port;
      char name[32];
      begin(&port);
      int server = serve(hosts[i], &port.spec.port, reuse & 1, true);
      if (server < 0) /* no IPv6 */
        continue;
      port.spec.reuse_address = reuse & 2;
      snprintf(name, sizeof name, "127.0.0.1:%u ", (unsigned)port.spec.port);
      CHECK_INT(reserve(&port), HP_EADDRINUSE);
      CHECK_HAS(hp_error_message(&port.error), name);
      CHECK(hp_error_os_code(&port.error) > 0);
      end(&port);
      close(server);
    }
}

HP_TEST(a_fixed_port_that_is_free_is_held) {
  struct port port;
  uint16_t number = 0;
  begin(&port);
  close(serve("127.0.0.1", &number, true, false));
  port.spec.port = number;
  if (reserve(&port) == HP_EADDRINUSE)
    SKIP("the port was taken meanwhile");
  CHECK_INT(port.endpoint.port, number);
  CHECK(serve("127.0.0.1", &number, false, false) < 0);
  end(&port);
}

HP_TEST(a_server_listens_on_its_reservation_again_and_again) {
  struct port port;
  begin(&port);
  REQUIRE(reserve(&port) == 0);
  CHECK_TEXT(port.endpoint.host, "127.0.0.1");
  for (int i = 0; i < 3; i++) {
    uint16_t number = port.endpoint.port, any = 0;
    int server = serve("127.0.0.1", &number, true, true);
    CHECK(server >= 0);
    int client = serve("127.0.0.1", &any, false, false);
    struct sockaddr_in address;
    uv_ip4_addr("127.0.0.1", number, &address);
    CHECK_INT(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    close(server); /* first, so that what remains of the connection is on the server's port */
    close(client);
  }
  end(&port);
}

/* Automatic assignment, by bind with and without SO_REUSEADDR, and by listen. */
static uint16_t assign(int how, int *descriptor) {
  uint16_t port = 0;
  struct sockaddr_in address = {0};
  socklen_t size = sizeof address;
  if (how < 2) {
    *descriptor = serve("127.0.0.1", &port, how, false);
    return port;
  }
  *descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  listen(*descriptor, 1);
  getsockname(*descriptor, (struct sockaddr *)&address, &size);
  return ntohs(address.sin_port);
}

HP_TEST(a_reservation_is_given_to_nobody) {
  static struct port ports[RESERVATIONS];
  static bool reserved[UINT16_MAX + 1];
  static int open[AUTOMATIC];
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
      close(open[i - 500]);
  }
  for (int i = AUTOMATIC - 500; i < AUTOMATIC; i++)
    close(open[i]);
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
  int server = serve("127.0.0.1", &port.endpoint.port, false, true);
  CHECK(server >= 0);
  close(server);
  end(&port);
}

static int next_descriptor(void) {
  int descriptor = dup(0);
  close(descriptor);
  return descriptor;
}

HP_TEST(where_the_server_picks_nothing_is_held) {
  struct port port;
  begin(&port);
  port.spec.child_picks = true;
  int before = next_descriptor();
  CHECK_INT(reserve(&port), 0);
  CHECK_INT(next_descriptor(), before);
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

static int first_free_port(void) {
  int first = 1024;
  FILE *file = fopen("/proc/sys/net/ipv4/ip_unprivileged_port_start", "r");
  if (file && fscanf(file, "%d", &first) != 1)
    first = 1024;
  if (file)
    fclose(file);
  return first;
}

HP_TEST(a_privileged_port_is_explained) {
  struct port port;
  if (first_free_port() < 2)
    SKIP("every port is free to all users here");
  if (geteuid() == 0 && seteuid(65534) != 0)
    SKIP("cannot become another user");
  begin(&port);
  port.spec.port = 1;
  CHECK_INT(reserve(&port), HP_EACCESS);
  CHECK_HAS(hp_error_message(&port.error), "127.0.0.1:1 ");
  CHECK_HAS(hp_error_hint(&port.error), "1024");
  end(&port);
  CHECK_INT(seteuid(getuid()), 0);
}

/* ---- Connecting ---- */

struct call {
  hp_connect request;
  int count, status;
};

static void report(hp_connect *request, int status) {
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
    int server = serve(hosts[i], &port, true, true);
    if (server < 0)
      continue;
    CHECK_INT(run_connect(&call, "localhost", port, false), 0);
    CHECK_INT(call.count, 1);
    if (i == 0) /* not every machine's localhost has ::1 */
      CHECK_INT(call.status, 0);
    close(server);
  }
}

enum { NO_MOUNT = 100 };

/* With a host table of its own, where localhost is ::1 first; status 0: connected. */
static int connect_with_two_addresses(const char *table) {
  struct call call;
  uint16_t port = 0;
  int server = serve("127.0.0.1", &port, true, true);
  if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
      mount(table, "/etc/hosts", NULL, MS_BIND, NULL) != 0)
    return NO_MOUNT;
  run_connect(&call, "localhost", port, false);
  close(server);
  return call.status != 0 || call.count != 1;
}

HP_TEST(after_a_refusal_the_next_address_is_tried) {
  int status;
  const char *table = hp_test_file("hosts", "::1 localhost\n127.0.0.1 localhost\n");
  pid_t pid = fork();
  if (pid == 0)
    _exit(connect_with_two_addresses(table));
  REQUIRE(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
  if (WEXITSTATUS(status) == NO_MOUNT)
    SKIP("cannot mount in a namespace of our own (needs root)");
  CHECK_INT(WEXITSTATUS(status), 0);
}

HP_TEST(when_every_address_refuses_it_is_told_once) {
  struct call call;
  struct port port;
  begin(&port);
  CHECK_INT(reserve(&port), 0);
  CHECK_INT(run_connect(&call, "localhost", port.endpoint.port, false), 0);
  CHECK_INT(call.count, 1);
  CHECK_INT(call.status, UV_ECONNREFUSED);
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
