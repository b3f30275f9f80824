/* SPDX-License-Identifier: MIT */
/* The signals that ask the tool to end. */
#ifndef HP_CLI_SIGNALS_H
#define HP_CLI_SIGNALS_H

#include <stdbool.h>
#include <uv.h>

enum { SIGNAL_COUNT = 3 };

/* `sent`: by a process, not by a key of the terminal. */
typedef void (*signal_callback)(void *data, int number, bool sent);

struct signals {
  uv_signal_t handles[SIGNAL_COUNT];
  signal_callback caught;
  void *data;
};

/* One that was ignored when we were started stays ignored: nohup. */
void signals_init(struct signals *signals, uv_loop_t *loop, signal_callback caught, void *data);
void signals_close(struct signals *signals);
/* "TERM"; NULL: whoever shares the terminal with us has been told as we were. */
const char *signal_name(int number);
/* A write to one who has gone is an error from now on, and not our end. */
void signals_ignore_broken_pipes(void);
/* Whether Ctrl-C reaches the command by itself. */
bool signals_are_shared(void);

#endif
