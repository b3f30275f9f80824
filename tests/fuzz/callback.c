/* SPDX-License-Identifier: MIT */
/* The bytes of a callback, as they come in, with a nonce and without. */
#include "tests/fuzz/fuzz.h"

#include "core/endpoint.h"
#include "core/messages.h"

static const char nonce[] = "0123456789abcdef";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char text[HP_CALLBACK_SIZE], before[HP_CALLBACK_SIZE];
  struct hp_endpoint endpoint;
  size_t complete = 0;
  while (complete <= size && !hp__callback_text(data, complete, text))
    complete++;
  EXPECT(complete > size || complete == (size_t)data[0] + 1);
  if (complete > size)
    return 0;
  memcpy(before, text, sizeof before);
  EXPECT(hp__callback_text(data, size, text) && strcmp(text, before) == 0);
  EXPECT(hp__callback_after_nonce(text, NULL) == text);
  const char *rest = hp__callback_after_nonce(text, nonce);
  EXPECT(!rest == (strncmp(text, nonce, sizeof nonce - 1) != 0 || text[sizeof nonce - 1] != ' '));
  if (rest)
    hp_endpoint_parse(&endpoint, rest, NULL);
  return 0;
}
