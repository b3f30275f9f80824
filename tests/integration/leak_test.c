/* SPDX-License-Identifier: MIT */
/* Start and stop, over and over: not one descriptor, allocation, directory, process more. */
#include "tests/support/server.h"

#include "core/alloc.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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

static const struct hp_allocator counting = {count_realloc, count_free};

struct census {
  long descriptors, allocations, directories, threads;
  bool children;
};

static long count_names(const char *path) {
  DIR *list = opendir(path);
  long count = 0;
  while (list && readdir(list))
    count++;
  if (list)
    closedir(list);
  return count;
}

static struct census take_census(void) {
  return (struct census){
      .descriptors = count_names("/proc/self/fd"),
      .allocations = allocations,
      .directories = hp_test_count_directories(),
      .threads = count_names("/proc/self/task"),
      .children = hp_test_has_children(),
  };
}

static bool is_same(const struct census *a, const struct census *b) {
  return a->descriptors == b->descriptors && a->allocations == b->allocations &&
         a->directories == b->directories && a->threads == b->threads && a->children == b->children;
}

/* ---- The rounds ---- */

struct rounds {
  hp_context *context;
  hp_options *options[4];
};

static void init(struct rounds *rounds) {
  hp__set_allocator(&counting);
  rounds->context = hp_test_context();
  rounds->options[0] = hp_test_echo("unix");
  rounds->options[1] = hp_test_echo("tcp");
  rounds->options[2] = hp_test_child("unix", "arguments: ['error:ouch', 'raise:9']",
                                     "secrets: [password]", "ready: {kind: callback}", NULL);
  rounds->options[3] = hp_test_child("unix", "arguments: [pause]", "ready: {kind: notify}", NULL);
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
  CHECK_INT(hp_process_start(rounds->context, rounds->options[2], &process, NULL), HP_EEXITED);
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
  int count = full && strcmp(full, "1") == 0 ? 1000 : 100;
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
  CHECK_INT(after.threads, before.threads);
  CHECK(!after.children);
  CHECK(is_same(&before, &after));
  fini(&rounds);
}

HP_TEST(contexts_leave_nothing) {
  hp__set_allocator(&counting);
  for (int i = 0; i < 3; i++)
    hp_test_leave(hp_test_context());
  struct census before = take_census();
  for (int i = 0; i < 30; i++) {
    hp_context *context = hp_test_context();
    hp_process_close(hp_test_up(context, hp_test_echo("unix")));
    hp_test_leave(context);
  }
  struct census after = take_census();
  CHECK_INT(after.descriptors, before.descriptors);
  CHECK_INT(after.allocations, 0);
  hp__set_allocator(NULL);
}

/* ---- The check itself ---- */

HP_TEST(a_leak_would_be_seen) {
  hp__set_allocator(&counting);
  hp_context *context = hp_test_context();
  struct census before = take_census(), after = take_census();
  CHECK(is_same(&before, &after));

  int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  after = take_census();
  CHECK(!is_same(&before, &after));
  close(fd);

  void *memory = hp__alloc(1);
  after = take_census();
  CHECK(!is_same(&before, &after));
  hp__free(memory);

  mkdir(hp_test_path("run/hp-leaked00"), 0700);
  after = take_census();
  CHECK(!is_same(&before, &after));
  rmdir(hp_test_path("run/hp-leaked00"));

  pid_t pid = fork();
  if (pid == 0)
    _exit(0);
  after = take_census();
  CHECK(!is_same(&before, &after));
  waitpid(pid, NULL, 0);

  after = take_census();
  CHECK(is_same(&before, &after));
  hp_test_leave(context);
  hp__set_allocator(NULL);
}
