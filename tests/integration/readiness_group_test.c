/* SPDX-License-Identifier: MIT */
/* Several signs of readiness together, how often one must come, and whose they have to be. */
#include "tests/support/server.h"

#include <stdio.h>
#include <string.h>

static hp_context *context;
static struct hp_test_log news;

static hp_process *begin(hp_options *options) {
  hp_test_log_init(&news);
  hp_process *process = hp_test_begin(context, options, &news);
  if (process)
    hp_test_log_await(&news, "waiting ");
  return process;
}

static void finish(hp_process *process) {
  hp_process_close(process);
  hp_test_leave(context);
  hp_test_log_fini(&news);
}

static bool is_waiting(hp_process *process) {
  return hp_process_wait_ready(process, 100, NULL) == HP_ETIMEDOUT &&
         hp_process_state(process) == HP_STATE_WAITING;
}

HP_TEST(all_of_them_in_any_order) {
  context = hp_test_context();
  hp_process *process =
      begin(hp_test_child("tcp",
                          "transports: {tcp: {port_auto: '0', arguments: ['await:${env.D}/go', "
                          "'listen-tcp:${endpoint.port}', 'say-port:port ', serve]}}",
                          "ready: {all: [{kind: connect}, {kind: file, path: '${env.D}/flag'}, "
                          "{kind: line, line: 'port ${endpoint.port}'}]}",
                          NULL));
  REQUIRE(process != NULL);
  hp_test_make_file("flag");
  CHECK(is_waiting(process));
  hp_test_make_file("go");
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  CHECK(!hp_process_is_verified(process)); /* not all of them: the file was ours */
  CHECK(hp_test_talks(process));
  finish(process);
}

HP_TEST(all_are_verified_when_each_is) {
  NEEDS(HP_OS_PORT_OWNERS);
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "tcp",
      "transports: {tcp: {arguments: ['listen-tcp:${endpoint.port}', 'write:it is up', serve]}}",
      "ready: {all: [{kind: connect}, {kind: line, line: it is up}]}", NULL));
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  CHECK(hp_process_is_verified(process));
  finish(process);
}

/* What loses is ended at once, not when the server ends. */
HP_TEST(any_ends_those_that_lost) {
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "local", "arguments: ['await:${env.D}/go', 'write:it is up', pause]",
      "ready: {any: [{kind: exec, timeout: 1h, command: ['${binary}', 'mark:${env.D}/tries', "
      "'mark:${env.D}/begun', pause]}, "
      "{all: [{kind: file, path: '${env.D}/never'}, {kind: line, line: it is up}]}, "
      "{kind: line, line: it is up}]}",
      NULL));
  REQUIRE(process != NULL);
  hp_test_await_file("begun");
  CHECK(is_waiting(process));
  hp_test_make_file("go");
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  CHECK(hp_process_is_verified(process));
  CHECK(hp_test_await_gone(hp_test_number_in("tries")));
  CHECK_INT(hp_process_state(process), HP_STATE_READY);
  finish(process);
}

/* A member that has answered is not asked again while others are waited for. */
HP_TEST(all_asks_each_until_it_answers) {
  context = hp_test_context();
  hp_process *process = begin(hp_test_child("local", "arguments: [pause]",
                                            "ready: {all: [{kind: exec, command: ['${binary}', "
                                            "'mark:${env.D}/tries', 'mark:${env.D}/begun', "
                                            "'exit:0']}, {kind: file, path: '${env.D}/flag'}]}",
                                            NULL));
  REQUIRE(process != NULL);
  hp_test_await_file("begun");
  CHECK(is_waiting(process));
  hp_test_make_file("flag");
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  CHECK_INT(hp_test_count_lines("tries"), 1);
  finish(process);
}

HP_TEST(a_group_with_a_callback_has_a_tether) {
  context = hp_test_context();
  hp_process *process =
      begin(hp_test_child("local",
                          "transports: {local: {arguments: ['listen:${endpoint.url}', "
                          "'callback:${callback} ${nonce} ${endpoint.url}', serve]}}",
                          "ready: {all: [{kind: connect}, {kind: callback, nonce: true}]}",
                          "stop: [{tether: true, wait: 20s}, {kill: true}]", NULL));
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  CHECK(hp_process_is_verified(process));
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  CHECK_TEXT(hp_process_stop_rung(process), "tether");
  finish(process);
}

HP_TEST(the_second_line_counts) {
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "local",
      "arguments: ['write:accepting', 'write:stopping', 'await:${env.D}/go', 'write:accepting', "
      "pause]",
      "ready: {kind: line, line: accepting, count: 2}", NULL));
  REQUIRE(process != NULL);
  CHECK(is_waiting(process));
  hp_test_make_file("go");
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  finish(process);
}

/* ---- identity ---- */

static void demand_identity(const char *first, const char *second) {
  context = hp_test_context();
  hp_options *options =
      hp_test_child("local", "arguments: ['mark:${env.D}/up', pause]",
                    "ready: {kind: file, path: '${env.D}/flag'}", first, second, NULL);
  char late[60];
  snprintf(late, sizeof late, "was not ready within %d ms", hp_os_ample());
  hp_options_set_start_timeout(options, hp_os_ample(), NULL);
  hp_process *process = begin(options);
  REQUIRE(process != NULL);
  hp_test_make_file("flag");
  hp_error *error = NULL;
  CHECK_INT(hp_process_wait_ready(process, -1, &error), HP_EPEER);
  REQUIRE(error != NULL);
  CHECK_HAS(hp_error_message(error), late);
  CHECK_HAS(hp_error_cause(error), "a process that cannot be seen");
  hp_error_free(error);
  finish(process);
}

HP_TEST(identity_required_by_the_definition) {
  demand_identity("identity: required", NULL);
}

HP_TEST(identity_required_by_the_profile) {
  demand_identity("identity: reported", "profile.identity: required");
}

HP_TEST(identity_that_is_proven) {
  context = hp_test_context();
  hp_process *process =
      begin(hp_test_child("local", "identity: required", "arguments: ['mark:${env.D}/flag', pause]",
                          "ready: {any: [{kind: exec, command: ['${binary}', 'exit:0']}, "
                          "{kind: file, path: '${env.D}/flag', not_empty: yes}]}",
                          NULL));
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  CHECK(hp_process_is_verified(process));
  finish(process);
}

HP_TEST(identity_that_can_never_be_proven) {
  context = hp_test_context();
  hp_options *options =
      hp_test_child("local", "identity: required", "arguments: [pause]",
                    "ready: {kind: exec, command: ['${binary}', 'exit:0']}", NULL);
  hp_plan *plan = NULL;
  hp_error *error = NULL;
  CHECK_INT(hp_plan_make(context, options, &plan, &error), HP_ECONFIG);
  CHECK_HAS(hp_error_message(error), "'exec', which can never prove who has answered");
  hp_error_free(error);
  hp_options_free(options);
  hp_test_leave(context);
}
