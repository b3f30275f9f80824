/* SPDX-License-Identifier: MIT */
/* Both ends of a connection for a test that waits: to a server's endpoint, and a port of ours. */
#ifndef HP_TESTS_SUPPORT_WIRE_H
#define HP_TESTS_SUPPORT_WIRE_H

#include "tests/support/test.h"

#include <hyperprocess/plugin.h>

/* NULL: nobody listens there. */
struct hp_wire *hp_wire_open(const struct hp_endpoint *endpoint);
/* The same by its text. */
struct hp_wire *hp_wire_to(const char *url);
bool hp_wire_say(struct hp_wire *wire, const void *data, size_t size);
/* Until so many bytes are there or it has ended: how many; -1 when it took too long. */
int hp_wire_hear(struct hp_wire *wire, void *data, size_t size);
void hp_wire_close(struct hp_wire *wire); /* NULL is allowed */

/* Holds an address and accepts nobody. `backlog` -1: bound, but not listening. */
struct hp_wire *hp_wire_listen(const char *url, int backlog);
uint16_t hp_wire_port(const struct hp_wire *wire);

#endif
