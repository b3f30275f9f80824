/* SPDX-License-Identifier: MIT */
#include "platform/inspect_macho.h"

#include "core/alloc.h"
#include "core/text.h"

#include <string.h>

/* Where things are in the headers: <mach-o/loader.h> and <mach-o/fat.h>. */
enum {
  HEADER_SIZE = 28, /* the part that both widths have */
  HEADER_MACHINE = 4,
  HEADER_TYPE = 12,
  TYPE_PROGRAM = 2,
  FAT_HEADER_SIZE = 8,
  FAT_COUNT = 4,
  FAT_ENTRY_MACHINE = 0,
  FAT_ENTRY_OFFSET = 8,
  FAT_ENTRY_SIZE = 20,
  FAT_WIDE_ENTRY_SIZE = 32
};

static const uint32_t magic_narrow = 0xFEEDFACE, magic_wide = 0xFEEDFACF;
static const uint32_t magic_fat = 0xCAFEBABE, magic_fat_wide = 0xCAFEBABF;

static uint32_t big(const unsigned char *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint32_t little(const unsigned char *bytes) {
  return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

static bool is_magic(uint32_t word) {
  return word == magic_narrow || word == magic_wide;
}

static bool read_whole(const struct hp_macho_source *source, uint64_t offset, unsigned char *bytes,
                       size_t size) {
  return source->read(source->data, offset, bytes, size) == size;
}

/* A header is in the byte order of its processor. */
static struct hp_macho_slice read_slice(const struct hp_macho_source *source, uint64_t offset) {
  unsigned char header[HEADER_SIZE];
  struct hp_macho_slice slice = {0, HP_MACHO_DAMAGED};
  if (!read_whole(source, offset, header, sizeof header))
    return slice;
  uint32_t (*word)(const unsigned char *) = is_magic(little(header)) ? little : big;
  if (!is_magic(word(header)))
    return slice;
  slice.machine = word(header + HEADER_MACHINE);
  slice.kind = word(header + HEADER_TYPE) == TYPE_PROGRAM ? HP_MACHO_PROGRAM : HP_MACHO_OTHER;
  return slice;
}

/* Numbers in the list of slices are big-endian on every processor. */
static struct hp_macho_slice read_entry(const struct hp_macho_source *source, uint64_t at,
                                        size_t size) {
  unsigned char entry[FAT_WIDE_ENTRY_SIZE];
  struct hp_macho_slice slice = {0, HP_MACHO_DAMAGED};
  if (!read_whole(source, at, entry, size))
    return slice;
  uint64_t offset = big(entry + FAT_ENTRY_OFFSET);
  if (size == FAT_WIDE_ENTRY_SIZE)
    offset = offset << 32 | big(entry + FAT_ENTRY_OFFSET + 4);
  slice = read_slice(source, offset);
  if (slice.machine != big(entry + FAT_ENTRY_MACHINE))
    slice.kind = HP_MACHO_DAMAGED;
  return slice;
}

/* Compiled Java begins with the same four bytes; its version, where the count is here, is higher
 * than any number of slices. */
static void read_fat(struct hp_macho *macho, const struct hp_macho_source *source, bool wide) {
  size_t entry = wide ? FAT_WIDE_ENTRY_SIZE : FAT_ENTRY_SIZE;
  unsigned char header[FAT_HEADER_SIZE];
  if (!read_whole(source, 0, header, sizeof header))
    return;
  uint32_t count = big(header + FAT_COUNT);
  if (count > HP_MACHO_SLICES_MAX) {
    macho->kind = HP_MACHO_FOREIGN;
    return;
  }
  for (macho->count = 0; macho->count < count; macho->count++)
    macho->slices[macho->count] = read_entry(source, sizeof header + macho->count * entry, entry);
}

/* The best that a slice is: one that is damaged does not hinder the others. */
static void find_kind(struct hp_macho *macho) {
  for (size_t i = 0; i < macho->count; i++)
    if (macho->slices[i].kind == HP_MACHO_PROGRAM || macho->kind == HP_MACHO_DAMAGED)
      macho->kind = macho->slices[i].kind;
}

enum hp_macho_kind hp__macho_read(struct hp_macho *macho, const struct hp_macho_source *source) {
  unsigned char magic[4];
  memset(macho, 0, sizeof *macho);
  if (!read_whole(source, 0, magic, sizeof magic))
    return macho->kind = HP_MACHO_FOREIGN;
  macho->kind = HP_MACHO_DAMAGED;
  if (big(magic) == magic_fat || big(magic) == magic_fat_wide)
    read_fat(macho, source, big(magic) == magic_fat_wide);
  else if (is_magic(big(magic)) || is_magic(little(magic)))
    macho->slices[macho->count++] = read_slice(source, 0);
  else
    macho->kind = HP_MACHO_FOREIGN;
  find_kind(macho);
  return macho->kind;
}

const char *hp__macho_machine_name(uint32_t machine) {
  static const struct {
    uint32_t machine;
    const char *name;
  } names[] = {{HP_MACHO_X86_64, "x86_64"}, {HP_MACHO_AARCH64, "aarch64"}, {HP_MACHO_I386, "i386"},
               {HP_MACHO_ARM, "arm"},       {HP_MACHO_PPC64, "ppc64"},     {HP_MACHO_PPC, "ppc"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (names[i].machine == machine)
      return names[i].name;
  return "an unknown machine";
}

static bool runs(const struct hp_macho_slice *slice, const uint32_t *machines) {
  while (*machines && *machines != slice->machine)
    machines++;
  return *machines && slice->kind == HP_MACHO_PROGRAM;
}

static char *list_machines(const struct hp_macho *macho) {
  struct hp_text text = {0};
  for (size_t i = 0; i < macho->count; i++)
    if (macho->slices[i].kind == HP_MACHO_PROGRAM)
      hp__text_format(&text, "%s%s", text.length ? " and " : "for ",
                      hp__macho_machine_name(macho->slices[i].machine));
  return hp__text_take(&text);
}

enum hp_verdict hp__macho_judge(const struct hp_macho *macho, const uint32_t *machines,
                                char **note) {
  *note = NULL;
  for (size_t i = 0; i < macho->count; i++)
    if (runs(&macho->slices[i], machines))
      return HP_VERDICT_OK;
  if (macho->kind == HP_MACHO_PROGRAM) {
    *note = list_machines(macho);
    return HP_VERDICT_ARCHITECTURE;
  }
  *note = hp__strdup(macho->kind == HP_MACHO_OTHER ? "a Mach-O file, but no program"
                                                   : "a damaged Mach-O file");
  return HP_VERDICT_NOT_EXECUTABLE;
}
