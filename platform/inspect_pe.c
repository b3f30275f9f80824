/* SPDX-License-Identifier: MIT */
#include "platform/inspect_pe.h"

#include <string.h>

/* Where things are in the headers, as Microsoft's "PE Format" has them. */
enum {
  DOS_SIZE = 64,
  DOS_NEW_HEADER = 60, /* in the DOS header: where the signature is */
  COFF_SIZE = 24,      /* the signature with it */
  COFF_MACHINE = 4,
  COFF_SECTIONS = 6,
  COFF_OPTIONAL_SIZE = 20,
  COFF_FLAGS = 22,
  FLAG_EXECUTABLE = 0x0002,
  FLAG_LIBRARY = 0x2000,
  OPTIONAL_SUBSYSTEM = 68,
  OPTIONAL_SIZE = 70, /* up to and with the subsystem */
  MAGIC_32 = 0x10B,
  MAGIC_64 = 0x20B,
  DIRECTORY_COUNT_32 = 92, /* the directories follow it */
  DIRECTORY_COUNT_64 = 108,
  DIRECTORY_IMPORTS = 1,
  SECTION_SIZE = 40,
  SECTIONS_MAX = 96, /* what the loader takes */
  IMPORT_SIZE = 20,
  IMPORT_NAME = 12,
  IMPORTS_MAX = 4096
};

/* What a process can be started from; the others are for the kernel, firmware and consoles. */
enum { SUBSYSTEM_WINDOWS = 2, SUBSYSTEM_CONSOLE = 3 };

static uint16_t half(const unsigned char *bytes) {
  return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static uint32_t word(const unsigned char *bytes) {
  return half(bytes) | (uint32_t)half(bytes + 2) << 16;
}

static bool read_whole(const struct hp_pe *pe, uint64_t offset, unsigned char *bytes, size_t size) {
  return pe->source.read(pe->source.data, offset, bytes, size) == size;
}

/* ---- Headers ---- */

static enum hp_pe_kind find_kind(uint16_t flags, uint16_t subsystem) {
  if (!(flags & FLAG_EXECUTABLE))
    return HP_PE_DAMAGED;
  if (flags & FLAG_LIBRARY)
    return HP_PE_LIBRARY;
  return subsystem == SUBSYSTEM_WINDOWS || subsystem == SUBSYSTEM_CONSOLE ? HP_PE_PROGRAM
                                                                          : HP_PE_DRIVER;
}

/* A program that needs no library has no such directory, or an empty one. */
static bool find_imports(struct hp_pe *pe, uint64_t optional, uint32_t size, uint16_t magic) {
  uint32_t at = magic == MAGIC_64 ? DIRECTORY_COUNT_64 : DIRECTORY_COUNT_32;
  uint32_t entry = at + 4 + DIRECTORY_IMPORTS * 8;
  unsigned char count[4], address[4];
  if (size < at + 4 || !read_whole(pe, optional + at, count, sizeof count))
    return false;
  if (word(count) <= DIRECTORY_IMPORTS || size < entry + 8)
    return true;
  if (!read_whole(pe, optional + entry, address, sizeof address))
    return false;
  pe->imports = word(address);
  return true;
}

static enum hp_pe_kind read_optional(struct hp_pe *pe, uint64_t offset, uint32_t size,
                                     uint16_t flags) {
  unsigned char optional[OPTIONAL_SIZE];
  if (!read_whole(pe, offset, optional, sizeof optional))
    return HP_PE_DAMAGED;
  uint16_t magic = half(optional);
  if ((magic != MAGIC_32 && magic != MAGIC_64) || !find_imports(pe, offset, size, magic))
    return HP_PE_DAMAGED;
  return find_kind(flags, half(optional + OPTIONAL_SUBSYSTEM));
}

static enum hp_pe_kind read_headers(struct hp_pe *pe) {
  unsigned char dos[DOS_SIZE], coff[COFF_SIZE];
  size_t length = pe->source.read(pe->source.data, 0, dos, sizeof dos);
  if (length < 2 || memcmp(dos, "MZ", 2) != 0)
    return HP_PE_FOREIGN;
  uint64_t at = length == sizeof dos ? word(dos + DOS_NEW_HEADER) : 0;
  if (at == 0 || !read_whole(pe, at, coff, sizeof coff))
    return HP_PE_DAMAGED;
  if (memcmp(coff, "PE\0\0", 4) != 0)
    return HP_PE_FOREIGN;
  uint32_t size = half(coff + COFF_OPTIONAL_SIZE);
  pe->machine = half(coff + COFF_MACHINE);
  pe->section_count = half(coff + COFF_SECTIONS);
  pe->sections = at + sizeof coff + size;
  if (pe->section_count > SECTIONS_MAX)
    return HP_PE_DAMAGED;
  return read_optional(pe, at + sizeof coff, size, half(coff + COFF_FLAGS));
}

enum hp_pe_kind hp__pe_open(struct hp_pe *pe, const struct hp_pe_source *source) {
  memset(pe, 0, sizeof *pe);
  pe->source = *source;
  pe->kind = read_headers(pe);
  return pe->kind;
}

/* ---- Imports ---- */

/* From an address in memory to a place in the file; 0: in no section's part of it. */
static uint64_t find_offset(const struct hp_pe *pe, uint64_t address) {
  unsigned char section[SECTION_SIZE];
  for (uint32_t i = 0; i < pe->section_count; i++) {
    if (!read_whole(pe, pe->sections + (uint64_t)i * SECTION_SIZE, section, sizeof section))
      return 0;
    uint32_t start = word(section + 12), size = word(section + 16), in_file = word(section + 20);
    if (address >= start && address - start < size)
      return in_file + (address - start);
  }
  return 0;
}

/* A name goes into messages: nothing but what a file's name may hold is taken for one. */
static bool read_name(const struct hp_pe *pe, uint64_t offset, char name[HP_PE_NAME_SIZE]) {
  size_t length = pe->source.read(pe->source.data, offset, name, HP_PE_NAME_SIZE);
  const char *end = memchr(name, '\0', length);
  bool good = end && end > name;
  for (const char *c = name; good && c < end; c++)
    good = *c >= ' ' && *c <= '~' && !strchr("\"*/:<>?\\|", *c);
  if (!good)
    name[0] = '\0';
  return good;
}

int hp__pe_import(const struct hp_pe *pe, unsigned index, char name[HP_PE_NAME_SIZE]) {
  unsigned char entry[IMPORT_SIZE];
  name[0] = '\0';
  if (pe->imports == 0 || index >= IMPORTS_MAX)
    return 0;
  uint64_t offset = find_offset(pe, pe->imports + (uint64_t)index * IMPORT_SIZE);
  if (offset == 0 || !read_whole(pe, offset, entry, sizeof entry))
    return 0;
  uint32_t address = word(entry + IMPORT_NAME);
  uint64_t at = address ? find_offset(pe, address) : 0;
  return at != 0 && read_name(pe, at, name);
}

const char *hp__pe_machine_name(uint16_t machine) {
  static const struct {
    uint16_t machine;
    const char *name;
  } names[] = {{HP_PE_X86_64, "x86_64"},
               {HP_PE_AARCH64, "aarch64"},
               {HP_PE_I386, "i386"},
               {HP_PE_ARM, "arm"}};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (names[i].machine == machine)
      return names[i].name;
  return "an unknown machine";
}
