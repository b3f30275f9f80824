/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include <uv.h>

static char path[1200];

static void remove_file(void) {
  uv_fs_t request;
  uv_fs_unlink(NULL, &request, path, NULL);
  uv_fs_req_cleanup(&request);
}

static void choose_path(void) {
  char folder[1024];
  size_t size = sizeof folder;
  EXPECT(uv_os_tmpdir(folder, &size) == 0);
  snprintf(path, sizeof path, "%s/hp-fuzz-%lld", folder, (long long)uv_os_getpid());
  atexit(remove_file);
}

const char *fuzz_file(const uint8_t *data, size_t size) {
  if (!path[0])
    choose_path();
  FILE *file = fopen(path, "wb");
  EXPECT(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
  return path;
}
