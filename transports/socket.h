/* SPDX-License-Identifier: MIT */
/*
 * The few things about sockets that libuv cannot express: an address that is bound without a loop
 * and without listening (a reservation), a bind whose failure is known at once (uv_tcp_bind keeps
 * EADDRINUSE for later), a Unix socket that nobody unlinks by name. Functions return a descriptor
 * or 0, or a negative errno, which is a libuv code.
 */
#ifndef HP_TRANSPORTS_SOCKET_H
#define HP_TRANSPORTS_SOCKET_H

#include <hyperprocess/plugin.h>

/* Neither blocks nor is inherited by a child. */
int hp__socket_open(int family);
void hp__socket_close(int descriptor);
/* A new socket of `family` in the place, and under the number, of one that has served. */
int hp__socket_replace(int descriptor, int family);

/* A socket bound to `address`; `address` gets the port that was assigned. */
int hp__socket_bind(struct sockaddr_storage *address, bool reuse_address);
int hp__socket_listen(int descriptor);

/* Binds a Unix socket whose file is for `owner` (-1: us) alone, whatever somebody else who may
 * write to the directory does meanwhile. */
struct sockaddr_un;
int hp__socket_bind_private(int descriptor, const struct sockaddr_un *address, int64_t owner);

/* The addresses of a literal or a name, `max` at most, best first: how many, or the resolver's
 * code. Blocks while a name is resolved. */
int hp__socket_resolve(const char *host, uint16_t port, struct sockaddr_storage *addresses,
                       int max);

#endif
