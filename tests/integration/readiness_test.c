/* SPDX-License-Identifier: MIT */
/* When a server counts as ready: each way to say so, and each way to be deceived. */
#include "tests/support/server.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

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
  CHECK(hp_process_is_verified(process));
}

static bool is_waiting(hp_process *process) {
  return hp_process_state(process) == HP_STATE_WAITING;
}

/* A socket in the running server's private directory, the only one there. */
static const char *private_socket(const char *name) {
  static char path[700];
  hp_test_log_await(&news, "waiting ");
  snprintf(path, sizeof path, "%s", hp_test_path("run"));
  DIR *list = opendir(path);
  for (struct dirent *entry; list && (entry = readdir(list));)
    if (strncmp(entry->d_name, "hp-", 3) == 0)
      snprintf(path + strlen(path), sizeof path - strlen(path), "/%.20s/%s", entry->d_name, name);
  if (list)
    closedir(list);
  return path;
}

/* ---- callback ---- */

#define CALLBACK(orders)                                                                           \
  "transports: {unix: {arguments: ['listen-unix:${endpoint.path}', " orders ", serve]}}"

HP_TEST(callback_with_the_nonce) {
  context = hp_test_context();
  hp_process *process =
      begin(hp_test_child("unix", CALLBACK("'callback:${callback.path} ${nonce} ${endpoint.url}'"),
                          "ready: {kind: callback, nonce: true}", NULL));
  REQUIRE(process != NULL);
  check_ready(process);
  CHECK(hp_test_talks(process));
  finish(process);
}

HP_TEST(callback_with_a_wrong_nonce_is_refused) {
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "unix",
      CALLBACK("'callback:${callback.path} 0123456789abcdef0123456789abcdef ${endpoint.url}', "
               "'callback:${callback.path} ${endpoint.url}', 'await:${env.D}/go', "
               "'callback:${callback.path} ${nonce} ${endpoint.url}'"),
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
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "unix",
      "transports: {unix: {report: 'tab.domain://${endpoint.dir}/domain/${endpoint.name}', "
      "arguments: ['listen-unix:${endpoint.path}', "
      "'callback:${callback.path} tab.domain://${endpoint.dir}/domain/${endpoint.name}', serve]}}",
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
  static const char lie[] = "\x15unix:///tmp/not/it/at";
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "unix", CALLBACK("'await:${env.D}/go', 'callback:${callback.path} ${endpoint.url}'"),
      "ready: {kind: callback}", NULL));
  REQUIRE(process != NULL);
  const char *path = private_socket("c");
  int silent = hp_test_connect_unix(path), liar = hp_test_connect_unix(path);
  char byte;
  send(liar, lie, sizeof lie - 1, MSG_NOSIGNAL); /* it may be shut out already */
  CHECK(recv(liar, &byte, 1, 0) <= 0);
  CHECK(recv(silent, &byte, 1, 0) <= 0);
  CHECK(is_waiting(process));
  hp_test_make_file("go");
  check_ready(process);
  CHECK(hp_test_talks(process));
  close(silent);
  close(liar);
  finish(process);
}

/* ---- notify ---- */

static void send_datagram(const char *path, const char *text) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  memcpy(address.sun_path, path, strlen(path) + 1);
  CHECK(sendto(fd, text, strlen(text), 0, (struct sockaddr *)&address, sizeof address) > 0);
  close(fd);
}

HP_TEST(notify_of_a_stranger_is_ignored) {
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "unix",
      "arguments: ['await:${env.D}/status', 'notify:STATUS=it is me', 'await:${env.D}/go', "
      "'notify:READY=1', pause]",
      "ready: {kind: notify}", NULL));
  REQUIRE(process != NULL);
  send_datagram(private_socket("n"), "READY=1\nSTATUS=it is somebody else");
  hp_test_make_file("status");
  hp_test_log_await(&news, "(it is me)"); /* datagrams come in order */
  CHECK(!hp_test_log_has(&news, "somebody else"));
  CHECK(is_waiting(process));
  hp_test_make_file("go");
  check_ready(process);
  finish(process);
}

HP_TEST(notify_moves_the_deadline) {
  context = hp_test_context();
  hp_options *options = hp_test_child(
      "unix",
      "arguments: ['notify:EXTEND_TIMEOUT_USEC=30000000', 'await:${env.D}/go', 'notify:READY=1', "
      "pause]",
      "ready: {kind: notify}", NULL);
  hp_options_set_start_timeout(options, 300, NULL);
  hp_process *process = begin(options);
  REQUIRE(process != NULL);
  hp_test_log_await(&news, "more time");
  CHECK_INT(hp_process_wait_ready(process, 500, NULL), HP_ETIMEDOUT);
  CHECK(is_waiting(process));
  hp_test_make_file("go");
  check_ready(process);
  finish(process);
}

HP_TEST(notify_names_the_endpoint) {
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
  context = hp_test_context();
  hp_process *process =
      begin(hp_test_child("unix", "arguments: ['notify:READY=1', 'notify:STOPPING=1', pause]",
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
      "transports: {unix: {arguments: ['await:${env.D}/go', 'listen-unix:${endpoint.path}', serve]}"
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

HP_TEST(connect_over_unix) {
  connect_over("unix");
}

HP_TEST(connect_over_tcp) {
  connect_over("tcp");
}

HP_TEST(connect_to_a_strangers_socket_is_not_ready) {
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "unix",
      "transports: {unix: {arguments: ['await:${env.D}/go', 'listen-unix:${endpoint.path}', "
      "serve]}}",
      NULL));
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  REQUIRE(process != NULL);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  snprintf(address.sun_path, sizeof address.sun_path, "%.100s", private_socket("s"));
  REQUIRE(bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 8) == 0);
  hp_test_log_await(&news, "a process that is not ours");
  CHECK(is_waiting(process));
  unlink(address.sun_path);
  hp_test_make_file("go");
  check_ready(process);
  CHECK(hp_test_talks(process));
  close(fd);
  finish(process);
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
      hp_test_child("unix",
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
  hp_process *process = begin(
      hp_test_child("unix", "arguments: ['long-line:50000', 'write:.', 'error:it is ready', pause]",
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
    hp_options *options = hp_test_child("unix", "arguments: ['part:it is ready', 'exit:0']",
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
      begin(hp_test_child("unix", "arguments: [pause]", "ready: {kind: none}", NULL));
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  CHECK(hp_process_is_alive(process));
  CHECK(hp_process_endpoint(process) != NULL);
  finish(process);
}
