/* SPDX-License-Identifier: MIT */
/* Whether who answers at an address is the server that was started. */
#ifndef HP_CORE_PEER_H
#define HP_CORE_PEER_H

#include <hyperprocess/plugin.h>

/* Who is at the other end: by the connection where the OS tells, else by the port. Any thread. */
void hp__peer_find(struct hp_peer *peer, const struct hp_platform_ops *platform,
                   const struct hp_endpoint *endpoint, uv_stream_t *stream);
/* 1 it is the child or of its tree, 0 no, -1 cannot tell. `child` NULL: there is none. */
int hp__peer_judge(const struct hp_peer *peer, const struct hp_platform_ops *platform,
                   const hp_child *child, const struct hp_user *user);

#endif
