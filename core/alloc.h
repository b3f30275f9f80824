/* SPDX-License-Identifier: MIT */
/* Every allocation of the library goes through here, so that a test can make each one fail. */
#ifndef HP_CORE_ALLOC_H
#define HP_CORE_ALLOC_H

#include <stddef.h>

struct hp_allocator {
  void *(*reallocate)(void *memory, size_t size); /* as realloc; (NULL, n) allocates */
  void (*release)(void *memory);
  size_t block; /* of an arena; 0: as usual. A small one lets each allocation of an arena fail. */
};

/* For tests, before any other call. NULL restores the C library's. */
void hp__set_allocator(const struct hp_allocator *allocator);

size_t hp__alloc_block(void);

void *hp__alloc(size_t size); /* zeroed; NULL when out of memory */
void *hp__realloc(void *memory, size_t size);
void hp__free(void *memory);
char *hp__strdup(const char *text); /* NULL for NULL */

#endif
