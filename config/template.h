/* SPDX-License-Identifier: MIT */
/*
 * A text with variables in it: "${endpoint.host}:${endpoint.port}", "$${" for a literal "${".
 * Parsed once; resolved in two steps, what the plan knows and what only the launch knows. It is
 * never given to a shell. The same form read backwards is a pattern that finds a server's address
 * in what it says.
 */
#ifndef HP_CONFIG_TEMPLATE_H
#define HP_CONFIG_TEMPLATE_H

#include "core/arena.h"
#include "core/text.h"

struct hp_segment {
  const char *literal;  /* either this … */
  const char *variable; /* … or the name between the braces */
  bool secret;          /* a literal that print() shows as "***" */
};

struct hp_template {
  const struct hp_segment *segments;
  size_t count; /* 0: the empty string */
};

/* HP_ECONFIG for "${" without "}" or an empty name; the caller adds the place. */
int hp__template_parse(struct hp_arena *arena, struct hp_template *result, const char *text,
                       hp_error *error);

/* Answers a variable: its text, or NULL when it is not known. Sets *secret for what print must not
 * show. */
typedef const char *(*hp_template_lookup)(void *data, const char *variable, bool *secret);

/* Replaces every variable that `lookup` knows; the others stay variables. */
void hp__template_resolve(struct hp_arena *arena, struct hp_template *result,
                          const struct hp_template *text, hp_template_lookup lookup, void *data);
/* First variable that is left, or NULL. */
const char *hp__template_open(const struct hp_template *text);
/* For execution: literals as they are. Must not have open variables. */
void hp__template_render(struct hp_text *out, const struct hp_template *text);
/* For a person: open variables as "<name>", secrets as "***". */
void hp__template_print(struct hp_text *out, const struct hp_template *text);

/* Receives what a variable matched, `length` bytes at `value`; false rejects this match. */
typedef bool (*hp_template_capture)(void *data, const char *variable, const char *value,
                                    size_t length);
/* Finds the pattern anywhere in `line` (`whole`: it must be all of it). A variable matches one or
 * more bytes, as few as the next literal allows, never white space; "${endpoint.port}" digits only.
 */
bool hp__template_match(const struct hp_template *pattern, const char *line, bool whole,
                        hp_template_capture capture, void *data);

#endif
