/* SPDX-License-Identifier: MIT */
/*
 * The end of a child, by a descriptor of the kernel's in the loop. The status stays with the kernel
 * until reap(), so that the group can still be signalled safely.
 */
#include "platform/posix.h"

#include <sys/wait.h>

enum { COLLECT_EVERY_MS = 2 };

static void end_told(uv_poll_t *poll, int status, int events) {
  struct hp_posix_child *self = poll->data;
  (void)status, (void)events;
  if (!hp__exit_fd_tells(self))
    return;
  uv_poll_stop(poll);
  self->base.exited(&self->base);
}

int hp__watch_posix(hp_child *child, hp_child_callback exited, hp_error *error) {
  struct hp_posix_child *self = (struct hp_posix_child *)child;
  child->exited = exited;
  if (self->exit_fd < 0 || uv_poll_init(self->loop, &self->as.poll, self->exit_fd) != 0)
    return hp__waiter_new(self, error);
  self->watched = true;
  self->as.poll.data = self;
  uv_poll_start(&self->as.poll, UV_READABLE, end_told);
  return 0;
}

struct hp_exit hp__exit_of_status(int status) {
  if (WIFSIGNALED(status))
    return (struct hp_exit){HP_EXIT_SIGNAL, WTERMSIG(status)};
  return (struct hp_exit){HP_EXIT_CODE, WEXITSTATUS(status)};
}

void hp__reap_posix(hp_child *child) {
  struct hp_posix_child *self = (struct hp_posix_child *)child;
  hp__collect(self, true, &child->exit);
  self->reaped = true;
}

static void handle_closed(uv_handle_t *handle) {
  struct hp_posix_child *self = handle->data;
  self->base.closed(&self->base);
}

static void collect_killed(uv_timer_t *timer) {
  struct hp_posix_child *self = timer->data;
  struct hp_exit exit;
  if (hp__collect(self, false, &exit) == 0)
    return; /* not yet */
  hp__close_fd(&self->exit_fd);
  uv_close(&self->as.handle, handle_closed);
}

/* Nobody would ever collect one that was killed because it could not be watched. */
static void close_unwatched(struct hp_posix_child *self) {
  uv_timer_init(self->loop, &self->as.timer);
  self->as.timer.data = self;
  if (self->killed && !self->reaped) {
    uv_timer_start(&self->as.timer, collect_killed, 0, COLLECT_EVERY_MS);
    return;
  }
  hp__close_fd(&self->exit_fd);
  uv_close(&self->as.handle, handle_closed);
}

void hp__close_posix(hp_child *child, hp_child_callback closed) {
  struct hp_posix_child *self = (struct hp_posix_child *)child;
  child->closed = closed;
  if (self->watched)
    uv_poll_stop(&self->as.poll);
  else if (!self->waiter) {
    close_unwatched(self);
    return;
  }
  hp__close_fd(&self->exit_fd);
  if (self->waiter)
    hp__waiter_free(self);
  else
    uv_close(&self->as.handle, handle_closed);
}
