/* SPDX-License-Identifier: MIT */
#include "config/words.h"

#include "config/mistake.h"
#include "core/text.h"

#include <string.h>

static const char blanks[] = " \t\r\n";

static int refuse_quote(const char *what, char quote, hp_error *error) {
  return hp__mistake(error, (struct hp_position){what, 0, 0}, "a %c without its end", quote);
}

/* Behind the opening quote; *at is left on the closing one. In "…" a backslash holds a quote, a
 * dollar and a backslash, as in a shell. */
static bool take_quoted(struct hp_text *word, const char **at, char quote) {
  for (; **at && **at != quote; (*at)++) {
    if (quote == '"' && **at == '\\' && (*at)[1] && strchr("\"\\$`", (*at)[1]))
      (*at)++;
    hp__text_add_slice(word, *at, 1);
  }
  return **at != '\0';
}

static int take_word(const char **at, struct hp_text *word, const char *what, hp_error *error) {
  hp__text_add(word, ""); /* '' is a word */
  for (; **at && !strchr(blanks, **at); (*at)++) {
    char c = **at;
    if (c == '\'' || c == '"') {
      (*at)++;
      if (!take_quoted(word, at, c))
        return refuse_quote(what, c, error);
      continue;
    }
    if (c == '\\' && (*at)[1])
      (*at)++;
    hp__text_add_slice(word, *at, 1);
  }
  return 0;
}

static int add_word(struct hp_arena *arena, struct hp_strings *words, const char *text,
                    hp_error *error) {
  /* with room for the NULL behind it */
  const char **grown = hp__arena_alloc(arena, (words->count + 2) * sizeof *grown);
  if (!grown || !(grown[words->count] = hp__arena_copy(arena, text)))
    return hp__out_of_memory(error);
  if (words->count > 0)
    memcpy(grown, words->items, words->count * sizeof *grown);
  words->items = grown;
  words->count++;
  return 0;
}

int hp__words_split(struct hp_arena *arena, const char *what, const char *text,
                    struct hp_strings *words, hp_error *error) {
  int result = 0;
  *words = (struct hp_strings){0};
  for (const char *at = text + strspn(text, blanks); result == 0 && *at; at += strspn(at, blanks)) {
    struct hp_text word = {0};
    result = take_word(&at, &word, what, error);
    if (result == 0)
      result = word.failed ? hp__out_of_memory(error)
                           : add_word(arena, words, word.data ? word.data : "", error);
    hp__text_fini(&word);
  }
  if (result == 0 && words->count == 0)
    return hp__mistake(error, (struct hp_position){what, 0, 0}, "there is no word in it");
  return result;
}
