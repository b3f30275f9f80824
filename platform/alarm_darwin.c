/* SPDX-License-Identifier: MIT */
/* Alarms finer than the loop's own timers, on a clock that stands still while the machine sleeps.
 */
#include "platform/darwin.h"

#include "core/alloc.h"

#include <errno.h>

struct hp_alarm {
  struct hp_source source;
  hp_alarm_callback callback;
  void *data;
};

static void ring(uv_poll_t *poll, int status, int events) {
  hp_alarm *alarm = poll->data;
  struct kevent event;
  (void)status, (void)events;
  if (hp__kqueue_take(alarm->source.fd, &event))
    alarm->callback(alarm->data);
}

int hp__alarm_new_darwin(uv_loop_t *loop, hp_alarm **alarm, hp_alarm_callback callback,
                         void *data) {
  *alarm = NULL;
  int queue = hp__kqueue();
  if (queue < 0)
    return errno == ENOMEM ? HP_ENOMEM : HP_EIO;
  hp_alarm *new = hp__alloc(sizeof *new);
  if (!new) {
    hp__close_fd(&queue);
    return HP_ENOMEM;
  }
  new->callback = callback;
  new->data = data;
  if (hp__source_start(loop, &new->source, queue, ring) < 0)
    return HP_EIO;
  *alarm = new;
  return 0;
}

/* Critical: the kernel would else put it off, to wake up once for several. */
void hp__alarm_set_darwin(hp_alarm *alarm, uint64_t nanoseconds) {
  struct kevent change;
  EV_SET(&change, 0, EVFILT_TIMER, nanoseconds ? EV_ADD | EV_ONESHOT : EV_DELETE,
         NOTE_NSECONDS | NOTE_CRITICAL, (intptr_t)nanoseconds, NULL);
  kevent(alarm->source.fd, &change, 1, NULL, 0, NULL);
}

void hp__alarm_free_darwin(hp_alarm *alarm) {
  hp__source_free((struct hp_source *)alarm);
}
