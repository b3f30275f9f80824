/* SPDX-License-Identifier: MIT */
/* A datagram of sd_notify(3). The first byte is the room for a value. */
#include "tests/fuzz/fuzz.h"

#include "core/messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const names[] = {"READY=", "STATUS=", "EXTEND_TIMEOUT_USEC=", "ENDPOINT=", ""};
  if (size < 1)
    return 0;
  size_t room = (size_t)data[0] + 1;
  char *text = fuzz_text(data + 1, size - 1), *value = malloc(room);
  EXPECT(value);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (hp__notify_field(text, names[i], value, room)) {
      EXPECT(strlen(value) < room && !strchr(value, '\n') && strstr(text, names[i]));
      int64_t milliseconds = hp__notify_milliseconds(value);
      EXPECT(milliseconds >= -1 && milliseconds <= INT32_MAX);
    }
  free(value);
  free(text);
  return 0;
}
