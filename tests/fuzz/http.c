/* SPDX-License-Identifier: MIT */
/* An answer over HTTP, as it comes in: more bytes never change what was done. */
#include "tests/fuzz/fuzz.h"

#include "core/http_head.h"

static void join(const char *text, size_t size, const struct hp_http_head *head) {
  char *body = fuzz_text((const uint8_t *)text + head->size, size - head->size);
  size_t joined = 0;
  hp__http_join(body, size - head->size, &joined);
  EXPECT(joined <= size - head->size);
  free(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct hp_http_head head, early;
  char *text = fuzz_text(data, size);
  int done = hp__http_head(text, size, &head), before = hp__http_head(text, size / 2, &early);
  EXPECT(before == HP_HTTP_MORE || before == done);
  if (done == HP_HTTP_DONE) {
    EXPECT(head.size <= size && head.length >= -1 && head.status >= 200);
    EXPECT(before != HP_HTTP_DONE || early.size == head.size);
    join(text, size, &head);
  }
  free(text);
  return 0;
}
