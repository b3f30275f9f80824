/* SPDX-License-Identifier: MIT */
/* Gives a target each file of the folders that are named, once; tells how many there were. */
#include "tests/fuzz/fuzz.h"

#include <uv.h>

static void replay_file(const char *path) {
  FILE *file = fopen(path, "rb");
  EXPECT(file);
  static uint8_t bytes[1 << 20];
  size_t size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  uint8_t *exact = malloc(size ? size : 1); /* a sanitizer sees the first byte beyond */
  EXPECT(exact);
  memcpy(exact, bytes, size);
  LLVMFuzzerTestOneInput(exact, size);
  free(exact);
}

static int replay_folder(const char *folder) {
  uv_fs_t request;
  uv_dirent_t entry;
  char path[2048];
  int count = 0;
  EXPECT(uv_fs_scandir(NULL, &request, folder, 0, NULL) >= 0);
  for (; uv_fs_scandir_next(&request, &entry) != UV_EOF; count++) {
    snprintf(path, sizeof path, "%s/%s", folder, entry.name);
    replay_file(path);
  }
  uv_fs_req_cleanup(&request);
  return count;
}

int main(int argc, char **argv) {
  int count = 0;
  LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
  for (int i = 1; i < argc; i++)
    count += replay_folder(argv[i]);
  printf("%d files\n", count);
  return count > 0 ? 0 : 1;
}
