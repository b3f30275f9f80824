/* SPDX-License-Identifier: MIT */
/* A string that grows: for messages, plans and JSON. */
#ifndef HP_CORE_TEXT_H
#define HP_CORE_TEXT_H

#include <hyperprocess/plugin.h>

#include <stdarg.h>

struct hp_text {
  char *data; /* NUL-terminated once anything was added; NULL before */
  size_t length, capacity;
  bool failed; /* out of memory at some time: check once, at the end */
};

void hp__text_fini(struct hp_text *text); /* safe on zeroed memory */
void hp__text_add(struct hp_text *text, const char *string);
void hp__text_add_slice(struct hp_text *text, const char *string, size_t length);
void hp__text_format(struct hp_text *text, const char *format, ...) HP_PRINTF(2, 3);
void hp__text_format_list(struct hp_text *text, const char *format, va_list list) HP_PRINTF(2, 0);
/* Whether `part` is in it, whatever the case of its ASCII letters. */
bool hp__text_contains(const char *text, const char *part);
/* A JSON string with its quotes; invalid UTF-8 becomes U+FFFD; NULL becomes null. */
void hp__text_add_json(struct hp_text *text, const char *string);
/* The text, to be freed by the caller with hp__free(); NULL when out of memory. Resets `text`. */
char *hp__text_take(struct hp_text *text);

#endif
