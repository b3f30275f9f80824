/* SPDX-License-Identifier: MIT */
/* Transports that are tried in turn: in the plan, and when an address turns out to be another's. */
#include "tests/support/server.h"

#include "core/error.h"

#include <stdio.h>
#include <string.h>

static const char *shown(hp_context *context, hp_options *options) {
  static char text[16384];
  hp_plan *plan = NULL;
  hp_error *error = NULL;
  hp_plan_make(context, options, &plan, &error);
  hp_options_free(options);
  char *print = plan ? hp_plan_print(plan) : NULL;
  snprintf(text, sizeof text, "%s", print ? print : hp_error_message(error));
  hp_free(print);
  hp_error_free(error);
  hp_plan_free(plan);
  return text;
}

/* A path that no socket can have, here or anywhere. */
static void long_path(char text[400], const char *behind) {
  char name[201];
  memset(name, 'x', sizeof name - 1);
  name[sizeof name - 1] = '\0';
  snprintf(text, 400, "unix:/%s%s", name, behind);
}

HP_TEST(a_path_too_long_falls_back_in_the_plan) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  hp_context *context = hp_test_context();
  char transport[400];
  long_path(transport, ",tcp");
  hp_process *process = hp_test_up(context, hp_test_echo(transport));
  REQUIRE(process != NULL);
  CHECK_TEXT(hp_process_transport(process), "tcp");
  CHECK_INT(hp_process_fallback_count(process), 1);
  CHECK_HAS(hp_process_fallback(process, 0), "unix:/xxx");
  CHECK_HAS(hp_process_fallback(process, 0), "bytes");
  CHECK(hp_process_fallback(process, 1) == NULL);
  CHECK(hp_test_talks(process));
  hp_process_close(process);
  const char *text = shown(context, hp_test_echo(transport));
  CHECK_HAS(text, "\ntransport       tcp\nfallbacks       unix:/xxx");
  CHECK(strstr(text, "\nthen ") == NULL);
  hp_test_leave(context);
}

HP_TEST(what_nobody_has_falls_back_in_the_plan) {
  hp_context *context = hp_test_context();
  const char *text = shown(context, hp_test_child("mine,tcp", "arguments: [pause]", NULL));
  CHECK_HAS(text,
            "\nfallbacks       mine: --transport: server 't' has no transport 'mine'; it has: ");
  text = shown(context, hp_test_child("mine,yours", "arguments: [pause]", NULL));
  CHECK_HAS(
      text,
      "none of the transports can be had: mine: --transport: server 't' has no transport 'mine'; ");
  CHECK_HAS(text, "; yours: --transport: server 't' has no transport 'yours'; ");
  text = shown(context, hp_test_child("local,mine,tcp", "arguments: [pause]", NULL));
  CHECK_HAS(text, "\nthen            tcp\n");
  CHECK(strstr(text, "mine") == NULL); /* it is not known yet whether it comes to that */
  hp_test_leave(context);
}

/* A mistake is one whatever else would serve. */
HP_TEST(a_mistake_is_not_passed_over) {
  hp_context *context = hp_test_context();
  const char *text = shown(context, hp_test_child("local,tcp", "arguments: [pause]",
                                                  "environment: {A: '${endpoint.port}'}", NULL));
  CHECK_HAS(text, "${endpoint.port} has no value over transport");
  text = shown(context, hp_test_child("tcp,local", "arguments: [pause]",
                                      "environment: {A: '${endpoint.port}'}", NULL));
  CHECK_HAS(text, "${endpoint.port} has no value over transport");
  hp_test_leave(context);
}

HP_TEST(a_port_of_another_falls_back_at_the_start) {
  hp_context *context = hp_test_context();
  struct hp_test_log log;
  char transport[64], expected[64];
  struct hp_wire *listener = hp_wire_listen("tcp://127.0.0.1:0", 8);
  REQUIRE(listener != NULL);
  snprintf(transport, sizeof transport, "tcp:%u,mine,local", hp_wire_port(listener));
  snprintf(expected, sizeof expected, "(tcp:%u: ", hp_wire_port(listener));
  hp_test_log_init(&log);
  hp_process *process = hp_test_begin(context, hp_test_echo(transport), &log);
  CHECK_INT(hp_process_wait_ready(process, HP_PATIENCE_MS, NULL), 0);
  CHECK_TEXT(hp_process_transport(process), hp_test_platform()->local);
  CHECK_INT(hp_process_fallback_count(process), 2);
  CHECK_HAS(hp_process_fallback(process, 0), "is already in use");
  CHECK_HAS(hp_process_fallback(process, 1),
            "mine: --transport: server 'echo' has no transport 'mine'");
  CHECK(hp_test_log_has(&log, expected));
  CHECK(hp_test_log_has(&log, "(mine: "));
  CHECK(hp_test_talks(process));
  hp_process_close(process);
  hp_test_log_fini(&log);
  hp_wire_close(listener);
  hp_test_leave(context);
}

HP_TEST(a_socket_of_another_falls_back_at_the_start) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  hp_context *context = hp_test_context();
  char transport[700];
  snprintf(transport, sizeof transport, "unix:%s", hp_test_path("socket"));
  hp_process *holder = hp_test_up(context, hp_test_echo(transport));
  REQUIRE(holder != NULL);
  strcat(transport, ",tcp");
  hp_process *process = hp_test_up(context, hp_test_echo(transport));
  REQUIRE(process != NULL);
  CHECK_TEXT(hp_process_transport(process), "tcp");
  CHECK_INT(hp_process_fallback_count(process), 1);
  CHECK(hp_test_talks(holder));
  CHECK(hp_test_talks(process));
  hp_process_close(process);
  hp_process_close(holder);
  hp_test_leave(context);
}

HP_TEST(when_all_are_taken_all_are_named) {
  hp_context *context = hp_test_context();
  char transport[64], part[64];
  hp_process *process;
  hp_error *error;
  struct hp_wire *a = hp_wire_listen("tcp://127.0.0.1:0", 8);
  struct hp_wire *b = hp_wire_listen("tcp://127.0.0.1:0", 8);
  REQUIRE(a != NULL && b != NULL);
  snprintf(transport, sizeof transport, "tcp:%u,tcp:%u,mine", hp_wire_port(a), hp_wire_port(b));
  CHECK_INT(hp_test_start(context, hp_test_echo(transport), &process, &error), HP_EADDRINUSE);
  CHECK_INT(hp_error_phase(error), HP_PHASE_RESERVE);
  CHECK_HAS(hp_error_message(error), "server 'echo': none of the transports can be had: tcp:");
  snprintf(part, sizeof part, "; tcp:%u: ", hp_wire_port(b));
  CHECK_HAS(hp_error_message(error), part);
  CHECK_HAS(hp_error_message(error), "; mine: ");
  hp_error_free(error);
  hp_wire_close(a);
  hp_wire_close(b);
  hp_test_leave(context);
}

/* One that needs more than the one before it: data, secrets, a private file. */
HP_TEST(the_next_one_has_all_that_it_needs) {
  hp_context *context = hp_test_context();
  char transport[64];
  struct hp_wire *listener = hp_wire_listen("tcp://127.0.0.1:0", 8);
  REQUIRE(listener != NULL);
  snprintf(transport, sizeof transport, "tcp:%u,local", hp_wire_port(listener));
  hp_process *process = hp_test_up(
      context, hp_test_child(transport, "secrets: [password]",
                             "ready: {kind: line, line: 'WHICH=local'}", "arguments: [environment]",
                             "transports: {tcp: {}, local: {environment: {WHICH: local}, "
                             "arguments: ['mark:${secret_file.password}.up', pause]}}",
                             NULL));
  REQUIRE(process != NULL);
  CHECK_TEXT(hp_process_transport(process), hp_test_platform()->local);
  CHECK(hp_process_data_dir(process) != NULL);
  hp_process_close(process);
  hp_wire_close(listener);
  hp_test_leave(context);
}
