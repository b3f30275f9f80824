/* SPDX-License-Identifier: MIT */
/* The built-in transports. The registry names them; nobody else does. */
#ifndef HP_TRANSPORTS_TRANSPORTS_H
#define HP_TRANSPORTS_TRANSPORTS_H

#include <hyperprocess/plugin.h>

extern const struct hp_transport_ops hp__transport_unix, hp__transport_pipe, hp__transport_tcp;

#endif
