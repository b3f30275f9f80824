/* SPDX-License-Identifier: MIT */
/* A mistake in the user's words: where it stands, what it is, which word was probably meant. */
#ifndef HP_CONFIG_MISTAKE_H
#define HP_CONFIG_MISTAKE_H

#include <hyperprocess/plugin.h>

/* Where a word of the user's stands; line 0 where there are no lines ("--set", a file as a whole),
 * file NULL where the caller adds the place. */
struct hp_position {
  const char *file;
  int line, column;
};

struct hp_text;
/* "file:line:column: ", as far as they are known. */
void hp__position_print(struct hp_text *text, struct hp_position position);

/* Each returns its code. The message is one line, whatever the words in it hold. */
int hp__mistake(hp_error *error, struct hp_position position, const char *format, ...)
    HP_PRINTF(3, 4);
/* "unknown key 'trasnport', did you mean 'transport'?", or all the valid ones. */
int hp__unknown(hp_error *error, struct hp_position position, const char *what, const char *word,
                const char *const *candidates, size_t count);
/* Puts the place before a message that was written without one, unless it is about memory. */
int hp__mistake_at(hp_error *error, struct hp_position position, int code);
int hp__out_of_memory(hp_error *error);

/* The candidate that is nearest to `word` and near enough to be meant; NULL otherwise. */
const char *hp__nearest(const char *word, const char *const *candidates, size_t count);

#endif
