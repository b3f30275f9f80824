/* SPDX-License-Identifier: MIT */
/* The text form of an endpoint: what was read is printed and read again as the same. */
#include "tests/fuzz/fuzz.h"

#include "core/endpoint.h"
#include "core/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct hp_endpoint first, second;
  struct hp_error error = {0};
  char once[HP_ENDPOINT_TEXT_SIZE], again[HP_ENDPOINT_TEXT_SIZE];
  char *text = fuzz_text(data, size);
  if (hp_endpoint_parse(&first, text, &error) == 0) {
    hp_endpoint_print(&first, once);
    EXPECT(hp_endpoint_parse(&second, once, NULL) == 0);
    hp_endpoint_print(&second, again);
    EXPECT(strcmp(once, again) == 0);
    EXPECT(first.kind == second.kind && first.port == second.port);
  } else {
    EXPECT(error.message && error.message[0]);
  }
  hp__error_fini(&error);
  free(text);
  return 0;
}
