/* SPDX-License-Identifier: MIT */
/* Addresses that are taken, before the start and in the middle of it. */
#include "tests/support/server.h"

#include "transports/transports.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static void fixed_port(char text[32], uint16_t port) {
  snprintf(text, 32, "tcp:%u", port);
}

static void check_refused(hp_context *context, const char *transport, int64_t owner) {
  hp_process *process;
  hp_error *error;
  char text[64];
  hp_options *options =
      hp_test_child(transport, "arguments: ['mark:${env.D}/spawned', pause]", NULL);
  CHECK_INT(hp_test_start(context, options, &process, &error), HP_EADDRINUSE);
  CHECK_INT(hp_error_phase(error), HP_PHASE_RESERVE);
  CHECK(!hp_test_exists("spawned"));
  if (owner > 0 && !hp_os_lacks(HP_OS_PORT_OWNERS)) {
    snprintf(text, sizeof text, "process %lld (", (long long)owner);
    CHECK_HAS(hp_error_detail(error, HP_DETAIL_OWNER), text);
    CHECK_HAS(hp_error_cause(error), text);
  }
  hp_error_free(error);
}

HP_TEST(a_port_that_we_hold_ourselves) {
  hp_context *context = hp_test_context();
  char transport[32];
  struct hp_wire *listener = hp_wire_listen("tcp://127.0.0.1:0", 8);
  REQUIRE(listener != NULL);
  fixed_port(transport, hp_wire_port(listener));
  check_refused(context, transport, uv_os_getpid());
  hp_wire_close(listener);
  hp_test_leave(context);
}

HP_TEST(a_port_that_another_server_holds) {
  hp_context *context = hp_test_context();
  char transport[32];
  hp_process *holder = hp_test_up(context, hp_test_echo("tcp"));
  REQUIRE(holder != NULL);
  fixed_port(transport, hp_process_port(holder));
  check_refused(context, transport, hp_process_pid(holder));
  CHECK(hp_test_talks(holder));
  hp_process_close(holder);
  hp_test_leave(context);
}

HP_TEST(a_path_that_another_server_holds) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  hp_context *context = hp_test_context();
  char transport[700];
  snprintf(transport, sizeof transport, "unix:%s", hp_test_path("socket"));
  hp_process *holder = hp_test_up(context, hp_test_echo(transport));
  REQUIRE(holder != NULL);
  CHECK_TEXT(hp_process_path(holder), hp_test_path("socket"));
  check_refused(context, transport, -1);
  CHECK(hp_test_talks(holder));
  hp_process_close(holder);
  CHECK(!hp_test_exists("socket"));
  hp_test_leave(context);
}

/* The port is kept free for it by a socket that is bound and does not listen. */
HP_TEST(a_fixed_port_is_taken_as_it_is) {
  hp_context *context = hp_test_context();
  char transport[32];
  struct hp_wire *bound = hp_wire_listen("tcp://127.0.0.1:0", -1);
  REQUIRE(bound != NULL);
  uint16_t port = hp_wire_port(bound);
  if (hp_os_lacks(HP_OS_SHARED_PORTS)) { /* nobody else will be so quick */
    hp_wire_close(bound);
    bound = NULL;
  }
  fixed_port(transport, port);
  hp_process *process = hp_test_up(context, hp_test_echo(transport));
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_port(process), port);
  CHECK(hp_test_talks(process));
  hp_process_close(process);
  hp_wire_close(bound);
  hp_test_leave(context);
}

/* ---- A thief that is faster than the server ---- */

enum { THEFTS_MAX = 32 };

static struct {
  int wanted, done;
  struct hp_wire *listeners[THEFTS_MAX];
  uint16_t port;
} thief;

static int reserve_and_steal(void *self, const struct hp_transport_spec *spec,
                             struct hp_endpoint *endpoint, hp_error *error) {
  int code = hp__transport_tcp.reserve(self, spec, endpoint, error);
  if (code == 0 && thief.done < thief.wanted) {
    char url[64];
    thief.port = endpoint->port;
    snprintf(url, sizeof url, "tcp://127.0.0.1:%u", endpoint->port);
    thief.listeners[thief.done++] = hp_wire_listen(url, 8);
  }
  return code;
}

static hp_context *context_with_thief(int wanted) {
  static struct hp_transport_ops ops;
  hp_context *context = hp_test_context();
  ops = hp__transport_tcp;
  ops.name = "thief";
  ops.reserve = reserve_and_steal;
  memset(&thief, 0, sizeof thief);
  thief.wanted = wanted;
  CHECK_INT(hp_context_register_transport(context, &ops, NULL), 0);
  return context;
}

static void leave_with_thief(hp_context *context) {
  hp_test_leave(context);
  for (int i = 0; i < thief.done; i++) {
    CHECK(thief.listeners[i] != NULL);
    hp_wire_close(thief.listeners[i]);
  }
}

#define SERVER                                                                                     \
  "transports: {thief: {arguments: ['mark:${env.D}/tries', 'listen-tcp:${endpoint.port}', "        \
  "'write:up', serve]}}",                                                                          \
      "ready: {kind: line, line: up}", "port_taken: ADDRESS already in use"

HP_TEST(a_stolen_port_is_exchanged) {
  hp_context *context = context_with_thief(2);
  hp_process *process = hp_test_up(context, hp_test_child("thief", SERVER, NULL));
  REQUIRE(process != NULL);
  CHECK_INT(thief.done, 2);
  CHECK_INT(hp_test_count_lines("tries"), 3);
  CHECK(hp_process_port(process) != thief.port);
  CHECK(hp_process_is_verified(process));
  CHECK_INT(hp_process_pid(process), hp_test_number_in("tries"));
  CHECK(hp_test_talks(process));
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  CHECK_INT(hp_test_count_directories(), 0);
  hp_process_close(process);
  leave_with_thief(context);
}

HP_TEST(endless_theft_is_an_error) {
  hp_context *context = context_with_thief(THEFTS_MAX);
  hp_process *process;
  hp_error *error;
  CHECK(hp_test_start(context, hp_test_child("thief", SERVER, NULL), &process, &error) < 0);
  CHECK(hp_error_code(error) == HP_EADDRINUSE || hp_error_code(error) == HP_EEXITED);
  CHECK_HAS(hp_error_detail(error, HP_DETAIL_OUTPUT), "address already in use");
  hp_error_free(error);
  CHECK_INT(hp_test_count_lines("tries"), thief.done);
  CHECK(thief.done > 1 && thief.done < THEFTS_MAX);
  leave_with_thief(context);
}

/* The thief answers on the port while the server has not begun to listen. */
HP_TEST(a_strangers_answer_is_not_ready) {
  NEEDS(HP_OS_PORT_OWNERS);
  hp_context *context = context_with_thief(1);
  struct hp_test_log log;
  hp_test_log_init(&log);
  hp_process *process =
      hp_test_begin(context,
                    hp_test_child("thief", "transports: {thief: {arguments: [pause]}}",
                                  "ready: {kind: connect}", NULL),
                    &log);
  REQUIRE(process != NULL);
  hp_test_log_await(&log, "a process that is not ours");
  CHECK_INT(hp_process_state(process), HP_STATE_WAITING);
  CHECK_INT(hp_process_shutdown(process, 0, NULL), 0);
  CHECK(!hp_test_log_has(&log, "ready "));
  hp_process_close(process);
  leave_with_thief(context);
  hp_test_log_fini(&log);
}

/* ---- A server that neither accepts nor refuses ---- */

static atomic_bool connecting;

/* To a listener of the test whose queue is full. */
static int connect_nowhere(uv_loop_t *loop, hp_connect_request *request,
                           const struct hp_endpoint *endpoint) {
  struct hp_endpoint full = *endpoint;
  full.port = thief.port;
  int code = hp__transport_tcp.connect(loop, request, &full);
  connecting = code == 0;
  return code;
}

enum { QUEUE = 8 };

/* Connections that are begun and wait for ever. */
struct queue {
  uv_loop_t loop;
  uv_tcp_t clients[QUEUE];
  uv_connect_t requests[QUEUE];
};

static void never(uv_connect_t *request, int status) {
  (void)request;
  (void)status;
}

static void fill_queue(struct queue *queue, uint16_t port) {
  struct sockaddr_in address;
  uv_loop_init(&queue->loop);
  uv_ip4_addr("127.0.0.1", port, &address);
  for (int i = 0; i < QUEUE; i++) {
    uv_tcp_init(&queue->loop, &queue->clients[i]);
    uv_tcp_connect(&queue->requests[i], &queue->clients[i], (struct sockaddr *)&address, never);
  }
}

static void empty_queue(struct queue *queue) {
  for (int i = 0; i < QUEUE; i++)
    uv_close((uv_handle_t *)&queue->clients[i], NULL);
  uv_run(&queue->loop, UV_RUN_DEFAULT);
  CHECK_INT(uv_loop_close(&queue->loop), 0);
}

HP_TEST(a_connection_that_hangs_does_not_hold_up_the_end) {
  NEEDS(HP_OS_FULL_QUEUES);
  static struct hp_transport_ops ops;
  hp_context *context = hp_test_context();
  static struct queue queue;
  struct hp_wire *listener = hp_wire_listen("tcp://127.0.0.1:0", 0);
  REQUIRE(listener != NULL);
  thief.port = hp_wire_port(listener);
  fill_queue(&queue, thief.port);
  ops = hp__transport_tcp;
  ops.name = "nowhere";
  ops.connect = connect_nowhere;
  struct hp_test_log log;
  connecting = false;
  hp_test_log_init(&log);
  CHECK_INT(hp_context_register_transport(context, &ops, NULL), 0);
  hp_process *process =
      hp_test_begin(context,
                    hp_test_child("nowhere", "transports: {nowhere: {arguments: [pause]}}",
                                  "ready: {kind: connect}", NULL),
                    &log);
  REQUIRE(process != NULL);
  hp_test_log_await(&log, "waiting ");
  CHECK(connecting);
  double began = hp_test_now();
  CHECK_INT(hp_process_shutdown(process, 0, NULL), 0);
  CHECK_TOOK(began, 0);
  hp_process_close(process);
  hp_test_leave(context);
  empty_queue(&queue);
  hp_wire_close(listener);
  hp_test_log_fini(&log);
}
