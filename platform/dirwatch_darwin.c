/* SPDX-License-Identifier: MIT */
/* A hint that something appeared in a directory: that it was written to. */
#include "platform/darwin.h"

#include "core/alloc.h"

#include <fcntl.h>

struct hp_watch {
  struct hp_source source;
  int directory;
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
static int watch_directory(int directory) {
  int queue = directory >= 0 ? hp__kqueue() : -1;
  struct kevent change;
  EV_SET(&change, (uintptr_t)directory, EVFILT_VNODE, EV_ADD | EV_CLEAR, NOTE_WRITE, 0, NULL);
  if (queue >= 0 && kevent(queue, &change, 1, NULL, 0, NULL) < 0)
    hp__close_fd(&queue);
  return queue;
}

hp_watch *hp__watch_new_darwin(uv_loop_t *loop, const char *directory, hp_alarm_callback callback,
                               void *data) {
  int fd = hp__high(open(directory, O_EVTONLY | O_DIRECTORY | O_CLOEXEC));
  int queue = watch_directory(fd);
  hp_watch *watch = queue >= 0 ? hp__alloc(sizeof *watch) : NULL;
  if (watch) {
    watch->directory = fd;
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
  hp__close_fd(&watch->directory);
  hp__source_free(&watch->source);
}
