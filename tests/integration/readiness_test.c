/* SPDX-License-Identifier: MIT */
/* When a server counts as ready: each way to say so, and each way to be deceived. */
#include "tests/support/server.h"
#include "tests/support/tool.h"

#include <stdio.h>
#include <string.h>

static hp_context *context;
static struct hp_test_log news;

static hp_process *begin(hp_options *options) {
  hp_test_log_init(&news);
  return hp_test_begin(context, options, &news);
}

static void finish(hp_process *process) {
  hp_process_close(process);
  hp_test_leave(context);
  hp_test_log_fini(&news);
}

static void check_ready(hp_process *process) {
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  if (hp_process_port(process) == 0 || !hp_os_lacks(HP_OS_PORT_OWNERS))
    CHECK(hp_process_is_verified(process));
}

static bool is_waiting(hp_process *process) {
  return hp_process_state(process) == HP_STATE_WAITING;
}

/* A socket in the running server's private directory, the only one there. */
static const char *private_socket(const char *name) {
  static char path[700];
  uv_fs_t request;
  uv_dirent_t entry;
  hp_test_log_await(&news, "waiting ");
  snprintf(path, sizeof path, "%s", hp_test_path("run"));
  if (uv_fs_scandir(NULL, &request, path, 0, NULL) >= 0)
    while (uv_fs_scandir_next(&request, &entry) != UV_EOF)
      if (strncmp(entry.name, "hp-", 3) == 0)
        snprintf(path + strlen(path), sizeof path - strlen(path), "/%.20s/%s", entry.name, name);
  uv_fs_req_cleanup(&request);
  return path;
}

/* ---- callback ---- */

#define BY_CALLBACK(orders)                                                                        \
  "transports: {local: {arguments: ['listen:${endpoint.url}', " orders ", serve]}}"

HP_TEST(callback_with_the_nonce) {
  context = hp_test_context();
  hp_process *process =
      begin(hp_test_child("local", BY_CALLBACK("'callback:${callback} ${nonce} ${endpoint.url}'"),
                          "ready: {kind: callback, nonce: true}", NULL));
  REQUIRE(process != NULL);
  check_ready(process);
  CHECK(hp_test_talks(process));
  finish(process);
}

HP_TEST(callback_with_a_wrong_nonce_is_refused) {
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "local",
      BY_CALLBACK("'callback:${callback} 0123456789abcdef0123456789abcdef ${endpoint.url}', "
                  "'callback:${callback} ${endpoint.url}', 'await:${env.D}/go', "
                  "'callback:${callback} ${nonce} ${endpoint.url}'"),
      "ready: {kind: callback, nonce: true}", NULL));
  REQUIRE(process != NULL);
  hp_test_log_await(
      &news, "was refused) (a callback that does not say where the server listens was refused)");
  CHECK(is_waiting(process));
  hp_test_make_file("go");
  check_ready(process);
  finish(process);
}

HP_TEST(callback_in_the_plain_form) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "local",
      "transports: {local: {report: 'tab.domain://${endpoint.dir}/domain/${endpoint.name}', "
      "arguments: ['listen:${endpoint.url}', "
      "'callback:${callback} tab.domain://${endpoint.dir}/domain/${endpoint.name}', serve]}}",
      "ready: {kind: callback}", "stop: [{tether: true, wait: 20s}, {kill: true}]", NULL));
  REQUIRE(process != NULL);
  check_ready(process);
  CHECK_HAS(hp_process_descriptor(process), "tab.domain:///");
  CHECK_HAS(hp_process_endpoint(process), "unix:///");
  CHECK(hp_test_talks(process));
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  CHECK_TEXT(hp_process_stop_rung(process), "tether");
  finish(process);
}

/* It comes first, says all that is due in the plain form, or nothing at all: it is shut out. */
HP_TEST(callback_of_a_stranger) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  static const char lie[] = "\x15unix:///tmp/not/it/at";
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "local", BY_CALLBACK("'await:${env.D}/go', 'callback:${callback} ${endpoint.url}'"),
      "ready: {kind: callback}", NULL));
  REQUIRE(process != NULL);
  char url[800], byte;
  snprintf(url, sizeof url, "unix://%s", private_socket("c"));
  struct hp_wire *silent = hp_wire_to(url), *liar = hp_wire_to(url);
  REQUIRE(silent && liar);
  hp_wire_say(liar, lie, sizeof lie - 1); /* it may be shut out already */
  CHECK_INT(hp_wire_hear(liar, &byte, 1), 0);
  CHECK_INT(hp_wire_hear(silent, &byte, 1), 0);
  CHECK(is_waiting(process));
  hp_test_make_file("go");
  check_ready(process);
  CHECK(hp_test_talks(process));
  hp_wire_close(silent);
  hp_wire_close(liar);
  finish(process);
}

/* ---- notify ---- */

HP_TEST(notify_of_a_stranger_is_ignored) {
  NEEDS(HP_OS_NOTIFY);
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "local",
      "arguments: ['await:${env.D}/status', 'notify:STATUS=it is me', 'await:${env.D}/go', "
      "'notify:READY=1', pause]",
      "ready: {kind: notify}", NULL));
  REQUIRE(process != NULL);
  struct tool stranger;
  char variable[800];
  snprintf(variable, sizeof variable, "NOTIFY_SOCKET=%s", private_socket("n"));
  tool_program(&stranger, hp_test_program("hp-child"), "notify:READY=1\nSTATUS=it is somebody else",
               NULL);
  /* It lives while it is judged: of the dead nobody knows whose they were. */
  char status[800], gone[800];
  snprintf(status, sizeof status, "mark:%s", hp_test_path("status"));
  snprintf(gone, sizeof gone, "await:%s", hp_test_path("gone"));
  tool_add(&stranger, status, gone, NULL);
  stranger.environment[0] = variable;
  REQUIRE(tool_start(&stranger));
  hp_test_log_await(&news, "(it is me)"); /* datagrams come in order */
  CHECK(!hp_test_log_has(&news, "somebody else"));
  CHECK(is_waiting(process));
  hp_test_make_file("gone");
  CHECK(tool_end(&stranger));
  hp_test_make_file("go");
  check_ready(process);
  finish(process);
}

HP_TEST(notify_moves_the_deadline) {
  NEEDS(HP_OS_NOTIFY);
  context = hp_test_context();
  hp_options *options = hp_test_child(
      "local",
      "arguments: ['notify:EXTEND_TIMEOUT_USEC=30000000', 'await:${env.D}/go', 'notify:READY=1', "
      "pause]",
      "ready: {kind: notify}", NULL);
  hp_options_set_start_timeout(options, hp_os_ample(), NULL);
  hp_process *process = begin(options);
  REQUIRE(process != NULL);
  hp_test_log_await(&news, "more time");
  CHECK_INT(hp_process_wait_ready(process, hp_os_ample(), NULL), HP_ETIMEDOUT);
  CHECK(is_waiting(process));
  hp_test_make_file("go");
  check_ready(process);
  finish(process);
}

HP_TEST(notify_names_the_endpoint) {
  NEEDS(HP_OS_NOTIFY);
  context = hp_test_context();
  hp_process *process = begin(
      hp_test_child("tcp",
                    "transports: {tcp: {port_auto: '0', arguments: [\"notify:READY=1\\nSTATUS=up\\n"
                    "ENDPOINT=tcp://127.0.0.1:4711\", pause]}}",
                    "ready: {kind: notify}", NULL));
  REQUIRE(process != NULL);
  check_ready(process);
  CHECK_INT(hp_process_port(process), 4711);
  CHECK(hp_test_log_has(&news, "(up)"));
  finish(process);
}

HP_TEST(notify_says_that_it_is_stopping) {
  NEEDS(HP_OS_NOTIFY);
  context = hp_test_context();
  hp_process *process =
      begin(hp_test_child("local", "arguments: ['notify:READY=1', 'notify:STOPPING=1', pause]",
                          "ready: {kind: notify}", NULL));
  REQUIRE(process != NULL);
  check_ready(process);
  CHECK(hp_test_log_await(&news, "(it says that it is stopping)"));
  finish(process);
}

/* ---- connect ---- */

static void connect_over(const char *transport) {
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      transport,
      "transports: {local: {arguments: ['await:${env.D}/go', 'listen:${endpoint.url}', serve]}"
      ", tcp: {arguments: ['await:${env.D}/go', 'listen-tcp:${endpoint.port}', serve]}}",
      NULL)); /* without `ready` a connection is what is waited for */
  REQUIRE(process != NULL);
  hp_test_log_await(&news, "waiting ");
  CHECK(is_waiting(process));
  hp_test_make_file("go");
  check_ready(process);
  CHECK(hp_test_talks(process));
  finish(process);
}

HP_TEST(connect_over_local) {
  connect_over("local");
}

HP_TEST(connect_over_tcp) {
  connect_over("tcp");
}

HP_TEST(connect_to_a_strangers_socket_is_not_ready) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "local",
      "transports: {local: {arguments: ['await:${env.D}/go', 'listen:${endpoint.url}', "
      "serve]}}",
      NULL));
  char url[800];
  REQUIRE(process != NULL);
  snprintf(url, sizeof url, "unix://%s", private_socket("s"));
  struct hp_wire *stranger = hp_wire_listen(url, 8);
  REQUIRE(stranger != NULL);
  hp_test_log_await(&news, "a process that is not ours");
  CHECK(is_waiting(process));
  remove(url + strlen("unix://"));
  hp_test_make_file("go");
  check_ready(process);
  CHECK(hp_test_talks(process));
  finish(process);
  hp_wire_close(stranger);
}

/* ---- line ---- */

HP_TEST(line_with_the_port) {
  context = hp_test_context();
  hp_process *process = begin(
      hp_test_child("tcp",
                    "transports: {tcp: {port_auto: '0', arguments: ['listen-tcp:${endpoint.port}', "
                    "'write:port 1 is not it', 'say-port:now listening on port ', serve]}}",
                    "ready: {kind: line, line: 'listening on port ${endpoint.port}'}", NULL));
  REQUIRE(process != NULL);
  check_ready(process);
  CHECK(hp_test_talks(process));
  finish(process);
}

HP_TEST(line_in_several_writes) {
  context = hp_test_context();
  hp_process *process = begin(
      hp_test_child("local",
                    "arguments: ['part:it is r', 'mark:${env.D}/first', 'await:${env.D}/a', "
                    "'part:ea', 'mark:${env.D}/second', 'await:${env.D}/b', 'write:dy.', pause]",
                    "ready: {kind: line, line: it is ready}", NULL));
  REQUIRE(process != NULL);
  hp_test_log_await(&news, "waiting ");
  hp_test_await_file("first");
  CHECK(is_waiting(process));
  hp_test_make_file("a");
  hp_test_await_file("second");
  CHECK(is_waiting(process));
  hp_test_make_file("b");
  check_ready(process);
  finish(process);
}

HP_TEST(line_after_one_without_end) {
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "local", "arguments: ['long-line:50000', 'write:.', 'error:it is ready', pause]",
      "ready: {kind: line, line: it is ready}", NULL));
  REQUIRE(process != NULL);
  check_ready(process);
  finish(process);
}

/* The dead are not ready, whatever is found in their pipe: this line had no end when they died. */
HP_TEST(line_of_a_dead_server) {
  context = hp_test_context();
  for (int i = 0; i < 10; i++) {
    hp_process *process;
    hp_error *error;
    hp_options *options = hp_test_child("local", "arguments: ['part:it is ready', 'exit:0']",
                                        "ready: {kind: line, line: it is ready}", NULL);
    CHECK_INT(hp_test_start(context, options, &process, &error), HP_EEXITED);
    CHECK_HAS(hp_error_detail(error, HP_DETAIL_OUTPUT), "it is ready");
    hp_error_free(error);
  }
  hp_test_leave(context);
}

HP_TEST(none_is_ready_as_soon_as_it_runs) {
  context = hp_test_context();
  hp_process *process =
      begin(hp_test_child("local", "arguments: [pause]", "ready: {kind: none}", NULL));
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  CHECK(hp_process_is_alive(process));
  CHECK(hp_process_endpoint(process) != NULL);
  finish(process);
}
