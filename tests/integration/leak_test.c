/* SPDX-License-Identifier: MIT */
/* Start and stop, over and over: not one descriptor, allocation, directory, process more. */
#include "tests/support/server.h"
#include "tests/support/tool.h"

#include "core/alloc.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_long allocations;

static void *count_realloc(void *memory, size_t size) {
  void *result = realloc(memory, size);
  allocations += result && !memory;
  return result;
}

static void count_free(void *memory) {
  allocations -= memory != NULL;
  free(memory);
}

static const struct hp_allocator counting = {.reallocate = count_realloc, .release = count_free};

struct census {
  long descriptors, allocations, directories, threads;
  bool children;
};

static struct census look(void) {
  return (struct census){
      .descriptors = hp_os_count_handles(),
      .allocations = allocations,
      .directories = hp_test_count_directories(),
      .threads = hp_os_count_threads(),
      .children = hp_os_has_children(),
  };
}

static bool is_same(const struct census *a, const struct census *b) {
  return a->descriptors == b->descriptors && a->allocations == b->allocations &&
         a->directories == b->directories && a->threads == b->threads && a->children == b->children;
}

/* A thread that has ended is gone a moment later, and one that begins opens what it needs. */
static struct census take_census(void) {
  struct census now = look(), before;
  int tries = 50;
  do {
    before = now;
    uv_sleep(2);
    now = look();
  } while (!is_same(&before, &now) && tries-- > 0);
  return now;
}

/* ---- The rounds ---- */

struct rounds {
  hp_context *context;
  hp_options *options[4];
};

static void init(struct rounds *rounds) {
  hp__set_allocator(&counting);
  rounds->context = hp_test_context();
  rounds->options[0] = hp_test_echo("local");
  rounds->options[1] = hp_test_echo("tcp");
  rounds->options[2] = hp_test_child("local", "arguments: ['error:ouch', 'raise:9']",
                                     "secrets: [password]", "ready: {kind: callback}", NULL);
  rounds->options[3] =
      hp_test_child("local", "arguments: [pause]", "ready: {kind: line, line: up}", NULL);
}

static void fini(struct rounds *rounds) {
  for (int i = 0; i < 4; i++)
    hp_options_free(rounds->options[i]);
  hp_test_leave(rounds->context);
  CHECK_INT(allocations, 0);
  hp__set_allocator(NULL);
}

/* One that dies, one that is cancelled, two that work. The order matters to the census: a notify
 * socket's memory goes with the loop's next turn, which the servers after it need. */
static void run_round(struct rounds *rounds) {
  hp_process *process;
  hp_error *error = NULL;
  hp_process_start(rounds->context, rounds->options[2], &process, &error);
  CHECK_HAS(hp_error_message(error), "before it was ready");
  CHECK_INT(hp_error_code(error), HP_EEXITED);
  hp_error_free(error);
  hp_process_close(process);
  CHECK_INT(hp_process_start_async(rounds->context, rounds->options[3], NULL, NULL, &process, NULL),
            0);
  CHECK_INT(hp_process_wait_ready(process, 1, NULL), HP_ETIMEDOUT);
  hp_process_close(process);
  for (int i = 0; i < 2; i++) {
    CHECK_INT(hp_process_start(rounds->context, rounds->options[i], &process, NULL), 0);
    hp_process_close(process);
  }
}

/* Sources are read again where the file changes; with several files in turn there is one more
 * reading each round, and no more memory. */
HP_TEST(rounds_leave_nothing) {
  struct rounds rounds;
  const char *full = getenv("HP_TEST_FULL");
  bool is_full = full && strcmp(full, "1") == 0, is_slow = hp_os_has_pool();
  int count = is_full ? (is_slow ? 500 : 1000) : is_slow ? 12 : 100;
  init(&rounds);
  for (int i = 0; i < 5; i++)
    run_round(&rounds);
  struct census before = take_census();
  for (int i = 0; i < count; i++)
    run_round(&rounds);
  struct census after = take_census();
  CHECK_INT(after.descriptors, before.descriptors);
  CHECK_INT(after.allocations, before.allocations);
  CHECK_INT(after.directories, before.directories);
  if (is_slow) /* there the system has a pool, which has a few more when there is much to do */
    CHECK(after.threads < before.threads + count / 2);
  else
    CHECK(is_same(&before, &after));
  CHECK(!after.children);
  fini(&rounds);
}

static void live_once(void) {
  hp_context *context = hp_test_context();
  hp_process_close(hp_test_up(context, hp_test_echo("local")));
  hp_test_leave(context);
}

HP_TEST(contexts_leave_nothing) {
  hp__set_allocator(&counting);
  for (int i = 0; i < 3; i++)
    live_once();
  struct census before = take_census();
  for (int i = 0; i < 30; i++)
    live_once();
  struct census after = take_census();
  CHECK_INT(after.descriptors, before.descriptors);
  CHECK_INT(after.allocations, 0);
  hp__set_allocator(NULL);
}

/* ---- The check itself ---- */

HP_TEST(a_leak_would_be_seen) {
  uv_fs_t request;
  hp__set_allocator(&counting);
  hp_context *context = hp_test_context();
  struct tool child;
  tool_program(&child, hp_test_program("hp-child"), "exit:0", NULL);
  CHECK_INT(tool_run(&child), 0); /* the first one opens what the others use */
  struct census before = take_census(), after = take_census();
  CHECK(is_same(&before, &after));

  FILE *file = fopen(hp_test_path("open"), "wb");
  after = take_census();
  CHECK(!is_same(&before, &after));
  fclose(file);

  void *memory = hp__alloc(1);
  after = take_census();
  CHECK(!is_same(&before, &after));
  hp__free(memory);

  CHECK(hp_os_make_directory(hp_test_path("run/hp-leaked00")));
  after = take_census();
  CHECK(!is_same(&before, &after));
  uv_fs_rmdir(NULL, &request, hp_test_path("run/hp-leaked00"), NULL);
  uv_fs_req_cleanup(&request);

  tool_program(&child, hp_test_program("hp-child"), "write:up", "pause", NULL);
  REQUIRE(tool_start(&child));
  after = take_census();
  CHECK(after.children);
  hp_os_kill(child.pid);
  tool_end(&child);

  after = take_census();
  CHECK(is_same(&before, &after));
  hp_test_leave(context);
  hp__set_allocator(NULL);
}
