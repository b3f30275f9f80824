/* SPDX-License-Identifier: MIT */
#include "cli/signals.h"

#include <signal.h>

static const struct {
  int number;
  const char *name;
} table[SIGNAL_COUNT] = {{SIGINT, "INT"}, {SIGTERM, "TERM"}, {SIGHUP, "HUP"}};

/* Whether a process sent the last one, and not the kernel for a key of the terminal: libuv does not
 * tell, so its handler is called by ours. */
static volatile sig_atomic_t was_sent;
static void (*loops_handler)(int);

static void note_sender(int number, siginfo_t *info, void *context) {
  (void)context;
  was_sent = info->si_code <= 0;
  loops_handler(number);
}

static void watch_sender(int number) {
  struct sigaction action;
  if (sigaction(number, NULL, &action) != 0 || (action.sa_flags & SA_SIGINFO))
    return;
  loops_handler = action.sa_handler;
  action.sa_sigaction = note_sender;
  action.sa_flags |= SA_SIGINFO;
  sigaction(number, &action, NULL);
}

static void caught(uv_signal_t *handle, int number) {
  struct signals *signals = handle->data;
  signals->caught(signals->data, number, number != SIGINT || was_sent);
}

void signals_init(struct signals *signals, uv_loop_t *loop, signal_callback callback, void *data) {
  signals->caught = callback;
  signals->data = data;
  for (int i = 0; i < SIGNAL_COUNT; i++) {
    uv_signal_init(loop, &signals->handles[i]);
    signals->handles[i].data = signals;
    if (signal(table[i].number, SIG_IGN) != SIG_IGN)
      uv_signal_start(&signals->handles[i], caught, table[i].number);
    if (table[i].number == SIGINT && uv_is_active((uv_handle_t *)&signals->handles[i]))
      watch_sender(SIGINT);
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

void signals_ignore_broken_pipes(void) {
  signal(SIGPIPE, SIG_IGN);
}

bool signals_are_shared(void) {
  for (int descriptor = 0; descriptor < 3; descriptor++)
    if (uv_guess_handle(descriptor) == UV_TTY)
      return true;
  return false;
}
