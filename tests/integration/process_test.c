/* SPDX-License-Identifier: MIT */
/* From start to end: what a server that works answers, alone and among many. */
#include "tests/support/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_running(hp_process *process) {
  int64_t pid = hp_process_pid(process);
  CHECK_INT(hp_process_state(process), HP_STATE_READY);
  CHECK(pid > 0 && hp_os_is_running(pid));
  CHECK(hp_process_is_alive(process));
  CHECK(hp_process_is_verified(process));
  CHECK_INT(hp_process_containment(process), hp_test_platform()->containment);
  CHECK_INT(hp_process_exit_status(process).kind, HP_EXIT_NONE);
  CHECK_TEXT(hp_process_stop_rung(process), NULL);
  CHECK(hp_process_stop_time(process) == -1);
  CHECK(hp_test_talks(process));
}

static void check_stopped(hp_process *process, int64_t pid) {
  CHECK(!hp_os_is_running(pid));
  CHECK_INT(hp_process_state(process), HP_STATE_STOPPED);
  CHECK_INT(hp_process_pid(process), 0);
  CHECK(!hp_process_is_alive(process));
  CHECK_INT(hp_process_exit_status(process).kind, HP_EXIT_CODE);
  CHECK_INT(hp_process_exit_status(process).value, 0);
  CHECK_TEXT(hp_process_stop_rung(process), "tether");
  CHECK(hp_process_stop_time(process) >= 0 && hp_process_stop_time(process) < HP_PATIENCE_MS);
  CHECK_INT(hp_test_count_directories(), 0);
}

static const char *real_name(const char *transport) {
  return strcmp(transport, "local") == 0 ? hp_test_platform()->local : transport;
}

static void live(const char *transport) {
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_up(context, hp_test_echo(transport));
  REQUIRE(process != NULL);
  int64_t pid = hp_process_pid(process);
  check_running(process);
  CHECK_TEXT(hp_process_transport(process), real_name(transport));
  CHECK_TEXT(hp_process_descriptor(process), hp_process_endpoint(process));
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  check_stopped(process, pid);
  CHECK(hp_process_endpoint(process) != NULL);
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(local_from_start_to_end) {
  live("local");
}

HP_TEST(tcp_from_start_to_end) {
  live("tcp");
}

HP_TEST(parts_of_the_endpoint) {
  hp_context *context = hp_test_context();
  hp_process *local = hp_test_up(context, hp_test_echo("local"));
  hp_process *tcp = hp_test_up(context, hp_test_echo("tcp"));
  char text[1024];
  REQUIRE(local && tcp);
  struct hp_endpoint endpoint;
  CHECK_TEXT(hp_process_transport(local), real_name("local"));
  CHECK_INT(hp_endpoint_parse(&endpoint, hp_process_endpoint(local), NULL), 0);
  CHECK_TEXT(hp_process_path(local), endpoint.path);
  if (endpoint.kind == HP_ENDPOINT_UNIX)
    CHECK_HAS(hp_process_path(local), hp_test_path("run/hp-"));
  CHECK_TEXT(hp_process_host(local), NULL);
  CHECK_INT(hp_process_port(local), 0);
  CHECK_TEXT(hp_process_data_dir(local), NULL);
  snprintf(text, sizeof text, "tcp://127.0.0.1:%u", hp_process_port(tcp));
  CHECK_TEXT(hp_process_endpoint(tcp), text);
  CHECK_TEXT(hp_process_host(tcp), "127.0.0.1");
  CHECK_TEXT(hp_process_path(tcp), NULL);
  hp_process_close(local);
  hp_process_close(tcp);
  hp_test_leave(context);
}

HP_TEST(an_end_by_itself_is_told) {
  hp_context *context = hp_test_context();
  hp_options *options =
      hp_test_child("local", "arguments: ['write:up', 'await:${env.D}/go', 'write:bye', 'exit:4']",
                    "ready: {kind: line, line: up}", NULL);
  hp_process *process = hp_test_up(context, options);
  hp_error *error = NULL;
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_wait(process, 0, &error), HP_ETIMEDOUT);
  hp_error_free(error);
  error = NULL;
  hp_test_make_file("go");
  CHECK_INT(hp_process_wait(process, HP_PATIENCE_MS, &error), HP_EDIED);
  CHECK_INT(hp_error_phase(error), HP_PHASE_RUN);
  CHECK_INT(hp_error_os_code(error), 4);
  CHECK_HAS(hp_error_message(error), "exit code 4");
  CHECK_HAS(hp_error_detail(error, HP_DETAIL_OUTPUT), "bye");
  hp_error_free(error);
  CHECK_INT(hp_process_state(process), HP_STATE_FAILED);
  CHECK_INT(hp_process_exit_status(process).value, 4);
  CHECK_TEXT(hp_process_stop_rung(process), NULL);
  CHECK_INT(hp_process_shutdown(process, 0, NULL), HP_EDIED);
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(timeouts_may_be_as_long_as_they_want) {
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_begin(context, hp_test_echo("local"), NULL);
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_wait_ready(process, INT64_MAX, NULL), 0);
  CHECK_INT(hp_process_shutdown(process, INT64_MAX, NULL), 0);
  CHECK_INT(hp_process_wait(process, INT64_MAX, NULL), 0);
  hp_process_close(process);
  hp_test_leave(context);
}

/* ---- Many ---- */

enum { THREADS = 4, EACH = 4 };

struct worker {
  uv_thread_t thread;
  hp_context *contexts[2];
  int good;
};

static void work(void *data) {
  struct worker *worker = data;
  hp_process *processes[EACH] = {NULL};
  for (int i = 0; i < EACH; i++) {
    hp_options *options = hp_test_echo(i % 2 ? "tcp" : "local");
    hp_process_start(worker->contexts[i / 2 % 2], options, &processes[i], NULL);
    hp_options_free(options);
  }
  for (int i = 0; i < EACH; i++)
    worker->good += processes[i] && hp_test_talks(processes[i]);
  for (int i = 0; i < EACH; i++) {
    if (processes[i] && i % 2)
      worker->good += hp_process_shutdown(processes[i], -1, NULL) == 0;
    hp_process_close(processes[i]);
  }
}

static void work_together(hp_context *first, hp_context *second) {
  struct worker workers[THREADS];
  for (int i = 0; i < THREADS; i++) {
    workers[i] = (struct worker){.contexts = {first, second}};
    REQUIRE(uv_thread_create(&workers[i].thread, work, &workers[i]) == 0);
  }
  for (int i = 0; i < THREADS; i++) {
    uv_thread_join(&workers[i].thread);
    CHECK_INT(workers[i].good, EACH + EACH / 2);
  }
}

HP_TEST(sixteen_from_four_threads) {
  hp_context *context = hp_test_context();
  work_together(context, context);
  hp_test_leave(context);
}

HP_TEST(two_contexts_side_by_side) {
  hp_context *first = hp_test_context(), *second = hp_test_second_context();
  work_together(first, second);
  CHECK_INT(hp_context_free(second), 0);
  hp_test_leave(first);
}

/* One is ready, one waits, one prepares: all are closed, and at once. */
HP_TEST(the_context_closes_what_is_left) {
  hp_context *context = hp_test_context();
  hp_process *ready = hp_test_up(context, hp_test_echo("local"));
  hp_test_begin(context,
                hp_test_child("local", "arguments: ['mark:${env.D}/waits', pause]",
                              "ready: {kind: line, line: up}", NULL),
                NULL);
  hp_test_begin(context,
                hp_test_child("local", "arguments: [pause]",
                              "prepare: {command: ['${binary}', 'mark:${env.D}/prepares', pause], "
                              "creates: x}",
                              NULL),
                NULL);
  REQUIRE(ready != NULL);
  int64_t pid = hp_process_pid(ready);
  hp_test_await_file("waits");
  hp_test_await_file("prepares");
  hp_test_leave(context);
  CHECK(!hp_os_is_running(pid));
  CHECK(!hp_os_is_running(hp_test_number_in("waits")));
  CHECK(!hp_os_is_running(hp_test_number_in("prepares")));
}

HP_TEST(a_start_that_cannot_be_planned_leaves_nothing) {
  hp_context *context = hp_test_context();
  hp_options *options = hp_test_echo("local");
  hp_process *process = (hp_process *)options;
  hp_error *error = NULL;
  hp_options_set(options, "greting", "x", NULL);
  CHECK_INT(hp_process_start(context, options, &process, &error), HP_ECONFIG);
  CHECK(process == NULL);
  CHECK_HAS(hp_error_message(error), "did you mean 'greeting'");
  hp_error_free(error);
  hp_options_free(options);
  CHECK(!hp_os_has_children());
  hp_test_leave(context);
}
