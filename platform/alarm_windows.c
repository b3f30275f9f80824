/* SPDX-License-Identifier: MIT */
/* Alarms on the loop's own timers: the system has no finer ones to wait for. */
#include "platform/windows.h"

#include "core/alloc.h"

enum { MILLISECOND = 1000000 };

struct hp_alarm {
  uv_timer_t timer;
  uint64_t due; /* as uv_hrtime() */
  hp_alarm_callback callback;
  void *data;
};

static void ring(uv_timer_t *timer);

/* The loop counts whole milliseconds, from the last one that was full: one more is never early. */
static void start(hp_alarm *alarm) {
  uint64_t now = uv_hrtime(), left = alarm->due > now ? alarm->due - now : 0;
  uv_update_time(alarm->timer.loop);
  uv_timer_start(&alarm->timer, ring, left / MILLISECOND + 1, 0);
}

static void ring(uv_timer_t *timer) {
  hp_alarm *alarm = timer->data;
  if (uv_hrtime() < alarm->due)
    start(alarm);
  else
    alarm->callback(alarm->data);
}

int hp__alarm_new_windows(uv_loop_t *loop, hp_alarm **alarm, hp_alarm_callback callback,
                          void *data) {
  *alarm = NULL;
  hp_alarm *new = hp__alloc(sizeof *new);
  if (!new)
    return HP_ENOMEM;
  new->callback = callback;
  new->data = data;
  uv_timer_init(loop, &new->timer);
  new->timer.data = new;
  *alarm = new;
  return 0;
}

void hp__alarm_set_windows(hp_alarm *alarm, uint64_t nanoseconds) {
  uint64_t now = uv_hrtime();
  uv_timer_stop(&alarm->timer);
  if (nanoseconds == 0)
    return;
  alarm->due = nanoseconds < UINT64_MAX - now ? now + nanoseconds : UINT64_MAX;
  start(alarm);
}

static void closed(uv_handle_t *timer) {
  hp__free(timer->data);
}

void hp__alarm_free_windows(hp_alarm *alarm) {
  if (alarm)
    uv_close((uv_handle_t *)&alarm->timer, closed);
}
