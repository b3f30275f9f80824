/* SPDX-License-Identifier: MIT */
/* A hint that something appeared in a directory: inotify. */
#include "platform/linux.h"

#include "core/alloc.h"

#include <sys/inotify.h>
#include <unistd.h>

struct hp_watch {
  struct hp_source source;
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

hp_watch *hp__watch_new_linux(uv_loop_t *loop, const char *directory, hp_alarm_callback callback,
                              void *data) {
  int fd = hp__high(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (fd < 0)
    return NULL;
  hp_watch *watch = NULL;
  if (inotify_add_watch(fd, directory, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) >= 0)
    watch = hp__alloc(sizeof *watch);
  if (!watch) {
    close(fd);
    return NULL;
  }
  watch->callback = callback;
  watch->data = data;
  return hp__source_start(loop, &watch->source, fd, appeared) < 0 ? NULL : watch;
}

void hp__watch_free_linux(hp_watch *watch) {
  hp__source_free((struct hp_source *)watch);
}
