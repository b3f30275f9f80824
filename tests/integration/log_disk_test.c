/* SPDX-License-Identifier: MIT */
/* The log while the disk is full, and while it is slow. */
#include "tests/support/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KILOBYTE = 1024, DISK = 512 * KILOBYTE, BALLAST = 256 * KILOBYTE, THREADS = 64 };

static struct text {
  char bytes[4 << 20];
  size_t length;
} text;

static void read_text(const char *path) {
  FILE *file = fopen(path, "rb");
  text.length = file ? fread(text.bytes, 1, sizeof text.bytes - 1, file) : 0;
  text.bytes[text.length] = '\0';
  CHECK(file && fclose(file) == 0);
}

static hp_process *begin(hp_context *context, const char *folder, const char *arguments,
                         struct hp_test_log *log) {
  hp_options *options = hp_test_child("local", arguments, "ready: {kind: line, line: up}", NULL);
  CHECK_INT(hp_options_set_log_dir(options, hp_test_path(folder), NULL), 0);
  hp_process *process = hp_test_begin(context, options, log);
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  return process;
}

static int count_of(const char *words, const char *part) {
  int count = 0;
  for (const char *at = words; (at = strstr(at, part)); at++)
    count++;
  return count;
}

/* ---- A full disk ---- */

static void fill(const char *path, size_t size) {
  static char bytes[BALLAST];
  FILE *file = fopen(path, "wb");
  CHECK(file && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

static long long number_after(const char *words, const char *part) {
  const char *at = strstr(words, part);
  return at ? atoll(at + strlen(part)) : -1;
}

/* Every byte is in the file, or among those that it says are missing. */
static void check_whole(long long written) {
  static const char begins[] = "\n[hyperprocess: ", ends[] = " bytes are missing here]\n";
  char mark[80];
  long long missing = number_after(text.bytes, begins);
  int length = snprintf(mark, sizeof mark, "%s%lld%s", begins + 1, missing, ends);
  CHECK(missing > 0);
  CHECK_HAS(text.bytes, mark);
  const char *at = strstr(text.bytes, mark);
  bool cut = at && at - text.bytes >= 2 && at[-2] == 'x' && (at - 1 - text.bytes) % 64 != 63;
  long long expected = written - missing + length;
  CHECK((long long)text.length == expected || (cut && (long long)text.length == expected + 1));
}

HP_TEST(full_disk) {
  hp_context *context;
  struct hp_test_log log;
  if (!hp_os_make_directory(hp_test_path("small")) ||
      !hp_os_mount_small(hp_test_path("small"), DISK))
    SKIP("nobody but root mounts a small disk of a process's own, on Linux");
  fill(hp_test_path("small/ballast"), BALLAST);
  context = hp_test_context();
  hp_test_log_init(&log);
  hp_process *process =
      begin(context, "small/logs",
            "arguments: ['flood:1', 'write:up', 'await:${env.D}/go', 'write:then', "
            "'mark:${env.D}/said', pause]",
            &log);
  hp_test_log_await(&log, "(its log cannot be written");
  CHECK_INT(hp_process_state(process), HP_STATE_READY);
  CHECK_INT(remove(hp_test_path("small/ballast")), 0);
  hp_test_make_file("go");
  hp_test_await_file("said");
  hp_test_log_await(&log, "(its log is written again, ");
  hp_process_shutdown(process, -1, NULL);
  hp_process_close(process);
  CHECK_INT(count_of(log.text, "its log cannot be written"), 1);
  CHECK_INT(count_of(log.text, "its log is written again"), 1);
  read_text(hp_test_path("small/logs/t.log"));
  check_whole((1 << 20) + 3 + 5);
  CHECK(strcmp(text.bytes + text.length - 6, "\nthen\n") == 0);
  hp_test_log_fini(&log);
  hp_test_leave(context);
  hp_os_unmount(hp_test_path("small"));
}

HP_TEST(a_loss_at_the_end_is_told) {
  hp_context *context;
  struct hp_test_log log;
  if (!hp_os_make_directory(hp_test_path("small")) ||
      !hp_os_mount_small(hp_test_path("small"), DISK))
    SKIP("nobody but root mounts a small disk of a process's own, on Linux");
  context = hp_test_context();
  hp_test_log_init(&log);
  hp_process *process =
      begin(context, "small/logs",
            "arguments: ['write:up', 'await:${env.D}/go', 'flood:1', 'exit:0']", &log);
  hp_test_make_file("go");
  hp_process_wait(process, -1, NULL);
  hp_process_close(process);
  CHECK_INT(count_of(log.text, "its log cannot be written"), 1);
  CHECK_INT(count_of(log.text, "(its log lacks its end, "), 1);
  read_text(hp_test_path("small/logs/t.log"));
  CHECK_INT(number_after(log.text, "its log lacks its end, "),
            (1 << 20) + 3 - (long long)text.length);
  CHECK_INT(count_of(strstr(log.text, "lacks its end"), "failed "), 1);
  hp_test_log_fini(&log);
  hp_test_leave(context);
  hp_os_unmount(hp_test_path("small"));
}

/* ---- A slow disk: every thread that could write is taken ---- */

static struct {
  uv_loop_t loop;
  uv_work_t works[THREADS];
  uv_sem_t taken, go;
  int count;
} pool;

static void be_taken(uv_work_t *work) {
  (void)work;
  uv_sem_post(&pool.taken);
  uv_sem_wait(&pool.go);
}

static void given_back(uv_work_t *work, int status) {
  (void)work;
  (void)status;
}

static void take_pool(void) {
  const char *size = getenv("UV_THREADPOOL_SIZE");
  pool.count = size ? atoi(size) : 4;
  uv_loop_init(&pool.loop);
  uv_sem_init(&pool.taken, 0);
  uv_sem_init(&pool.go, 0);
  for (int i = 0; i < pool.count; i++)
    uv_queue_work(&pool.loop, &pool.works[i], be_taken, given_back);
  for (int i = 0; i < pool.count; i++)
    uv_sem_wait(&pool.taken);
}

static void give_pool_back(void) {
  for (int i = 0; i < pool.count; i++)
    uv_sem_post(&pool.go);
  uv_run(&pool.loop, UV_RUN_DEFAULT);
  CHECK_INT(uv_loop_close(&pool.loop), 0);
  uv_sem_destroy(&pool.taken);
  uv_sem_destroy(&pool.go);
}

/* What is more than the buffer stays in the pipe, also when its writer has ended meanwhile. */
HP_TEST(slow_disk) {
  NEEDS(HP_OS_SIGNALS); /* there a pipe has room for the rest */
  enum { BUFFERED = 200000, REST = 90000 };
  hp_context *context = hp_test_context();
  struct hp_test_log log;
  char arguments[400];
  snprintf(arguments, sizeof arguments,
           "arguments: ['write:up', 'await:${env.D}/go', 'long-line:%d', 'mark:${env.D}/said', "
           "'long-line:%d', 'mark:${env.D}/over', 'exit:0']",
           BUFFERED, REST);
  hp_test_log_init(&log);
  hp_process *process = begin(context, "logs", arguments, &log);
  int64_t pid = hp_process_pid(process);
  take_pool();
  hp_test_make_file("go");
  CHECK(hp_test_await_file("said"));
  CHECK(hp_test_await_file("over"));
  CHECK(hp_test_await_gone(pid));
  CHECK_INT(hp_process_wait(process, 100, NULL), HP_ETIMEDOUT);
  give_pool_back();
  hp_process_wait(process, -1, NULL);
  hp_process_close(process);
  CHECK(!hp_test_log_has(&log, "its log"));
  read_text(hp_test_path("logs/t.log"));
  CHECK_INT(text.length, 3 + BUFFERED + REST);
  hp_test_log_fini(&log);
  hp_test_leave(context);
}
