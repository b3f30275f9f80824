/* SPDX-License-Identifier: MIT */
/*
 * How a launch says that it is ready: one kind of answer, or several together, told apart from
 * those of strangers. The race against exit, deadline and stop is the state machine's; this side
 * only reports.
 */
#ifndef HP_CORE_READINESS_H
#define HP_CORE_READINESS_H

#include "core/launch.h"

typedef struct hp_readiness hp_readiness;

enum hp_report_kind {
  HP_REPORT_NEAR,     /* it is about to say more */
  HP_REPORT_ENDPOINT, /* launch->endpoint was learnt; text: the server's own descriptor */
  HP_REPORT_READY,    /* text: who answered, where that is not proven */
  HP_REPORT_STRANGER, /* an answer that does not count; text: who gave it */
  HP_REPORT_MISSED,   /* an attempt was not successful; text: why */
  HP_REPORT_ALIVE,    /* to the watchdog */
  HP_REPORT_WATCHDOG, /* every so many milliseconds from now on */
  HP_REPORT_SICK,     /* it says so itself; text */
  HP_REPORT_MAIN,     /* pid, of our tree, is its main process */
  HP_REPORT_EXTEND,   /* milliseconds from now */
  HP_REPORT_STATUS    /* text */
};

struct hp_report {
  enum hp_report_kind kind;
  const char *text;
  int64_t milliseconds, pid;
  bool verified; /* READY: the answer was proven to come from our tree */
};

struct hp_readiness_owner {
  void *data;
  uv_loop_t *loop;
  const struct hp_platform_ops *platform;
  struct hp_launch *launch;
  const struct hp_ready *ready; /* what is waited for */
  char *buffer;                 /* for the output of a command, HP_READ_SIZE */
  bool once; /* each begin() is one attempt, answered by READY or MISSED; none is settled */
  const hp_child *(*child)(void *data); /* NULL before the spawn */
  void (*report)(void *data, const struct hp_report *report);
  void (*closed)(void *data);
};

/* Opens our own ends and writes their addresses into the launch. Like a subprocess: *readiness is
 * NULL only without memory; else close is owed, also after a failure. */
int hp__readiness_open(hp_readiness **readiness, const struct hp_readiness_owner *owner,
                       hp_error *error);
/* The process runs: begin to ask, where asking is how it is learnt. */
void hp__readiness_begin(hp_readiness *readiness);
void hp__readiness_line(hp_readiness *readiness, const char *line, size_t length);
/* READY was taken: stop asking; what carries later news stays. Idempotent. */
void hp__readiness_settle(hp_readiness *readiness);
/* A stop has begun: ask nothing more. What the server may still say itself is heard. */
void hp__readiness_rest(hp_readiness *readiness);
/* Ends the tether; false where there is none. */
bool hp__readiness_cut_tether(hp_readiness *readiness);
/* `closed` is called once, from inside where no handle is open; then it is freed. */
void hp__readiness_close(hp_readiness *readiness);

enum { HP_READY_TEXT_SIZE = 256 };
/* What is waited for, for a person. */
void hp__ready_describe(const struct hp_ready *ready, char text[HP_READY_TEXT_SIZE]);

#endif
