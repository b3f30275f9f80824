/* SPDX-License-Identifier: MIT */
/*
 * A target reads any bytes at all. libFuzzer makes them up (preset `fuzz`); in every other build
 * replay.c gives it the files of its corpus. EXPECT ends the program, as a sanitizer would.
 */
#ifndef HP_TESTS_FUZZ_FUZZ_H
#define HP_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPECT(condition)                                                                          \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);                \
      abort();                                                                                     \
    }                                                                                              \
  } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes with a NUL behind them, for free(). */
static inline char *fuzz_text(const uint8_t *data, size_t size) {
  char *text = malloc(size + 1);
  EXPECT(text);
  if (size)
    memcpy(text, data, size);
  text[size] = '\0';
  return text;
}

/* A file with these bytes, for readers of files; the same name each time, beside others' own. */
const char *fuzz_file(const uint8_t *data, size_t size);

#endif
