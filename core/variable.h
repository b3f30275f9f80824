/* SPDX-License-Identifier: MIT */
/* What a plan and a launch have in common where they answer variables. */
#ifndef HP_CORE_VARIABLE_H
#define HP_CORE_VARIABLE_H

#include "core/arena.h"

#include <hyperprocess/plugin.h>

/* What follows the prefix; NULL: the text does not begin with it. */
const char *hp__after(const char *text, const char *prefix);
/* Without the last separator and what follows it. */
const char *hp__folder_of(struct hp_arena *arena, const char *path);
/* "url", "path", "port", "dir.encoded" …; NULL where this address has no such part, or not yet. */
const char *hp__endpoint_part(struct hp_arena *arena, const struct hp_endpoint *endpoint,
                              const char *part);
/* Whether an address of this kind can have that part at all. */
bool hp__endpoint_can_have(enum hp_endpoint_kind kind, const char *part);

#endif
