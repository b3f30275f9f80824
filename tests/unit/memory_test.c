/* SPDX-License-Identifier: MIT */
/* What control groups allow, by trees like those of the kernel. */
#include "platform/linux.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <sys/stat.h>

static void put(const char *name, const char *content) {
  char path[1024];
  snprintf(path, sizeof path, "%s/%s", hp_test_directory(), name);
  FILE *file = fopen(path, "w");
  if (CHECK(file != NULL)) {
    fputs(content, file);
    fclose(file);
  }
}

static void make(const char *name) {
  char path[1024];
  snprintf(path, sizeof path, "%s/%s", hp_test_directory(), name);
  CHECK_INT(mkdir(path, 0700), 0);
}

static uint64_t allowed(const char *groups) {
  char path[1024];
  put("cgroup", groups);
  snprintf(path, sizeof path, "%s/cgroup", hp_test_directory());
  return hp__memory_of_groups(path, hp_test_directory());
}

HP_TEST(the_least_of_all_groups_above) {
  make("a");
  make("a/b");
  put("a/memory.max", "4096\n");
  put("a/b/memory.max", "max\n");
  CHECK_INT(allowed("0::/a/b\n"), 4096);
  put("a/b/memory.max", "2048\n");
  CHECK_INT(allowed("0::/a/b\n"), 2048);
  CHECK_INT(allowed("0::/a\n"), 4096);
  CHECK_INT(allowed("0::/\n"), 0);
  put("memory.max", "1024\n");
  CHECK_INT(allowed("0::/a/b\n"), 1024);
  CHECK_INT(allowed("0::/\n"), 1024);
}

HP_TEST(groups_of_the_first_version) {
  make("memory");
  make("memory/a");
  put("memory/a/memory.limit_in_bytes", "8192\n");
  put("memory/memory.limit_in_bytes", "9223372036854771712\n");
  CHECK_INT(allowed("5:cpu:/x\n4:memory:/a\n0::/\n"), 8192);
  CHECK_INT(allowed("5:cpu:/a\n"), 0);
}

HP_TEST(no_groups_allow_all) {
  CHECK_INT(hp__memory_of_groups("/nonexistent", "/nonexistent"), 0);
  CHECK_INT(allowed("what\nis:this\n"), 0);
  CHECK(hp__memory_linux() > 0);
  CHECK(hp__memory_linux() <= uv_get_total_memory());
}
