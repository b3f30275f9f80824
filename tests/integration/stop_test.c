/* SPDX-License-Identifier: MIT */
/* The meanings of a stop, in every state that it can come in. */
#include "tests/support/server.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* Hears SIGTERM, says so, and ends when the test lets it. */
#define OBEDIENT                                                                                   \
  "arguments: ['block:15', 'write:up', 'await-signal:15', 'mark:${env.D}/asked', "                 \
  "'await:${env.D}/go', 'exit:0']"
#define DEAF "arguments: ['ignore:15', 'write:up', pause]"
#define READY "ready: {kind: line, line: up}"

static bool ended_by(hp_process *process, const char *signal) {
  struct hp_exit exit = hp_process_exit_status(process);
  return hp_os_ended_by(&exit, signal);
}

struct stopper {
  uv_thread_t thread;
  hp_process *process;
  int64_t timeout;
  int result;
  atomic_bool done;
};

static void run_stopper(void *data) {
  struct stopper *stopper = data;
  stopper->result = hp_process_shutdown(stopper->process, stopper->timeout, NULL);
  stopper->done = true;
}

static void begin_stop(struct stopper *stopper, hp_process *process, int64_t timeout) {
  *stopper = (struct stopper){.process = process, .timeout = timeout};
  if (uv_thread_create(&stopper->thread, run_stopper, stopper) != 0)
    CHECK(!"a thread");
}

static int end_stop(struct stopper *stopper) {
  uv_thread_join(&stopper->thread);
  return stopper->result;
}

/* ---- Once it is ready ---- */

HP_TEST(a_patient_stop_waits_for_the_server) {
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_up(
      context, hp_test_child("local", OBEDIENT, READY,
                             "stop: [{signal: TERM, wait: 50ms}, {signal: QUIT, wait: 50ms, force: "
                             "true}, {kill: true}]",
                             NULL));
  struct stopper stopper;
  REQUIRE(process != NULL);
  begin_stop(&stopper, process, -1);
  hp_test_await_file("asked");
  CHECK_INT(hp_process_wait(process, 300, NULL), HP_ETIMEDOUT); /* force would have come by now */
  CHECK(!stopper.done);
  CHECK(hp_process_is_alive(process));
  CHECK_INT(hp_process_state(process), HP_STATE_STOPPING);
  hp_test_make_file("go");
  CHECK_INT(end_stop(&stopper), 0);
  CHECK_TEXT(hp_process_stop_rung(process), hp_os_polite_rung());
  CHECK(hp_process_stop_time(process) >= 300);
  CHECK_INT(hp_process_exit_status(process).kind, HP_EXIT_CODE);
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(zero_kills_and_is_no_error) {
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_up(context, hp_test_child("local", DEAF, READY, NULL));
  REQUIRE(process != NULL);
  double began = hp_test_now();
  CHECK_INT(hp_process_shutdown(process, 0, NULL), 0);
  CHECK_TOOK(began, 0);
  CHECK(ended_by(process, "KILL"));
  CHECK_TEXT(hp_process_stop_rung(process), "kill");
  CHECK_INT(hp_process_state(process), HP_STATE_STOPPED);
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(a_positive_time_kills_after_it_and_says_so) {
  enum { BUDGET_MS = 200 };
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_up(context, hp_test_child("local", DEAF, READY, NULL));
  hp_error *error = NULL;
  REQUIRE(process != NULL);
  double began = hp_test_now();
  CHECK_INT(hp_process_shutdown(process, BUDGET_MS, &error), HP_EKILLED);
  CHECK_TOOK(began, BUDGET_MS);
  CHECK_HAS(hp_error_message(error), "killed");
  CHECK_INT(hp_error_phase(error), HP_PHASE_STOP);
  hp_error_free(error);
  CHECK(ended_by(process, "KILL"));
  CHECK_TEXT(hp_process_stop_rung(process), "kill");
  CHECK(hp_process_stop_time(process) >= BUDGET_MS - 1);
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(a_positive_time_that_suffices) {
  hp_context *context = hp_test_context();
  hp_process *process =
      hp_test_up(context, hp_test_child("local", "arguments: ['write:up', pause]", READY, NULL));
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_shutdown(process, HP_PATIENCE_MS, NULL), 0);
  CHECK_TEXT(hp_process_stop_rung(process), hp_os_polite_rung());
  CHECK(ended_by(process, "TERM"));
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(a_kill_during_a_patient_stop) {
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_up(context, hp_test_child("local", OBEDIENT, READY, NULL));
  struct stopper stopper;
  REQUIRE(process != NULL);
  begin_stop(&stopper, process, -1);
  hp_test_await_file("asked");
  CHECK_INT(hp_process_shutdown(process, 0, NULL), 0);
  CHECK_INT(end_stop(&stopper), 0);
  CHECK(ended_by(process, "KILL"));
  CHECK_TEXT(hp_process_stop_rung(process), "kill");
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(a_budget_during_a_patient_stop) {
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_up(context, hp_test_child("local", DEAF, READY, NULL));
  REQUIRE(process != NULL);
  hp_process_shutdown_async(process, -1);
  double began = hp_test_now();
  CHECK_INT(hp_process_shutdown(process, 100, NULL), HP_EKILLED);
  CHECK(hp_test_now() - began >= 100);
  hp_process_close(process);
  hp_test_leave(context);
}

/* ---- The ladder ---- */

static hp_process *up_with_ladder(hp_context *context, const char *arguments, const char *stop) {
  return hp_test_up(context, hp_test_child("local", arguments, READY, stop, NULL));
}

HP_TEST(the_rung_that_worked_is_told) {
  NEEDS(HP_OS_SIGNALS);
  hp_context *context = hp_test_context();
  hp_process *process = up_with_ladder(
      context, DEAF, "stop: [{signal: TERM, wait: 100ms}, {signal: INT, wait: 20s}, {kill: true}]");
  REQUIRE(process != NULL);
  hp_process_stop_async(process);
  CHECK_INT(hp_process_wait(process, HP_PATIENCE_MS, NULL), 0);
  CHECK_TEXT(hp_process_stop_rung(process), "signal INT");
  CHECK_INT(hp_process_exit_status(process).kind, HP_EXIT_SIGNAL);
  double took = hp_process_stop_time(process);
  CHECK(took >= 99 && took < 100 + hp_test_late());
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(a_ladder_that_ends_in_force_says_so) {
  hp_context *context = hp_test_context();
  hp_process *process =
      up_with_ladder(context, DEAF, "stop: [{signal: TERM, wait: 100ms}, {kill: true}]");
  REQUIRE(process != NULL);
  hp_process_stop_async(process);
  CHECK_INT(hp_process_wait(process, HP_PATIENCE_MS, NULL), HP_EKILLED);
  CHECK_TEXT(hp_process_stop_rung(process), "kill");
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(close_climbs_the_ladder) {
  hp_context *context = hp_test_context();
  hp_process *process =
      up_with_ladder(context, DEAF, "stop: [{signal: TERM, wait: 100ms}, {kill: true}]");
  REQUIRE(process != NULL);
  int64_t pid = hp_process_pid(process);
  double began = hp_test_now();
  hp_process_close(process);
  CHECK_TOOK(began, 100);
  CHECK(!hp_os_is_running(pid));
  hp_test_leave(context);
}

HP_TEST(a_command_stops_it) {
  hp_context *context = hp_test_context();
  hp_process *process = up_with_ladder(
      context, "arguments: ['write:up', 'await:${env.D}/go']",
      "stop: [{command: ['${binary}', 'mark:${env.D}/go'], wait: 20s}, {kill: true}]");
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  CHECK_TEXT(hp_process_stop_rung(process), "command");
  hp_process_close(process);
  hp_test_leave(context);
}

/* The server ends by the next rung: the command must not outlive it, dead or alive. */
HP_TEST(a_command_that_hangs) {
  char stop[200];
  snprintf(stop, sizeof stop,
           "stop: [{command: ['${binary}', 'mark:${env.D}/command', pause], wait: %dms}, "
           "{signal: TERM, wait: 20s}, {kill: true}]",
           hp_os_ample());
  hp_context *context = hp_test_context();
  hp_process *process = up_with_ladder(context, "arguments: ['write:up', pause]", stop);
  REQUIRE(process != NULL);
  hp_process_stop_async(process);
  hp_test_await_file("command");
  CHECK_INT(hp_process_wait(process, HP_PATIENCE_MS, NULL), 0);
  CHECK_TEXT(hp_process_stop_rung(process), hp_os_polite_rung());
  CHECK(!hp_os_is_running(hp_test_number_in("command")));
  CHECK(!hp_os_has_children());
  hp_process_close(process);
  hp_test_leave(context);
}

/* A tether that was never tied cannot be cut: waiting for it would be waiting for nothing. */
HP_TEST(a_rung_with_nothing_to_act_on) {
  hp_context *context = hp_test_context();
  struct hp_test_log log;
  hp_test_log_init(&log);
  hp_process *process = hp_test_begin(
      context,
      hp_test_child(
          "local", "arguments: ['ignore:15', 'mark:${env.D}/up', pause]", "ready: {kind: callback}",
          "stop: [{tether: true, wait: 1d}, {signal: TERM, wait: 100ms}, {kill: true}]", NULL),
      &log);
  REQUIRE(process != NULL);
  hp_test_await_file("up");
  hp_process_stop_async(process);
  CHECK_INT(hp_process_wait(process, HP_PATIENCE_MS, NULL), HP_EKILLED);
  CHECK_TEXT(hp_process_stop_rung(process), "kill");
  CHECK(!hp_test_log_has(&log, "tether"));
  hp_process_close(process);
  hp_test_leave(context);
  hp_test_log_fini(&log);
}

/* ---- While it starts ---- */

HP_TEST(a_stop_while_it_waits) {
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_begin(
      context, hp_test_child("local", "arguments: ['mark:${env.D}/up', pause]", READY, NULL), NULL);
  struct stopper stopper;
  hp_error *error = NULL;
  REQUIRE(process != NULL);
  hp_test_await_file("up");
  begin_stop(&stopper, process, -1);
  CHECK_INT(hp_process_wait_ready(process, -1, &error), HP_ECANCELED);
  CHECK_HAS(hp_error_message(error), "before it was ready");
  hp_error_free(error);
  CHECK_INT(end_stop(&stopper), 0);
  CHECK_INT(hp_process_state(process), HP_STATE_STOPPED);
  CHECK(!hp_os_is_running(hp_test_number_in("up")));
  hp_process_close(process);
  hp_test_leave(context);
}

struct late_stopper {
  hp_context *context;
  hp_process *process;
};

/* The handle is stored before start() blocks; a call that takes the context's lock makes that
 * visible here. */
static void stop_late(void *data) {
  static const struct hp_transport_ops nothing = {0};
  struct late_stopper *stopper = data;
  hp_test_await_file("up");
  hp_context_register_transport(stopper->context, &nothing, NULL);
  hp_process_shutdown(stopper->process, -1, NULL);
}

/* Between its start and its callback a server may hear no signal, or lose it. */
HP_TEST(a_tether_that_comes_after_the_stop_is_cut) {
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_begin(
      context,
      hp_test_child("local",
                    "arguments: ['ignore:15', 'mark:${env.D}/up', 'await:${env.D}/go', "
                    "'callback:${callback} ${endpoint.url}', tether, 'exit:0']",
                    "ready: {kind: callback}",
                    "stop: [{tether: true, wait: 1d}, {signal: TERM, wait: 1d}, {kill: true}]",
                    NULL),
      NULL);
  REQUIRE(process != NULL);
  hp_test_await_file("up");
  hp_process_shutdown_async(process, -1);
  hp_test_make_file("go");
  CHECK_INT(hp_process_wait(process, HP_PATIENCE_MS, NULL), 0);
  CHECK_INT(hp_process_state(process), HP_STATE_STOPPED);
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(a_blocking_start_is_stopped_from_outside) {
  struct late_stopper stopper = {.context = hp_test_context()};
  hp_options *options =
      hp_test_child("local", "arguments: ['mark:${env.D}/up', pause]", READY, NULL);
  uv_thread_t thread;
  REQUIRE(uv_thread_create(&thread, stop_late, &stopper) == 0);
  CHECK_INT(hp_process_start(stopper.context, options, &stopper.process, NULL), HP_ECANCELED);
  CHECK(!hp_os_is_running(hp_test_number_in("up")));
  uv_thread_join(&thread);
  CHECK_INT(hp_process_state(stopper.process), HP_STATE_STOPPED);
  hp_process_close(stopper.process);
  hp_options_free(options);
  hp_test_leave(stopper.context);
}

HP_TEST(a_stop_in_the_same_breath) {
  static const int64_t budgets[] = {0, -1, 50};
  hp_context *context = hp_test_context();
  const int count = hp_os_slowness() > 1 ? 12 : 30; /* 12 are all that is different */
  for (int i = 0; i < count; i++) {
    hp_process *process = hp_test_begin(context, hp_test_echo(i % 2 ? "tcp" : "local"), NULL);
    REQUIRE(process != NULL);
    if (i % 4) {
      int code = hp_process_shutdown(process, budgets[i % 3], NULL);
      CHECK(code == 0 || code == HP_EKILLED);
      code = hp_process_wait_ready(process, -1, NULL);
      CHECK(code == HP_ECANCELED || code == HP_ESTATE);
    }
    hp_process_close(process);
    CHECK_INT(hp_test_count_directories(), 0);
  }
  hp_test_leave(context);
}

HP_TEST(a_kill_while_it_waits) {
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_begin(
      context,
      hp_test_child("local", "arguments: ['ignore:15', 'mark:${env.D}/up', pause]", READY, NULL),
      NULL);
  REQUIRE(process != NULL);
  hp_test_await_file("up");
  CHECK_INT(hp_process_shutdown(process, 100, NULL), HP_EKILLED);
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), HP_ECANCELED);
  hp_process_close(process);
  hp_test_leave(context);
}
