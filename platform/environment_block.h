/* SPDX-License-Identifier: MIT */
/* The environment as CreateProcessW takes it. Pure, and tested on every host. */
#ifndef HP_PLATFORM_ENVIRONMENT_BLOCK_H
#define HP_PLATFORM_ENVIRONMENT_BLOCK_H

#include <hyperprocess/plugin.h>

/*
 * "NAME=value" after "NAME=value", each with a NUL, one more at the end, in UTF-8; *size counts
 * them all. Sorted whatever the case of ASCII letters; of one name in several spellings the last
 * one holds. `system_root`, without which not even a socket can be made, is added where the
 * environment has none. From hp__alloc(); NULL when out of memory.
 */
char *hp__environment_block(char *const *environment, const char *system_root, size_t *size);

#endif
