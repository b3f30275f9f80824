/* SPDX-License-Identifier: MIT */
/* The orders of hp-child: those of a plain process in child.c, those of a server in server.c. */
#ifndef HP_TESTS_CHILDREN_ORDERS_H
#define HP_TESTS_CHILDREN_ORDERS_H

struct order {
  const char *name;
  void (*run)(const char *argument); /* what follows the order's ':' */
};

extern const struct order server_orders[]; /* ends with a NULL name */

#endif
