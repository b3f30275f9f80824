/* SPDX-License-Identifier: MIT */
#include "core/messages.h"

#include <stdlib.h>
#include <string.h>

bool hp__callback_text(const unsigned char *bytes, size_t length, char text[HP_CALLBACK_SIZE]) {
  if (length == 0 || length < (size_t)bytes[0] + 1)
    return false;
  memcpy(text, bytes + 1, bytes[0]);
  text[bytes[0]] = '\0';
  return true;
}

/* All of it is compared, wherever the first difference is: how long it took tells nothing. */
const char *hp__callback_after_nonce(const char *text, const char *nonce) {
  size_t length = nonce ? strlen(nonce) : 0;
  if (!nonce)
    return text;
  if (strlen(text) <= length || text[length] != ' ')
    return NULL;
  unsigned char difference = 0;
  for (size_t i = 0; i < length; i++)
    difference |= (unsigned char)(text[i] ^ nonce[i]);
  return difference ? NULL : text + length + 1;
}

bool hp__notify_field(const char *text, const char *name, char *value, size_t size) {
  size_t length = strlen(name);
  for (const char *line = text; line && *line; line = strchr(line, '\n')) {
    line += *line == '\n';
    if (strncmp(line, name, length) != 0)
      continue;
    size_t rest = strcspn(line + length, "\n");
    if (rest >= size)
      rest = size - 1;
    memcpy(value, line + length, rest);
    value[rest] = '\0';
    return true;
  }
  return false;
}

bool hp__notify_number(const char *value, unsigned long long *number) {
  char *end;
  *number = strtoull(value, &end, 10);
  return end != value && *end == '\0';
}

int64_t hp__notify_milliseconds(const char *value) {
  unsigned long long microseconds;
  if (!hp__notify_number(value, &microseconds))
    return -1;
  return (int64_t)(microseconds / 1000 > INT32_MAX ? INT32_MAX : microseconds / 1000);
}
