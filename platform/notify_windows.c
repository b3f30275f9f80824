/* SPDX-License-Identifier: MIT */
/* The sd_notify(3) protocol is one of datagrams over unix sockets, which there are none of. */
#include "platform/windows.h"

int hp__notify_new_windows(uv_loop_t *loop, hp_notify **notify, const char *path,
                           const struct hp_user *user, hp_notify_callback callback, void *data,
                           hp_error *error) {
  (void)loop, (void)user, (void)callback, (void)data;
  *notify = NULL;
  hp_error_set(error, HP_EUNSUPPORTED, HP_PHASE_RESERVE,
               "Windows has no notify sockets: %s cannot be bound", path);
  hp_error_set_hint(error, "readiness by `callback` serves instead");
  return HP_EUNSUPPORTED;
}

void hp__notify_free_windows(hp_notify *notify) {
  (void)notify;
}
