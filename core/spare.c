/* SPDX-License-Identifier: MIT */
#include "core/spare.h"

#include <stdio.h>
#include <string.h>

void hp__spare_make(struct hp_spare *spare, const struct hp_platform_ops *platform) {
  if (spare->base[0] && !spare->directory)
    platform->directory_new(&spare->directory, spare->base, &spare->user, NULL);
}

static bool fits(const struct hp_spare *spare, const char *base, const struct hp_user *user) {
  return strcmp(spare->base, base) == 0 && spare->user.id == user->id &&
         spare->user.group == user->group;
}

int hp__spare_take(struct hp_spare *spare, const struct hp_platform_ops *platform, const char *base,
                   const struct hp_user *user, hp_directory **directory, hp_error *error) {
  bool same = fits(spare, base, user);
  if (!same) {
    hp__spare_drop(spare, platform);
    spare->user = *user;
    snprintf(spare->base, sizeof spare->base, "%s", base);
  }
  *directory = spare->directory;
  spare->directory = NULL;
  return *directory ? 0 : platform->directory_new(directory, base, user, error);
}

void hp__spare_drop(struct hp_spare *spare, const struct hp_platform_ops *platform) {
  if (!spare->directory)
    return;
  platform->directory_free(spare->directory);
  spare->directory = NULL;
  spare->base[0] = '\0';
}
