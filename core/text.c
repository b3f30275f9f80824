/* SPDX-License-Identifier: MIT */
#include "core/text.h"

#include "core/alloc.h"

#include <stdio.h>
#include <string.h>

void hp__text_fini(struct hp_text *text) {
  hp__free(text->data);
  *text = (struct hp_text){0};
}

static bool reserve(struct hp_text *text, size_t more) {
  if (text->failed)
    return false;
  size_t need = text->length + more + 1;
  if (need <= text->capacity)
    return true;
  size_t capacity = text->capacity ? text->capacity * 2 : 128;
  if (capacity < need)
    capacity = need;
  char *data = hp__realloc(text->data, capacity);
  text->failed = !data;
  if (!data)
    return false;
  text->data = data;
  text->capacity = capacity;
  return true;
}

void hp__text_add_slice(struct hp_text *text, const char *string, size_t length) {
  if (!reserve(text, length))
    return;
  if (length)
    memcpy(text->data + text->length, string, length);
  text->length += length;
  text->data[text->length] = '\0';
}

void hp__text_add(struct hp_text *text, const char *string) {
  hp__text_add_slice(text, string, strlen(string));
}

void hp__text_format_list(struct hp_text *text, const char *format, va_list list) {
  va_list again;
  va_copy(again, list);
  size_t room = text->capacity - text->length; /* most texts fit into it: one pass then */
  int length = vsnprintf(room ? text->data + text->length : NULL, room, format, list);
  if (length < 0)
    text->failed = true;
  else if (reserve(text, (size_t)length)) {
    if ((size_t)length >= room)
      vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
    text->length += (size_t)length;
  }
  va_end(again);
}

void hp__text_format(struct hp_text *text, const char *format, ...) {
  va_list list;
  va_start(list, format);
  hp__text_format_list(text, format, list);
  va_end(list);
}

/* Length of the well-formed UTF-8 sequence at `s` (RFC 3629), 0 where it is none. */
static size_t sequence_length(const unsigned char *s) {
  size_t length = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
  if (s[0] > 0xf4)
    return 0;
  for (size_t i = 1; i < length; i++)
    if ((s[i] & 0xc0) != 0x80)
      return 0;
  bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
  bool surrogate = s[0] == 0xed && s[1] > 0x9f;
  bool too_large = s[0] == 0xf4 && s[1] > 0x8f;
  return overlong || surrogate || too_large ? 0 : length;
}

static void add_json_byte(struct hp_text *text, unsigned char byte) {
  static const char names[][2] = {{'"', '"'},  {'\\', '\\'}, {'\n', 'n'}, {'\r', 'r'},
                                  {'\t', 't'}, {'\b', 'b'},  {'\f', 'f'}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if ((unsigned char)names[i][0] == byte) {
      hp__text_format(text, "\\%c", names[i][1]);
      return;
    }
  if (byte < 0x20 || byte == 0x7f)
    hp__text_format(text, "\\u%04x", byte);
  else
    hp__text_add_slice(text, (const char *)&byte, 1);
}

void hp__text_add_json(struct hp_text *text, const char *string) {
  if (!string) {
    hp__text_add(text, "null");
    return;
  }
  hp__text_add(text, "\"");
  for (const unsigned char *s = (const unsigned char *)string; *s;) {
    size_t length = sequence_length(s);
    if (length == 1)
      add_json_byte(text, *s);
    else if (length == 0)
      hp__text_add(text, "\xef\xbf\xbd");
    else
      hp__text_add_slice(text, (const char *)s, length);
    s += length ? length : 1;
  }
  hp__text_add(text, "\"");
}

static char fold(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool hp__text_contains(const char *text, const char *part) {
  for (;; text++) {
    size_t length = 0;
    while (part[length] && fold(text[length]) == fold(part[length]))
      length++;
    if (!part[length])
      return true;
    if (!*text)
      return false;
  }
}

char *hp__text_take(struct hp_text *text) {
  hp__text_add_slice(text, "", 0);
  char *data = text->failed ? NULL : text->data;
  if (!data)
    hp__free(text->data);
  *text = (struct hp_text){0};
  return data;
}
