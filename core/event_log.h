/* SPDX-License-Identifier: MIT */
/*
 * Lines that are appended to a file beside the loop, in order, each by one write, so that others
 * may append to it as well. What cannot be written is counted and told once, and harms nothing.
 */
#ifndef HP_CORE_EVENT_LOG_H
#define HP_CORE_EVENT_LOG_H

#include "core/text.h"

struct hp_event_log_owner {
  void *data;
  uv_loop_t *loop;
  const char *path;                           /* lives as long as the log */
  void (*told)(void *data, const char *text); /* that lines are lost, and that they are no more */
  void (*closed)(void *data);                 /* all is written, and nothing refers to it */
};

struct hp_event_log {
  struct hp_event_log_owner owner;
  struct hp_text waiting;
  uint64_t lost; /* lines since it cannot be written; 0: it can */
  bool writing, closing;
  /* while `writing`, of the other thread */
  uv_work_t work;
  struct hp_text batch;
  uv_file file;     /* -1: not open yet */
  bool is_last;     /* close it afterwards */
  bool torn;        /* it ends with a part of a line */
  int status;       /* of the line that was written last */
  uint64_t missing; /* lines of the batch that could not be written */
};

/* Opens nothing yet. NULL: no memory. */
struct hp_event_log *hp__event_log_new(const struct hp_event_log_owner *owner);
/* One line without its end; NULL is one that there was no memory for. Both of these on the loop. */
void hp__event_log_add(struct hp_event_log *log, const char *line);
/* With the last line. `closed` is called once, never from inside. */
void hp__event_log_close(struct hp_event_log *log, const char *line);

#endif
