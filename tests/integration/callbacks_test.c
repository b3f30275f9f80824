/* SPDX-License-Identifier: MIT */
/* What a callback is told, and what it may do. */
#include "tests/support/os.h"
#include "tests/support/server.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

HP_TEST(states_come_in_order) {
  hp_context *context = hp_test_context();
  struct hp_test_log log;
  hp_test_log_init(&log);
  hp_process *process = hp_test_begin(context, hp_test_echo("local"), &log);
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  hp_process_close(process);
  CHECK_TEXT(hp_test_log_states(&log), "preparing starting waiting ready stopping stopped ");
  CHECK_HAS(log.text, "(tether)");
  hp_test_leave(context);
  hp_test_log_fini(&log);
}

/* ---- Calls that would wait for themselves ---- */

struct refusals {
  hp_context *context;
  hp_options *options;
  int codes[5];
};

static void block(hp_process *process, const hp_event *event, struct hp_test_log *log) {
  struct refusals *refusals = log->data;
  hp_process *other = NULL;
  if (hp_event_kind(event) != HP_EVENT_STATE || hp_event_state(event) != HP_STATE_READY)
    return;
  refusals->codes[0] = hp_process_wait_ready(process, -1, NULL);
  refusals->codes[1] = hp_process_wait(process, -1, NULL);
  refusals->codes[2] = hp_process_shutdown(process, 0, NULL);
  refusals->codes[3] = hp_process_start(refusals->context, refusals->options, &other, NULL);
  refusals->codes[4] = hp_context_free(refusals->context);
}

HP_TEST(blocking_calls_are_refused) {
  struct refusals refusals = {.context = hp_test_context(), .options = hp_test_echo("local")};
  struct hp_test_log log;
  hp_test_log_init(&log);
  log.hook = block;
  log.data = &refusals;
  hp_process *process = hp_test_begin(refusals.context, hp_test_echo("local"), &log);
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  hp_process_close(process);
  for (size_t i = 0; i < sizeof refusals.codes / sizeof *refusals.codes; i++)
    CHECK_INT(refusals.codes[i], HP_EDEADLK);
  hp_options_free(refusals.options);
  hp_test_leave(refusals.context);
  hp_test_log_fini(&log);
}

/* ---- Calls that do not wait, at each state ---- */

struct at_state {
  enum hp_state state;
  void (*act)(hp_process *process);
  int count;
};

static void act_at_state(hp_process *process, const hp_event *event, struct hp_test_log *log) {
  struct at_state *at = log->data;
  if (hp_event_kind(event) == HP_EVENT_STATE && hp_event_state(event) == at->state &&
      at->count++ == 0)
    at->act(process);
}

static void stop_gently(hp_process *process) {
  hp_process_shutdown_async(process, -1);
}

static void stop_hard(hp_process *process) {
  hp_process_shutdown_async(process, 0);
}

static void stop_twice(hp_process *process) {
  hp_process_stop_async(process);
  hp_process_shutdown_async(process, 1000);
}

static void stop_at(hp_context *context, enum hp_state state, void (*stop)(hp_process *)) {
  struct at_state at = {.state = state, .act = stop};
  struct hp_test_log log;
  hp_test_log_init(&log);
  log.hook = act_at_state;
  log.data = &at;
  hp_process *process = hp_test_begin(context, hp_test_echo("local"), &log);
  REQUIRE(process != NULL);
  int ready = hp_process_wait_ready(process, -1, NULL);
  if (state >= HP_STATE_STOPPING)
    hp_process_shutdown_async(process, -1);
  int ended = hp_process_wait(process, HP_PATIENCE_MS, NULL);
  /* CTRL_C is lost on a program that is still being loaded; TERM is not. */
  bool is_deaf = state == HP_STATE_WAITING && hp_os_lacks(HP_OS_SIGNALS);
  CHECK(ended == 0 || (is_deaf && ended == HP_EKILLED));
  CHECK(ready == 0 || ready == HP_ECANCELED || ready == HP_ESTATE);
  CHECK(state < HP_STATE_READY ? ready == HP_ECANCELED : true);
  CHECK_INT(hp_process_state(process), HP_STATE_STOPPED);
  hp_process_close(process); /* the last callback may come after the end of the wait, not later */
  CHECK_INT(at.count, 1);
  CHECK_HAS(hp_test_log_states(&log), "stopped ");
  hp_test_log_fini(&log);
}

static const enum hp_state states[] = {HP_STATE_PREPARING, HP_STATE_STARTING, HP_STATE_WAITING,
                                       HP_STATE_READY,     HP_STATE_STOPPING, HP_STATE_STOPPED};

HP_TEST(a_stop_from_inside_at_each_state) {
  hp_context *context = hp_test_context();
  for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
    stop_at(context, states[i], stop_gently);
    stop_at(context, states[i], stop_hard);
    stop_at(context, states[i], stop_twice);
  }
  hp_test_leave(context);
}

/* The handle is freed when the server has ended; the context waits for that. */
HP_TEST(close_from_inside_at_each_state) {
  hp_context *context = hp_test_context();
  struct hp_test_log logs[sizeof states / sizeof *states];
  struct at_state at[sizeof states / sizeof *states];
  for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
    at[i] = (struct at_state){.state = states[i], .act = hp_process_close};
    hp_test_log_init(&logs[i]);
    logs[i].hook = act_at_state;
    logs[i].data = &at[i];
    hp_process *process = hp_test_begin(context, hp_test_echo(i % 2 ? "tcp" : "local"), &logs[i]);
    if (states[i] >= HP_STATE_STOPPING && hp_test_log_await(&logs[i], "ready "))
      hp_process_shutdown_async(process, -1);
    hp_test_log_await(&logs[i], "stopped ");
  }
  hp_test_leave(context);
  for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
    CHECK_INT(at[i].count, 1);
    hp_test_log_fini(&logs[i]);
  }
}

/* ---- Starting from inside ---- */

struct chain {
  hp_context *context;
  hp_options *options;
  struct hp_test_log *second;
  hp_process *process;
  int code;
};

static void start_next(hp_process *process, const hp_event *event, struct hp_test_log *log) {
  struct chain *chain = log->data;
  (void)process;
  if (hp_event_kind(event) == HP_EVENT_STATE && hp_event_state(event) == HP_STATE_READY)
    chain->code = hp_process_start_async(chain->context, chain->options, hp_test_log_event,
                                         chain->second, &chain->process, NULL);
}

HP_TEST(a_start_from_inside) {
  struct hp_test_log logs[2];
  struct chain chain = {
      .context = hp_test_context(), .options = hp_test_echo("tcp"), .second = &logs[1]};
  hp_test_log_init(&logs[0]);
  hp_test_log_init(&logs[1]);
  logs[0].hook = start_next;
  logs[0].data = &chain;
  hp_process *process = hp_test_begin(chain.context, hp_test_echo("local"), &logs[0]);
  REQUIRE(process != NULL);
  hp_test_log_await(&logs[1], "ready ");
  CHECK_INT(chain.code, 0);
  CHECK(hp_test_talks(chain.process));
  hp_process_close(chain.process);
  hp_process_close(process);
  hp_options_free(chain.options);
  hp_test_leave(chain.context);
  hp_test_log_fini(&logs[0]);
  hp_test_log_fini(&logs[1]);
}

/* ---- What an event carries ---- */

struct carried {
  atomic_int error;
  atomic_llong remaining;
};

static void note_carried(hp_process *process, const hp_event *event, struct hp_test_log *log) {
  struct carried *carried = log->data;
  (void)process;
  if (hp_event_kind(event) != HP_EVENT_STATE)
    return;
  if (hp_event_state(event) == HP_STATE_WAITING)
    carried->remaining = hp_event_remaining(event);
  carried->error = hp_event_error(event) ? hp_error_code(hp_event_error(event)) : 0;
}

static int last_error(hp_options *options, int64_t budget) {
  hp_context *context = hp_test_context();
  struct carried carried = {0};
  struct hp_test_log log;
  hp_test_log_init(&log);
  log.hook = note_carried;
  log.data = &carried;
  hp_process *process = hp_test_begin(context, options, &log);
  if (process && hp_test_log_await(&log, "ready "))
    hp_process_shutdown(process, budget, NULL);
  hp_process_close(process);
  hp_test_leave(context);
  hp_test_log_fini(&log);
  CHECK(carried.remaining > 0 && carried.remaining <= HP_PATIENCE_MS + 1);
  return carried.error;
}

HP_TEST(the_last_event_tells_of_force) {
  static const char arguments[] = "arguments: ['ignore:15', 'write:up', pause]";
  static const char ready[] = "ready: {kind: line, line: up}";
  CHECK_INT(last_error(hp_test_child("local", arguments, ready, NULL), 50), HP_EKILLED);
  CHECK_INT(last_error(hp_test_child("local", arguments, ready, NULL), 0), 0);
  CHECK_INT(last_error(hp_test_echo("local"), -1), 0);
}

/* ---- The end of the context ---- */

struct starter {
  hp_context *context;
  hp_options *options;
  int code;
};

static void start_another(hp_process *process, const hp_event *event, void *data) {
  struct starter *starter = data;
  hp_process *other;
  (void)process;
  if (hp_event_state(event) == HP_STATE_STOPPED)
    starter->code = hp_process_start_async(starter->context, starter->options, start_another, data,
                                           &other, NULL);
}

/* It would never come to an end if it took them. */
HP_TEST(a_context_that_is_closed_takes_no_new_server) {
  struct starter starter = {.context = hp_test_context(), .options = hp_test_echo("local")};
  hp_process *process;
  REQUIRE(hp_process_start_async(starter.context, starter.options, start_another, &starter,
                                 &process, NULL) == 0);
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  hp_test_leave(starter.context);
  CHECK_INT(starter.code, HP_ESTATE);
  hp_options_free(starter.options);
}
