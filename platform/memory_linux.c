/* SPDX-License-Identifier: MIT */
/* The least of what the machine has and what our control groups allow. */
#include "platform/linux.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 0: no such file, or no limit. */
static uint64_t read_limit(const char *path) {
  FILE *file = fopen(path, "re");
  unsigned long long bytes = 0;
  if (!file)
    return 0;
  if (fscanf(file, "%llu", &bytes) != 1) /* "max" */
    bytes = 0;
  fclose(file);
  return bytes;
}

static uint64_t least(uint64_t a, uint64_t b) {
  return a == 0 || (b != 0 && b < a) ? b : a;
}

/* Every group above it limits it too; a container sees its own as the root. */
static uint64_t limit_of_groups(const char *mount, const char *group, const char *file) {
  char path[4096];
  uint64_t limit = 0;
  size_t length = strlen(group);
  for (;;) {
    int size = snprintf(path, sizeof path, "%s%.*s/%s", mount, (int)length, group, file);
    if (size > 0 && (size_t)size < sizeof path)
      limit = least(limit, read_limit(path));
    if (length == 0)
      return limit;
    do
      length--;
    while (length > 0 && group[length] != '/');
  }
}

uint64_t hp__memory_of_groups(const char *groups, const char *mount) {
  char line[4096], first[4096];
  uint64_t limit = 0;
  FILE *file = fopen(groups, "re");
  if (!file)
    return 0;
  while (fgets(line, sizeof line, file)) {
    line[strcspn(line, "\n")] = '\0';
    const char *kinds = strchr(line, ':'), *group = kinds ? strchr(kinds + 1, ':') : NULL;
    if (!group)
      continue;
    bool is_second = group == kinds + 1; /* version 2 names no kinds */
    snprintf(first, sizeof first, "%s/memory", mount);
    if (is_second)
      limit = least(limit, limit_of_groups(mount, group + 1, "memory.max"));
    else if (strstr(kinds, ":memory:"))
      limit = least(limit, limit_of_groups(first, group + 1, "memory.limit_in_bytes"));
  }
  fclose(file);
  return limit;
}

uint64_t hp__memory_linux(void) {
  return least(uv_get_total_memory(), hp__memory_of_groups("/proc/self/cgroup", "/sys/fs/cgroup"));
}
