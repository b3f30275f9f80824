/* SPDX-License-Identifier: MIT */
/* What the standard places of every system are made of. */
#include "platform/posix.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *hp__path_variable(const char *name) {
  const char *value = getenv(name);
  return value && value[0] == '/' ? value : NULL;
}

/* One that belongs to somebody else, as after `su`, is as good as none. */
const char *hp__runtime_directory(void) {
  struct stat stat_of;
  const char *path = hp__path_variable("XDG_RUNTIME_DIR");
  if (!path || stat(path, &stat_of) < 0 || !S_ISDIR(stat_of.st_mode))
    return NULL;
  return stat_of.st_uid == geteuid() && access(path, W_OK | X_OK) == 0 ? path : NULL;
}

const char *hp__home_directory(char room[HP_PATH_SIZE]) {
  const char *home = hp__path_variable("HOME");
  struct passwd entry, *found = NULL;
  char text[4096];
  if (home)
    return home;
  if (getpwuid_r(geteuid(), &entry, text, sizeof text, &found) != 0 || !found)
    return NULL;
  int length = snprintf(room, HP_PATH_SIZE, "%s", found->pw_dir);
  return length > 0 && length < HP_PATH_SIZE ? room : NULL;
}
