/* SPDX-License-Identifier: MIT */
#include "transports/pipe_name.h"

#include <stdio.h>
#include <string.h>

/* As UTF-16 counts: what takes four bytes in UTF-8 takes two characters there. */
static size_t count_characters(const char *text) {
  size_t count = 0;
  for (const unsigned char *c = (const unsigned char *)text; *c; c++)
    count += (*c & 0xc0) != 0x80 ? 1 + (*c >= 0xf0) : 0;
  return count;
}

static int refuse(const char *name, const char *why, const char *hint, hp_error *error) {
  int code =
      hp_error_set(error, HP_ECONFIG, HP_PHASE_PLAN, "name of the pipe %s: \"%s\"", why, name);
  hp_error_set_hint(error, "%s", hint);
  return code;
}

static int refuse_length(const char *name, size_t length, const char *unit, size_t most,
                         hp_error *error) {
  int code = hp_error_set(error, HP_ETOOLONG, HP_PHASE_PLAN,
                          "name of the pipe is %zu %s long with its prefix, at most %zu are "
                          "possible: " HP_PIPE_PREFIX "%s",
                          length, unit, most, name);
  hp_error_set_hint(error, "choose a shorter name, or name none: a short one is then made");
  return code;
}

int hp__pipe_name_check(const char *name, hp_error *error) {
  size_t length = strlen(name), characters = strlen(HP_PIPE_PREFIX) + count_characters(name);
  if (length == 0)
    return refuse(name, "is empty", "name none at all: one that nobody can guess is then made",
                  error);
  if (strpbrk(name, "\\/"))
    return refuse(name, "holds a separator",
                  "give the name alone, what would follow " HP_PIPE_PREFIX, error);
  if (name[length - 1] == '.' || name[length - 1] == ' ')
    return refuse(name, "ends in a full stop or a space, which Windows takes away",
                  "choose another end", error);
  if (characters > HP_PIPE_NAME_MAX)
    return refuse_length(name, characters, "characters", HP_PIPE_NAME_MAX, error);
  if (length >= HP_PATH_SIZE) /* what an endpoint has room for */
    return refuse_length(name, length + strlen(HP_PIPE_PREFIX), "bytes",
                         HP_PATH_SIZE - 1 + strlen(HP_PIPE_PREFIX), error);
  return 0;
}

void hp__pipe_name_make(char name[HP_PIPE_OWN_SIZE],
                        const unsigned char bytes[HP_PIPE_RANDOM_SIZE]) {
  static const char digits[] = "0123456789abcdef";
  memcpy(name, "hp-", 3);
  for (int i = 0; i < HP_PIPE_RANDOM_SIZE; i++) {
    name[3 + 2 * i] = digits[bytes[i] >> 4];
    name[4 + 2 * i] = digits[bytes[i] & 15];
  }
  name[HP_PIPE_OWN_SIZE - 1] = '\0';
}
