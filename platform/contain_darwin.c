/* SPDX-License-Identifier: MIT */
/* Signals by number, for macOS has nothing else: a number stays with a child until we collect it.
 */
#include "platform/darwin.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

const char hp__system_name[] = "macOS";

static bool has_ended(const struct hp_posix_child *child) {
  siginfo_t info = {.si_pid = 0};
  return waitid(P_PID, (id_t)child->base.pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
         info.si_pid != 0;
}

/* A group in which nobody is left but its leader, who waits to be collected, is EPERM here. */
int hp__signal_send(const struct hp_posix_child *child, enum hp_scope scope, int number) {
  bool group = scope == HP_SCOPE_TREE && child->session == HP_SESSION_OWN;
  pid_t pid = (pid_t)child->base.pid;
  if (kill(group ? -pid : pid, number) == 0)
    return 0;
  int code = errno;
  errno = code == EPERM && has_ended(child) ? ESRCH : code;
  return -1;
}

/* Between the two calls the number might get a new owner: numbers are given out in turn, so it
 * would take as many processes as there are numbers to start in that moment. */
void hp__process_kill(int64_t pid, uint64_t start) {
  if (hp__process_is_alive(pid, start))
    kill((pid_t)pid, SIGKILL);
}
