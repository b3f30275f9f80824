/* SPDX-License-Identifier: MIT */
/* The console gives its events to every process in it, so to the command as well: there is nobody
 * to pass them on to, and no sender to tell apart. */
#include "cli/signals.h"

#include <signal.h>

/* Ctrl-C, Ctrl-Break, and the console's window that is closed. */
static const int numbers[SIGNAL_COUNT] = {SIGINT, SIGBREAK, SIGHUP};

static void caught(uv_signal_t *handle, int number) {
  struct signals *signals = handle->data;
  signals->caught(signals->data, number, false);
}

void signals_init(struct signals *signals, uv_loop_t *loop, signal_callback callback, void *data) {
  signals->caught = callback;
  signals->data = data;
  for (int i = 0; i < SIGNAL_COUNT; i++) {
    uv_signal_init(loop, &signals->handles[i]);
    signals->handles[i].data = signals;
    uv_signal_start(&signals->handles[i], caught, numbers[i]);
  }
}

void signals_close(struct signals *signals) {
  for (int i = 0; i < SIGNAL_COUNT; i++)
    uv_close((uv_handle_t *)&signals->handles[i], NULL);
}

const char *signal_name(int number) {
  (void)number;
  return NULL;
}

void signals_ignore_broken_pipes(void) {
  /* there is no such signal */
}

bool signals_are_shared(void) {
  return true;
}
