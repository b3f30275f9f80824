/* SPDX-License-Identifier: MIT */
/* A server's own list of its settings, as it prints one for people. */
#ifndef HP_CORE_LISTED_H
#define HP_CORE_LISTED_H

#include "core/arena.h"

struct hp_listed { /* a setting of the server's own list */
  const char *name, *initial, *scope, *description;
};

/* The next row of a table NAME | DEFAULT | SCOPE | DESCRIPTION, whose last column may go on in
 * lines without a name; *text moves past it. false: there is none, or no memory. */
bool hp__listed_next(struct hp_arena *arena, const char **text, struct hp_listed *listed);

#endif
