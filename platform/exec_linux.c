/* SPDX-License-Identifier: MIT */
/*
 * The child between clone and exec. It runs on the host's memory, so there is nothing here but
 * system calls made by hand: the C library's own would lock, allocate or signal the host's threads,
 * and the sanitizers' would change what they know of the host. Built without instrumentation.
 */
#include "platform/linux.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif
#ifdef SYS_setresuid32 /* where the plain calls take 16 bits */
enum { SET_GROUPS = SYS_setgroups32, SET_GROUP = SYS_setresgid32, SET_USER = SYS_setresuid32 };
#else
enum { SET_GROUPS = SYS_setgroups, SET_GROUP = SYS_setresgid, SET_USER = SYS_setresuid };
#endif

enum { SIGNALS_BYTES = _NSIG / 8 };

static int check(long result) {
  return result < 0 ? errno : 0;
}

static int mark_listed(int first, const char *entries, long size) {
  for (long at = 0; at < size;) {
    const struct hp_entry *entry = (const void *)(entries + at);
    int fd = 0;
    for (const char *digit = entry->name; *digit >= '0' && *digit <= '9'; digit++)
      fd = fd * 10 + (*digit - '0');
    if (fd >= first && syscall(SYS_fcntl, fd, F_SETFD, FD_CLOEXEC) < 0)
      return errno;
    at += entry->length;
  }
  return 0;
}

int hp__exec_close_by_walk(int first) {
  _Alignas(struct hp_entry) char entries[1024];
  int list =
      (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (list < 0)
    return errno;
  long size;
  while ((size = syscall(SYS_getdents64, list, entries, sizeof entries)) > 0) {
    int code = mark_listed(first, entries, size);
    if (code != 0)
      return code;
  }
  return check(size);
}

/* The listener is not among them. */
static int first_other(const struct hp_exec *exec) {
  return exec->listener < 0 ? HP_LISTENER_FD : HP_LISTENER_FD + 1;
}

/* They are marked, not closed: the report's pipe is needed until exec. */
static int close_others(const struct hp_exec *exec) {
#ifdef SYS_close_range
  if (syscall(SYS_close_range, (unsigned)first_other(exec), ~0U, CLOSE_RANGE_CLOEXEC) == 0)
    return 0;
#endif
  return hp__exec_close_by_walk(first_other(exec));
}

/* Digits as they are read, and a NUL. */
static void write_number(char *text, long number) {
  char digits[HP_PID_SIZE];
  int count = 0;
  do
    digits[count++] = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  while (count > 0)
    *text++ = digits[--count];
  *text = '\0';
}

/* What was in its place is a source of stdio, which has been copied, or nothing of the child's. */
static int take_listener(const struct hp_exec *exec) {
  for (char *const *pid = exec->pids; pid && *pid; pid++)
    write_number(*pid, syscall(SYS_getpid));
  if (exec->listener < 0)
    return 0;
  if (exec->listener == HP_LISTENER_FD)
    return check(syscall(SYS_fcntl, HP_LISTENER_FD, F_SETFD, 0));
  return check(syscall(SYS_dup3, exec->listener, HP_LISTENER_FD, 0));
}

static int connect_stdio(const struct hp_exec *exec) {
  for (int fd = 0; fd < 3; fd++) {
    int source = exec->stdio[fd];
    if (source < 0) {
      if (syscall(SYS_fcntl, fd, F_SETFD, 0) == 0)
        continue;
      source = exec->null;
    }
    if (syscall(SYS_dup3, source, fd, 0) < 0)
      return errno;
  }
  return 0;
}

/* Ignored ones would stay ignored after exec, and no handler of the host may run in the child. */
static int reset_dispositions(void) {
  static const char default_action[64]; /* the kernel's struct: all zeros is SIG_DFL */
  for (int number = 1; number < _NSIG; number++)
    if (number != SIGKILL && number != SIGSTOP &&
        syscall(SYS_rt_sigaction, number, default_action, NULL, SIGNALS_BYTES) < 0)
      return errno;
  return 0;
}

/* Both the soft and the hard one: a limit that it could raise itself is none. */
static int set_limit(const struct hp_exec *exec, enum hp_limit which, int resource) {
  if (!exec->limits || !(exec->limits->set & (1U << which)))
    return 0;
  const uint64_t value = (uint64_t)exec->limits->values[which], both[2] = {value, value};
  return check(syscall(SYS_prlimit64, 0, resource, both, NULL));
}

static int set_niceness(const struct hp_exec *exec) {
  if (!exec->limits || !(exec->limits->set & (1U << HP_LIMIT_NICE)))
    return 0;
  return check(syscall(SYS_setpriority, PRIO_PROCESS, 0, (int)exec->limits->values[HP_LIMIT_NICE]));
}

static int take_groups(const struct hp_exec *exec) {
  if (syscall(SET_GROUPS, exec->group_count, exec->groups) < 0)
    return errno;
  return check(syscall(SET_GROUP, exec->group, exec->group, exec->group));
}

static int step(struct hp_exec *exec, enum hp_exec_step which) {
  static const unsigned long none[SIGNALS_BYTES / sizeof(unsigned long) + 1];
  exec->report.step = which;
  switch (which) {
  case HP_STEP_CLONE:
    return 0;
  case HP_STEP_SESSION:
    return exec->own_session ? check(syscall(SYS_setsid)) : 0;
  case HP_STEP_DISPOSITIONS:
    return reset_dispositions();
  case HP_STEP_STDIO:
    return connect_stdio(exec);
  case HP_STEP_LISTENER:
    return take_listener(exec);
  case HP_STEP_DESCRIPTORS:
    return close_others(exec);
  case HP_STEP_LIMIT_MEMORY: /* not of addresses: what is only mapped or reserved costs nothing */
    return set_limit(exec, HP_LIMIT_MEMORY, RLIMIT_DATA);
  case HP_STEP_LIMIT_DESCRIPTORS:
    return set_limit(exec, HP_LIMIT_DESCRIPTORS, RLIMIT_NOFILE);
  case HP_STEP_LIMIT_CORE:
    return set_limit(exec, HP_LIMIT_CORE, RLIMIT_CORE);
  case HP_STEP_LIMIT_NICE:
    return set_niceness(exec);
  case HP_STEP_GROUPS:
    return exec->switch_user ? take_groups(exec) : 0;
  case HP_STEP_USER:
    return exec->switch_user ? check(syscall(SET_USER, exec->user, exec->user, exec->user)) : 0;
  case HP_STEP_DEATH_SIGNAL: /* after the user: that change clears it */
    return exec->death_signal ? check(syscall(SYS_prctl, PR_SET_PDEATHSIG, exec->death_signal)) : 0;
  case HP_STEP_PARENT: /* it may have died before the signal was asked for */
    return exec->death_signal && syscall(SYS_getppid) != exec->parent ? ESRCH : 0;
  case HP_STEP_DIRECTORY:
    return exec->directory ? check(syscall(SYS_chdir, exec->directory)) : 0;
  case HP_STEP_MASK:
    return check(syscall(SYS_rt_sigprocmask, SIG_SETMASK, none, NULL, SIGNALS_BYTES));
  case HP_STEP_EXEC:
    return check(syscall(SYS_execve, exec->executable, exec->argv, exec->environment));
  }
  return EINVAL;
}

int hp__exec_child(void *argument) {
  struct hp_exec *exec = argument;
  struct hp_exec_report report = {HP_STEP_SESSION, 0};
  exec->shared = true;
  while ((report.code = step(exec, report.step)) == 0)
    report.step++;
  exec->report.code = report.code;
  syscall(SYS_write, exec->report_pipe, &report, sizeof report);
  for (;;)
    syscall(SYS_exit_group, 127);
}
