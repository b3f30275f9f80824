/* SPDX-License-Identifier: MIT */
/* Memory that is freed as a whole: a plan, a catalogue of definitions. Not thread-safe. */
#ifndef HP_CORE_ARENA_H
#define HP_CORE_ARENA_H

#include <hyperprocess/plugin.h>

#include <stdarg.h>

struct hp_arena {
  struct hp_arena_block *blocks;
  bool failed; /* an allocation failed at some time: check once, at the end */
};

void hp__arena_fini(struct hp_arena *arena);                    /* safe on zeroed memory */
void *hp__arena_alloc(struct hp_arena *arena, size_t size);     /* zeroed, aligned for anything */
char *hp__arena_copy(struct hp_arena *arena, const char *text); /* NULL for NULL */
char *hp__arena_slice(struct hp_arena *arena, const char *text, size_t length);
char *hp__arena_format(struct hp_arena *arena, const char *format, ...) HP_PRINTF(2, 3);
/* "name=value", as environments have them. */
char *hp__arena_pair(struct hp_arena *arena, const char *name, const char *value);
/* A grown copy of an array: `count` items of `size` bytes, with zeroed room for one more. */
void *hp__arena_grow(struct hp_arena *arena, const void *items, size_t count, size_t size);

#endif
