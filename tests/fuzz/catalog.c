/* SPDX-License-Identifier: MIT */
/* A user's file of definitions and profiles. */
#include "tests/fuzz/fuzz.h"

#include "config/catalog.h"
#include "core/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct hp_catalog catalog;
  struct hp_error error = {0};
  int result = hp__catalog_load(&catalog, fuzz_file(data, size), "linux", &error);
  EXPECT(result == 0 || (error.message && error.message[0]));
  hp__catalog_fini(&catalog);
  hp__error_fini(&error);
  return 0;
}
