/* SPDX-License-Identifier: MIT */
#include "tests/support/json.h"

#include <stdio.h>
#include <string.h>

enum { VALUE = 8192, NAME = 256 };

struct reader {
  const char *at;
  const char *wanted; /* the path that is looked for; NULL: none */
  char *value;
  bool found;
};

static bool read_value(struct reader *reader, const char *path);

static void skip_space(struct reader *reader) {
  reader->at += strspn(reader->at, " \t\r\n");
}

static bool take(struct reader *reader, char byte) {
  skip_space(reader);
  if (*reader->at != byte)
    return false;
  reader->at++;
  return true;
}

/* Of \u only what we write: one byte. */
static bool read_escape(struct reader *reader, char *byte) {
  static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
  const char *name = strchr(names, *reader->at);
  unsigned code;
  if (*reader->at == 'u' && sscanf(reader->at + 1, "%4x", &code) == 1 && code < 0x80) {
    *byte = (char)code;
    reader->at += 5;
    return true;
  }
  if (!*reader->at || !name)
    return false;
  *byte = meant[name - names];
  reader->at++;
  return true;
}

static bool read_string(struct reader *reader, char *text, size_t size) {
  size_t length = 0;
  if (!take(reader, '"'))
    return false;
  while (*reader->at != '"') {
    char byte = *reader->at++;
    if ((unsigned char)byte < 0x20 || (byte == '\\' && !read_escape(reader, &byte)))
      return false;
    if (length + 1 < size)
      text[length++] = byte;
  }
  text[length] = '\0';
  reader->at++;
  return true;
}

static bool read_members(struct reader *reader, const char *path) {
  if (take(reader, '}'))
    return true;
  do {
    char name[NAME], inner[NAME * 2];
    skip_space(reader);
    if (!read_string(reader, name, sizeof name) || !take(reader, ':'))
      return false;
    snprintf(inner, sizeof inner, "%s%s%s", path, *path ? "." : "", name);
    if (!read_value(reader, inner))
      return false;
  } while (take(reader, ','));
  return take(reader, '}');
}

static bool read_items(struct reader *reader) {
  if (take(reader, ']'))
    return true;
  do
    if (!read_value(reader, "[]"))
      return false;
  while (take(reader, ','));
  return take(reader, ']');
}

static bool read_number(struct reader *reader) {
  static const char digits[] = "0123456789";
  reader->at += *reader->at == '-';
  size_t whole = strspn(reader->at, digits);
  if (whole == 0 || (whole > 1 && *reader->at == '0'))
    return false;
  reader->at += whole;
  if (*reader->at != '.')
    return true;
  size_t part = strspn(reader->at + 1, digits);
  reader->at += part + 1;
  return part > 0;
}

static bool read_plain(struct reader *reader) {
  static const char *const words[] = {"true", "false", "null"};
  for (size_t i = 0; i < 3; i++)
    if (strncmp(reader->at, words[i], strlen(words[i])) == 0) {
      reader->at += strlen(words[i]);
      return true;
    }
  return read_number(reader);
}

static bool read_value(struct reader *reader, const char *path) {
  char text[VALUE];
  bool wanted = reader->wanted && strcmp(path, reader->wanted) == 0;
  skip_space(reader);
  const char *begin = reader->at;
  bool is_text = *begin == '"';
  bool well = is_text             ? read_string(reader, text, sizeof text)
              : take(reader, '{') ? read_members(reader, path)
              : take(reader, '[') ? read_items(reader)
                                  : read_plain(reader);
  if (!well || !wanted)
    return well;
  reader->found = true;
  if (is_text)
    memcpy(reader->value, text, VALUE);
  else
    snprintf(reader->value, VALUE, "%.*s", (int)(reader->at - begin), begin);
  return true;
}

bool hp_test_json_is_object(const char *text) {
  struct reader reader = {.at = text};
  if (*text != '{' || !read_value(&reader, ""))
    return false;
  skip_space(&reader);
  return !*reader.at;
}

const char *hp_test_json(const char *text, const char *path) {
  static char values[8][VALUE];
  static int next;
  char *value = values[next++ % 8];
  struct reader reader = {.at = text, .wanted = path, .value = value};
  return read_value(&reader, "") && reader.found ? value : NULL;
}
