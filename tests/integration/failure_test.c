/* SPDX-License-Identifier: MIT */
/* Starts that fail: which error, when it comes, what it tells, and what is left. */
#include "tests/support/server.h"

#include <stdio.h>
#include <string.h>

/* ---- A server that dies before it is ready ---- */

static void check_death(hp_error *error, const char *how) {
  CHECK_INT(hp_error_code(error), HP_EEXITED);
  CHECK_INT(hp_error_phase(error), HP_PHASE_READY);
  CHECK_HAS(hp_error_message(error), "server 't'");
  CHECK_HAS(hp_error_message(error), how);
  CHECK_HAS(hp_error_detail(error, HP_DETAIL_COMMAND), "hp-child");
}

HP_TEST(an_exit_code_with_what_it_said) {
  hp_context *context = hp_test_context();
  hp_process *process;
  hp_error *error;
  hp_options *options = hp_test_child(
      "local", "arguments: ['write:reading the book', 'error:the book is empty', 'exit:3']",
      "ready: {kind: callback}", NULL);
  CHECK_INT(hp_test_start(context, options, &process, &error), HP_EEXITED);
  CHECK(process == NULL);
  check_death(error, "exit code 3");
  CHECK_INT(hp_error_os_code(error), 3);
  CHECK_HAS(hp_error_detail(error, HP_DETAIL_OUTPUT), "reading the book");
  CHECK_HAS(hp_error_detail(error, HP_DETAIL_OUTPUT), "the book is empty");
  CHECK_HAS(hp_error_cause(error), "the book");
  CHECK_HAS(hp_error_detail(error, HP_DETAIL_COMMAND), "exit:3");
  hp_error_free(error);
  hp_test_leave(context);
}

HP_TEST(a_clean_exit_is_a_failure_too) {
  hp_context *context = hp_test_context();
  hp_process *process;
  hp_error *error;
  hp_options *options =
      hp_test_child("local", "arguments: ['exit:0']", "ready: {kind: callback}", NULL);
  CHECK_INT(hp_test_start(context, options, &process, &error), HP_EEXITED);
  check_death(error, "exit code 0");
  hp_error_free(error);
  hp_test_leave(context);
}

HP_TEST(a_signal_is_decoded) {
  NEEDS(HP_OS_SIGNALS);
  hp_context *context = hp_test_context();
  hp_process *process;
  hp_error *error;
  hp_options *options =
      hp_test_child("local", "arguments: ['raise:11']", "ready: {kind: connect}", NULL);
  CHECK_INT(hp_test_start(context, options, &process, &error), HP_EEXITED);
  check_death(error, "signal 11");
  CHECK_INT(hp_error_os_code(error), 11);
  CHECK_HAS(hp_error_cause(error), "SEGV");
  CHECK(hp_error_hint(error) != NULL);
  hp_error_free(error);
  hp_test_leave(context);
}

HP_TEST(secrets_are_not_in_the_command_line) {
  hp_context *context = hp_test_context();
  hp_process *process;
  hp_error *error;
  hp_options *options =
      hp_test_child("local", "arguments: ['exit:3', 'write:password=${secret.password}']",
                    "secrets: [password]", "ready: {kind: callback}", NULL);
  CHECK_INT(hp_test_start(context, options, &process, &error), HP_EEXITED);
  CHECK_HAS(hp_error_detail(error, HP_DETAIL_COMMAND), "password=***");
  hp_error_free(error);
  hp_test_leave(context);
}

HP_TEST(secret_settings_are_not_in_what_is_shown_of_its_output) {
  hp_context *context = hp_test_context();
  hp_process *process;
  hp_error *error;
  hp_options *options =
      hp_test_child("local", "arguments: [environment, 'exit:3']",
                    "settings: {key: {type: secret}}", "environment: {KEY: 'k=${setting.key}.'}",
                    "ready: {kind: callback}", "profile.settings: {key: xyzzy-plugh}", NULL);
  CHECK_INT(hp_test_start(context, options, &process, &error), HP_EEXITED);
  CHECK_HAS(hp_error_detail(error, HP_DETAIL_OUTPUT), "KEY=k=***.");
  CHECK(strstr(hp_error_detail(error, HP_DETAIL_OUTPUT), "xyzzy") == NULL);
  hp_error_free(error);
  hp_test_leave(context);
}

/* From the word to die until the error is here; the deadline is far away. */
HP_TEST(a_death_is_told_at_once) {
  hp_context *context = hp_test_context();
  hp_process *process =
      hp_test_begin(context,
                    hp_test_child("local", "arguments: ['mark:${env.D}/up', 'await:${env.D}/die']",
                                  "ready: {kind: callback}", NULL),
                    NULL);
  REQUIRE(process != NULL);
  hp_test_await_file("up");
  double began = hp_test_now();
  hp_test_make_file("die");
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), HP_EEXITED);
  CHECK_TOOK(began, 0);
  hp_process_close(process);
  hp_test_leave(context);
}

/* ---- A server that never gets ready ---- */

struct late {
  hp_options *(*make)(void);
  bool (*is_enough)(const hp_error *error); /* the server has come so far in the time it had */
  double more;                              /* that the end takes after the deadline, ms */
};

/* With more and more time, until that is enough; the time. */
static int run_late(hp_context *context, const struct late *late, hp_error **error) {
  for (int timeout = 250;; timeout *= 2) {
    hp_process *process;
    hp_options *options = late->make();
    hp_options_set_start_timeout(options, timeout, NULL);
    double began = hp_test_now();
    CHECK_INT(hp_test_start(context, options, &process, error), HP_ETIMEDOUT);
    if (timeout < HP_PATIENCE_MS && !late->is_enough(*error)) {
      hp_error_free(*error);
      continue;
    }
    CHECK_TOOK(began, timeout + late->more);
    return timeout;
  }
}

static const char *ready_by;

static hp_options *make_reader(void) {
  return hp_test_child("local", "arguments: ['write:still reading', 'mark:${env.D}/up', pause]",
                       ready_by, NULL);
}

static bool has_read(const hp_error *error) {
  const char *output = hp_error_detail(error, HP_DETAIL_OUTPUT);
  return output && strstr(output, "still reading");
}

static void check_deadline(const char *ready, const char *waiting_for) {
  char told[32];
  hp_context *context = hp_test_context();
  hp_error *error = NULL;
  ready_by = ready;
  int timeout = run_late(context, &(struct late){make_reader, has_read, 0}, &error);
  CHECK_INT(hp_error_phase(error), HP_PHASE_READY);
  snprintf(told, sizeof told, "%d ms", timeout);
  CHECK_HAS(hp_error_message(error), told);
  CHECK_HAS(hp_error_cause(error), waiting_for);
  CHECK_HAS(hp_error_detail(error, HP_DETAIL_OUTPUT), "still reading");
  CHECK_HAS(hp_error_detail(error, HP_DETAIL_COMMAND), "pause");
  hp_error_free(error);
  CHECK(!hp_os_is_running(hp_test_number_in("up")));
  hp_test_leave(context);
}

HP_TEST(no_callback_in_time) {
  check_deadline("ready: {kind: callback}", "callback");
}

HP_TEST(no_notification_in_time) {
  NEEDS(HP_OS_NOTIFY);
  check_deadline("ready: {kind: notify}", "READY=1");
}

HP_TEST(no_connection_in_time) {
  check_deadline("ready: {kind: connect}", "connection");
}

HP_TEST(no_line_in_time) {
  check_deadline("ready: {kind: line, line: ready}", "line");
}

static hp_options *make_deaf(void) {
  return hp_test_child("local", "arguments: ['ignore:15', 'mark:${env.D}/up', pause]",
                       "ready: {kind: callback}",
                       "stop: [{signal: TERM, wait: 100ms}, {kill: true}]", NULL);
}

static bool is_up(const hp_error *error) {
  (void)error;
  return hp_test_exists("up");
}

/* It does not hear the ladder either: the error comes when it is gone, and is still the first one.
 */
HP_TEST(one_that_is_deaf_is_killed_after_the_deadline) {
  hp_context *context = hp_test_context();
  hp_error *error = NULL;
  run_late(context, &(struct late){make_deaf, is_up, 100}, &error);
  CHECK(!hp_os_is_running(hp_test_number_in("up")));
  hp_error_free(error);
  hp_test_leave(context);
}

/* ---- Nothing that could die ---- */

HP_TEST(no_working_directory) {
  hp_context *context = hp_test_context();
  hp_options *options = hp_test_echo("local");
  hp_process *process;
  hp_error *error;
  hp_options_set_working_dir(options, hp_test_path("nowhere"), NULL);
  int code = hp_test_start(context, options, &process, &error);
  CHECK(code == HP_ESPAWN || code == HP_ENOTFOUND);
  CHECK_INT(hp_error_phase(error), HP_PHASE_SPAWN);
  CHECK_HAS(hp_error_message(error), "server 'echo'");
  CHECK_HAS(hp_error_message(error), "nowhere");
  CHECK_HAS(hp_error_detail(error, HP_DETAIL_COMMAND), "hyperprocess-echod");
  hp_error_free(error);
  hp_test_leave(context);
}

HP_TEST(no_binary) {
  hp_context *context = hp_test_context();
  hp_options *options = hp_test_echo("local");
  hp_process *process;
  hp_error *error;
  hp_options_set_binary(options, hp_test_file("text", "no program"), NULL);
  CHECK_INT(hp_test_start(context, options, &process, &error), HP_ENOTFOUND);
  CHECK_HAS(hp_error_detail(error, HP_DETAIL_PLACES), "not executable");
  hp_error_free(error);
  CHECK(!hp_os_has_children());
  hp_test_leave(context);
}

/* What was spawned for it must not stay, nor stay uncollected. */
HP_TEST(containment_that_cannot_be_had) {
  NEEDS(HP_OS_CRASH_LESS);
  hp_context *context = hp_test_context();
  hp_options *options = hp_test_child("local", "arguments: ['mark:${env.D}/up', pause]",
                                      "profile.containment: tree+crash", NULL);
  hp_process *process;
  hp_error *error;
  CHECK_INT(hp_test_start(context, options, &process, &error), HP_ECONTAINMENT);
  CHECK_HAS(hp_error_message(error), "tree+crash");
  hp_error_free(error);
  CHECK(!hp_os_has_children());
  hp_test_leave(context);
}

HP_TEST(an_event_carries_the_error) {
  hp_context *context = hp_test_context();
  struct hp_test_log log;
  hp_test_log_init(&log);
  hp_process *process = hp_test_begin(
      context, hp_test_child("local", "arguments: ['exit:3']", "ready: {kind: callback}", NULL),
      &log);
  REQUIRE(process != NULL);
  hp_test_log_await(&log, "failed");
  CHECK_TEXT(hp_test_log_states(&log), "preparing starting waiting failed ");
  CHECK_INT(hp_process_wait_ready(process, 0, NULL), HP_EEXITED);
  CHECK_INT(hp_process_wait(process, 0, NULL), HP_EEXITED);
  hp_process_close(process);
  hp_test_leave(context);
  hp_test_log_fini(&log);
}
