/* SPDX-License-Identifier: MIT */
/* The standard places of macOS, as text: pure, and tested on every host. */
#ifndef HP_PLATFORM_PLACES_DARWIN_H
#define HP_PLATFORM_PLACES_DARWIN_H

#include <hyperprocess/plugin.h>

/* What the system knows of the user; NULL where it does not. Relative paths count as unknown. */
struct hp_darwin_user {
  const char *home;
  const char *temporary;     /* TMPDIR, or else what confstr() says */
  const char *configuration; /* XDG_CONFIG_HOME, which nobody sets without meaning it */
  const char *runtime;       /* XDG_RUNTIME_DIR, if it is the user's own */
};

int hp__place_of_darwin(const struct hp_darwin_user *user, enum hp_place place,
                        char path[HP_PATH_SIZE]);

#endif
