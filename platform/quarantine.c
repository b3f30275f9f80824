/* SPDX-License-Identifier: MIT */
#include "platform/quarantine.h"

#include "core/text.h"

#include <string.h>

enum { FLAG_APPROVED = 0x0040, DIGITS_MAX = 8 };

struct field {
  const char *begin;
  size_t length;
};

/* The next field, with its semicolon taken off `rest`. */
static struct field next(struct field *rest) {
  const char *end = rest->length ? memchr(rest->begin, ';', rest->length) : NULL;
  struct field field = {rest->begin, end ? (size_t)(end - rest->begin) : rest->length};
  size_t taken = field.length + (end != NULL);
  rest->begin += taken;
  rest->length -= taken;
  return field;
}

static int digit(char c) {
  static const char digits[] = "0123456789abcdef0123456789ABCDEF";
  const char *found = c ? strchr(digits, c) : NULL;
  return found ? (int)((found - digits) % 16) : -1;
}

static bool read_number(struct field field, int64_t *number) {
  *number = 0;
  for (size_t i = 0; i < field.length; i++) {
    int value = digit(field.begin[i]);
    if (value < 0 || field.length > DIGITS_MAX)
      return false;
    *number = *number * 16 + value;
  }
  return field.length > 0;
}

/* It goes into a message of one line. */
static void read_agent(struct field field, char *agent, size_t size) {
  size_t length = field.length < size ? field.length : size - 1;
  for (size_t i = 0; i < length; i++)
    agent[i] = (unsigned char)field.begin[i] < ' ' ? '?' : field.begin[i];
  agent[length] = '\0';
}

bool hp__quarantine_read(const char *text, size_t length, struct hp_quarantine *quarantine) {
  struct field rest = {text, length};
  int64_t flags;
  memset(quarantine, 0, sizeof *quarantine);
  if (!read_number(next(&rest), &flags))
    return false;
  if (!read_number(next(&rest), &quarantine->time))
    quarantine->time = 0;
  quarantine->approved = (flags & FLAG_APPROVED) != 0;
  read_agent(next(&rest), quarantine->agent, sizeof quarantine->agent);
  return true;
}

char *hp__quarantine_note(const struct hp_quarantine *quarantine) {
  struct hp_text text = {0};
  hp__text_format(&text, "quarantined%s%s, %s", quarantine->agent[0] ? " by " : "",
                  quarantine->agent, quarantine->approved ? "approved" : "not approved yet");
  return hp__text_take(&text);
}
