/* SPDX-License-Identifier: MIT */
/*
 * Readiness by inheritance: the listener is ours, the server gets it as descriptor 3 in the way of
 * sd_listen_fds(3). Whoever connects is served as soon as the server comes to it, so nothing is
 * waited for; nothing is proven either, for the socket is ours.
 */
#include "core/readiness_kinds.h"

static void begin(hp_readiness *readiness) {
  hp__readiness_ready(readiness, false);
}

const struct hp_ready_ops hp__ready_inherit = {
    .kind = HP_READY_INHERIT,
    .text = "its process to run with our listener",
    .size = sizeof(struct hp_readiness),
    .begin = begin,
};
