/* SPDX-License-Identifier: MIT */
/* One line on a person's terminal: what is waited for, and how long it has. It is cleared when the
 * wait is over. A script sees nothing of it. */
#ifndef HP_CLI_PROGRESS_H
#define HP_CLI_PROGRESS_H

#include <uv.h>

#include <stdbool.h>

struct progress {
  uv_timer_t timer;
  bool enabled, shown;
  char text[256];
  uint64_t deadline; /* on the loop's clock; 0: none */
};

void progress_init(struct progress *progress, uv_loop_t *loop, bool quiet);
/* remaining < 0: it has no deadline. */
void progress_show(struct progress *progress, const char *text, int64_t remaining);
void progress_clear(struct progress *progress);
void progress_close(struct progress *progress);

#endif
