/* SPDX-License-Identifier: MIT */
/*
 * The end of a child, by its pidfd in the loop. The status stays with the kernel until reap(), so
 * that the group can still be signalled safely. A host that ignores SIGCHLD, or collects every
 * child, may have taken the status: then the kernel's own record is asked, where it keeps one.
 */
#include "platform/linux.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COLLECT_EVERY_MS = 2 };

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

static void pidfd_ready(uv_poll_t *poll, int status, int events) {
  struct hp_linux_child *self = poll->data;
  (void)status, (void)events;
  uv_poll_stop(poll);
  self->base.exited(&self->base);
}

int hp__watch_linux(hp_child *child, hp_child_callback exited, hp_error *error) {
  struct hp_linux_child *self = (struct hp_linux_child *)child;
  child->exited = exited;
  if (self->pidfd < 0 || uv_poll_init(self->loop, &self->as.poll, self->pidfd) != 0)
    return hp__waiter_new(self, error);
  self->watched = true;
  self->as.poll.data = self;
  uv_poll_start(&self->as.poll, UV_READABLE, pidfd_ready);
  return 0;
}

static struct hp_exit exit_of_status(int status) {
  if (WIFSIGNALED(status))
    return (struct hp_exit){HP_EXIT_SIGNAL, WTERMSIG(status)};
  return (struct hp_exit){HP_EXIT_CODE, WEXITSTATUS(status)};
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
      return exit_of_status(record.status);
    poll(NULL, 0, 1);
  }
  return (struct hp_exit){HP_EXIT_UNKNOWN, 0};
}

static int collect(const struct hp_linux_child *self, siginfo_t *info) {
  int result;
  memset(info, 0, sizeof *info);
  do
    result = self->pidfd >= 0 ? waitid(P_PIDFD, (id_t)self->pidfd, info, WEXITED | WNOHANG)
                              : waitid(P_PID, (id_t)self->base.pid, info, WEXITED | WNOHANG);
  while (result < 0 && errno == EINTR);
  return result;
}

void hp__reap_linux(hp_child *child) {
  struct hp_linux_child *self = (struct hp_linux_child *)child;
  siginfo_t info;
  int result = collect(self, &info);
  self->reaped = true;
  if (result < 0 || info.si_pid == 0)
    child->exit = ask_record(self->pidfd);
  else if (info.si_code == CLD_EXITED)
    child->exit = (struct hp_exit){HP_EXIT_CODE, info.si_status};
  else
    child->exit = (struct hp_exit){HP_EXIT_SIGNAL, info.si_status};
}

static void handle_closed(uv_handle_t *handle) {
  struct hp_linux_child *self = handle->data;
  self->base.closed(&self->base);
}

static void close_pidfd(struct hp_linux_child *self) {
  if (self->pidfd >= 0)
    close(self->pidfd);
  self->pidfd = -1;
}

static void collect_killed(uv_timer_t *timer) {
  struct hp_linux_child *self = timer->data;
  siginfo_t info;
  if (collect(self, &info) == 0 && info.si_pid == 0)
    return; /* not yet */
  close_pidfd(self);
  uv_close(&self->as.handle, handle_closed);
}

/* Nobody would ever collect one that was killed because it could not be watched. */
static void close_unwatched(struct hp_linux_child *self) {
  uv_timer_init(self->loop, &self->as.timer);
  self->as.timer.data = self;
  if (self->killed && !self->reaped) {
    uv_timer_start(&self->as.timer, collect_killed, 0, COLLECT_EVERY_MS);
    return;
  }
  close_pidfd(self);
  uv_close(&self->as.handle, handle_closed);
}

void hp__close_linux(hp_child *child, hp_child_callback closed) {
  struct hp_linux_child *self = (struct hp_linux_child *)child;
  child->closed = closed;
  if (self->watched)
    uv_poll_stop(&self->as.poll);
  else if (!self->waiter) {
    close_unwatched(self);
    return;
  }
  close_pidfd(self);
  if (self->waiter)
    hp__waiter_free(self);
  else
    uv_close(&self->as.handle, handle_closed);
}
