/* SPDX-License-Identifier: MIT */
/*
 * What a process writes to stdout and stderr: always drained, cut into lines, the last of it kept
 * for errors. Memory is bounded, and none is used before the first byte comes.
 */
#ifndef HP_CORE_OUTPUT_H
#define HP_CORE_OUTPUT_H

#include "core/redact.h"

enum {
  HP_TAIL_SIZE = 4096, /* of the text that is kept */
  HP_LINE_MAX = 8192   /* a longer line is handed on in pieces */
};

/* One line without its end; not NUL-terminated. */
typedef void (*hp_line_callback)(void *data, const char *line, size_t length);

struct hp_output {
  struct hp_redactor redactor; /* what is kept has no secrets, what is handed on is as it came */
  char *tail;                  /* ring of the last lines, each with its '\n' */
  size_t tail_length;          /* ever written to it */
  char *rest;                  /* the beginning of a line whose end is still to come */
  size_t rest_length;
  hp_line_callback line;
  void *data;
};

/* `secrets` may be NULL, and lives as long as the output. */
void hp__output_init(struct hp_output *output, const struct hp_secrets *secrets,
                     hp_line_callback line, void *data);
void hp__output_fini(struct hp_output *output);
void hp__output_feed(struct hp_output *output, const char *bytes, size_t length);
/* The end of it: hands on a last line that has no end, frees what was kept for it. */
void hp__output_end(struct hp_output *output);
/* The last whole lines, oldest first, to be freed with hp__free(); NULL when there are none. */
char *hp__output_tail(const struct hp_output *output);

#endif
