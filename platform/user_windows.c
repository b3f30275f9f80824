/* SPDX-License-Identifier: MIT */
/* Users. A process of another user's needs their password here, which nobody gives us. */
#include "platform/directory_windows.h"

#include "core/alloc.h"

#include <stdio.h>
#include <string.h>

/* Whether it is a user's name, and whose. */
static DWORD look_up(const wchar_t *name, struct hp_sid *sid) {
  SID_NAME_USE kind;
  wchar_t domain[512];
  unsigned char found[SECURITY_MAX_SID_SIZE];
  DWORD size = sizeof found, domain_size = sizeof domain / sizeof *domain;
  if (!LookupAccountNameW(NULL, name, found, &size, domain, &domain_size, &kind))
    return GetLastError();
  if (kind != SidTypeUser)
    return ERROR_NONE_MAPPED;
  sid->as.user.User.Sid = sid->as.room + sizeof(TOKEN_USER);
  return CopySid(SECURITY_MAX_SID_SIZE, sid->as.user.User.Sid, found) ? 0 : GetLastError();
}

static DWORD find(const char *name, bool *ours) {
  struct hp_sid found, own;
  wchar_t *wide = name[0] ? hp__wide(name) : NULL;
  *ours = false;
  if (!wide)
    return name[0] ? ERROR_NOT_ENOUGH_MEMORY : ERROR_NONE_MAPPED;
  DWORD code = look_up(wide, &found);
  hp__free(wide);
  if (code == 0 && hp__own_sid(&own) == 0)
    *ours = EqualSid(found.as.user.User.Sid, own.as.user.User.Sid);
  return code;
}

int hp__find_user_windows(const char *name, struct hp_user *user, hp_error *error) {
  bool ours = false;
  DWORD code = strlen(name) < sizeof user->name ? find(name, &ours) : ERROR_NONE_MAPPED;
  if (code == ERROR_NOT_ENOUGH_MEMORY)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_PLAN, "no memory to look up user '%s'", name);
  if (code != 0)
    return hp_error_set(error, HP_ENOTFOUND, HP_PHASE_PLAN, "there is no user '%s'", name);
  if (!ours) {
    hp_error_set(error, HP_EUNSUPPORTED, HP_PHASE_PLAN, "cannot start a server as user '%s'", name);
    hp_error_set_cause(error, "Windows starts a process as another user with their password only");
    hp_error_set_hint(error, "name no user, or start the host itself as that one");
    return HP_EUNSUPPORTED;
  }
  *user = (struct hp_user){.id = -1, .group = -1};
  snprintf(user->name, sizeof user->name, "%s", name);
  return 0;
}

bool hp__is_privileged_windows(void) {
  return false;
}
