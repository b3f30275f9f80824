/* SPDX-License-Identifier: MIT */
/*
 * The end of a child, by a kqueue of its own. A host that ignores SIGCHLD, or collects every child,
 * may have taken the status: it came with the event as well.
 */
#include "platform/darwin.h"

#include <errno.h>
#include <sys/wait.h>

/* One that has ended cannot be watched any more: the event comes from ourselves then. */
static bool tell_at_once(int queue) {
  struct kevent changes[2];
  EV_SET(&changes[0], 0, EVFILT_USER, EV_ADD | EV_ONESHOT, 0, 0, NULL);
  EV_SET(&changes[1], 0, EVFILT_USER, 0, NOTE_TRIGGER, 0, NULL);
  return kevent(queue, changes, 2, NULL, 0, NULL) == 0;
}

int hp__exit_fd_new(pid_t pid) {
  int queue = hp__kqueue();
  struct kevent change;
  EV_SET(&change, (uintptr_t)pid, EVFILT_PROC, EV_ADD | EV_ONESHOT, NOTE_EXIT | NOTE_EXITSTATUS, 0,
         NULL);
  if (queue < 0 || kevent(queue, &change, 1, NULL, 0, NULL) == 0)
    return queue;
  if (errno != ESRCH || !tell_at_once(queue))
    hp__close_fd(&queue);
  return queue;
}

bool hp__exit_fd_tells(struct hp_posix_child *child) {
  struct kevent event;
  if (!hp__kqueue_take(child->exit_fd, &event))
    return false;
  child->told = event.filter == EVFILT_PROC && (event.fflags & NOTE_EXITSTATUS);
  child->status = (int)event.data;
  return true;
}

/* The event comes a moment before the status can be collected, so that is waited for; not by
 * waitid(), which does not say here which signal it was. */
int hp__collect(struct hp_posix_child *child, bool ended, struct hp_exit *exit) {
  int status;
  pid_t pid;
  do
    pid = waitpid((pid_t)child->base.pid, &status, ended ? 0 : WNOHANG);
  while (pid < 0 && errno == EINTR);
  if (pid > 0)
    *exit = hp__exit_of_status(status);
  else if (ended && child->told)
    *exit = hp__exit_of_status(child->status);
  else if (ended)
    *exit = (struct hp_exit){HP_EXIT_UNKNOWN, 0};
  return pid > 0 ? 1 : pid;
}
