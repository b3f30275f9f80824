/* SPDX-License-Identifier: MIT */
/* The standard places, as the XDG base directories name them. */
#include "platform/linux.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *absolute_variable(const char *name) {
  const char *value = getenv(name);
  return value && value[0] == '/' ? value : NULL;
}

static int give(char path[HP_PATH_SIZE], const char *first, const char *second) {
  int length = first ? snprintf(path, HP_PATH_SIZE, "%s%s", first, second) : -1;
  return length < 0 || length >= HP_PATH_SIZE ? HP_ENOTFOUND : 0;
}

/* One that belongs to somebody else, as after `su`, is as good as none. */
static const char *runtime(void) {
  struct stat stat_of;
  const char *path = absolute_variable("XDG_RUNTIME_DIR");
  if (!path || stat(path, &stat_of) < 0 || !S_ISDIR(stat_of.st_mode))
    return NULL;
  return stat_of.st_uid == geteuid() && access(path, W_OK | X_OK) == 0 ? path : NULL;
}

static int user_configuration(char path[HP_PATH_SIZE]) {
  const char *base = absolute_variable("XDG_CONFIG_HOME"), *home = absolute_variable("HOME");
  if (base)
    return give(path, base, "/hyperprocess");
  if (home)
    return give(path, home, "/.config/hyperprocess");
  struct passwd entry, *found = NULL;
  char room[4096];
  if (getpwuid_r(geteuid(), &entry, room, sizeof room, &found) != 0 || !found)
    return HP_ENOTFOUND;
  return give(path, found->pw_dir, "/.config/hyperprocess");
}

int hp__place_linux(enum hp_place place, char path[HP_PATH_SIZE]) {
  const char *temporary = absolute_variable("TMPDIR");
  switch (place) {
  case HP_PLACE_RUNTIME:
    return give(path, runtime(), "");
  case HP_PLACE_SHORT:
    return give(path, "/tmp", "");
  case HP_PLACE_TEMPORARY:
    return give(path, temporary ? temporary : "/tmp", "");
  case HP_PLACE_CONFIG:
    return user_configuration(path);
  case HP_PLACE_SYSTEM_CONFIG:
    return give(path, "/etc/hyperprocess", "");
  }
  return HP_ENOTFOUND;
}
