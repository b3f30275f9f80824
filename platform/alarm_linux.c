/* SPDX-License-Identifier: MIT */
/* Alarms finer than the loop's own timers, on a clock that stands still while the machine sleeps.
 */
#include "platform/linux.h"

#include "core/alloc.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

struct hp_alarm {
  struct hp_source source;
  hp_alarm_callback callback;
  void *data;
};

/* One that was set anew since the loop saw it has nothing to read. */
static void ring(uv_poll_t *poll, int status, int events) {
  hp_alarm *alarm = poll->data;
  uint64_t count;
  (void)status, (void)events;
  if (read(alarm->source.fd, &count, sizeof count) == sizeof count)
    alarm->callback(alarm->data);
}

int hp__alarm_new_linux(uv_loop_t *loop, hp_alarm **alarm, hp_alarm_callback callback, void *data) {
  *alarm = NULL;
  int fd = hp__high(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (fd < 0)
    return errno == ENOMEM ? HP_ENOMEM : HP_EIO;
  hp_alarm *new = hp__alloc(sizeof *new);
  if (!new) {
    close(fd);
    return HP_ENOMEM;
  }
  new->callback = callback;
  new->data = data;
  if (hp__source_start(loop, &new->source, fd, ring) < 0)
    return HP_EIO;
  *alarm = new;
  return 0;
}

void hp__alarm_set_linux(hp_alarm *alarm, uint64_t nanoseconds) {
  struct itimerspec when = {.it_value = {.tv_sec = (time_t)(nanoseconds / 1000000000),
                                         .tv_nsec = (long)(nanoseconds % 1000000000)}};
  timerfd_settime(alarm->source.fd, 0, &when, NULL);
}

void hp__alarm_free_linux(hp_alarm *alarm) {
  hp__source_free((struct hp_source *)alarm);
}
