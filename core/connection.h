/* SPDX-License-Identifier: MIT */
/* A connection on some loop: tried until it is made, refused, too late or given up. */
#ifndef HP_CORE_CONNECTION_H
#define HP_CORE_CONNECTION_H

#include "core/error.h"

#include <hyperprocess/uv.h>

struct hp_connection_target {
  const struct hp_transport_ops *transport;
  struct hp_endpoint endpoint;
  hp_process *process; /* whose tree has to answer; NULL: anybody may */
};

/* By its text, with the built-in transports. */
int hp__connection_find(struct hp_connection_target *target, const char *endpoint, hp_error *error);
/* The endpoint of a server that is ready. Any thread. */
int hp__connection_find_process(struct hp_connection_target *target, hp_process *process,
                                hp_error *error);
int hp__connection_begin(hp_connection **connection, uv_loop_t *loop,
                         const struct hp_connection_target *target, int64_t timeout,
                         hp_connection_callback callback, void *user, hp_error *error);

#endif
