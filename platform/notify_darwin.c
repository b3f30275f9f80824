/* SPDX-License-Identifier: MIT */
/* The sd_notify(3) protocol says who sent a datagram by credentials that the kernel adds. macOS
 * adds none to datagrams: anybody who can reach the socket could say that a server is ready. */
#include "platform/darwin.h"

int hp__notify_new_darwin(uv_loop_t *loop, hp_notify **notify, const char *path,
                          const struct hp_user *user, hp_notify_callback callback, void *data,
                          hp_error *error) {
  (void)loop, (void)user, (void)callback, (void)data;
  *notify = NULL;
  hp_error_set(error, HP_EUNSUPPORTED, HP_PHASE_RESERVE,
               "macOS does not say who sends to notify socket %s: it is not bound", path);
  hp_error_set_hint(error, "readiness by `callback` serves instead");
  return HP_EUNSUPPORTED;
}

void hp__notify_free_darwin(hp_notify *notify) {
  (void)notify;
}
