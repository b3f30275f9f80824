/* SPDX-License-Identifier: MIT */
/* A hint that something appeared in a directory, or was written to a file: inotify. */
#include "platform/linux.h"

#include "core/alloc.h"

#include <errno.h>
#include <sys/inotify.h>
#include <unistd.h>

struct hp_watch {
  struct hp_source source;
  uv_fs_t closing;
  hp_alarm_callback callback;
  void *data;
};

static void appeared(uv_poll_t *poll, int status, int events) {
  hp_watch *watch = poll->data;
  _Alignas(struct inotify_event) char news[4096];
  bool any = false;
  (void)status, (void)events;
  while (read(watch->source.fd, news, sizeof news) > 0)
    any = true;
  if (any)
    watch->callback(watch->data);
}

static bool watch_path(int fd, const char *path) {
  if (inotify_add_watch(fd, path, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) >= 0)
    return true;
  return errno == ENOTDIR && inotify_add_watch(fd, path, IN_MODIFY | IN_CLOSE_WRITE) >= 0;
}

hp_watch *hp__watch_new_linux(uv_loop_t *loop, const char *path, hp_alarm_callback callback,
                              void *data) {
  int fd = hp__high(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (fd < 0)
    return NULL;
  hp_watch *watch = NULL;
  if (watch_path(fd, path))
    watch = hp__alloc(sizeof *watch);
  if (!watch) {
    close(fd);
    return NULL;
  }
  watch->callback = callback;
  watch->data = data;
  return hp__source_start(loop, &watch->source, fd, appeared) < 0 ? NULL : watch;
}

static void descriptor_closed(uv_fs_t *request) {
  uv_fs_req_cleanup(request);
  hp__free(request->data);
}

/* The kernel waits for all its other watchers before such a descriptor is closed, which takes
 * milliseconds: not on the loop. */
static void poll_closed(uv_handle_t *poll) {
  hp_watch *watch = poll->data;
  watch->closing.data = watch;
  if (uv_fs_close(poll->loop, &watch->closing, watch->source.fd, descriptor_closed) == 0)
    return;
  close(watch->source.fd);
  hp__free(watch);
}

void hp__watch_free_linux(hp_watch *watch) {
  if (!watch)
    return;
  uv_poll_stop(&watch->source.poll);
  uv_close((uv_handle_t *)&watch->source.poll, poll_closed);
}
