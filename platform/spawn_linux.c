/* SPDX-License-Identifier: MIT */
/*
 * Spawning, the host's side. CLONE_VM | CLONE_VFORK makes the cost independent of the host's
 * memory; the child's side is exec_linux.c.
 */
#include "platform/linux.h"

#include "core/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x00001000
#endif

#ifdef __GLIBC__
/* The same function by its other name: gcc's and clang's TSan intercept `clone`, take the child for
 * a fork, and spoil what they know of the host, since its memory is ours. */
extern int __clone(int (*function)(void *), void *stack, int flags, void *argument, ...);
#define clone __clone
#endif

enum { STACK_SIZE = 32 * 1024, SIGNALS_BYTES = _NSIG / 8 };

typedef unsigned long signals[SIGNALS_BYTES / sizeof(unsigned long) + 1];

/* What is made for one spawn and gone after it. */
struct launch {
  struct hp_exec exec;
  gid_t *groups; /* those that had to be looked up */
  struct hp_pipes pipes;
};

/* From the user database, which no child of a clone may ask, and which may be far away. */
static int look_up_groups(struct launch *launch, const struct hp_user *user, hp_error *error) {
  struct hp_exec *exec = &launch->exec;
  for (int count = HP_GROUPS_MAX, room = 0; room < count;) {
    room = count;
    gid_t *groups = hp__realloc(launch->groups, (size_t)room * sizeof *groups);
    if (!groups)
      return hp_error_set(error, HP_ENOMEM, HP_PHASE_SPAWN, "no memory for the groups of user '%s'",
                          user->name);
    launch->groups = groups;
    groups[0] = exec->group;
    if (!user->name[0])
      count = 1;
    else if (getgrouplist(user->name, exec->group, groups, &count) >= 0)
      room = count;
    exec->group_count = (size_t)count;
  }
  exec->groups = launch->groups;
  return 0;
}

_Static_assert(sizeof(gid_t) == sizeof(uint32_t), "struct hp_user's groups are the kernel's");

static int find_groups(struct launch *launch, const struct hp_spawn *spawn, hp_error *error) {
  const struct hp_user *user = &spawn->user;
  struct hp_exec *exec = &launch->exec;
  exec->switch_user = user->id >= 0 && (uid_t)user->id != geteuid();
  if (!exec->switch_user)
    return 0;
  exec->user = (uid_t)user->id;
  exec->group = (gid_t)user->group;
  if (user->group_count <= 0)
    return look_up_groups(launch, user, error);
  exec->groups = user->groups;
  exec->group_count = (size_t)user->group_count;
  return 0;
}

static int prepare(struct launch *launch, const struct hp_spawn *spawn, hp_error *error) {
  const char *death = spawn->host_death_signal;
  launch->exec = (struct hp_exec){
      .executable = spawn->executable,
      .directory = spawn->directory,
      .argv = spawn->argv,
      .environment = spawn->environment,
      .own_session = spawn->session == HP_SESSION_OWN,
      .limits = spawn->limits,
      .death_signal = death && death[0] ? hp__signal_number(death) : 0,
      .parent = getpid(),
      .listener = spawn->hands_down ? spawn->listener : -1,
      .pids = spawn->pids,
  };
  if (death && death[0] && launch->exec.death_signal == 0)
    return hp_error_set(error, HP_EUNSUPPORTED, HP_PHASE_SPAWN, "there is no signal '%s' on Linux",
                        death);
  int result = hp__pipes_make(&launch->pipes, spawn, error);
  memcpy(launch->exec.stdio, launch->pipes.stdio, sizeof launch->exec.stdio);
  launch->exec.null = launch->pipes.null;
  return result < 0 ? result : find_groups(launch, spawn, error);
}

static void finish(struct launch *launch) {
  hp__pipes_close(&launch->pipes);
  hp__free(launch->groups);
}

/* A kernel older than the flag ignores it; an emulator refuses it. */
static pid_t clone_child(struct hp_exec *exec, char *stack_end, int flags, int *pidfd) {
  *pidfd = -1;
  pid_t pid = clone(hp__exec_child, stack_end, flags | CLONE_PIDFD | SIGCHLD, exec, pidfd);
  if (pid >= 0 || errno != EINVAL)
    return pid;
  *pidfd = -1;
  return clone(hp__exec_child, stack_end, flags | SIGCHLD, exec);
}

/* No handler of the host may run in the child, so all is blocked, the C library's own signals too,
 * which only the plain system call does. */
static pid_t clone_blocked(struct hp_exec *exec, char *stack_end, int flags, int *pidfd) {
  signals all, before;
  memset(all, 0xff, sizeof all);
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, all, before, SIGNALS_BYTES);
  pid_t pid = clone_child(exec, stack_end, flags, pidfd);
  int code = errno;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, before, NULL, SIGNALS_BYTES);
  errno = code;
  return pid;
}

/*
 * A change of user makes the memory undumpable, ours as well, since the child shares it: put back
 * afterwards, not before, for until exec the new user must not be able to attach to it. That is one
 * state of the whole process, so one lock of the whole process: of two contexts at once the second
 * would take the first one's change for the host's wish.
 */
static pid_t clone_guarded(struct hp_exec *exec, char *stack_end, int flags, int *pidfd) {
  static pthread_mutex_t switching = PTHREAD_MUTEX_INITIALIZER;
  if (!exec->switch_user)
    return clone_blocked(exec, stack_end, flags, pidfd);
  pthread_mutex_lock(&switching);
  int dumpable = prctl(PR_GET_DUMPABLE);
  pid_t pid = clone_blocked(exec, stack_end, flags, pidfd);
  int code = errno;
  prctl(PR_SET_DUMPABLE, dumpable);
  pthread_mutex_unlock(&switching);
  errno = code;
  return pid;
}

/* The pipe is read only where the memory was not shared: a process that the host forks at the same
 * moment inherits the other end and would hold us up. */
static struct hp_exec_report read_report(const struct hp_exec *exec, int pipe) {
  struct hp_exec_report report = {exec->report.step, exec->report.code};
  if (exec->shared)
    return report;
  ssize_t size;
  do
    size = read(pipe, &report, sizeof report);
  while (size < 0 && errno == EINTR);
  if (size != sizeof report)
    report = (struct hp_exec_report){HP_STEP_EXEC, 0};
  return report;
}

static void collect(pid_t pid, int *pidfd) {
  while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
    ;
  hp__close_fd(pidfd);
}

static int make_report_pipe(struct hp_exec *exec, int *read_end) {
  int ends[2];
  if (hp__pipe(ends) < 0)
    return -1;
  *read_end = ends[0];
  exec->report_pipe = ends[1];
  if (ends[1] != HP_LISTENER_FD)
    return 0;
  exec->report_pipe = fcntl(ends[1], F_DUPFD_CLOEXEC, HP_LISTENER_FD + 1); /* that place is taken */
  int code = errno;
  close(ends[1]);
  errno = code;
  return exec->report_pipe < 0 ? -1 : 0;
}

static pid_t launch_on(struct hp_exec *exec, char *stack_end, int flags, int *pidfd,
                       struct hp_exec_report *report) {
  /* Learned by the first spawn and true for all of them: then nobody needs the pipe any more. */
  static atomic_bool memory_is_shared;
  bool known = flags & CLONE_VM && atomic_load(&memory_is_shared);
  int read_end = -1;
  pid_t pid = -1;
  *report = (struct hp_exec_report){HP_STEP_CLONE, 0};
  exec->report_pipe = -1;
  if (known || make_report_pipe(exec, &read_end) == 0)
    pid = clone_guarded(exec, stack_end, flags, pidfd);
  report->code = pid < 0 ? errno : 0;
  hp__close_fd(&exec->report_pipe);
  if (pid > 0)
    *report = read_report(exec, read_end);
  hp__close_fd(&read_end);
  if (exec->shared && !known)
    atomic_store(&memory_is_shared, true);
  if (pid > 0 && report->code != 0) {
    collect(pid, pidfd);
    return -1;
  }
  return pid;
}

/* The child's stack is in ours: the thread sleeps until the child has no more use for it, as with
 * vfork(). The child makes system calls only; the largest thing on its stack is a list of names. */
pid_t hp__launch(struct hp_exec *exec, int flags, int *pidfd, struct hp_exec_report *report) {
  _Alignas(64) char stack[STACK_SIZE];
  *pidfd = -1;
  return launch_on(exec, stack + sizeof stack, flags, pidfd, report);
}

static int run(struct hp_posix_child *self, struct launch *launch, const struct hp_spawn *spawn,
               hp_error *error) {
  struct hp_exec_report report;
  pid_t pid = hp__launch(&launch->exec, CLONE_VM | CLONE_VFORK, &self->exit_fd, &report);
  if (pid < 0)
    return hp__explain_spawn(error, spawn, &report);
  int result = hp__pipes_open(&launch->pipes, spawn, error);
  if (result < 0) {
    kill(pid, SIGKILL); /* not collected yet: the number is still its own */
    collect(pid, &self->exit_fd);
    return result;
  }
  self->base.pid = pid;
  hp__pipes_remember(&launch->pipes, self->output);
  return 0;
}

int hp__spawn_linux(uv_loop_t *loop, hp_child *child, const struct hp_spawn *spawn,
                    hp_error *error) {
  struct hp_posix_child *self = (struct hp_posix_child *)child;
  struct launch launch = {.pipes = HP_NO_PIPES};
  int result = prepare(&launch, spawn, error);
  if (result == 0)
    result = run(self, &launch, spawn, error);
  finish(&launch);
  if (result < 0)
    return result;
  self->exit_fd = hp__high(self->exit_fd);
  self->loop = loop;
  self->session = spawn->session;
  child->containment =
      spawn->session == HP_SESSION_OWN ? HP_CONTAINMENT_TREE : HP_CONTAINMENT_DIRECT;
  return 0;
}
