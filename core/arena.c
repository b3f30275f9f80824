/* SPDX-License-Identifier: MIT */
#include "core/arena.h"

#include "core/alloc.h"
#include "core/text.h"

#include <stdalign.h>
#include <string.h>

enum { BLOCK_SIZE = 4000 }; /* a page with the allocator's own header */

struct hp_arena_block {
  struct hp_arena_block *next;
  size_t used, size;
  alignas(max_align_t) unsigned char data[];
};

void hp__arena_fini(struct hp_arena *arena) {
  while (arena->blocks) {
    struct hp_arena_block *next = arena->blocks->next;
    hp__free(arena->blocks);
    arena->blocks = next;
  }
  arena->failed = false;
}

static struct hp_arena_block *add_block(struct hp_arena *arena, size_t size) {
  size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
  struct hp_arena_block *block =
      room > SIZE_MAX - sizeof *block ? NULL : hp__alloc(sizeof *block + room);
  if (!block) {
    arena->failed = true;
    return NULL;
  }
  block->size = room;
  block->next = arena->blocks;
  arena->blocks = block;
  return block;
}

void *hp__arena_alloc(struct hp_arena *arena, size_t size) {
  size_t aligned = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
  struct hp_arena_block *block = arena->blocks;
  if (aligned < size) {
    arena->failed = true;
    return NULL;
  }
  if (!block || block->size - block->used < aligned)
    block = add_block(arena, aligned);
  if (!block)
    return NULL;
  void *memory = block->data + block->used;
  block->used += aligned;
  return memory;
}

char *hp__arena_slice(struct hp_arena *arena, const char *text, size_t length) {
  char *copy = hp__arena_alloc(arena, length + 1);
  return copy ? memcpy(copy, text, length) : NULL;
}

char *hp__arena_copy(struct hp_arena *arena, const char *text) {
  return text ? hp__arena_slice(arena, text, strlen(text)) : NULL;
}

char *hp__arena_format(struct hp_arena *arena, const char *format, ...) {
  struct hp_text text = {0};
  va_list list;
  va_start(list, format);
  hp__text_format_list(&text, format, list);
  va_end(list);
  char *copy = NULL;
  if (text.failed)
    arena->failed = true;
  else
    copy = hp__arena_slice(arena, text.data ? text.data : "", text.length);
  hp__text_fini(&text);
  return copy;
}

void *hp__arena_grow(struct hp_arena *arena, const void *items, size_t count, size_t size) {
  char *grown = hp__arena_alloc(arena, (count + 1) * size);
  if (grown && count)
    memcpy(grown, items, count * size);
  return grown;
}
