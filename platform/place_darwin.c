/* SPDX-License-Identifier: MIT */
#include "platform/darwin.h"

#include "platform/places_darwin.h"

#include <unistd.h>

int hp__place_darwin(enum hp_place place, char path[HP_PATH_SIZE]) {
  char home[HP_PATH_SIZE], temporary[HP_PATH_SIZE];
  struct hp_darwin_user user = {
      .home = hp__home_directory(home),
      .temporary = hp__path_variable("TMPDIR"),
      .configuration = hp__path_variable("XDG_CONFIG_HOME"),
      .runtime = hp__runtime_directory(),
  };
  size_t length = confstr(_CS_DARWIN_USER_TEMP_DIR, temporary, sizeof temporary);
  if (!user.temporary && length > 0 && length <= sizeof temporary)
    user.temporary = temporary;
  return hp__place_of_darwin(&user, place, path);
}
