/* SPDX-License-Identifier: MIT */
/*
 * Collecting a child by its pidfd. A host that ignores SIGCHLD, or collects every child, may have
 * taken the status: then the kernel's own record is asked, where it keeps one.
 */
#include "platform/linux.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

struct pidfd_record { /* struct pidfd_info of linux/pidfd.h, since Linux 6.13 */
  uint64_t mask, cgroup;
  uint32_t ids[11];
  int32_t status; /* as wait(2) has it; since Linux 6.15 */
};

#define GET_RECORD _IOWR(0xFF, 11, struct pidfd_record)
#define RECORD_HAS_STATUS (UINT64_C(1) << 3)

bool hp__exit_fd_tells(struct hp_posix_child *child) {
  (void)child;
  return true;
}

/* The record is complete a moment after the pidfd became readable: when somebody else, or the
 * kernel on their behalf, has collected the process. */
static struct hp_exit ask_record(int pidfd) {
  struct pidfd_record record;
  for (int patience = 20; pidfd >= 0 && patience > 0; patience--) {
    memset(&record, 0, sizeof record);
    record.mask = RECORD_HAS_STATUS;
    if (ioctl(pidfd, GET_RECORD, &record) < 0)
      break;
    if (record.mask & RECORD_HAS_STATUS)
      return hp__exit_of_status(record.status);
    poll(NULL, 0, 1);
  }
  return (struct hp_exit){HP_EXIT_UNKNOWN, 0};
}

static int wait_for(const struct hp_posix_child *child, siginfo_t *info) {
  int result;
  memset(info, 0, sizeof *info);
  do
    result = child->exit_fd >= 0 ? waitid(P_PIDFD, (id_t)child->exit_fd, info, WEXITED | WNOHANG)
                                 : waitid(P_PID, (id_t)child->base.pid, info, WEXITED | WNOHANG);
  while (result < 0 && errno == EINTR);
  return result;
}

int hp__collect(struct hp_posix_child *child, bool ended, struct hp_exit *exit) {
  siginfo_t info;
  int result = wait_for(child, &info);
  if (result == 0 && info.si_pid != 0) {
    *exit = (struct hp_exit){info.si_code == CLD_EXITED ? HP_EXIT_CODE : HP_EXIT_SIGNAL,
                             info.si_status};
    return 1;
  }
  if (ended)
    *exit = ask_record(child->exit_fd);
  return result < 0 ? -1 : 0;
}
