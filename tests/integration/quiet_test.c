/* SPDX-License-Identifier: MIT */
/* What a host's servers must not notice of it, and it not of them. */
#include "tests/support/served.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- nothing but the listed descriptors reaches a server ---- */

enum { FILES = 20, PIPES = 10, SOCKETS = 5, OPEN = FILES + 2 * PIPES + 2 * SOCKETS };

static int opened[OPEN];

/* All of them would be inherited. */
static void open_many(void) {
  int count = 0;
  char path[700];
  for (int i = 0; i < FILES; i++) {
    snprintf(path, sizeof path, "%s/file%d", hp_world_directory(), i);
    opened[count++] = open(path, O_RDWR | O_CREAT, 0600);
  }
  for (int i = 0; i < PIPES; i++, count += 2)
    CHECK_INT(pipe(opened + count), 0);
  for (int i = 0; i < SOCKETS; i++, count += 2)
    CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM, 0, opened + count), 0);
}

static void close_many(void) {
  for (int i = 0; i < OPEN; i++)
    close(opened[i]);
}

static bool is_opened(const struct stat *info) {
  struct stat ours;
  for (int i = 0; i < OPEN; i++)
    if (fstat(opened[i], &ours) == 0 && ours.st_dev == info->st_dev && ours.st_ino == info->st_ino)
      return true;
  return false;
}

/* How many descriptors of the process are ours; -1 when they cannot be seen. */
static int count_inherited(pid_t pid) {
  char path[64];
  struct stat info;
  snprintf(path, sizeof path, "/proc/%d/fd", pid);
  DIR *list = opendir(path);
  int count = list ? 0 : -1;
  for (struct dirent *entry; list && (entry = readdir(list));)
    if (entry->d_name[0] != '.' && fstatat(dirfd(list), entry->d_name, &info, 0) == 0)
      count += is_opened(&info);
  if (list)
    closedir(list);
  return count;
}

static void check_inheritance(struct hp_served *served) {
  open_many();
  if (hp_served_start(served)) {
    CHECK_INT(count_inherited((pid_t)hp_process_pid(served->process)), 0);
    hp_process_close(served->process);
    served->process = NULL;
  }
  close_many();
  hp_served_end(served);
}

HP_TEST(no_descriptor_of_the_host_reaches_echo) {
  SERVED(echo, "echo", "unix", "sh");
  check_inheritance(&echo);
}

HP_TEST(no_descriptor_of_the_host_reaches_redis) {
  SERVED(redis, "redis", "tcp", "sh");
  check_inheritance(&redis);
}

/* The count does see them where nobody takes care. */
HP_TEST(descriptors_of_a_careless_child_are_seen) {
  hp_world_begin();
  open_many();
  int input, output;
  const char *argv[] = {"cat", NULL};
  char line[16];
  pid_t child = hp_world_start(argv, &input, &output);
  CHECK_INT(write(input, "here\n", 5), 5);
  CHECK(hp_world_read_line(output, "here", line, sizeof line)); /* it is past exec */
  CHECK_INT(count_inherited(child), OPEN);
  close(input);
  close(output);
  CHECK_INT(waitpid(child, NULL, 0), child);
  close_many();
}

/* ---- idle servers cost nothing ---- */

enum { SERVERS = 100, TASKS_MAX = 64 };

static size_t list_tasks(pid_t *tasks) {
  DIR *list = opendir("/proc/self/task");
  size_t count = 0;
  for (struct dirent *entry; count < TASKS_MAX && (entry = readdir(list));)
    if (entry->d_name[0] != '.')
      tasks[count++] = atoi(entry->d_name);
  closedir(list);
  return count;
}

static long count_switches_of(pid_t task) {
  char file[64];
  snprintf(file, sizeof file, "task/%d/status", task);
  const char *text = strstr(hp_world_proc(getpid(), file), "\nvoluntary_ctxt_switches:");
  const char *forced = text ? strstr(text, "\nnonvoluntary_ctxt_switches:") : NULL;
  CHECK(forced);
  return forced ? strtol(text + 25, NULL, 10) + strtol(forced + 28, NULL, 10) : 0;
}

/* Of all threads that were not there before. */
static long count_switches(const pid_t *before, size_t before_count) {
  pid_t tasks[TASKS_MAX];
  size_t count = list_tasks(tasks);
  long switches = 0;
  for (size_t i = 0; i < count; i++) {
    bool old = false;
    for (size_t k = 0; k < before_count; k++)
      old = old || before[k] == tasks[i];
    switches += old ? 0 : count_switches_of(tasks[i]);
  }
  return switches;
}

static void pass_ms(long milliseconds) {
  struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  nanosleep(&pause, NULL);
}

/* Starting them has its aftermath: handles that close, a sweep. */
static long settle(const pid_t *before, size_t count) {
  long last = -1, now = count_switches(before, count);
  for (int i = 0; now != last && i < 100; i++) {
    last = now;
    pass_ms(100);
    now = count_switches(before, count);
  }
  return now;
}

HP_TEST(a_hundred_idle_servers_switch_no_context) {
  static hp_process *servers[SERVERS];
  const char *full = getenv("HP_TEST_FULL");
  pid_t before[TASKS_MAX];
  hp_context *context;
  hp_options *options;
#ifdef __SANITIZE_THREAD__
  SKIP("ThreadSanitizer has a thread of its own, which ticks");
#endif
  hp_world_begin();
  size_t count = list_tasks(before);
  REQUIRE(hp_context_new(&context, NULL) == 0 && hp_options_new(&options, NULL) == 0);
  hp_options_set_server(options, "echo", NULL);
  for (int i = 0; i < SERVERS; i++)
    CHECK_INT(hp_process_start_async(context, options, NULL, NULL, &servers[i], NULL), 0);
  for (int i = 0; i < SERVERS; i++)
    CHECK_INT(hp_process_wait_ready(servers[i], -1, NULL), 0);
  long began = settle(before, count);
  CHECK(began > 0);
  pass_ms(full && full[0] == '1' ? 60000 : 5000);
  CHECK_INT(count_switches(before, count) - began, 0);
  kill((pid_t)hp_process_pid(servers[0]), SIGKILL); /* and yet its end is seen */
  CHECK_INT(hp_process_wait(servers[0], 5000, NULL), HP_EDIED);
  CHECK(count_switches(before, count) > began);
  hp_context_free(context);
  hp_options_free(options);
  CHECK_TEXT(hp_world_left(), "");
}
