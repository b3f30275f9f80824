/* SPDX-License-Identifier: MIT */
/* A program of macOS. */
#include "tests/fuzz/fuzz.h"

#include "core/alloc.h"
#include "platform/inspect_macho.h"

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
  static const uint32_t machines[] = {HP_MACHO_AARCH64, HP_MACHO_X86_64, 0};
  struct bytes bytes = {data, size};
  const struct hp_macho_source source = {read_bytes, &bytes};
  struct hp_macho macho;
  char *note = NULL;
  enum hp_macho_kind kind = hp__macho_read(&macho, &source);
  EXPECT(kind == macho.kind && macho.count <= HP_MACHO_SLICES_MAX);
  if (kind != HP_MACHO_FOREIGN)
    hp__macho_judge(&macho, machines, &note);
  hp__free(note);
  return 0;
}
