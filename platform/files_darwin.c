/* SPDX-License-Identifier: MIT */
/* What macOS has of its own for descriptors and files. */
#include "platform/darwin.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/acl.h>
#include <sys/mount.h>
#include <sys/param.h>
#include <unistd.h>

const int hp__walk_flags = O_SEARCH;

/* There is no call that does all at once: a process that the host forks between two of them holds
 * the pipe until it executes something. Those that we start inherit nothing. */
static int close_on_exec(int fd) {
  return fd >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? -1 : fd;
}

int hp__pipe_new(int ends[2]) {
  if (pipe(ends) < 0)
    return -1;
  if (close_on_exec(ends[0]) >= 0 && close_on_exec(ends[1]) >= 0)
    return 0;
  int code = errno;
  hp__close_fd(&ends[0]);
  hp__close_fd(&ends[1]);
  errno = code;
  return -1;
}

int hp__kqueue(void) {
  return close_on_exec(hp__high(kqueue()));
}

bool hp__kqueue_take(int queue, struct kevent *event) {
  static const struct timespec at_once = {0, 0};
  return kevent(queue, NULL, 0, event, 1, &at_once) == 1 && !(event->flags & EV_ERROR);
}

int hp__open_below(int directory, const char *name) {
  return hp__tree_open(directory, name);
}

bool hp__has_access_list(int fd) {
  acl_t list = acl_get_fd_np(fd, ACL_TYPE_EXTENDED);
  if (list)
    acl_free(list);
  return list != NULL;
}

bool hp__is_noexec(const char *path) {
  struct statfs filesystem;
  return statfs(path, &filesystem) == 0 && (filesystem.f_flags & MNT_NOEXEC);
}
