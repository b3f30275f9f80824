/* SPDX-License-Identifier: MIT */
/* A server that is READY, and then not well any more. */
#include "tests/support/server.h"

#include <stdio.h>
#include <string.h>

static hp_context *context;
static struct hp_test_log news;

static hp_process *begin(hp_options *options) {
  hp_test_log_init(&news);
  hp_process *process = hp_test_begin(context, options, &news);
  if (process)
    CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  return process;
}

static void finish(hp_process *process) {
  hp_process_close(process);
  hp_test_leave(context);
  hp_test_log_fini(&news);
}

/* It ends by its own ladder, and the error says why it had to. */
static void check_lost(hp_process *process, const char *why) {
  hp_error *error = NULL;
  CHECK_INT(hp_process_wait(process, HP_PATIENCE_MS, &error), HP_EDIED);
  CHECK_HAS(hp_error_message(error), "server 't' is no longer healthy: ");
  CHECK_HAS(hp_error_message(error), why);
  CHECK_INT(hp_process_state(process), HP_STATE_FAILED);
  CHECK_TEXT(hp_process_stop_rung(process), hp_os_polite_rung());
  CHECK(hp_test_log_has(&news, why));
  hp_error_free(error);
}

#define OK "HTTP/1.1 200 OK\r\n\r\n"
#define ANSWERING                                                                                  \
  "transports: {local: {arguments: ['reply:${env.D}/reply', 'listen:${endpoint.url}', serve]}}"

HP_TEST(an_http_probe_that_fails_in_a_row) {
  context = hp_test_context();
  hp_test_file("reply", OK);
  hp_process *process = begin(
      hp_test_child("local", ANSWERING, "health: {kind: http, path: /up, interval: 20ms}", NULL));
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_wait(process, 200, NULL), HP_ETIMEDOUT); /* some are well */
  hp_test_file("reply", "HTTP/1.1 500 Oh\r\n\r\n");
  check_lost(process, "its http probe failed 3 times in a row, the last time because: GET /up was "
                      "answered with status 500");
  CHECK(hp_test_log_has(&news, "(its http probe failed (2 of 3): GET /up"));
  finish(process);
}

HP_TEST(a_probe_that_recovers) {
  context = hp_test_context();
  hp_test_file("reply", OK);
  hp_process *process = begin(hp_test_child(
      "local", ANSWERING, "health: {kind: http, interval: 30ms, failures: 1000}", NULL));
  REQUIRE(process != NULL);
  hp_test_file("reply", "HTTP/1.1 503 Busy\r\n\r\n");
  hp_test_log_await(&news, "(its http probe failed (1 of 1000): ");
  hp_test_file("reply", OK);
  hp_test_log_await(&news, "(it is healthy again)");
  hp_test_file("reply", "HTTP/1.1 503 Busy\r\n\r\n"); /* and is counted anew */
  hp_test_log_await(&news, "(it is healthy again) (its http probe failed (1 of 1000): ");
  CHECK_INT(hp_process_state(process), HP_STATE_READY);
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0); /* what is asked for is no failure */
  finish(process);
}

HP_TEST(a_command_that_hangs) {
  char health[200], why[200];
  snprintf(health, sizeof health,
           "health: {kind: exec, interval: 50ms, timeout: %dms, failures: 2, command: "
           "['${binary}', 'mark:${env.D}/tries', pause]}",
           hp_os_ample());
  snprintf(why, sizeof why,
           "its exec probe failed 2 times in a row, the last time because: no answer within %d ms",
           hp_os_ample());
  context = hp_test_context();
  hp_process *process =
      begin(hp_test_child("local", "arguments: [pause]", "ready: {kind: none}", health, NULL));
  REQUIRE(process != NULL);
  check_lost(process, why);
  CHECK(hp_test_await_gone(hp_test_number_in("tries")));
  CHECK_INT(hp_test_count_lines("tries"), 2);
  finish(process);
}

HP_TEST(an_address_that_is_gone) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  context = hp_test_context();
  hp_process *process = begin(
      hp_test_child("local", "transports: {local: {arguments: ['listen:${endpoint.url}', serve]}}",
                    "health: {kind: connect, interval: 20ms, failures: 1}", NULL));
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_wait(process, 100, NULL), HP_ETIMEDOUT);
  remove(hp_process_path(process));
  check_lost(process, "its connect probe failed 1 times in a row");
  finish(process);
}

/* ---- what a profile says of it ---- */

/* The question stays the definition's, how often is the profile's word. */
HP_TEST(a_profile_asks_more_often) {
  context = hp_test_context();
  hp_test_file("reply", OK);
  hp_process *process =
      begin(hp_test_child("local", ANSWERING, "health: {kind: http, path: /up, interval: 1h}",
                          "profile.health: {interval: 20ms, failures: 2}", NULL));
  REQUIRE(process != NULL);
  hp_test_file("reply", "HTTP/1.1 500 Oh\r\n\r\n");
  check_lost(process, "its http probe failed 2 times in a row, the last time because: GET /up was "
                      "answered with status 500");
  finish(process);
}

static void check_plan(hp_options *options, const char *part, bool is_there) {
  hp_plan *plan = NULL;
  hp_error *error = NULL;
  CHECK_INT(hp_plan_make(context, options, &plan, &error), 0);
  char *text = plan ? hp_plan_print(plan) : NULL;
  CHECK_INT(text && strstr(text, part), is_there);
  hp_free(text);
  hp_plan_free(plan);
  hp_error_free(error);
  hp_options_free(options);
  hp_test_leave(context);
}

HP_TEST(a_profile_turns_it_off) {
  context = hp_test_context();
  check_plan(hp_test_child("local", "health: {kind: http, path: /up, interval: 1h}",
                           "profile.health: {kind: none}", NULL),
             "health", false);
}

/* None of the definition's keys is left, or `path` would be refused. */
HP_TEST(a_profile_asks_otherwise) {
  context = hp_test_context();
  check_plan(hp_test_child("local", "health: {kind: http, path: /up, interval: 1h}",
                           "profile.health: {kind: connect}", NULL),
             ", every 10000 ms, lost after 3", true);
}

HP_TEST(a_profile_asks_where_the_server_does_not) {
  context = hp_test_context();
  check_plan(hp_test_child("local", "profile.health: {kind: connect, failures: 7}", NULL),
             ", every 10000 ms, lost after 7", true);
}

HP_TEST(a_watchdog_of_the_profile) {
  NEEDS(HP_OS_NOTIFY);
  context = hp_test_context();
  hp_process *process =
      begin(hp_test_child("local", "arguments: ['notify:READY=1', pause]", "ready: {kind: notify}",
                          "watchdog: 1h", "profile.watchdog: 100ms", NULL));
  REQUIRE(process != NULL);
  check_lost(process, "it did not send WATCHDOG=1 for 100 ms");
  finish(process);
}

/* A probe that runs when the stop begins is ended with it. */
HP_TEST(a_stop_while_it_is_asked) {
  context = hp_test_context();
  hp_process *process = begin(
      hp_test_child("local", "arguments: [pause]", "ready: {kind: none}",
                    "health: {kind: exec, interval: 20ms, timeout: 30s, command: ['${binary}', "
                    "'mark:${env.D}/tries', 'mark:${env.D}/begun', pause]}",
                    NULL));
  REQUIRE(process != NULL);
  hp_test_await_file("begun");
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  CHECK(hp_test_await_gone(hp_test_number_in("tries")));
  CHECK_INT(hp_test_count_lines("tries"), 1);
  finish(process);
}

/* ---- the watchdog ---- */

HP_TEST(a_watchdog_that_is_fed_and_then_is_not) {
  NEEDS(HP_OS_NOTIFY);
  const int time = hp_os_ample(); /* it is fed three times in it */
  char watchdog[40], why[80];
  snprintf(watchdog, sizeof watchdog, "watchdog: %dms", time);
  snprintf(why, sizeof why, "it did not send WATCHDOG=1 for %d ms", time);
  context = hp_test_context();
  hp_process *process =
      begin(hp_test_child("local", "arguments: ['notify:READY=1', 'beat:${env.D}/stop', pause]",
                          "ready: {kind: notify}", watchdog, NULL));
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_wait(process, time + time / 2, NULL), HP_ETIMEDOUT);
  hp_test_make_file("stop");
  check_lost(process, why);
  finish(process);
}

HP_TEST(a_watchdog_with_a_time_of_its_own) {
  NEEDS(HP_OS_NOTIFY);
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "local",
      "arguments: ['notify:READY=1', 'await:${env.D}/go', 'notify:WATCHDOG_USEC=100000', pause]",
      "ready: {kind: notify}", "watchdog: 1h", NULL));
  REQUIRE(process != NULL);
  hp_test_make_file("go");
  check_lost(process, "it did not send WATCHDOG=1 for 100 ms");
  finish(process);
}

HP_TEST(a_watchdog_that_is_triggered) {
  NEEDS(HP_OS_NOTIFY);
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "local",
      "arguments: ['notify:READY=1', 'await:${env.D}/go', 'notify:WATCHDOG=trigger', pause]",
      "ready: {kind: notify}", "watchdog: 1h", NULL));
  REQUIRE(process != NULL);
  hp_test_make_file("go");
  check_lost(process, "it has triggered its own watchdog");
  finish(process);
}

/* What nobody asked for changes nothing. */
HP_TEST(words_to_no_watchdog) {
  NEEDS(HP_OS_NOTIFY);
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "local",
      "arguments: ['notify:READY=1', \"notify:WATCHDOG_USEC=1\\nWATCHDOG=trigger\\nRELOADING=1\", "
      "'notify:STATUS=still here', pause]",
      "ready: {kind: notify}", NULL));
  REQUIRE(process != NULL);
  hp_test_log_await(&news, "(still here)");
  CHECK_INT(hp_process_state(process), HP_STATE_READY);
  finish(process);
}

HP_TEST(a_main_process_is_one_of_its_own) {
  NEEDS(HP_OS_NOTIFY);
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "local",
      "arguments: ['notify:MAINPID=1', 'notify:READY=1', 'await:${env.D}/go', notify-main, pause]",
      "ready: {kind: notify}", NULL));
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_main_pid(process), 0);
  hp_test_make_file("go");
  hp_test_log_await(&news, "(its main process is ");
  CHECK_INT(hp_process_main_pid(process), hp_process_pid(process));
  finish(process);
}
