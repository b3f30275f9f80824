/* SPDX-License-Identifier: MIT */
#include "core/alloc.h"

#include <hyperprocess/plugin.h>

#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 4000 }; /* a page with the allocator's own header */

static const struct hp_allocator standard = {realloc, free, 0};

/* The one variable of the library: set by a test before anything else runs, never by a host. */
static const struct hp_allocator *current = &standard;

void hp__set_allocator(const struct hp_allocator *allocator) {
  current = allocator ? allocator : &standard;
}

size_t hp__alloc_block(void) {
  return current->block ? current->block : BLOCK_SIZE;
}

void *hp__alloc(size_t size) {
  void *memory = current->reallocate(NULL, size);
  if (memory)
    memset(memory, 0, size);
  return memory;
}

void *hp__realloc(void *memory, size_t size) {
  return current->reallocate(memory, size);
}

void hp__free(void *memory) {
  current->release(memory);
}

char *hp__strdup(const char *text) {
  if (!text)
    return NULL;
  size_t size = strlen(text) + 1;
  char *copy = current->reallocate(NULL, size);
  return copy ? memcpy(copy, text, size) : NULL;
}

void *hp_alloc(size_t size) {
  return hp__alloc(size);
}

void hp_free(void *memory) {
  hp__free(memory);
}
