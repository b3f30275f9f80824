/* SPDX-License-Identifier: MIT */
/* A descriptor of ours, in the loop, and its end. */
#include "platform/posix.h"

#include "core/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int hp__high(int fd) {
  if (fd < 0 || fd > 2)
    return fd;
  int high = fcntl(fd, F_DUPFD_CLOEXEC, 3), code = errno;
  close(fd);
  errno = code;
  return high;
}

int hp__source_start(uv_loop_t *loop, struct hp_source *source, int fd, uv_poll_cb callback) {
  source->fd = fd;
  int result = uv_poll_init(loop, &source->poll, fd);
  if (result < 0) {
    close(fd);
    hp__free(source);
    return result;
  }
  source->poll.data = source;
  return uv_poll_start(&source->poll, UV_READABLE, callback);
}

static void closed(uv_handle_t *handle) {
  hp__free(handle->data);
}

void hp__source_free(struct hp_source *source) {
  if (!source)
    return;
  uv_poll_stop(&source->poll);
  close(source->fd);
  uv_close((uv_handle_t *)&source->poll, closed);
}
