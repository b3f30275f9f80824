/* SPDX-License-Identifier: MIT */
/* A connection that leaves its loop. */
#include "platform/posix.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* The mode is one of the connection, not of the descriptor: whoever else has it, the loop, must not
 * use it any more. Never the number of a stdio stream. */
int hp__stream_take_posix(uv_stream_t *stream, hp_handle *handle) {
  uv_os_fd_t fd;
  int status = uv_fileno((uv_handle_t *)stream, &fd);
  if (status < 0)
    return status;
  int copy = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  int mode = copy < 0 ? -1 : fcntl(copy, F_GETFL);
  if (mode >= 0 && fcntl(copy, F_SETFL, mode & ~O_NONBLOCK) == 0) {
    *handle = copy;
    return 0;
  }
  status = -errno;
  if (copy >= 0)
    close(copy);
  return status;
}
