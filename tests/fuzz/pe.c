/* SPDX-License-Identifier: MIT */
/* A program of Windows. */
#include "tests/fuzz/fuzz.h"

#include "platform/inspect_pe.h"

struct bytes {
  const uint8_t *data;
  size_t size;
};

static size_t read_bytes(void *data, uint64_t offset, void *to, size_t size) {
  const struct bytes *bytes = data;
  if (offset >= bytes->size)
    return 0;
  size_t there = bytes->size - (size_t)offset, length = size < there ? size : there;
  memcpy(to, bytes->data + offset, length);
  return length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct bytes bytes = {data, size};
  const struct hp_pe_source source = {read_bytes, &bytes};
  struct hp_pe pe;
  char name[HP_PE_NAME_SIZE];
  enum hp_pe_kind kind = hp__pe_open(&pe, &source);
  EXPECT(kind == pe.kind);
  if (kind == HP_PE_FOREIGN || kind == HP_PE_DAMAGED)
    return 0;
  EXPECT(hp__pe_machine_name(pe.machine));
  for (unsigned i = 0; i < 64 && hp__pe_import(&pe, i, name) == 1; i++)
    EXPECT(memchr(name, '\0', sizeof name));
  return 0;
}
