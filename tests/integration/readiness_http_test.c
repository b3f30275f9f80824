/* SPDX-License-Identifier: MIT */
/* A server that is ready when it gives a good answer over HTTP. */
#include "tests/support/server.h"

#include <stdio.h>
#include <string.h>

static hp_context *context;

#define ANSWERING                                                                                  \
  "transports: {local: {arguments: ['reply:${env.D}/reply', 'listen:${endpoint.url}', serve]}, "   \
  "tcp: {arguments: ['reply:${env.D}/reply', 'listen-tcp:${endpoint.port}', serve]}}"

static hp_process *begin(const char *transport, const char *ready) {
  hp_process *process = NULL;
  hp_options *options = hp_test_child(transport, ANSWERING, ready, NULL);
  context = hp_test_context();
  CHECK_INT(hp_process_start_async(context, options, NULL, NULL, &process, NULL), 0);
  hp_options_free(options);
  return process;
}

static void finish(hp_process *process) {
  hp_process_close(process);
  hp_test_leave(context);
}

static bool is_waiting(hp_process *process) {
  return hp_process_wait_ready(process, 100, NULL) == HP_ETIMEDOUT &&
         hp_process_state(process) <= HP_STATE_WAITING;
}

static void over(const char *transport) {
  hp_process *process = begin(transport, "ready: {kind: http, path: /health}");
  REQUIRE(process != NULL);
  CHECK(is_waiting(process)); /* it says nothing at all */
  hp_test_file("reply", "HTTP/1.1 503 Not yet\r\n\r\n");
  CHECK(is_waiting(process));
  hp_test_file("reply", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  if (hp_process_port(process) == 0 || !hp_os_lacks(HP_OS_PORT_OWNERS))
    CHECK(hp_process_is_verified(process));
  finish(process);
}

HP_TEST(over_local) {
  over("local");
}

HP_TEST(over_tcp) {
  over("tcp");
}

HP_TEST(with_a_status_of_its_own) {
  hp_process *process = begin("tcp", "ready: {kind: http, status: 401-403}");
  REQUIRE(process != NULL);
  hp_test_file("reply", "HTTP/1.1 200 OK\r\n\r\n");
  CHECK(is_waiting(process));
  hp_test_file("reply", "HTTP/1.1 403 Forbidden\r\n\r\n");
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  finish(process);
}

HP_TEST(whose_body_says_so) {
  hp_process *process = begin("tcp", "ready: {kind: http, body: '\"state\":\"up\"'}");
  REQUIRE(process != NULL);
  hp_test_file("reply", "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"state\":\"down\"}");
  CHECK(is_waiting(process));
  hp_test_file("reply", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "6\r\n{\"stat\r\n9\r\ne\":\"up\"} \r\n0\r\n\r\n");
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  finish(process);
}

static void fail(const char *reply, const char *arguments, const char *ready, const char *cause) {
  context = hp_test_context();
  hp_test_file("reply", reply);
  hp_options *options = hp_test_child("tcp", arguments, ready, NULL);
  hp_error_free(hp_test_never_ready(context, options, HP_ETIMEDOUT, cause));
  finish(NULL);
}

HP_TEST(a_bad_answer_is_in_the_error) {
  fail("HTTP/1.1 500 Oh\r\n\r\n", ANSWERING, "ready: {kind: http, path: /up}",
       "it was waiting for an answer over HTTP; the last attempt: GET /up was answered with status "
       "500");
}

HP_TEST(what_is_no_http_is_in_the_error) {
  fail("+PONG\r\n", ANSWERING, "ready: {kind: http}", "GET / was not answered by HTTP");
}

/* It accepts and says nothing: each attempt has an end. */
HP_TEST(silence_is_in_the_error) {
  fail("", "transports: {tcp: {arguments: ['listen-tcp:${endpoint.port}', pause]}}",
       "ready: {kind: http, timeout: 100ms}", "no answer within 100 ms");
}

/* The port is another process's: ours, the test's. */
HP_TEST(of_a_stranger_does_not_count) {
  NEEDS(HP_OS_PORT_OWNERS);
  struct hp_wire *stranger = hp_wire_listen("tcp://127.0.0.1:0", 8);
  char ready[100];
  REQUIRE(stranger != NULL);
  snprintf(ready, sizeof ready, "ready: {kind: http, port: '%u'}",
           (unsigned)hp_wire_port(stranger));
  context = hp_test_context();
  hp_options *options = hp_test_child("local", ANSWERING, ready, NULL);
  hp_options_set_start_timeout(options, hp_os_ample(), NULL);
  hp_process *process = NULL;
  hp_error *error = NULL;
  CHECK_INT(hp_test_start(context, options, &process, &error), HP_EPEER);
  CHECK_HAS(hp_error_detail(error, HP_DETAIL_OWNER), "process ");
  hp_error_free(error);
  finish(process);
  hp_wire_close(stranger);
}
