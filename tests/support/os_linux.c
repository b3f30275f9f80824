/* SPDX-License-Identifier: MIT */
#include "tests/support/os_posix.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *hp_os_lacks_here(enum hp_os_thing thing) {
  (void)thing;
  return NULL;
}

/* "STATE PARENT …" of /proc/PID/stat, "" where there is no such thing. */
static const char *read_state(int64_t pid, char text[512]) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%lld/stat", (long long)pid);
  FILE *file = pid > 0 ? fopen(path, "re") : NULL;
  const char *end = file && fgets(text, 512, file) ? strrchr(text, ')') : NULL;
  if (file)
    fclose(file);
  return end && strlen(end) > 2 ? end + 2 : "";
}

bool hp_os_is_running(int64_t pid) {
  char text[512];
  const char *state = read_state(pid, text);
  return *state ? *state != 'Z' && *state != 'X' : pid > 0 && uv_kill((int)pid, 0) == 0;
}

int64_t hp_os_child_of(int64_t pid) {
  uv_fs_t request;
  uv_dirent_t entry;
  int64_t child = -1;
  uv_fs_scandir(NULL, &request, "/proc", 0, NULL);
  while (uv_fs_scandir_next(&request, &entry) != UV_EOF) {
    char text[512];
    const char *state = read_state(atoll(entry.name), text);
    if (*state && *state != 'Z' && atoll(state + 1) == pid)
      child = atoll(entry.name);
  }
  uv_fs_req_cleanup(&request);
  return child;
}

static long count_names(const char *path) {
  uv_fs_t request;
  long count = (long)uv_fs_scandir(NULL, &request, path, 0, NULL);
  uv_fs_req_cleanup(&request);
  return count;
}

long hp_os_count_handles(void) {
  long count = count_names("/proc/self/fd");
  return count < 0 ? count_names("/dev/fd") : count;
}

long hp_os_count_threads(void) {
  return count_names("/proc/self/task");
}

size_t hp_os_allocated(void *memory) {
  return malloc_usable_size(memory);
}
