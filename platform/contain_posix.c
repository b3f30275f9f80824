/* SPDX-License-Identifier: MIT */
/* Signals to a child and its group, and who belongs to it. */
#include "platform/posix.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROW(signal)                                                                                \
  { #signal, SIG##signal }

int hp__signal_number(const char *name) {
  static const struct {
    const char *name;
    int number;
  } table[] = {ROW(HUP),    ROW(INT),  ROW(QUIT),  ROW(ILL),  ROW(TRAP), ROW(ABRT),
               ROW(BUS),    ROW(FPE),  ROW(KILL),  ROW(USR1), ROW(SEGV), ROW(USR2),
               ROW(PIPE),   ROW(ALRM), ROW(TERM),  ROW(CHLD), ROW(CONT), ROW(STOP),
               ROW(TSTP),   ROW(TTIN), ROW(TTOU),  ROW(URG),  ROW(XCPU), ROW(XFSZ),
               ROW(VTALRM), ROW(PROF), ROW(WINCH), ROW(IO),   ROW(SYS),
#ifdef SIGPWR
               ROW(PWR)
#endif
  };
  for (size_t i = 0; i < HP__COUNT(table); i++)
    if (strcmp(table[i].name, name) == 0)
      return table[i].number;
  return 0;
}

void hp__group_kill(const struct hp_posix_child *child) {
  hp__signal_send(child, HP_SCOPE_TREE, SIGKILL);
}

/* The walk over all processes is for a tree that is cut down alive, or whose leader fell: not for
 * one that went as it was told. Where somebody else has collected the leader, its number is free
 * and means nothing. */
static void kill_descent(const struct hp_posix_child *child) {
  siginfo_t info = {.si_pid = 0};
  if (child->session != HP_SESSION_OWN ||
      waitid(P_PID, (id_t)child->base.pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
    return;
  bool lives = info.si_pid == 0, well = info.si_code == CLD_EXITED && info.si_status == 0;
  if (lives || (!child->asked && !well))
    hp__descent_kill(child, lives);
}

int hp__signal_posix(hp_child *child, enum hp_scope scope, const char *name, hp_error *error) {
  int number = hp__signal_number(name);
  if (number == 0)
    return hp_error_set(error, HP_EUNSUPPORTED, HP_PHASE_STOP, "there is no signal '%s' on %s",
                        name, hp__system_name);
  struct hp_posix_child *self = (struct hp_posix_child *)child;
  if (number == SIGKILL && scope == HP_SCOPE_TREE)
    kill_descent(self);
  self->asked = true;
  self->killed = number == SIGKILL;
  if (hp__signal_send(self, scope, number) == 0 || errno == ESRCH)
    return 0;
  char what[64], pid[32];
  int code = errno;
  snprintf(what, sizeof what, "send signal %s to", name);
  snprintf(pid, sizeof pid, "process %lld", (long long)child->pid);
  return hp__explain_errno(error, HP_PHASE_STOP, code, what, pid);
}

bool hp__process_is_alive(int64_t pid, uint64_t seen) {
  struct hp_process_stat stat;
  return pid > 0 && hp__process_stat(pid, &stat) == 0 && stat.start <= seen && stat.runs;
}

int hp__contains_posix(const hp_child *child, int64_t pid) {
  const struct hp_posix_child *self = (const struct hp_posix_child *)child;
  if (pid <= 0 || child->pid <= 0)
    return -1;
  if (pid == child->pid)
    return 1;
  if (self->session == HP_SESSION_OWN && getsid((pid_t)pid) == (pid_t)child->pid)
    return 1;
  struct hp_process_stat stat;
  for (int64_t at = pid; at > 1; at = stat.parent) {
    if (at == child->pid)
      return 1;
    if (hp__process_stat(at, &stat) != 0)
      return -1;
  }
  return 0;
}
