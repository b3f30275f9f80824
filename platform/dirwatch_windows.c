/* SPDX-License-Identifier: MIT */
/* Pipes appear in no directory that could be watched: the schedule of attempts serves alone. */
#include "platform/windows.h"

hp_watch *hp__watch_new_windows(uv_loop_t *loop, const char *directory, hp_alarm_callback callback,
                                void *data) {
  (void)loop, (void)directory, (void)callback, (void)data;
  return NULL;
}

void hp__watch_free_windows(hp_watch *watch) {
  (void)watch;
}
