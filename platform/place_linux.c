/* SPDX-License-Identifier: MIT */
/* The standard places, as the XDG base directories name them. */
#include "platform/linux.h"

#include <string.h>

static int give(char path[HP_PATH_SIZE], const char *first, const char *second) {
  if (!first || strlen(first) + strlen(second) >= HP_PATH_SIZE)
    return HP_ENOTFOUND;
  strcpy(path, first);
  strcat(path, second);
  return 0;
}

static int user_configuration(char path[HP_PATH_SIZE]) {
  const char *base = hp__path_variable("XDG_CONFIG_HOME");
  char room[HP_PATH_SIZE];
  return base ? give(path, base, "/hyperprocess")
              : give(path, hp__home_directory(room), "/.config/hyperprocess");
}

int hp__place_linux(enum hp_place place, char path[HP_PATH_SIZE]) {
  const char *temporary;
  switch (place) {
  case HP_PLACE_RUNTIME:
    return give(path, hp__runtime_directory(), "");
  case HP_PLACE_SHORT:
    return give(path, "/tmp", "");
  case HP_PLACE_TEMPORARY:
    temporary = hp__path_variable("TMPDIR");
    return give(path, temporary ? temporary : "/tmp", "");
  case HP_PLACE_CONFIG:
    return user_configuration(path);
  case HP_PLACE_SYSTEM_CONFIG:
    return give(path, "/etc/hyperprocess", "");
  }
  return HP_ENOTFOUND;
}
