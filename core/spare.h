/* SPDX-License-Identifier: MIT */
/*
 * A private directory made ahead: while a caller's thread makes the plan, the loop's thread, which
 * was woken and has nothing to do, makes the directory that the last launch needed. The next one
 * takes it where it needs the same; else it is gone before anything else happens. The loop's alone.
 */
#ifndef HP_CORE_SPARE_H
#define HP_CORE_SPARE_H

#include <hyperprocess/plugin.h>

struct hp_spare {          /* zeroed at first */
  char base[HP_PATH_SIZE]; /* what the last launch asked for; "": nothing */
  struct hp_user user;
  hp_directory *directory;
};

/* Makes one, where it is known what for. */
void hp__spare_make(struct hp_spare *spare, const struct hp_platform_ops *platform);
/* platform->directory_new(), by what was made ahead if it fits. */
int hp__spare_take(struct hp_spare *spare, const struct hp_platform_ops *platform, const char *base,
                   const struct hp_user *user, hp_directory **directory, hp_error *error);
/* Removes one that nobody took, and makes no more until one is asked for again. */
void hp__spare_drop(struct hp_spare *spare, const struct hp_platform_ops *platform);

#endif
