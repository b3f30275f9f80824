/* SPDX-License-Identifier: MIT */
#include "cli/signals.h"

#include <signal.h>

static const struct {
  int number;
  const char *name;
} table[SIGNAL_COUNT] = {{SIGINT, "INT"}, {SIGTERM, "TERM"}, {SIGHUP, "HUP"}};

static void caught(uv_signal_t *handle, int number) {
  struct signals *signals = handle->data;
  signals->caught(signals->data, number);
}

void signals_init(struct signals *signals, uv_loop_t *loop, signal_callback callback, void *data) {
  signals->caught = callback;
  signals->data = data;
  for (int i = 0; i < SIGNAL_COUNT; i++) {
    uv_signal_init(loop, &signals->handles[i]);
    signals->handles[i].data = signals;
    if (signal(table[i].number, SIG_IGN) != SIG_IGN)
      uv_signal_start(&signals->handles[i], caught, table[i].number);
  }
}

void signals_close(struct signals *signals) {
  for (int i = 0; i < SIGNAL_COUNT; i++)
    uv_close((uv_handle_t *)&signals->handles[i], NULL);
}

const char *signal_name(int number) {
  for (int i = 0; i < SIGNAL_COUNT; i++)
    if (table[i].number == number)
      return table[i].name;
  return "TERM";
}
