/* SPDX-License-Identifier: MIT */
/*
 * What is kept of a run that failed: plan, error, the last output, the data. The data are made
 * where the server's user can reach them and copied when that is due, without their secrets, so
 * that a run that went well leaves nothing.
 */
#ifndef HP_CLI_KEEP_H
#define HP_CLI_KEEP_H

#include "cli/options.h"
#include "core/context.h"

struct keep {
  const char *directory;                              /* NULL: nothing is kept */
  char scratch[HP_PATH_SIZE], data[HP_PATH_SIZE + 8]; /* "": the server has no data of its own */
  char *plan, *error, *output;
};

/* Before the start: gives the server a data directory that outlives it, where it would have a
 * temporary one. Whatever is wrong is left for the start to tell. */
void keep_begin(struct keep *keep, hp_context *context, const struct arguments *arguments);
void keep_error(struct keep *keep, const hp_error *error); /* the first one counts */
/* When all is over, with the exit code of the run. */
void keep_end(struct keep *keep, int code);

#endif
