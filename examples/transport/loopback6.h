/* SPDX-License-Identifier: MIT */
/* A transport of an embedder's: TCP over IPv6's loopback, "loopback6". */
#ifndef EXAMPLE_LOOPBACK6_H
#define EXAMPLE_LOOPBACK6_H

#include <hyperprocess/plugin.h>

extern const struct hp_transport_ops loopback6;

#endif
