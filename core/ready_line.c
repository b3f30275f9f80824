/* SPDX-License-Identifier: MIT */
/* Readiness by a line of output. The pipe is the server's own: nobody else can write the line. */
#include "core/readiness_kinds.h"

struct lines {
  struct hp_readiness base;
  int64_t seen;
};

static void read_line(hp_readiness *readiness, const char *line) {
  struct lines *lines = (struct lines *)readiness;
  const struct hp_ready *ready = readiness->owner.ready;
  if (!hp__launch_read_line(readiness->owner.launch, &ready->line, line) ||
      ++lines->seen < ready->count)
    return;
  hp__readiness_report(readiness, HP_REPORT_ENDPOINT, NULL);
  hp__readiness_ready(readiness, true);
}

const struct hp_ready_ops hp__ready_line = {
    .kind = HP_READY_LINE,
    .text = "a line of its output",
    .size = sizeof(struct lines),
    .line = read_line,
};
