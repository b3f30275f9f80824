/* SPDX-License-Identifier: MIT */
/* Which library keeps a program from starting: the loader says that one does, not which. */
#ifndef HP_PLATFORM_MISSING_WINDOWS_H
#define HP_PLATFORM_MISSING_WINDOWS_H

#include "platform/inspect_pe.h"

#include <hyperprocess/plugin.h>

struct hp_missing {
  char library[HP_PE_NAME_SIZE];
  char needed_by[HP_PE_NAME_SIZE]; /* the program, or a library of its own */
  const char *machine;             /* that it is built for; NULL: there is none of that name */
};

/* Walks the import tables as the loader does; the first library that cannot be found, or, if
 * `misfit`, that is built for another machine than the program. */
bool hp__find_missing(const struct hp_spawn *spawn, bool misfit, struct hp_missing *missing);

#endif
