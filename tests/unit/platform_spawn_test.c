/* SPDX-License-Identifier: MIT */
/* What reaches a child, and what a spawn that fails says. */
#include "tests/support/spawned.h"

#include "core/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int count_of(const char *text, const char *part) {
  int count = 0;
  for (; (text = strstr(text, part)); text++)
    count++;
  return count;
}

HP_TEST(nothing_but_stdio_reaches_the_child) {
  struct hp_spawned spawned;
  int open_here[60];
  for (int i = 0; i < 60; i++)
    open_here[i] = open("/etc/passwd", O_RDONLY | (i % 2 ? O_CLOEXEC : 0));
  int high = fcntl(open_here[0], F_DUPFD, 900);
  hp_spawned_init(&spawned, "fds", "read", NULL);
  hp_spawned_run(&spawned);
  CHECK_INT(count_of(spawned.output, "fd "), 3);
  CHECK_HAS(spawned.output, "fd 0 /dev/null");
  CHECK_HAS(spawned.output, "fd 1 pipe:");
  CHECK_HAS(spawned.output, "fd 2 pipe:");
  hp_spawned_fini(&spawned);
  for (int i = 0; i < 60; i++)
    close(open_here[i]);
  close(high);
}

HP_TEST(a_host_with_closed_stdio) {
  if (hp_test_is_emulated())
    SKIP("qemu-user has no pidfd, whose number is looked at here");
  struct hp_spawned spawned;
  int kept[3];
  hp_spawned_init(&spawned, "write:out", "error:err", "fds", NULL);
  for (int fd = 0; fd < 3; fd++) {
    kept[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 100);
    close(fd);
  }
  int result = hp_spawned_start(&spawned);
  int pidfd = spawned.child.exit_fd;
  uv_os_fd_t pipe = -1;
  uv_fileno((uv_handle_t *)&spawned.pipes[0], &pipe);
  bool ended = result == 0 && hp_spawned_end(&spawned);
  bool stayed_closed = fcntl(1, F_GETFD) < 0 || pipe != 1;
  for (int fd = 0; fd < 3; fd++) {
    dup2(kept[fd], fd);
    close(kept[fd]);
  }
  CHECK_INT(result, 0);
  CHECK(ended && stayed_closed && pidfd > 2 && pipe > 2);
  CHECK_HAS(spawned.output, "out\n");
  CHECK_HAS(spawned.output, "err\n");
  CHECK_INT(count_of(spawned.output, "fd "), 3);
  hp_spawned_fini(&spawned);
}

HP_TEST(inherited_stdio_is_ours_and_never_closed) {
  struct hp_spawned spawned;
  char path[1024], text[8192] = "";
  snprintf(path, sizeof path, "%s", hp_test_file("inherited", ""));
  int file = open(path, O_RDWR | O_CLOEXEC), kept[2];
  hp_spawned_init(&spawned, "fds", "session", NULL);
  kept[0] = fcntl(0, F_DUPFD_CLOEXEC, 100);
  kept[1] = fcntl(1, F_DUPFD_CLOEXEC, 100);
  close(0);
  fflush(stdout);
  dup3(file, 1, O_CLOEXEC);
  spawned.spawn.inherit_stdio = true;
  spawned.spawn.session = HP_SESSION_OURS;
  int result = hp_spawned_start(&spawned);
  bool ended = result == 0 && hp_spawned_end(&spawned);
  dup2(kept[0], 0);
  dup2(kept[1], 1);
  CHECK(ended);
  CHECK(pread(file, text, sizeof text - 1, 0) > 0);
  CHECK_INT(count_of(text, "fd "), 3);
  CHECK_HAS(text, "fd 0 /dev/null");
  CHECK_HAS(text, "session 0");
  CHECK_INT(spawned.child.base.containment, HP_CONTAINMENT_DIRECT);
  hp_spawned_fini(&spawned);
  close(file);
  close(kept[0]);
  close(kept[1]);
}

static void handle(int number) {
  (void)number;
}

HP_TEST(signals_are_as_in_a_new_process) {
  struct hp_spawned spawned;
  sigset_t all, before;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, &before);
  void (*old_pipe)(int) = signal(SIGPIPE, SIG_IGN), (*old_term)(int) = signal(SIGTERM, handle),
       (*old_hup)(int) = signal(SIGHUP, SIG_IGN);
  hp_spawned_init(&spawned, "signals", "session", NULL);
  hp_spawned_run(&spawned);
  CHECK_HAS(spawned.output, "SigBlk:\t0000000000000000");
  CHECK_HAS(spawned.output, "SigIgn:\t0000000000000000");
  CHECK_HAS(spawned.output, "session 1");
  CHECK_INT(spawned.child.base.containment, HP_CONTAINMENT_TREE);
  hp_spawned_fini(&spawned);
  sigset_t now;
  sigprocmask(SIG_SETMASK, &before, &now);
  CHECK(sigismember(&now, SIGUSR1) == 1); /* ours is as it was */
  CHECK(signal(SIGTERM, old_term) == handle);
  CHECK(signal(SIGPIPE, old_pipe) == SIG_IGN);
  signal(SIGHUP, old_hup);
}

HP_TEST(arguments_environment_and_directory) {
  struct hp_spawned spawned;
  char first[] = "A=1", second[] = "LONG=a b\"c'";
  char *environment[] = {first, second, NULL};
  hp_spawned_init(&spawned, "environment", "cwd", "write:x y", NULL);
  spawned.spawn.environment = environment;
  spawned.spawn.directory = "/proc/self/../../usr";
  hp_spawned_run(&spawned);
  CHECK_HAS(spawned.output, "env A=1\nenv LONG=a b\"c'\ncwd /usr\nx y\n");
  CHECK_INT(count_of(spawned.output, "env "), 2);
  hp_spawned_fini(&spawned);
}

HP_TEST(the_death_signal_is_set) {
  struct hp_spawned spawned;
  hp_spawned_init(&spawned, "deathsignal", NULL);
  spawned.spawn.host_death_signal = "INT";
  hp_spawned_run(&spawned);
  CHECK_HAS(spawned.output, "death signal 2\n");
  hp_spawned_fini(&spawned);
}

HP_TEST(an_unknown_death_signal_is_refused) {
  struct hp_spawned spawned;
  hp_spawned_init(&spawned, NULL);
  spawned.spawn.host_death_signal = "SIGNOTHING";
  CHECK_INT(hp_spawned_start(&spawned), HP_EUNSUPPORTED);
  CHECK_HAS(hp_error_message(&spawned.error), "SIGNOTHING");
  hp_spawned_fini(&spawned);
}

static void expect_failure(struct hp_spawned *spawned, int code, int os_code, const char *message,
                           const char *cause) {
  CHECK_INT(hp_spawned_start(spawned), code);
  CHECK_INT(hp_error_os_code(&spawned->error), os_code);
  CHECK_HAS(hp_error_message(&spawned->error), message);
  CHECK_HAS(hp_error_cause(&spawned->error), cause);
  CHECK_INT(spawned->child.base.pid, 0);
  CHECK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD); /* no zombie is left */
  hp_spawned_fini(spawned);
}

static void expect_exec_failure(const char *program, int code, int os_code, const char *cause) {
  struct hp_spawned spawned;
  hp_spawned_init(&spawned, NULL);
  hp_spawned_program(&spawned, program, NULL);
  expect_failure(&spawned, code, os_code, "cannot exec /", cause);
}

static const char *make_program(const char *name, const char *content, mode_t mode) {
  const char *path = hp_test_file(name, content);
  chmod(path, mode);
  return path;
}

HP_TEST(a_missing_program) {
  expect_exec_failure("/nonexistent/server", HP_ESPAWN, ENOENT, "does not exist");
}

HP_TEST(a_missing_interpreter) {
  expect_exec_failure(make_program("script", "#!/nonexistent/perl -w\n", 0755), HP_ESPAWN, ENOENT,
                      "interpreter in its first line does not exist: /nonexistent/perl");
}

HP_TEST(a_file_that_is_not_executable) {
  expect_exec_failure(make_program("plain", "#!/bin/sh\n", 0644), HP_EACCESS, EACCES,
                      "not executable");
}

HP_TEST(a_directory_as_program) {
  expect_exec_failure("/usr", HP_EACCESS, EACCES, "it is a directory");
}

HP_TEST(a_file_of_no_known_format) {
  expect_exec_failure(make_program("text", "hello\n", 0755), HP_ESPAWN, ENOEXEC, "another format");
}

HP_TEST(a_program_that_is_being_written) {
  char path[1024];
  snprintf(path, sizeof path, "%s", make_program("busy", "#!/bin/sh\n", 0755));
  int file = open(path, O_WRONLY | O_CLOEXEC);
  expect_exec_failure(path, HP_ESPAWN, ETXTBSY, "being installed");
  close(file);
}

HP_TEST(arguments_that_are_too_long) {
  struct hp_spawned spawned;
  size_t size = 200 * 1024; /* one argument has its own limit of 128 KiB */
  char *argument = malloc(size);
  memset(argument, 'x', size);
  argument[size - 1] = '\0';
  hp_spawned_init(&spawned, argument, NULL);
  expect_failure(&spawned, HP_ESPAWN, E2BIG, "cannot exec /", "too long");
  free(argument);
}

HP_TEST(a_missing_working_directory) {
  struct hp_spawned spawned;
  hp_spawned_init(&spawned, NULL);
  spawned.spawn.directory = "/nonexistent/here";
  expect_failure(&spawned, HP_ESPAWN, ENOENT,
                 "cannot chdir to /nonexistent/here:", "does not exist");
}

HP_TEST(no_descriptor_left) {
  struct hp_spawned spawned;
  struct rlimit limit, less;
  hp_spawned_init(&spawned, NULL);
  getrlimit(RLIMIT_NOFILE, &limit);
  less = limit;
  less.rlim_cur = (rlim_t)dup(0) + 2;
  close((int)less.rlim_cur - 2);
  setrlimit(RLIMIT_NOFILE, &less);
  int result = hp_spawned_start(&spawned);
  setrlimit(RLIMIT_NOFILE, &limit);
  CHECK_INT(result, HP_ESPAWN);
  CHECK_INT(hp_error_os_code(&spawned.error), EMFILE);
  CHECK_HAS(hp_error_cause(&spawned.error), "descriptors");
  hp_spawned_fini(&spawned);
}

HP_TEST(another_user_without_the_right) {
  if (geteuid() != 0)
    SKIP("not root");
  struct hp_spawned spawned;
  hp_spawned_init(&spawned, "ids", NULL);
  spawned.spawn.user = (struct hp_user){.id = 65534, .group = 65534, .name = "nobody"};
  if (seteuid(1) < 0)
    SKIP("no capability to become another user");
  int result = hp_spawned_start(&spawned);
  CHECK_INT(seteuid(0), 0);
  CHECK_INT(result, HP_EACCESS);
  CHECK_HAS(hp_error_message(&spawned.error), "cannot take the groups of user nobody (uid 65534)");
  CHECK_HAS(hp_error_cause(&spawned.error), "only root");
  hp_spawned_fini(&spawned);
}

HP_TEST(another_user) {
  if (geteuid() != 0)
    SKIP("not root");
  struct hp_spawned spawned;
  struct hp_user user;
  char expected[256];
  int dumpable = prctl(PR_GET_DUMPABLE);
  CHECK_INT(hp__platform_linux.find_user("nobody", &user, NULL), 0);
  hp_spawned_init(&spawned, NULL);
  hp_spawned_program(&spawned, "/bin/cat", "/proc/self/status", NULL);
  spawned.spawn.user = user;
  spawned.spawn.host_death_signal = "TERM";
  hp_spawned_run(&spawned);
  int id = (int)user.id, group = (int)user.group;
  snprintf(expected, sizeof expected, "Uid:\t%d\t%d\t%d\t%d\nGid:\t%d\t%d\t%d\t%d\n", id, id, id,
           id, group, group, group, group);
  CHECK_HAS(spawned.output, expected);
  CHECK_HAS(spawned.output, "Groups:\t4711 ");
  CHECK_INT(prctl(PR_GET_DUMPABLE), dumpable); /* the child's change was made in our memory */
  hp_spawned_fini(&spawned);
}

static void spawn_as_nobody(void *data) {
  (void)data;
  for (int i = 0; i < 100; i++) {
    struct hp_spawned spawned;
    hp_spawned_init(&spawned, NULL);
    hp_spawned_program(&spawned, "/bin/true", NULL);
    spawned.spawn.user = (struct hp_user){.id = 65534, .group = 65534};
    hp_spawned_run(&spawned);
    hp_spawned_fini(&spawned);
  }
}

HP_TEST(two_threads_that_change_the_user_leave_the_host_as_it_was) {
  if (geteuid() != 0)
    SKIP("not root");
  if (hp_test_is_emulated())
    SKIP("an emulated child has memory of its own, and a fork beside threads may hang there");
  uv_thread_t threads[4];
  CHECK_INT(prctl(PR_GET_DUMPABLE), 1);
  for (int i = 0; i < 4; i++)
    CHECK_INT(uv_thread_create(&threads[i], spawn_as_nobody, NULL), 0);
  for (int i = 0; i < 4; i++)
    CHECK_INT(uv_thread_join(&threads[i]), 0);
  CHECK_INT(prctl(PR_GET_DUMPABLE), 1);
}

static int look_ups; /* in the user database, for groups */

int getgrouplist(const char *user, gid_t group, gid_t *groups, int *count) {
  (void)user;
  look_ups++;
  groups[0] = group;
  groups[1] = 4711;
  *count = 2;
  return 2;
}

HP_TEST(groups_are_looked_up_with_the_user_and_not_at_a_spawn) {
  if (geteuid() != 0)
    SKIP("not root");
  struct hp_spawned spawned;
  struct hp_user user;
  look_ups = 0;
  CHECK_INT(hp__platform_linux.find_user("nobody", &user, NULL), 0);
  CHECK_INT(look_ups, 1);
  CHECK_INT(user.group_count, 2);
  hp_spawned_init(&spawned, NULL);
  hp_spawned_program(&spawned, "/bin/cat", "/proc/self/status", NULL);
  spawned.spawn.user = user;
  hp_spawned_run(&spawned);
  CHECK_HAS(spawned.output, "Groups:\t4711 65534");
  CHECK_INT(look_ups, 1);
  hp_spawned_fini(&spawned);
  spawned.output[0] = '\0';
  hp_spawned_init(&spawned, NULL);
  hp_spawned_program(&spawned, "/bin/cat", "/proc/self/status", NULL);
  user.group_count = -1; /* more than there was room for */
  spawned.spawn.user = user;
  hp_spawned_run(&spawned);
  CHECK_HAS(spawned.output, "Groups:\t4711 65534");
  CHECK_INT(look_ups, 2);
  hp_spawned_fini(&spawned);
}

/* hp-child lies where another user may not reach it, so its answer comes by /proc. */
HP_TEST(another_users_death_signal) {
  if (geteuid() != 0)
    SKIP("not root");
  struct hp_spawned spawned;
  struct stat stat_of;
  char copy[1024];
  snprintf(copy, sizeof copy, "/bin/cp %s /tmp/hptest-%d", hp_test_program("hp-child"), getpid());
  if (system(copy) != 0 || stat("/tmp", &stat_of) < 0)
    SKIP("no copy of hp-child in /tmp");
  hp_spawned_init(&spawned, NULL);
  hp_spawned_program(&spawned, strstr(copy, "/tmp/hptest-"), "deathsignal", NULL);
  spawned.spawn.user = (struct hp_user){.id = 65534, .group = 65534};
  spawned.spawn.host_death_signal = "TERM";
  hp_spawned_run(&spawned);
  CHECK_HAS(spawned.output, "death signal 15");
  unlink(spawned.program);
  hp_spawned_fini(&spawned);
}

HP_TEST(a_program_that_the_user_cannot_reach) {
  if (geteuid() != 0)
    SKIP("not root");
  struct hp_spawned spawned;
  hp_spawned_init(&spawned, NULL);
  hp_spawned_program(&spawned, make_program("closed", "#!/bin/sh\n", 0700), NULL);
  spawned.spawn.user = (struct hp_user){.id = 65534, .group = 65534, .name = "nobody"};
  expect_failure(&spawned, HP_EACCESS, EACCES, "cannot exec /", "user 'nobody' cannot reach");
}

static int64_t allocated;

static void *count_reallocate(void *memory, size_t size) {
  allocated += !memory;
  return realloc(memory, size);
}

static void count_release(void *memory) {
  allocated -= memory != NULL;
  free(memory);
}

static void spawn_some(int count) {
  for (int i = 0; i < count; i++) {
    struct hp_spawned spawned;
    hp_spawned_init(&spawned, "write:x", "exit:3", NULL);
    if (i % 10 == 9)
      spawned.spawn.directory = "/nonexistent";
    int result = hp_spawned_start(&spawned);
    if (result == 0)
      CHECK(hp_spawned_end(&spawned) && spawned.child.base.exit.value == 3);
    hp_spawned_fini(&spawned);
  }
}

HP_TEST(a_thousand_spawns_leave_nothing) {
  if (hp_test_is_emulated())
    SKIP("qemu-user forks itself for each: a minute and more");
  static const struct hp_allocator counting = {.reallocate = count_reallocate,
                                               .release = count_release};
  allocated = 0;
  hp__set_allocator(&counting);
  spawn_some(10);
  long fds = hp_os_count_handles();
  int64_t before = allocated;
  spawn_some(1000);
  CHECK_INT(hp_os_count_handles(), fds);
  CHECK_INT(allocated, before);
  hp__set_allocator(NULL);
  CHECK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

/* As under an emulator that makes a fork of every clone. */
HP_TEST(without_shared_memory_the_report_comes_by_a_pipe) {
  char missing[] = "/nonexistent/x", present[] = "/bin/true";
  char *argv[] = {missing, NULL};
  struct hp_exec exec = {.executable = argv[0],
                         .argv = argv,
                         .environment = argv + 1,
                         .stdio = {-1, -1, -1},
                         .null = -1,
                         .parent = getpid()};
  struct hp_exec_report report;
  int pidfd;
  CHECK_INT(hp__launch(&exec, 0, &pidfd, &report), -1);
  CHECK_INT(report.step, HP_STEP_EXEC);
  CHECK_INT(report.code, ENOENT);
  CHECK(!exec.shared);
  argv[0] = present;
  exec.executable = argv[0];
  pid_t pid = hp__launch(&exec, 0, &pidfd, &report);
  CHECK(pid > 0);
  CHECK_INT(report.code, 0);
  int status;
  CHECK(waitpid(pid, &status, 0) == pid && status == 0);
  close(pidfd);
}

HP_TEST(descriptors_are_found_without_close_range) {
  int open_here[300];
  for (int i = 0; i < 300; i++)
    open_here[i] = open("/dev/null", O_RDONLY);
  pid_t pid = fork();
  if (pid == 0) {
    int bad = hp__exec_close_by_walk(3);
    for (int i = 0; i < 300; i++)
      bad += fcntl(open_here[i], F_GETFD) != FD_CLOEXEC;
    _exit(bad + (fcntl(2, F_GETFD) != 0));
  }
  int status = -1;
  CHECK(waitpid(pid, &status, 0) == pid);
  CHECK_INT(status, 0);
  for (int i = 0; i < 300; i++)
    close(open_here[i]);
}

/* The number of system calls that the child makes up to exec, -1: it cannot be told here. */
static int count_calls(const char *limit) {
  struct hp_spawned spawned;
  char no_leak_check[] = "ASAN_OPTIONS=detect_leaks=0"; /* it cannot run under strace */
  char *environment[] = {no_leak_check, NULL};
  char trace[1024], host[1024], line[1024];
  snprintf(trace, sizeof trace, "%s/trace", hp_test_directory());
  snprintf(host, sizeof host, "%s", hp_test_program("hp-host"));
  hp_spawned_init(&spawned, NULL);
  hp_spawned_program(&spawned, "/usr/bin/strace", "-f", "-o", trace, host, "limit", limit,
                     "/bin/true", NULL);
  spawned.spawn.environment = environment;
  bool ran = hp_spawned_start(&spawned) == 0 && hp_spawned_end(&spawned) &&
             spawned.child.base.exit.kind == HP_EXIT_CODE && spawned.child.base.exit.value == 0;
  hp_spawned_fini(&spawned);
  FILE *file = ran ? fopen(trace, "re") : NULL;
  int host_pid = 0, pid, count = -1;
  while (file && fgets(line, sizeof line, file)) {
    if (sscanf(line, "%d", &pid) != 1)
      continue;
    host_pid = host_pid ? host_pid : pid;
    count += pid != host_pid;
    if (pid != host_pid && strstr(line, "execve(\"/bin/true\""))
      break;
  }
  if (file)
    fclose(file);
  return count;
}

HP_TEST(as_many_system_calls_at_any_descriptor_limit) {
  int few = count_calls("1024");
  if (few < 0)
    SKIP("strace cannot be used");
  CHECK_INT(count_calls("0"), few); /* 0: the hard limit */
  CHECK(few > 62 && few < 90);
}
