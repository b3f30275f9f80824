/* SPDX-License-Identifier: MIT */
/* A program of Linux, or a script: a file that says by what it is executed. */
#include "tests/fuzz/fuzz.h"

#include "core/alloc.h"
#include "platform/inspect.h"

#include <uv.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const char *path = fuzz_file(data, size);
  char *note = NULL;
  uv_fs_t request;
  EXPECT(uv_fs_chmod(NULL, &request, path, 0700, NULL) == 0);
  uv_fs_req_cleanup(&request);
  hp__inspect_posix(path, NULL, &note);
  hp__free(note);
  return 0;
}
