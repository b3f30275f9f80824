/* SPDX-License-Identifier: MIT */
/*
 * From the output pipe to the files, beside the loop. The buffer is bounded: while the disk is slow
 * the pipe is not read, and nothing is lost; while the disk takes nothing the output is drained and
 * counted, since a server that cannot write would stand still; where bytes are missing the file
 * says so in a line of its own.
 */
#ifndef HP_CORE_LOG_H
#define HP_CORE_LOG_H

#include "core/log_file.h"
#include "core/redact.h"

struct hp_log_owner {
  void *data;
  uv_loop_t *loop;
  const struct hp_secrets *secrets;
  void (*opened)(void *data, int status);     /* once; after a libuv code the log is no more */
  void (*resume)(void *data);                 /* there is room again */
  void (*told)(void *data, const char *text); /* that output is lost, and that it is no more */
  void (*moved)(void *data, const char *path);
  void (*closed)(void *data); /* all is written, and nothing refers to it */
};

struct hp_log {
  struct hp_log_owner owner;
  struct hp_log_file file; /* while `writing`, of the other thread */
  struct hp_redactor redactor;
  char *ring; /* NULL before the first byte */
  size_t begin, length;
  uv_work_t work;
  size_t batch, written;
  uint64_t gap; /* bytes that are missing before the batch, and whether the file says so now */
  bool marked;
  int status;
  bool writing, closing, tried_last;
  uint64_t unmarked; /* lost since the file said so last */
  uint64_t lost;     /* since the disk takes nothing; 0: it does */
};

/* `opened` follows, never from inside. After a failure *log is NULL and nothing follows; else
 * nothing is owed but hp__log_close() of one that was opened. */
int hp__log_open(struct hp_log **log, const struct hp_log_owner *owner,
                 const struct hp_log_rules *rules, hp_error *error);
/* The error of a log that could not be opened. */
int hp__log_refuse(const struct hp_log_rules *rules, int status, hp_error *error);
/* How many bytes can be fed now; 0: not before `resume`. */
size_t hp__log_room(const struct hp_log *log);
void hp__log_feed(struct hp_log *log, const char *bytes, size_t length);
/* `closed` is called once, maybe from inside. */
void hp__log_close(struct hp_log *log);

#endif
