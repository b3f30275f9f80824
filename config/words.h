/* SPDX-License-Identifier: MIT */
/* A command line as one text, taken apart as a shell does it, but with nothing expanded. */
#ifndef HP_CONFIG_WORDS_H
#define HP_CONFIG_WORDS_H

#include "config/definition.h"

/* Blanks separate; '…', "…" and a backslash hold together. `what` names the text in messages:
 * HP_ECONFIG for a quote without its end, and for a text without a word. */
int hp__words_split(struct hp_arena *arena, const char *what, const char *text,
                    struct hp_strings *words, hp_error *error);

#endif
