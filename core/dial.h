/* SPDX-License-Identifier: MIT */
/* A probe that connects to the server, and knows who has answered. */
#ifndef HP_CORE_DIAL_H
#define HP_CORE_DIAL_H

#include "core/probe.h"

struct hp_dial {
  struct hp_probe probe;
  hp_connect_request request;
  bool waiting, open; /* for the callback of the connection; for its handle to be closed */
  struct hp_endpoint endpoint;
  struct hp_peer peer;
  int ours;                                /* 1 or -1 while connected */
  void (*connected)(struct hp_dial *dial); /* to one who is not a stranger */
};

/* Begins the attempt: `connected`, then the end of the connection, ends it. */
void hp__dial_connect(struct hp_dial *dial, const struct hp_transport_ops *transport,
                      const struct hp_endpoint *endpoint);
void hp__dial_close(struct hp_dial *dial);

#endif
