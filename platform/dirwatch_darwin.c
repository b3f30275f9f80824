/* SPDX-License-Identifier: MIT */
/* A hint that something appeared in a directory, or was written to a file: that it changed. */
#include "platform/darwin.h"

#include "core/alloc.h"

#include <fcntl.h>

struct hp_watch {
  struct hp_source source;
  int watched;
  hp_alarm_callback callback;
  void *data;
};

static void written(uv_poll_t *poll, int status, int events) {
  hp_watch *watch = poll->data;
  struct kevent event;
  (void)status, (void)events;
  if (hp__kqueue_take(watch->source.fd, &event))
    watch->callback(watch->data);
}

/* The queue that watches it; -1. */
static int watch_descriptor(int fd) {
  int queue = fd >= 0 ? hp__kqueue() : -1;
  struct kevent change;
  EV_SET(&change, (uintptr_t)fd, EVFILT_VNODE, EV_ADD | EV_CLEAR, NOTE_WRITE | NOTE_EXTEND, 0,
         NULL);
  if (queue >= 0 && kevent(queue, &change, 1, NULL, 0, NULL) < 0)
    hp__close_fd(&queue);
  return queue;
}

hp_watch *hp__watch_new_darwin(uv_loop_t *loop, const char *path, hp_alarm_callback callback,
                               void *data) {
  int fd = hp__high(open(path, O_EVTONLY | O_CLOEXEC));
  int queue = watch_descriptor(fd);
  hp_watch *watch = queue >= 0 ? hp__alloc(sizeof *watch) : NULL;
  if (watch) {
    watch->watched = fd;
    watch->callback = callback;
    watch->data = data;
    if (hp__source_start(loop, &watch->source, queue, written) == 0)
      return watch;
    queue = -1; /* closed already, the watch is freed */
  }
  hp__close_fd(&queue);
  hp__close_fd(&fd);
  return NULL;
}

void hp__watch_free_darwin(hp_watch *watch) {
  if (!watch)
    return;
  hp__close_fd(&watch->watched);
  hp__source_free(&watch->source);
}
