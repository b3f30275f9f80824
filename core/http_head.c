/* SPDX-License-Identifier: MIT */
#include "core/http_head.h"

#include <string.h>

/* A line without its end, and where the next one begins. */
struct line {
  const char *text;
  size_t length;
  const char *next;
};

/* false: its end is not there yet. */
static bool next_line(const char *at, const char *end, struct line *line) {
  const char *newline = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
  if (!newline)
    return false;
  line->text = at;
  line->length = (size_t)(newline - at);
  line->next = newline + 1;
  if (line->length > 0 && at[line->length - 1] == '\r')
    line->length--;
  return true;
}

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether `text` begins so, whatever the case of its letters; `word` is in small ones. */
static bool begins(const char *text, size_t length, const char *word) {
  size_t i = 0;
  for (; word[i]; i++)
    if (i >= length || lower(text[i]) != word[i])
      return false;
  return true;
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* "HTTP/1.1 200 OK"; the reason may be missing. */
static bool read_status(const struct line *line, int *status) {
  static const char form[] = "HTTP/1.x nnn";
  const char *text = line->text;
  if (line->length < sizeof form - 1 || memcmp(text, "HTTP/1.", 7) != 0 || !is_digit(text[7]) ||
      text[8] != ' ' || !is_digit(text[9]) || !is_digit(text[10]) || !is_digit(text[11]) ||
      (line->length > 12 && text[12] != ' '))
    return false;
  *status = (text[9] - '0') * 100 + (text[10] - '0') * 10 + (text[11] - '0');
  return *status >= 100;
}

/* -1: it is none, or too great to be true. */
static int64_t read_length(const char *text, size_t length) {
  int64_t value = length > 0 ? 0 : -1;
  for (size_t i = 0; i < length && value >= 0; i++)
    value = is_digit(text[i]) && value < INT64_MAX / 100 ? value * 10 + (text[i] - '0') : -1;
  return value;
}

static bool read_field(const struct line *line, struct hp_http_head *head) {
  const char *colon = memchr(line->text, ':', line->length);
  if (!colon || colon == line->text)
    return false;
  const char *value = colon + 1, *end = line->text + line->length;
  while (value < end && (*value == ' ' || *value == '\t'))
    value++;
  while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
    end--;
  if (begins(line->text, line->length, "content-length:")) {
    head->length = read_length(value, (size_t)(end - value));
    return head->length >= 0;
  }
  if (begins(line->text, line->length, "transfer-encoding:"))
    head->chunked = begins(value, (size_t)(end - value), "chunked");
  return true;
}

/* One head; *at is behind it afterwards. */
static int read_head(const char **at, const char *end, struct hp_http_head *head) {
  struct line line;
  *head = (struct hp_http_head){.length = -1};
  if (!next_line(*at, end, &line)) { /* what cannot become one is known early */
    size_t length = (size_t)(end - *at);
    return memcmp(*at, "HTTP/1.", length < 7 ? length : 7) == 0 ? HP_HTTP_MORE : HP_HTTP_MALFORMED;
  }
  if (!read_status(&line, &head->status))
    return HP_HTTP_MALFORMED;
  while (next_line(line.next, end, &line)) {
    if (line.length == 0) {
      *at = line.next;
      return HP_HTTP_DONE;
    }
    bool folded = line.text[0] == ' ' || line.text[0] == '\t'; /* goes on with the one before */
    if (!folded && !read_field(&line, head))
      return HP_HTTP_MALFORMED;
  }
  return HP_HTTP_MORE;
}

int hp__http_head(const char *bytes, size_t length, struct hp_http_head *head) {
  const char *at = bytes, *end = bytes + length;
  int result;
  do
    result = read_head(&at, end, head);
  while (result == HP_HTTP_DONE && head->status < 200);
  if (result == HP_HTTP_DONE && head->chunked)
    head->length = -1;
  head->size = (size_t)(at - bytes);
  return result;
}

static int hexadecimal(char c) {
  c = lower(c);
  return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The size that a chunk's first line says; false: it says none. */
static bool read_size(const struct line *line, size_t *size) {
  size_t i = 0;
  for (*size = 0; i < line->length && hexadecimal(line->text[i]) >= 0; i++)
    if (*size > SIZE_MAX >> 8)
      return false;
    else
      *size = *size * 16 + (size_t)hexadecimal(line->text[i]);
  return i > 0 && (i == line->length || line->text[i] == ';' || line->text[i] == ' ');
}

int hp__http_join(char *body, size_t length, size_t *joined) {
  const char *at = body, *end = body + length;
  struct line line;
  size_t size;
  *joined = 0;
  while (next_line(at, end, &line)) {
    if (!read_size(&line, &size))
      return HP_HTTP_MALFORMED;
    if (size == 0)
      return HP_HTTP_DONE;
    size_t there = (size_t)(end - line.next);
    memmove(body + *joined, line.next, size < there ? size : there);
    *joined += size < there ? size : there;
    if (size >= there)
      return HP_HTTP_MORE;
    at = line.next + size;
    at += at < end && *at == '\r';
    if (at < end && *at++ != '\n')
      return HP_HTTP_MALFORMED;
  }
  return HP_HTTP_MORE;
}
