/* SPDX-License-Identifier: MIT */
/*
 * What a macOS program says of itself: the processors that it was built for, one or several in one
 * file. Pure: the bytes come from the caller, and may be anything.
 */
#ifndef HP_PLATFORM_INSPECT_MACHO_H
#define HP_PLATFORM_INSPECT_MACHO_H

#include <hyperprocess/plugin.h>

/* Copies the bytes from `offset` on; how many of `size` there were. */
struct hp_macho_source {
  size_t (*read)(void *data, uint64_t offset, void *bytes, size_t size);
  void *data;
};

enum hp_macho_kind {
  HP_MACHO_FOREIGN, /* another format */
  HP_MACHO_DAMAGED, /* begins as one and is cut off or contradicts itself */
  HP_MACHO_PROGRAM,
  HP_MACHO_OTHER /* a library, an object, debug information */
};

/* As the system numbers processors; the numbers of those with 64 bits have one bit more. */
enum {
  HP_MACHO_I386 = 7,
  HP_MACHO_ARM = 12,
  HP_MACHO_PPC = 18,
  HP_MACHO_WIDE = 0x01000000,
  HP_MACHO_X86_64 = HP_MACHO_I386 | HP_MACHO_WIDE,
  HP_MACHO_AARCH64 = HP_MACHO_ARM | HP_MACHO_WIDE,
  HP_MACHO_PPC64 = HP_MACHO_PPC | HP_MACHO_WIDE
};

enum { HP_MACHO_SLICES_MAX = 16 };

struct hp_macho {
  enum hp_macho_kind kind; /* of the whole file: PROGRAM if one slice is one */
  size_t count;            /* of slices; 1 in a file for one processor */
  struct hp_macho_slice {
    uint32_t machine;
    enum hp_macho_kind kind;
  } slices[HP_MACHO_SLICES_MAX];
};

enum hp_macho_kind hp__macho_read(struct hp_macho *macho, const struct hp_macho_source *source);

/* "x86_64"; "an unknown machine". */
const char *hp__macho_machine_name(uint32_t machine);

/* Whether one of `machines`, which this system executes, 0 at the end, can execute it; *note, from
 * hp__alloc() or NULL, says what it is instead. Not for a foreign file. */
enum hp_verdict hp__macho_judge(const struct hp_macho *macho, const uint32_t *machines,
                                char **note);

#endif
