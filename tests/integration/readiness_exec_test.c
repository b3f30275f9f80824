/* SPDX-License-Identifier: MIT */
/* A server that is ready when a command says so. */
#include "tests/support/server.h"

#include <stdio.h>
#include <string.h>

static hp_context *context;

static hp_process *begin(hp_options *options) {
  hp_process *process = NULL;
  CHECK_INT(hp_process_start_async(context, options, NULL, NULL, &process, NULL), 0);
  hp_options_free(options);
  return process;
}

/* Each command writes its number when it begins and when it ends: never two at a time. */
static void check_pairs(const char *name) {
  FILE *file = fopen(hp_test_path(name), "rb");
  int first = 0, second = 0;
  REQUIRE(file != NULL);
  while (fscanf(file, "%d", &first) == 1)
    CHECK(fscanf(file, "%d", &second) == 1 && first == second);
  fclose(file);
}

HP_TEST(that_ends_well_at_last) {
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "local", "arguments: [pause]",
      "ready: {kind: exec, interval: 20ms, command: ['${binary}', "
      "'mark:${env.D}/tries', 'mark:${env.D}/tries', 'mark:${env.D}/begun', 'demand:${env.D}/go', "
      "'exit:0']}",
      NULL));
  REQUIRE(process != NULL);
  hp_test_await_file("begun");
  hp_test_await_lines("tries", 4);
  CHECK_INT(hp_process_wait_ready(process, 0, NULL), HP_ETIMEDOUT);
  hp_test_make_file("go");
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  CHECK(!hp_process_is_verified(process));
  int tries = hp_test_count_lines("tries");
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  CHECK_INT(hp_test_count_lines("tries"), tries); /* nothing is asked that is known */
  check_pairs("tries");
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(whose_last_words_are_in_the_error) {
  context = hp_test_context();
  hp_options *options = hp_test_child("local", "arguments: [pause]",
                                      "ready: {kind: exec, command: ['${binary}', "
                                      "'demand:${env.D}/never', 'exit:0']}",
                                      NULL);
  hp_error *error = hp_test_never_ready(context, options, HP_ETIMEDOUT,
                                        "ended with exit code 3: hp-child: there is no ");
  CHECK_HAS(hp_error_cause(error), "it was waiting for a command to end well");
  hp_error_free(error);
  hp_test_leave(context);
}

HP_TEST(that_hangs_is_ended_and_tried_again) {
  char ready[200];
  snprintf(ready, sizeof ready,
           "ready: {kind: exec, timeout: %dms, command: ['${binary}', 'mark:${env.D}/tries', "
           "'mark:${env.D}/begun', 'await:${env.D}/go', 'exit:0']}",
           hp_os_ample());
  context = hp_test_context();
  hp_process *process = begin(hp_test_child("local", "arguments: [pause]", ready, NULL));
  REQUIRE(process != NULL);
  hp_test_await_file("begun");
  int64_t first = hp_test_number_in("tries");
  CHECK(hp_test_await_gone(first));
  hp_test_make_file("go");
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  CHECK(hp_test_count_lines("tries") >= 2);
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(that_runs_is_ended_by_a_stop) {
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "local", "arguments: ['ignore:15', 'mark:${env.D}/up', pause]",
      "stop: [{signal: TERM, wait: 1m}, {kill: true}]",
      "ready: {kind: exec, timeout: 1h, command: ['${binary}', 'mark:${env.D}/tries', "
      "'mark:${env.D}/begun', pause]}",
      NULL));
  REQUIRE(process != NULL);
  hp_test_await_file("up");
  hp_test_await_file("begun");
  int64_t command = hp_test_number_in("tries");
  hp_process_shutdown_async(process, -1);
  CHECK(hp_test_await_gone(command));
  CHECK_INT(hp_process_state(process), HP_STATE_STOPPING); /* the server itself ignores it */
  hp_process_shutdown_async(process, 0);
  hp_process_close(process);
  CHECK_INT(hp_test_count_lines("tries"), 1);
  hp_test_leave(context);
}

HP_TEST(that_does_not_exist_is_found_in_the_plan) {
  context = hp_test_context();
  hp_options *options =
      hp_test_child("local", "arguments: [pause]",
                    "ready: {kind: exec, command: [hp-no-such-program, ping]}", NULL);
  hp_plan *plan = NULL;
  hp_error *error = NULL;
  CHECK_INT(hp_plan_make(context, options, &plan, &error), HP_ENOTFOUND);
  CHECK_HAS(hp_error_message(error), ":5:");
  CHECK_HAS(hp_error_message(error), "hp-no-such-program");
  hp_error_free(error);
  hp_options_free(options);
  hp_test_leave(context);
}

HP_TEST(is_found_in_the_path) {
  NEEDS(HP_OS_SIGNALS);
  context = hp_test_context();
  hp_process *process =
      hp_test_up(context, hp_test_child("local", "arguments: [pause]",
                                        "ready: {kind: exec, command: ['true']}", NULL));
  REQUIRE(process != NULL);
  hp_process_close(process);
  hp_test_leave(context);
}
