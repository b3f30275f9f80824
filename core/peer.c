/* SPDX-License-Identifier: MIT */
#include "core/peer.h"

void hp__peer_find(struct hp_peer *peer, const struct hp_platform_ops *platform,
                   const struct hp_endpoint *endpoint, uv_stream_t *stream) {
  *peer = (struct hp_peer){.pid = -1, .user = -1};
  if (endpoint->kind == HP_ENDPOINT_TCP)
    platform->port_owner(endpoint, peer);
  else
    platform->stream_peer(stream, peer);
}

/* A process of somebody else may hide its number but not its user. */
static bool is_of_another_user(const struct hp_peer *peer, const struct hp_user *user) {
  uv_passwd_t ours;
  if (peer->user < 0 || peer->user == user->id || uv_os_get_passwd(&ours) != 0)
    return false;
  bool is_other = (long)ours.uid != -1 && peer->user != (int64_t)ours.uid; /* -1: has no number */
  uv_os_free_passwd(&ours);
  return is_other;
}

int hp__peer_judge(const struct hp_peer *peer, const struct hp_platform_ops *platform,
                   const hp_child *child, const struct hp_user *user) {
  if (!child)
    return 0;
  if (peer->pid <= 0)
    return is_of_another_user(peer, user) ? 0 : -1;
  return platform->contains(child, peer->pid);
}
