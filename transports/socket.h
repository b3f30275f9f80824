/* SPDX-License-Identifier: MIT */
/*
 * The few things about sockets that libuv cannot express: an address that is bound without a loop
 * and without listening (a reservation), a bind whose failure is known at once (uv_tcp_bind keeps
 * EADDRINUSE for later), a Unix socket that nobody unlinks by name. Functions return 0 or a
 * negative libuv code; a socket that they make neither blocks nor is inherited by a child.
 */
#ifndef HP_TRANSPORTS_SOCKET_H
#define HP_TRANSPORTS_SOCKET_H

#include <hyperprocess/plugin.h>

int hp__socket_open(int family, uv_os_sock_t *made);
void hp__socket_close(uv_os_sock_t descriptor);
/* POSIX: gives a copy of `fresh` the number of `old`, which is closed by that. */
int hp__socket_replace(uv_os_sock_t fresh, uv_os_sock_t old);

/* A socket bound to `address`; `address` gets the port that was assigned. `shared`: another one may
 * be bound to it as well, where that is safe. */
int hp__socket_bind(struct sockaddr_storage *address, bool shared, uv_os_sock_t *made);
int hp__socket_listen(uv_os_sock_t descriptor);
/* Listens for another process, that inherits it: with the longest queue, and blocking. */
int hp__socket_hand_down(uv_os_sock_t descriptor);

/* Gives `tcp` a socket that can connect to `address`, and again after that was refused, to another
 * one. `several`: another will follow, of any family; `address` is rewritten for that as needed. */
int hp__socket_prepare(uv_tcp_t *tcp, bool several, struct sockaddr_storage *address);

/* Binds a Unix socket whose file is for `owner` (-1: us) alone, whatever somebody else who may
 * write to the directory does meanwhile. */
struct sockaddr_un;
int hp__socket_bind_private(uv_os_sock_t descriptor, const struct sockaddr_un *address,
                            int64_t owner);

/* The addresses of a literal or a name, `max` at most, best first: how many, or the resolver's
 * code. Blocks while a name is resolved. */
int hp__socket_resolve(const char *host, uint16_t port, struct sockaddr_storage *addresses,
                       int max);
/* libuv's code for the resolver's; 0: it was not started yet, which is done now. */
int hp__socket_resolver_code(int code);

/* What this system has to say about ports. */
struct hp_socket_rules {
  bool holds_ports; /* a server with SO_REUSEADDR can listen on a port of ours,
                       which nobody else is given meanwhile */
  const char *denied_cause, *denied_hint; /* of UV_EACCES; a cause of NULL: the system's text */
};
extern const struct hp_socket_rules hp__socket_rules;

#endif
