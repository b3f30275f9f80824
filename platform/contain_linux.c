/* SPDX-License-Identifier: MIT */
/* Signals by pidfd where the kernel can: a host that collects all children, or another process that
 * has gone, may have freed the number. */
#include "platform/linux.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { SIGNAL_GROUP = 1 << 2 }; /* PIDFD_SIGNAL_PROCESS_GROUP, since Linux 6.9 */

const char hp__system_name[] = "Linux";

static int send_by_pidfd(int pidfd, int number, unsigned flags) {
#ifdef SYS_pidfd_send_signal
  if (pidfd >= 0)
    return (int)syscall(SYS_pidfd_send_signal, pidfd, number, NULL, flags);
#endif
  (void)pidfd, (void)number, (void)flags;
  errno = ENOSYS;
  return -1;
}

int hp__signal_send(const struct hp_posix_child *child, enum hp_scope scope, int number) {
  bool group = scope == HP_SCOPE_TREE && child->session == HP_SESSION_OWN;
  pid_t pid = (pid_t)child->base.pid;
  if (send_by_pidfd(child->exit_fd, number, group ? SIGNAL_GROUP : 0) == 0)
    return 0;
  if (errno == EINVAL || errno == ENOSYS)
    return kill(group ? -pid : pid, number);
  return -1;
}

/* By the time that the pidfd is open, the owner of the number is settled and can be compared. */
void hp__process_kill(int64_t pid, uint64_t start) {
  int pidfd = -1;
#ifdef SYS_pidfd_open
  pidfd = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
  if (pidfd < 0 && errno != ENOSYS)
    return;
#endif
  if (hp__process_is_alive(pid, start) && send_by_pidfd(pidfd, SIGKILL, 0) < 0 && pidfd < 0)
    kill((pid_t)pid, SIGKILL);
  if (pidfd >= 0)
    close(pidfd);
}
