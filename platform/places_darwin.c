/* SPDX-License-Identifier: MIT */
#include "platform/places_darwin.h"

#include <stdio.h>
#include <string.h>

/* The system's own are written with a slash at the end. */
static int give(char path[HP_PATH_SIZE], const char *first, const char *second) {
  if (!first || first[0] != '/')
    return HP_ENOTFOUND;
  size_t length = strlen(first);
  while (length > 1 && first[length - 1] == '/')
    length--;
  int written = length < HP_PATH_SIZE
                    ? snprintf(path, HP_PATH_SIZE, "%.*s%s", (int)length, first, second)
                    : -1;
  return written < 0 || written >= HP_PATH_SIZE ? HP_ENOTFOUND : 0;
}

/* A user's temporary directory, 48 characters of random letters, leaves too little of the 103 that
 * a socket's path may have: sockets lie in a directory of our own in /tmp. */
int hp__place_of_darwin(const struct hp_darwin_user *user, enum hp_place place,
                        char path[HP_PATH_SIZE]) {
  switch (place) {
  case HP_PLACE_RUNTIME:
    return give(path, user->runtime, "");
  case HP_PLACE_SHORT:
    return give(path, "/tmp", "");
  case HP_PLACE_TEMPORARY:
    return give(path, user->temporary, "") == 0 ? 0 : give(path, "/tmp", "");
  case HP_PLACE_CONFIG:
    return give(path, user->configuration, "/hyperprocess") == 0
               ? 0
               : give(path, user->home, "/Library/Application Support/hyperprocess");
  case HP_PLACE_SYSTEM_CONFIG:
    return give(path, "/Library/Application Support/hyperprocess", "");
  }
  return HP_ENOTFOUND;
}
