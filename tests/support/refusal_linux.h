/* SPDX-License-Identifier: MIT */
/*
 * A program one of whose system calls fails: by seccomp's user notification, for which Linux 5.9
 * serves. Only calls of the program itself count, with those of a child until it executes another
 * one, between its first getpriority() and its second: what the loader does before is not its own,
 * nor what a sanitizer or a profile does after.
 */
#ifndef HP_TESTS_SUPPORT_REFUSAL_LINUX_H
#define HP_TESTS_SUPPORT_REFUSAL_LINUX_H

#include <stdbool.h>
#include <sys/types.h>

struct refusal {
  const char *const *argv;
  const char *output; /* file for stdout and stderr; stdin is empty */
  const int *calls;   /* numbers of system calls that are counted, -1 at their end */
  int call, code;     /* the one that fails, and its errno; -1: none */
  long first;         /* of its occurrences, from 1; 0: none */
  int patience_ms;
  /* what came of it */
  long counts[64]; /* in the order of `calls` */
  int status;      /* as waitpid() has it; -1: it hung and was killed */
  int error;       /* errno that made it impossible; 0: none */
};

/* false: this system cannot do it, for the reason in `error`. */
bool refusal_run(struct refusal *refusal);

#endif
