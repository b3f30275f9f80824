/* SPDX-License-Identifier: MIT */
/* What servers write, who holds their pipes, and what they leave running. */
#include "tests/support/server.h"

#include "core/alloc.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Much of it ---- */

static atomic_size_t in_use, peak;

static void note(size_t size) {
  size_t now = atomic_fetch_add(&in_use, size) + size;
  if (now > peak)
    peak = now;
}

static void *count_realloc(void *memory, size_t size) {
  size_t before = hp_os_allocated(memory);
  void *result = realloc(memory, size);
  if (result) {
    in_use -= before;
    note(hp_os_allocated(result));
  }
  return result;
}

static void count_free(void *memory) {
  in_use -= hp_os_allocated(memory);
  free(memory);
}

HP_TEST(twenty_megabytes_block_nobody) {
  static const struct hp_allocator counting = {.reallocate = count_realloc, .release = count_free};
  hp__set_allocator(&counting);
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_up(
      context, hp_test_child("local",
                             "arguments: ['flood:20', 'write:up', 'await:${env.D}/go', 'flood:20', "
                             "'long-line:100000', 'mark:${env.D}/done', pause]",
                             "ready: {kind: line, line: up}", NULL));
  REQUIRE(process != NULL);
  size_t before = in_use;
  hp_test_make_file("go");
  hp_test_await_file("done");
  CHECK(peak < before + 64 * 1024);
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  hp_process_close(process);
  hp_test_leave(context);
  CHECK_INT(in_use, 0);
  hp__set_allocator(NULL);
}

/* While it is asked to stop it still writes. */
HP_TEST(output_during_the_stop) {
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_up(
      context,
      hp_test_child("local",
                    "arguments: ['block:15', 'write:up', 'await-signal:15', 'flood:20', 'exit:0']",
                    "ready: {kind: line, line: up}", NULL));
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  CHECK_INT(hp_process_exit_status(process).kind, HP_EXIT_CODE);
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(closed_output_is_no_end) {
  hp_context *context = hp_test_context();
  hp_process *process =
      hp_test_up(context, hp_test_child("local",
                                        "transports: {local: {arguments: [close-output, "
                                        "'listen:${endpoint.url}', serve]}}",
                                        NULL));
  REQUIRE(process != NULL);
  CHECK(hp_process_is_alive(process));
  CHECK(hp_test_talks(process));
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(the_tail_is_whole_lines) {
  hp_context *context = hp_test_context();
  hp_process *process;
  hp_error *error;
  hp_options *options =
      hp_test_child("local", "arguments: ['flood:1', 'write:the last word', 'part:!', 'exit:1']",
                    "ready: {kind: callback}", NULL);
  CHECK_INT(hp_test_start(context, options, &process, &error), HP_EEXITED);
  const char *tail = hp_error_detail(error, HP_DETAIL_OUTPUT);
  REQUIRE(tail != NULL);
  CHECK(strlen(tail) <= 4096);
  CHECK_INT(strcspn(tail, "\n"), 63);
  CHECK_HAS(tail, "x\nthe last word\n!");
  hp_error_free(error);
  hp_test_leave(context);
}

/* ---- Descendants ---- */

static int64_t descendant_in(const char *output) {
  const char *word = output ? strstr(output, "descendant ") : NULL;
  return word ? atoll(word + strlen("descendant ")) : -1;
}

/* The pipe stays open for as long as the descendant likes: the end is told all the same. */
static hp_error *end_with(hp_context *context, const char *fork) {
  char arguments[256];
  snprintf(arguments, sizeof arguments, "arguments: ['%s', 'await:${env.D}/go', 'exit:5']", fork);
  hp_error *error = NULL;
  hp_process *process = hp_test_up(
      context, hp_test_child("local", arguments, "ready: {kind: line, line: descendant}", NULL));
  if (!process)
    return NULL;
  double began = hp_test_now();
  hp_test_make_file("go");
  CHECK_INT(hp_process_wait(process, HP_PATIENCE_MS, &error), HP_EDIED);
  CHECK_TOOK(began, 0);
  hp_process_close(process);
  return error;
}

HP_TEST(a_descendant_that_holds_the_pipe) {
  hp_context *context = hp_test_context();
  hp_error *error = end_with(context, "fork:away");
  REQUIRE(error != NULL);
  int64_t pid = descendant_in(hp_error_detail(error, HP_DETAIL_OUTPUT));
  CHECK(pid > 0);
  hp_test_await_gone(pid); /* it left the group, but has our pipe */
  hp_error_free(error);
  hp_test_leave(context);
}

HP_TEST(descendants_go_with_a_server_that_dies) {
  hp_context *context = hp_test_context();
  hp_error *error = end_with(context, "fork");
  REQUIRE(error != NULL);
  int64_t pid = descendant_in(hp_error_detail(error, HP_DETAIL_OUTPUT));
  CHECK(pid > 0);
  hp_test_await_gone(pid);
  hp_error_free(error);
  hp_test_leave(context);
}

/* The leader ends on its own signal alone, the rest of the group is swept up. */
HP_TEST(descendants_go_with_a_server_that_is_stopped) {
  NEEDS(HP_OS_SIGNALS);
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_up(
      context, hp_test_child("local", "arguments: [fork, 'write:up', 'mark:${env.D}/up', pause]",
                             "ready: {kind: line, line: up}",
                             "stop: [{signal: INT, to: leader, wait: 20s}, {kill: true}]", NULL));
  REQUIRE(process != NULL);
  hp_test_await_file("up");
  int64_t pid = hp_os_child_of(hp_process_pid(process));
  CHECK(hp_os_is_running(pid));
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  CHECK_TEXT(hp_process_stop_rung(process), "signal INT");
  hp_test_await_gone(pid);
  hp_process_close(process);
  hp_test_leave(context);
}
