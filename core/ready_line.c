/* SPDX-License-Identifier: MIT */
/* Readiness by a line of output. The pipe is the server's own: nobody else can write the line. */
#include "core/readiness_kinds.h"

static void read_line(hp_readiness *readiness, const char *line) {
  if (!hp__launch_read_line(readiness->owner.launch, line))
    return;
  hp__readiness_report(readiness, HP_REPORT_ENDPOINT, NULL);
  hp__readiness_ready(readiness, true);
}

const struct hp_ready_ops hp__ready_line = {
    .kind = HP_READY_LINE,
    .text = "a line of its output",
    .size = sizeof(struct hp_readiness),
    .line = read_line,
};
