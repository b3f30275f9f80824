/* SPDX-License-Identifier: MIT */
/* Hosts with their own ideas about children: they must not matter to us, nor we to them. */
#include "tests/support/server.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 10 };

static void live(hp_context *context, bool status_is_known) {
  hp_process *process = hp_test_up(context, hp_test_echo("local"));
  if (!process)
    return;
  int64_t pid = hp_process_pid(process);
  CHECK(hp_test_talks(process));
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  struct hp_exit exit = hp_process_exit_status(process);
  CHECK(exit.kind == HP_EXIT_CODE || (!status_is_known && exit.kind == HP_EXIT_UNKNOWN));
  CHECK_INT(exit.value, 0);
  CHECK(!hp_os_is_running(pid));
  hp_process_close(process);
}

static void die(hp_context *context, bool status_is_known) {
  hp_process *process;
  hp_error *error;
  hp_options *options =
      hp_test_child("local", "arguments: ['error:ouch', 'exit:3']", "ready: {kind: notify}", NULL);
  CHECK_INT(hp_test_start(context, options, &process, &error), HP_EEXITED);
  if (status_is_known)
    CHECK_HAS(hp_error_message(error), "exit code 3");
  CHECK_HAS(hp_error_detail(error, HP_DETAIL_OUTPUT), "ouch");
  hp_error_free(error);
}

HP_TEST(sigchld_is_ignored) {
  hp_context *context = hp_test_context();
  signal(SIGCHLD, SIG_IGN);
  for (int i = 0; i < ROUNDS; i++) {
    live(context, false);
    die(context, false);
  }
  CHECK(signal(SIGCHLD, SIG_DFL) == SIG_IGN);
  hp_test_leave(context);
}

static atomic_int signals;

static void count_signal(int number) {
  (void)number;
  signals++;
}

HP_TEST(sigchld_has_a_handler) {
  hp_context *context = hp_test_context();
  struct sigaction mine = {.sa_handler = count_signal}, found;
  sigaction(SIGCHLD, &mine, NULL);
  for (int i = 0; i < ROUNDS; i++) {
    live(context, true);
    die(context, true);
  }
  sigaction(SIGCHLD, NULL, &found);
  CHECK(found.sa_handler == count_signal);
  CHECK(signals > 0);
  signal(SIGCHLD, SIG_DFL);
  hp_test_leave(context);
}

/* It collects whatever ends, and has a child of its own, so that it always waits. */
struct thief {
  pid_t own;
  atomic_bool stop;
  int stolen;
};

static void steal(void *data) {
  struct thief *thief = data;
  for (pid_t pid; (pid = waitpid(-1, NULL, 0)) > 0 && pid != thief->own;)
    thief->stolen++;
}

HP_TEST(somebody_collects_all_children) {
  struct thief thief = {.own = fork()};
  uv_thread_t thread;
  if (thief.own == 0)
    for (;;)
      pause();
  hp_context *context = hp_test_context();
  REQUIRE(uv_thread_create(&thread, steal, &thief) == 0);
  for (int i = 0; i < ROUNDS; i++) {
    live(context, false);
    die(context, false);
  }
  kill(thief.own, SIGKILL);
  uv_thread_join(&thread);
  hp_test_leave(context);
}

/* Signals that the host blocks or ignores are not handed down. */
HP_TEST(blocked_and_ignored_signals_stay_ours) {
  hp_context *context;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  signal(SIGTERM, SIG_IGN);
  context = hp_test_context();
  hp_process *process = hp_test_up(context, hp_test_child("local", "arguments: ['write:up', pause]",
                                                          "ready: {kind: line, line: up}", NULL));
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_shutdown(process, HP_PATIENCE_MS, NULL), 0);
  CHECK_INT(hp_process_exit_status(process).value, SIGTERM);
  hp_process_close(process);
  hp_test_leave(context);
  signal(SIGTERM, SIG_DFL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* libuv would abort us at the end of a handle that had got one of their numbers. */
HP_TEST(stdio_is_closed) {
  int kept[3];
  bool closed_again = true;
  for (int fd = 0; fd < 3; fd++) {
    kept[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 10);
    close(fd);
  }
  hp_context *context = hp_test_context();
  live(context, true);
  hp_test_leave(context);
  for (int fd = 0; fd < 3; fd++) {
    closed_again = closed_again && fcntl(fd, F_GETFD) < 0;
    dup2(kept[fd], fd);
    close(kept[fd]);
  }
  CHECK(closed_again);
}

/* A worker of the host's holds copies of all our descriptors: the tether's end must reach the
 * server all the same. */
HP_TEST(a_fork_of_the_host_holds_the_tether) {
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_up(context, hp_test_echo("local"));
  REQUIRE(process != NULL);
  pid_t worker = fork();
  if (worker == 0)
    for (;;)
      pause();
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  CHECK_TEXT(hp_process_stop_rung(process), "tether");
  kill(worker, SIGKILL);
  waitpid(worker, NULL, 0);
  hp_process_close(process);
  hp_test_leave(context);
}
