/* SPDX-License-Identifier: MIT */
/* The head of an answer over HTTP/1, and what of a body can be read without knowing more. Pure. */
#ifndef HP_CORE_HTTP_HEAD_H
#define HP_CORE_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hp_http_head {
  int status;
  size_t size;    /* of the head: the body begins there */
  int64_t length; /* of the body; -1: until the end of the connection */
  bool chunked;
};

enum { HP_HTTP_MALFORMED = -1, HP_HTTP_MORE = 0, HP_HTTP_DONE = 1 };

/* Reads the head that `bytes` begin with, over interim ones (status 1xx). MORE: it is not all there
 * yet; MALFORMED: it is no answer over HTTP/1. */
int hp__http_head(const char *bytes, size_t length, struct hp_http_head *head);

/* Joins the chunks of a body in place; *joined is how much of it is there so far. DONE: all. */
int hp__http_join(char *body, size_t length, size_t *joined);

#endif
