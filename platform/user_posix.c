/* SPDX-License-Identifier: MIT */
/* Users and privileges. */
#include "platform/posix.h"

#include "core/alloc.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Now, for it may ask a server far away, and a start must not wait for that. */
static void find_groups(struct hp_user *user) {
  gid_t groups[HP_GROUPS_MAX];
  int count = HP_GROUPS_MAX;
  void *list = groups; /* of another sign here and there */
  if (getgrouplist(user->name, (gid_t)user->group, list, &count) < 0)
    count = -1;
  for (int i = 0; i < count; i++)
    user->groups[i] = groups[i];
  user->group_count = count;
}

static int look_up(const char *name, struct hp_user *user) {
  struct passwd entry, *found = NULL;
  char *room = NULL;
  int code = ERANGE;
  for (size_t size = 1024; code == ERANGE && size <= 1 << 20; size *= 4) {
    char *more = hp__realloc(room, size);
    code = more ? 0 : ENOMEM;
    if (!more)
      break;
    room = more;
    code = getpwnam_r(name, &entry, room, size, &found);
  }
  if (found) {
    memset(user, 0, sizeof *user);
    user->id = entry.pw_uid;
    user->group = entry.pw_gid;
    snprintf(user->name, sizeof user->name, "%s", name);
    find_groups(user);
  }
  hp__free(room);
  return found ? 0 : code == ENOMEM ? ENOMEM : ENOENT;
}

int hp__find_user_posix(const char *name, struct hp_user *user, hp_error *error) {
  int code = strlen(name) < sizeof user->name ? look_up(name, user) : ENOENT;
  if (code == ENOMEM)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_PLAN, "no memory to look up user '%s'", name);
  if (code != 0)
    return hp_error_set(error, HP_ENOTFOUND, HP_PHASE_PLAN, "there is no user '%s'", name);
  return 0;
}

bool hp__is_privileged_posix(void) {
  return geteuid() == 0;
}
