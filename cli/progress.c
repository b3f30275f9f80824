/* SPDX-License-Identifier: MIT */
#include "cli/progress.h"

#include "cli/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A deadline was rounded up on its way here: 30 s are never 31. */
enum { COLUMNS = 79, SECOND = 1000, ROUNDED = 10 };

void progress_init(struct progress *progress, uv_loop_t *loop, bool quiet) {
  memset(progress, 0, sizeof *progress);
  uv_timer_init(loop, &progress->timer);
  progress->timer.data = progress;
  progress->enabled = !quiet && report_is_terminal();
}

/* A longer line would wrap, and could then not be taken back. The server's own words may be in it:
 * no control characters, no half of a character. */
static void make_line(char *line, size_t room) {
  size_t length = strlen(line);
  for (size_t i = 0; i < length; i++)
    if ((unsigned char)line[i] < ' ' || line[i] == 127)
      line[i] = ' ';
  if (length <= room)
    return;
  while (room > 0 && ((unsigned char)line[room] & 0xC0) == 0x80)
    room--;
  line[room] = '\0';
}

static void draw(struct progress *progress) {
  char left[32] = "";
  uint64_t now = uv_now(progress->timer.loop);
  if (progress->deadline > now)
    snprintf(left, sizeof left, " (%" PRIu64 " s left)",
             (progress->deadline - now + SECOND - ROUNDED) / SECOND);
  make_line(progress->text, COLUMNS - strlen(left));
  fprintf(stderr, "\r\033[K%s%s", progress->text, left);
  fflush(stderr);
  progress->shown = true;
}

static void second_passed(uv_timer_t *timer) {
  draw(timer->data);
}

void progress_show(struct progress *progress, const char *text, int64_t remaining) {
  if (!progress->enabled)
    return;
  snprintf(progress->text, sizeof progress->text, "%s", text);
  uv_update_time(progress->timer.loop);
  progress->deadline = remaining < 0 ? 0 : uv_now(progress->timer.loop) + (uint64_t)remaining;
  draw(progress);
  uv_timer_start(&progress->timer, second_passed, SECOND, SECOND);
}

void progress_clear(struct progress *progress) {
  uv_timer_stop(&progress->timer);
  if (progress->shown)
    fputs("\r\033[K", stderr);
  fflush(stderr);
  progress->shown = false;
}

void progress_close(struct progress *progress) {
  progress_clear(progress);
  uv_close((uv_handle_t *)&progress->timer, NULL);
}
