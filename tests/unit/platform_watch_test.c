/* SPDX-License-Identifier: MIT */
/* The end of a child, signals to it and its group, and who belongs to it. */
#include "tests/support/spawned.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int signal_child(struct hp_spawned *spawned, enum hp_scope scope, const char *name) {
  return hp__platform_linux.signal(&spawned->child.base, scope, name, &spawned->error);
}

static int number_after(const char *text, const char *word) {
  const char *found = strstr(text, word);
  return found ? atoi(found + strlen(word)) : -1;
}

static bool ends(int pidfd) { /* within the patience of the tests */
  struct pollfd ended = {pidfd, POLLIN, 0};
  return poll(&ended, 1, HP_TEST_PATIENCE_MS) == 1;
}

static int watch_pid(int pid) {
  return (int)syscall(SYS_pidfd_open, pid, 0);
}

HP_TEST(an_exit_code) {
  struct hp_spawned spawned;
  hp_spawned_init(&spawned, "exit:7", NULL);
  hp_spawned_run(&spawned);
  CHECK_INT(spawned.child.base.exit.kind, HP_EXIT_CODE);
  CHECK_INT(spawned.child.base.exit.value, 7);
  hp_spawned_fini(&spawned);
}

HP_TEST(a_crash) {
  struct hp_spawned spawned;
  hp_spawned_init(&spawned, "raise:11", NULL);
  hp_spawned_run(&spawned);
  CHECK_INT(spawned.child.base.exit.kind, HP_EXIT_SIGNAL);
  CHECK_INT(spawned.child.base.exit.value, SIGSEGV);
  hp_spawned_fini(&spawned);
}

HP_TEST(a_host_that_ignores_sigchld) {
  struct hp_spawned spawned;
  void (*before)(int) = signal(SIGCHLD, SIG_IGN);
  hp_spawned_init(&spawned, "exit:7", NULL);
  hp_spawned_run(&spawned);
  signal(SIGCHLD, before);
  enum hp_exit_kind kind = spawned.child.base.exit.kind; /* the code where the kernel keeps it */
  CHECK(kind == HP_EXIT_UNKNOWN || (kind == HP_EXIT_CODE && spawned.child.base.exit.value == 7));
  hp_spawned_fini(&spawned);
}

HP_TEST(a_host_that_collects_every_child) {
  struct hp_spawned spawned;
  hp_spawned_init(&spawned, "raise:9", NULL);
  CHECK_INT(hp_spawned_start(&spawned), 0);
  CHECK(hp_spawned_until_exit(&spawned));
  CHECK_INT(waitpid(-1, NULL, 0), spawned.child.base.pid);
  CHECK_INT(signal_child(&spawned, HP_SCOPE_TREE, "KILL"), 0); /* gone is no error */
  CHECK(hp_spawned_end(&spawned));
  struct hp_exit exit = spawned.child.base.exit;
  CHECK(exit.kind == HP_EXIT_UNKNOWN || (exit.kind == HP_EXIT_SIGNAL && exit.value == SIGKILL));
  hp_spawned_fini(&spawned);
}

HP_TEST(without_any_record_the_end_is_unknown) {
  struct hp_spawned spawned;
  hp_spawned_init(&spawned, "exit:7", NULL);
  CHECK_INT(hp_spawned_start(&spawned), 0);
  CHECK(hp_spawned_until_exit(&spawned));
  CHECK_INT(waitpid(-1, NULL, 0), spawned.child.base.pid);
  int pidfd = spawned.child.exit_fd;
  spawned.child.exit_fd = -1; /* as on an old kernel */
  CHECK(hp_spawned_end(&spawned));
  CHECK_INT(spawned.child.base.exit.kind, HP_EXIT_UNKNOWN);
  spawned.child.exit_fd = pidfd;
  hp_spawned_fini(&spawned);
}

static void forget_pidfd(struct hp_spawned *spawned) {
  close(spawned->child.exit_fd);
  spawned->child.exit_fd = -1;
}

HP_TEST(a_thread_waits_where_there_is_no_pidfd) {
  struct hp_spawned spawned;
  hp_spawned_init(&spawned, "exit:7", NULL);
  CHECK_INT(hp_spawned_start_unwatched(&spawned), 0);
  forget_pidfd(&spawned);
  CHECK_INT(hp_spawned_watch(&spawned), 0);
  CHECK(hp_spawned_end(&spawned));
  CHECK_INT(spawned.child.base.exit.kind, HP_EXIT_CODE);
  CHECK_INT(spawned.child.base.exit.value, 7);
  hp_spawned_fini(&spawned);
}

HP_TEST(a_waiting_thread_is_left_behind) {
  struct hp_spawned spawned;
  hp_spawned_init(&spawned, "pause", NULL);
  CHECK_INT(hp_spawned_start_unwatched(&spawned), 0);
  forget_pidfd(&spawned);
  CHECK_INT(hp_spawned_watch(&spawned), 0);
  pid_t pid = (pid_t)spawned.child.base.pid;
  hp_spawned_fini(&spawned); /* does not wait for it */
  CHECK_INT(kill(pid, 0), 0);
  kill(pid, SIGKILL);
  CHECK_INT(waitpid(pid, NULL, 0), pid);
}

HP_TEST(a_close_leaves_the_process_alone) {
  struct hp_spawned spawned;
  for (int watched = 0; watched < 2; watched++) {
    hp_spawned_init(&spawned, "pause", NULL);
    CHECK_INT(watched ? hp_spawned_start(&spawned) : hp_spawned_start_unwatched(&spawned), 0);
    pid_t pid = (pid_t)spawned.child.base.pid;
    hp_spawned_fini(&spawned);
    CHECK_INT(kill(pid, SIGKILL), 0);
    int status;
    CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  }
}

HP_TEST(the_group_can_be_signalled_after_the_leader_ended) {
  struct hp_spawned spawned;
  hp_spawned_init(&spawned, "fork:", "exit:3", NULL);
  CHECK_INT(hp_spawned_start(&spawned), 0);
  CHECK(hp_spawned_until(&spawned, "descendant "));
  CHECK(hp_spawned_until_exit(&spawned));
  int pidfd = watch_pid(number_after(spawned.output, "descendant "));
  CHECK(pidfd >= 0 && spawned.streams == 2); /* it holds our pipes */
  CHECK_INT(signal_child(&spawned, HP_SCOPE_TREE, "KILL"), 0);
  CHECK(ends(pidfd));
  CHECK(hp_spawned_end(&spawned));
  CHECK_INT(spawned.child.base.exit.value, 3);
  close(pidfd);
  hp_spawned_fini(&spawned);
}

/* Starts one with a descendant in a session of its own; a pidfd of that one. */
static int start_with_away(struct hp_spawned *spawned, const char *order) {
  hp_spawned_init(spawned, "fork:away", order, NULL);
  CHECK_INT(hp_spawned_start(spawned), 0);
  CHECK(hp_spawned_until(spawned, "descendant "));
  int pidfd = watch_pid(number_after(spawned->output, "descendant "));
  CHECK(pidfd >= 0);
  return pidfd;
}

static bool runs(int pidfd) {
  struct pollfd ended = {pidfd, POLLIN, 0};
  return poll(&ended, 1, 0) == 0;
}

HP_TEST(a_kill_reaches_who_left_the_session) {
  struct hp_spawned spawned;
  int pidfd = start_with_away(&spawned, "pause");
  CHECK(runs(pidfd));
  CHECK_INT(signal_child(&spawned, HP_SCOPE_TREE, "KILL"), 0);
  CHECK(ends(pidfd));
  CHECK(hp_spawned_end(&spawned));
  CHECK_INT(spawned.child.base.exit.value, SIGKILL);
  close(pidfd);
  hp_spawned_fini(&spawned);
}

/* An orphan by then: it is known by its output. */
HP_TEST(a_kill_after_a_crash_reaches_who_left_the_session) {
  struct hp_spawned spawned;
  int pidfd = start_with_away(&spawned, "exit:3");
  CHECK(hp_spawned_until_exit(&spawned));
  CHECK(runs(pidfd));
  CHECK_INT(signal_child(&spawned, HP_SCOPE_TREE, "KILL"), 0);
  CHECK(ends(pidfd));
  CHECK(hp_spawned_end(&spawned));
  CHECK_INT(spawned.child.base.exit.value, 3);
  close(pidfd);
  hp_spawned_fini(&spawned);
}

/* No walk over all processes then. */
HP_TEST(who_left_the_session_outlives_a_clean_end) {
  struct hp_spawned spawned;
  int pidfd = start_with_away(&spawned, "exit:0");
  CHECK(hp_spawned_until_exit(&spawned));
  CHECK_INT(signal_child(&spawned, HP_SCOPE_TREE, "KILL"), 0);
  CHECK(runs(pidfd));
  kill(number_after(spawned.output, "descendant "), SIGKILL);
  CHECK(ends(pidfd));
  CHECK(hp_spawned_end(&spawned));
  close(pidfd);
  hp_spawned_fini(&spawned);
}

HP_TEST(one_that_was_killed_and_never_watched_is_collected) {
  struct hp_spawned spawned;
  hp_spawned_init(&spawned, "pause", NULL);
  CHECK_INT(hp_spawned_start_unwatched(&spawned), 0);
  pid_t pid = (pid_t)spawned.child.base.pid;
  CHECK_INT(signal_child(&spawned, HP_SCOPE_TREE, "KILL"), 0);
  hp_spawned_fini(&spawned);
  CHECK(waitpid(pid, NULL, 0) < 0 && errno == ECHILD);
}

HP_TEST(the_group_without_a_pidfd) {
  struct hp_spawned spawned;
  hp_spawned_init(&spawned, "fork:", "pause", NULL);
  CHECK_INT(hp_spawned_start_unwatched(&spawned), 0);
  forget_pidfd(&spawned);
  CHECK_INT(hp_spawned_watch(&spawned), 0);
  CHECK(hp_spawned_until(&spawned, "descendant "));
  CHECK_INT(signal_child(&spawned, HP_SCOPE_TREE, "TERM"), 0);
  CHECK(hp_spawned_end(&spawned)); /* the descendant as well: its output ended */
  CHECK_INT(spawned.child.base.exit.value, SIGTERM);
  hp_spawned_fini(&spawned);
}

HP_TEST(the_leader_alone) {
  struct hp_spawned spawned;
  hp_spawned_init(&spawned, "fork:", "pause", NULL);
  CHECK_INT(hp_spawned_start(&spawned), 0);
  CHECK(hp_spawned_until(&spawned, "descendant "));
  int descendant = number_after(spawned.output, "descendant ");
  CHECK_INT(signal_child(&spawned, HP_SCOPE_LEADER, "INT"), 0);
  CHECK(hp_spawned_until_exit(&spawned));
  CHECK_INT(kill(descendant, 0), 0);
  CHECK_INT(signal_child(&spawned, HP_SCOPE_TREE, "KILL"), 0);
  CHECK(hp_spawned_end(&spawned));
  CHECK_INT(spawned.child.base.exit.value, SIGINT);
  hp_spawned_fini(&spawned);
}

HP_TEST(an_unknown_signal) {
  struct hp_spawned spawned;
  hp_spawned_init(&spawned, "pause", NULL);
  CHECK_INT(hp_spawned_start(&spawned), 0);
  CHECK_INT(signal_child(&spawned, HP_SCOPE_TREE, "SIGTERM"), HP_EUNSUPPORTED);
  CHECK_HAS(hp_error_message(&spawned.error), "'SIGTERM'");
  CHECK_INT(signal_child(&spawned, HP_SCOPE_TREE, "KILL"), 0);
  CHECK(hp_spawned_end(&spawned));
  hp_spawned_fini(&spawned);
}

HP_TEST(who_belongs_to_it) {
  struct hp_spawned spawned, away;
  hp_spawned_init(&spawned, "fork:", "pause", NULL);
  hp_spawned_init(&away, "fork:away", "pause", NULL);
  CHECK_INT(hp_spawned_start(&spawned), 0);
  CHECK_INT(hp_spawned_start(&away), 0);
  CHECK(hp_spawned_until(&spawned, "descendant ") && hp_spawned_until(&away, "descendant "));
  int descendant = number_after(spawned.output, "descendant ");
  int gone_away = number_after(away.output, "descendant ");
  hp_child *child = &spawned.child.base;
  CHECK_INT(hp__platform_linux.contains(child, child->pid), 1);
  CHECK_INT(hp__platform_linux.contains(child, descendant), 1);
  CHECK_INT(hp__platform_linux.contains(&away.child.base, gone_away), 1); /* its own session */
  CHECK_INT(hp__platform_linux.contains(child, gone_away), 0);
  CHECK_INT(hp__platform_linux.contains(child, getpid()), 0);
  CHECK_INT(hp__platform_linux.contains(child, 1), 0);
  CHECK_INT(hp__platform_linux.contains(child, -1), -1);
  CHECK_INT(hp__platform_linux.contains(child, 1 << 30), -1);
  kill(gone_away, SIGKILL);
  signal_child(&spawned, HP_SCOPE_TREE, "KILL");
  signal_child(&away, HP_SCOPE_TREE, "KILL");
  CHECK(hp_spawned_end(&spawned) && hp_spawned_end(&away));
  hp_spawned_fini(&spawned);
  hp_spawned_fini(&away);
}

/* hp-host is killed; what it started gets its signal from the kernel. */
static void kill_host(const char *signal_name) {
  struct hp_spawned host;
  char child[1024];
  snprintf(child, sizeof child, "%s", hp_test_program("hp-child"));
  hp_spawned_init(&host, NULL);
  hp_spawned_program(&host, hp_test_program("hp-host"), "die", signal_name, child, "write:up",
                     "pause", NULL);
  CHECK_INT(hp_spawned_start(&host), 0);
  CHECK(hp_spawned_until(&host, "pid ") && hp_spawned_until(&host, "up\n"));
  int pidfd = watch_pid(number_after(host.output, "pid "));
  CHECK(pidfd >= 0);
  CHECK_INT(signal_child(&host, HP_SCOPE_LEADER, "KILL"), 0);
  CHECK(ends(pidfd));
  CHECK(hp_spawned_end(&host));
  close(pidfd);
  hp_spawned_fini(&host);
}

HP_TEST(the_child_goes_with_its_host) {
  kill_host("KILL");
  kill_host("TERM");
}

/* A death before the signal was asked for is seen as well: the parent is another one by then. */
HP_TEST(a_host_that_died_before_exec) {
  char path[] = "/bin/true";
  char *argv[] = {path, NULL};
  struct hp_exec exec = {.executable = path,
                         .argv = argv,
                         .environment = argv + 1,
                         .stdio = {-1, -1, -1},
                         .null = -1,
                         .death_signal = SIGTERM,
                         .parent = getpid() + 1};
  struct hp_exec_report report;
  int pidfd;
  CHECK_INT(hp__launch(&exec, 0, &pidfd, &report), -1);
  CHECK_INT(report.step, HP_STEP_PARENT);
  CHECK_INT(report.code, ESRCH);
}

/* A host's own thread that collects everything, all the time. */
static atomic_bool thief_stops;

static void *steal(void *argument) {
  (void)argument;
  while (!thief_stops)
    if (waitpid(-1, NULL, WNOHANG) <= 0)
      sched_yield();
  return NULL;
}

HP_TEST(a_thief_in_the_host) {
  pthread_t thief;
  thief_stops = false;
  CHECK_INT(pthread_create(&thief, NULL, steal, NULL), 0);
  for (int i = 0; i < 50; i++) {
    struct hp_spawned spawned;
    hp_spawned_init(&spawned, "exit:5", NULL);
    hp_spawned_run(&spawned);
    struct hp_exit exit = spawned.child.base.exit;
    CHECK(exit.kind == HP_EXIT_UNKNOWN || (exit.kind == HP_EXIT_CODE && exit.value == 5));
    hp_spawned_fini(&spawned);
    hp_spawned_init(&spawned, NULL);
    hp_spawned_program(&spawned, "/nonexistent", NULL);
    CHECK_INT(hp_spawned_start(&spawned), HP_ESPAWN);
    hp_spawned_fini(&spawned);
  }
  thief_stops = true;
  pthread_join(thief, NULL);
}
