/* SPDX-License-Identifier: MIT */
#include "config/mistake.h"

#include "core/text.h"

#include <string.h>

enum { WORD_MAX = 63, MESSAGE_MAX = 1000 };

static size_t smaller(size_t a, size_t b) {
  return a < b ? a : b;
}

static size_t shared_beginning(const char *a, const char *b) {
  size_t length = 0;
  while (a[length] && a[length] == b[length])
    length++;
  return length;
}

static char fold(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Optimal string alignment: insertions, deletions, substitutions, and swaps of neighbours. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length) {
  size_t rows[3][WORD_MAX + 1];
  size_t *before = rows[0], *last = rows[1], *row = rows[2];
  for (size_t j = 0; j <= b_length; j++) {
    before[j] = 0; /* is not read before it is a copy of a real row */
    last[j] = j;
  }
  for (size_t i = 1; i <= a_length; i++) {
    row[0] = i;
    for (size_t j = 1; j <= b_length; j++) {
      bool same = fold(a[i - 1]) == fold(b[j - 1]);
      row[j] = smaller(smaller(last[j], row[j - 1]) + 1, last[j - 1] + !same);
      if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) && fold(a[i - 2]) == fold(b[j - 1]))
        row[j] = smaller(row[j], before[j - 2] + 1);
    }
    size_t *spare = before;
    before = last;
    last = row;
    row = spare;
  }
  return last[b_length];
}

/* How far apart, SIZE_MAX where one cannot be meant by the other. */
static size_t measure(const char *word, const char *candidate) {
  size_t length = strlen(word), other = strlen(candidate),
         longest = other > length ? other : length;
  if (length == 0 || longest > WORD_MAX)
    return SIZE_MAX;
  size_t allowed = longest / 3 > 1 ? longest / 3 : 1;
  size_t result = distance(word, length, candidate, other);
  return result <= allowed && result < longest ? result : SIZE_MAX;
}

const char *hp__nearest(const char *word, const char *const *candidates, size_t count) {
  const char *best = NULL;
  size_t least = SIZE_MAX;
  for (size_t i = 0; i < count; i++) {
    size_t apart = measure(word, candidates[i]);
    /* People get the beginning of a word right. */
    if (apart < least || (best && apart == least &&
                          shared_beginning(word, candidates[i]) > shared_beginning(word, best))) {
      least = apart;
      best = candidates[i];
    }
  }
  return best;
}

/* A word may come from a block of text or be very long: one line, of a length that can be read. */
static void make_line(struct hp_text *text) {
  if (!text->data)
    return;
  for (size_t i = 0; i < text->length; i++)
    if ((unsigned char)text->data[i] < ' ')
      text->data[i] = ' ';
  if (text->length <= MESSAGE_MAX)
    return;
  text->length = MESSAGE_MAX;
  while (((unsigned char)text->data[text->length] & 0xC0) == 0x80)
    text->length--;
  text->data[text->length] = '\0';
  hp__text_add(text, "...");
}

void hp__position_print(struct hp_text *text, struct hp_position position) {
  if (position.file && position.line > 0)
    hp__text_format(text, "%s:%d:%d: ", position.file, position.line, position.column);
  else if (position.file)
    hp__text_format(text, "%s: ", position.file);
}

int hp__out_of_memory(hp_error *error) {
  return hp_error_set(error, HP_ENOMEM, HP_PHASE_CONFIG,
                      "out of memory while reading configuration");
}

static int give(hp_error *error, struct hp_text *text) {
  int result = text->failed || !text->data
                   ? hp__out_of_memory(error)
                   : hp_error_set(error, HP_ECONFIG, HP_PHASE_CONFIG, "%s", text->data);
  hp__text_fini(text);
  return result;
}

int hp__mistake(hp_error *error, struct hp_position position, const char *format, ...) {
  struct hp_text message = {0}, text = {0};
  va_list list;
  va_start(list, format);
  hp__text_format_list(&message, format, list);
  va_end(list);
  make_line(&message);
  hp__position_print(&text, position);
  if (message.data)
    hp__text_add(&text, message.data);
  text.failed = text.failed || message.failed;
  hp__text_fini(&message);
  return give(error, &text);
}

int hp__mistake_at(hp_error *error, struct hp_position position, int code) {
  struct hp_text place = {0};
  if (code == 0 || code == HP_ENOMEM || !error)
    return code;
  hp__position_print(&place, position);
  if (place.data)
    hp_error_prefix(error, "%s", place.data);
  hp__text_fini(&place);
  return code;
}

static void add_list(struct hp_text *text, const char *first, const char *const *words,
                     size_t count) {
  const char *separator = "one of: ";
  if (first) {
    hp__text_format(text, "%s%s", separator, first);
    separator = ", ";
  }
  for (size_t i = 0; i < count; i++) {
    if (words[i] == first)
      continue;
    hp__text_format(text, "%s%s", separator, words[i]);
    separator = ", ";
  }
}

int hp__unknown(hp_error *error, struct hp_position position, const char *what, const char *word,
                const char *const *candidates, size_t count) {
  const char *closest = hp__nearest(word, candidates, count);
  struct hp_text list = {0};
  add_list(&list, closest, candidates, count);
  int result;
  if (closest)
    result =
        hp__mistake(error, position, "unknown %s '%s', did you mean '%s'?", what, word, closest);
  else
    result = hp__mistake(error, position, "unknown %s '%s'; %s", what, word,
                         list.data ? list.data : "there is none here");
  if (closest && list.data)
    hp_error_set_hint(error, "%s", list.data);
  hp__text_fini(&list);
  return result;
}
