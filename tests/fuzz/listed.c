/* SPDX-License-Identifier: MIT */
/* A server's list of settings: every row moves on, and has a name. */
#include "tests/fuzz/fuzz.h"

#include "core/listed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct hp_arena arena = {0};
  struct hp_listed listed;
  char *text = fuzz_text(data, size);
  const char *at = text;
  for (const char *before = at; hp__listed_next(&arena, &at, &listed); before = at) {
    EXPECT(at > before && at <= text + size);
    EXPECT(listed.name[0] && listed.initial && listed.scope && listed.description);
  }
  hp__arena_fini(&arena);
  free(text);
  return 0;
}
