/* SPDX-License-Identifier: MIT */
#include "tests/support/faulty.h"

#include "core/alloc.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static atomic_long live, count;
static atomic_bool armed, all_after, yaml_was_here;
static atomic_long first_to_fail;

static _Thread_local bool is_spared;

static bool is_refused(void) {
  if (!atomic_load(&armed) || is_spared)
    return false;
  long number = atomic_fetch_add(&count, 1) + 1, first = atomic_load(&first_to_fail);
  return first > 0 && (number == first || (number > first && atomic_load(&all_after)));
}

static void *reallocate_surely(void *memory, size_t size) {
  void *result = realloc(memory, size ? size : 1);
  live += result && !memory;
  return result;
}

static void *reallocate(void *memory, size_t size) {
  return is_refused() ? NULL : reallocate_surely(memory, size);
}

static void *allocate(size_t size) {
  return reallocate(NULL, size);
}

static void *allocate_zeroed(size_t number, size_t size) {
  void *memory = allocate(number * size);
  return memory ? memset(memory, 0, number * size) : NULL;
}

static void release(void *memory) {
  live -= memory != NULL;
  free(memory);
}

/* libyaml's own, by its own names: what the program defines comes before a shared library's, and
 * gives way to a static one's. */
#define YAML_OWN __attribute__((weak, visibility("default")))

YAML_OWN void *yaml_malloc(size_t size);
YAML_OWN void *yaml_realloc(void *memory, size_t size);
YAML_OWN void yaml_free(void *memory);
YAML_OWN unsigned char *yaml_strdup(const unsigned char *text);

void *yaml_malloc(size_t size) {
  yaml_was_here = true;
  return allocate(size);
}

void *yaml_realloc(void *memory, size_t size) {
  return reallocate(memory, size);
}

void yaml_free(void *memory) {
  release(memory);
}

unsigned char *yaml_strdup(const unsigned char *text) {
  size_t size = text ? strlen((const char *)text) + 1 : 0;
  void *copy = text ? allocate(size) : NULL;
  return copy ? memcpy(copy, text, size) : NULL;
}

/* libuv's own loses what it has when memory ends on the way. --wrap leads here. */
int __real_uv_os_environ(uv_env_item_t **items, int *number);
int __wrap_uv_os_environ(uv_env_item_t **items, int *number);

int __wrap_uv_os_environ(uv_env_item_t **items, int *number) {
  if (is_refused())
    return UV_ENOMEM;
  is_spared = true;
  int status = __real_uv_os_environ(items, number);
  is_spared = false;
  return status;
}

void hp_faulty_install(void) {
  static const struct hp_allocator ours = {reallocate, release, 1};
  hp__set_allocator(&ours);
  uv_replace_allocator(allocate, reallocate_surely, allocate_zeroed, release);
}

void hp_faulty_arm(long first, bool all) {
  count = 0;
  first_to_fail = first;
  all_after = all;
  armed = true;
}

long hp_faulty_count(void) {
  return count;
}

void hp_faulty_disarm(void) {
  armed = false;
}

long hp_faulty_live(void) {
  return live;
}

bool hp_faulty_has_yaml(void) {
  return yaml_was_here;
}
