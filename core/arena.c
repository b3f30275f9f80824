/* SPDX-License-Identifier: MIT */
#include "core/arena.h"

#include "core/alloc.h"

#include <stdalign.h>
#include <stdio.h>
#include <string.h>

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
  size_t usual = hp__alloc_block(), room = size > usual ? size : usual;
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
  char usual[256];
  va_list list;
  va_start(list, format);
  int length = vsnprintf(usual, sizeof usual, format, list);
  va_end(list);
  if (length < 0)
    arena->failed = true;
  if (length < (int)sizeof usual)
    return length < 0 ? NULL : hp__arena_slice(arena, usual, (size_t)length);
  char *text = hp__arena_alloc(arena, (size_t)length + 1);
  va_start(list, format);
  if (text)
    vsnprintf(text, (size_t)length + 1, format, list);
  va_end(list);
  return text;
}

char *hp__arena_pair(struct hp_arena *arena, const char *name, const char *value) {
  size_t before = strlen(name), after = strlen(value);
  char *text = hp__arena_alloc(arena, before + after + 2);
  if (!text)
    return NULL;
  memcpy(text, name, before + 1);
  text[before] = '=';
  memcpy(text + before + 1, value, after + 1);
  return text;
}

void *hp__arena_grow(struct hp_arena *arena, const void *items, size_t count, size_t size) {
  char *grown = hp__arena_alloc(arena, (count + 1) * size);
  if (grown && count)
    memcpy(grown, items, count * size);
  return grown;
}
