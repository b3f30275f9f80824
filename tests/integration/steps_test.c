/* SPDX-License-Identifier: MIT */
/* Programs that run between the server's own word and READY. */
#include "tests/support/server.h"

#include <stdio.h>
#include <string.h>

static hp_context *context;
static struct hp_test_log news;

#define UP "arguments: ['mark:${env.D}/up', 'write:up', pause]", "ready: {kind: line, line: up}"

static hp_process *begin(hp_options *options) {
  hp_test_log_init(&news);
  return hp_test_begin(context, options, &news);
}

static void finish(hp_process *process) {
  hp_process_close(process);
  hp_test_leave(context);
  hp_test_log_fini(&news);
}

static void check_failed(hp_process *process, int code, const char *message) {
  hp_error *error = NULL;
  CHECK_INT(hp_process_wait_ready(process, -1, &error), code);
  REQUIRE(error != NULL);
  CHECK_HAS(hp_error_message(error), message);
  hp_error_free(error);
  CHECK_INT(hp_process_wait(process, HP_PATIENCE_MS, NULL), code);
  CHECK_INT(hp_process_state(process), HP_STATE_FAILED);
  CHECK(hp_test_await_gone(hp_test_number_in("up")));
}

HP_TEST(one_after_another_and_then_ready) {
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "local", UP,
      "profile.after_ready: [{name: one, command: ['${binary}', 'demand:${env.D}/up', "
      "'mark:${env.D}/one']}, {name: two, command: ['${binary}', 'demand:${env.D}/one', "
      "'mark:${env.D}/two'], timeout: 1h}]",
      NULL));
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  CHECK_INT(hp_test_count_lines("one"), 1);
  CHECK_INT(hp_test_count_lines("two"), 1);
  CHECK(hp_test_log_has(&news, "(step 'one' runs) (step 'two' runs) ready"));
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  finish(process);
}

HP_TEST(one_that_fails_is_the_last) {
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "local", UP,
      "profile.after_ready: [{name: seed, command: ['${binary}', 'write:begun', 'error:no table', "
      "'exit:4']}, {command: ['${binary}', 'mark:${env.D}/never']}]",
      NULL));
  REQUIRE(process != NULL);
  hp_error *error = NULL;
  CHECK_INT(hp_process_wait_ready(process, -1, &error), HP_ESTEP);
  REQUIRE(error != NULL);
  CHECK_TEXT(hp_error_message(error), "server 't': step 'seed' ended with exit code 4");
  CHECK_TEXT(hp_error_cause(error), "it said: no table");
  CHECK_TEXT(hp_error_detail(error, HP_DETAIL_OUTPUT), "begun\nno table");
  CHECK_HAS(hp_error_detail(error, HP_DETAIL_COMMAND), " exit:4");
  CHECK_INT(hp_error_phase(error), HP_PHASE_READY);
  hp_error_free(error);
  check_failed(process, HP_ESTEP, "step 'seed' ended with exit code 4");
  CHECK_TEXT(hp_process_stop_rung(process), hp_os_polite_rung());
  CHECK(!hp_test_exists("never"));
  finish(process);
}

HP_TEST(one_that_takes_too_long) {
  context = hp_test_context();
  hp_process *process =
      begin(hp_test_child("local", UP,
                          "profile.after_ready: [{name: slow, command: ['${binary}', "
                          "'fork:', pause], timeout: 100ms}]",
                          NULL));
  REQUIRE(process != NULL);
  check_failed(process, HP_ETIMEDOUT, "server 't': step 'slow' did not end within 100 ms");
  finish(process);
}

/* On a slow system the server itself may be waited for. */
HP_TEST(the_time_of_the_start_is_over_first) {
  context = hp_test_context();
  hp_options *options =
      hp_test_child("local", UP,
                    "profile.after_ready: [{name: slow, command: ['${binary}', 'write:at it', "
                    "'mark:${env.D}/begun', pause], timeout: 1h}]",
                    NULL);
  hp_options_set_start_timeout(options, 500L * hp_os_slowness(), NULL);
  hp_process *process = begin(options);
  REQUIRE(process != NULL);
  hp_error *error = NULL;
  CHECK_INT(hp_process_wait_ready(process, -1, &error), HP_ETIMEDOUT);
  REQUIRE(error != NULL);
  CHECK_HAS(hp_error_message(error), "server 't' was not ready within ");
  if (hp_test_exists("begun")) {
    CHECK_TEXT(hp_error_cause(error), "it was waiting for step 'slow' to end");
    CHECK(hp_test_await_gone(hp_test_number_in("begun")));
  }
  hp_error_free(error);
  CHECK_INT(hp_process_wait(process, HP_PATIENCE_MS, NULL), HP_ETIMEDOUT);
  finish(process);
}

#define ENDLESS "profile.after_ready: [{command: ['${binary}', 'mark:${env.D}/begun', pause]}]"

HP_TEST(a_stop_while_one_runs) {
  context = hp_test_context();
  hp_process *process = begin(hp_test_child("local", UP, ENDLESS, NULL));
  REQUIRE(process != NULL);
  hp_test_await_file("begun");
  CHECK_INT(hp_process_state(process), HP_STATE_WAITING);
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), HP_ECANCELED);
  CHECK_INT(hp_process_state(process), HP_STATE_STOPPED);
  CHECK(hp_test_await_gone(hp_test_number_in("begun")));
  finish(process);
}

HP_TEST(the_server_ends_while_one_runs) {
  context = hp_test_context();
  hp_process *process =
      begin(hp_test_child("local", "arguments: ['write:up', 'await:${env.D}/begun', 'exit:5']",
                          "ready: {kind: line, line: up}", ENDLESS, NULL));
  REQUIRE(process != NULL);
  hp_error *error = NULL;
  CHECK_INT(hp_process_wait_ready(process, -1, &error), HP_EEXITED);
  REQUIRE(error != NULL);
  CHECK_TEXT(hp_error_message(error), "server 't' ended with exit code 5 before it was ready");
  hp_error_free(error);
  CHECK_INT(hp_process_wait(process, HP_PATIENCE_MS, NULL), HP_EEXITED);
  CHECK(hp_test_await_gone(hp_test_number_in("begun")));
  finish(process);
}

/* Of a context that is closed, too. */
HP_TEST(a_close_while_one_runs) {
  context = hp_test_context();
  hp_process *process = begin(hp_test_child("local", UP, ENDLESS, NULL));
  REQUIRE(process != NULL);
  hp_test_await_file("begun");
  hp_process_close(process);
  CHECK(hp_test_await_gone(hp_test_number_in("begun")));
  CHECK(hp_test_await_gone(hp_test_number_in("up")));
  hp_test_leave(context);
  hp_test_log_fini(&news);
}

/* Its last lines are what it was given. */
HP_TEST(it_is_told_where_the_server_is) {
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "tcp", "arguments: ['listen:${endpoint.url}', serve]",
      "transports: {tcp: {descriptor: 'own://${endpoint.authority}'}}", "secrets: [word]",
      "environment: {OF_THE_SERVER: a}",
      "profile.after_ready: [{name: look, environment: {MINE: 'p${endpoint.port}', "
      "HYPERPROCESS_PID: "
      "'0', WORD: '${secret.word}'}, command: ['${binary}', environment, cwd, 'write:at "
      "${endpoint.host}', 'exit:1']}]",
      NULL));
  REQUIRE(process != NULL);
  hp_error *error = NULL;
  char text[64];
  CHECK_INT(hp_process_wait_ready(process, -1, &error), HP_ESTEP);
  REQUIRE(error != NULL);
  const char *said = hp_error_detail(error, HP_DETAIL_OUTPUT);
  CHECK_HAS(said, "HYPERPROCESS_ENDPOINT=tcp://127.0.0.1:");
  CHECK_HAS(said, "HYPERPROCESS_DESCRIPTOR=own://127.0.0.1:");
  CHECK_HAS(said, "HYPERPROCESS_TRANSPORT=tcp\n");
  CHECK_HAS(said, "HYPERPROCESS_HOST=127.0.0.1\n");
  CHECK_HAS(said, "HYPERPROCESS_DATA_DIR=");
  CHECK_HAS(said, "HYPERPROCESS_PID=0\n");
  CHECK_HAS(said, "WORD=***\n");
  CHECK_HAS(said, "\nat 127.0.0.1");
  snprintf(text, sizeof text, "MINE=p%u\n", hp_process_port(process));
  CHECK_HAS(said, text);
  CHECK(!strstr(said, "OF_THE_SERVER"));
  hp_error_free(error);
  CHECK_INT(hp_process_wait(process, HP_PATIENCE_MS, NULL), HP_ESTEP);
  finish(process);
}

static void check_refused(hp_options *options, int code, const char *message) {
  hp_plan *plan = NULL;
  hp_error *error = NULL;
  CHECK_INT(hp_plan_make(context, options, &plan, &error), code);
  CHECK_HAS(error ? hp_error_message(error) : "a plan", message);
  hp_plan_free(plan);
  hp_error_free(error);
  hp_options_free(options);
}

HP_TEST(what_cannot_run_is_known_before_anything_does) {
  context = hp_test_context();
  check_refused(
      hp_test_child("local", "profile.after_ready: [{command: [hp-no-such-program]}]", NULL),
      HP_ENOTFOUND, "step 'hp-no-such-program': \"hp-no-such-program\" was not found in any of ");
  check_refused(
      hp_test_child("local", "profile.after_ready: [{command: [a/b, '${endpoint.port}']}]", NULL),
      HP_ECONFIG, "${endpoint.port} has no value over transport");
  check_refused(hp_test_child("local", "settings: {word: {type: secret}}",
                              "profile.settings: {word: hush}",
                              "profile.after_ready: [{command: [a/b, '${setting.word}']}]", NULL),
                HP_ECONFIG, "the secret setting 'word' would stand in a command line");
  hp_test_leave(context);
}

HP_TEST(one_that_cannot_be_started) {
  context = hp_test_context();
  hp_process *process =
      begin(hp_test_child("local", UP,
                          "profile.after_ready: [{name: lost, command: ['${binary}', pause], "
                          "working_dir: no-such-folder}]",
                          NULL));
  REQUIRE(process != NULL);
  hp_error *error = NULL;
  int code = hp_process_wait_ready(process, -1, &error);
  CHECK(code < 0);
  REQUIRE(error != NULL);
  CHECK_HAS(hp_error_message(error), "server 't': step 'lost': ");
  hp_error_free(error);
  CHECK_INT(hp_process_wait(process, HP_PATIENCE_MS, NULL), code);
  finish(process);
}

HP_TEST(the_plan_names_them) {
  context = hp_test_context();
  hp_options *options = hp_test_child(
      "local", "profile.after_ready: [{name: seed, command: ['${binary}', '${endpoint.url}']}]",
      NULL);
  hp_plan *plan = NULL;
  CHECK_INT(hp_plan_make(context, options, &plan, NULL), 0);
  char *text = plan ? hp_plan_print(plan) : NULL;
  CHECK_HAS(text, "after_ready     seed: ");
  CHECK_HAS(text, " <endpoint.url>\n");
  hp_free(text);
  hp_plan_free(plan);
  hp_options_free(options);
  hp_test_leave(context);
}
