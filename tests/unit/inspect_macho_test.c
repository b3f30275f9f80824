/* SPDX-License-Identifier: MIT */
/* Generated files, whole, cut off and damaged. */
#include "core/alloc.h"
#include "platform/inspect_macho.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

enum { PROGRAM = 2, OBJECT = 1, LIBRARY = 6, IMAGE_SIZE = 1024 };

struct image {
  unsigned char bytes[IMAGE_SIZE];
  size_t size;
};

static size_t read_image(void *data, uint64_t offset, void *bytes, size_t size) {
  struct image *image = data;
  size_t left = offset < image->size ? image->size - (size_t)offset : 0;
  memcpy(bytes, image->bytes + (left ? offset : 0), size < left ? size : left);
  return size < left ? size : left;
}

static enum hp_macho_kind look(struct hp_macho *macho, struct image *image) {
  struct hp_macho_source source = {read_image, image};
  return hp__macho_read(macho, &source);
}

static void put(struct image *image, size_t at, uint32_t word, bool big) {
  for (int i = 0; i < 4; i++)
    image->bytes[at + (size_t)i] = (unsigned char)(word >> 8 * (big ? 3 - i : i));
  if (image->size < at + 4)
    image->size = at + 4;
}

/* The first 28 bytes of a header; the loader's commands are nobody's business here. */
static void put_header(struct image *image, size_t at, uint32_t machine, uint32_t type, bool big) {
  uint32_t magic = machine & HP_MACHO_WIDE ? 0xFEEDFACF : 0xFEEDFACE;
  const uint32_t words[] = {magic, machine, 0, type, 0, 0, 0};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    put(image, at + 4 * i, words[i], big);
}

static struct image thin(uint32_t machine, uint32_t type, bool big) {
  struct image image = {.size = 0};
  put_header(&image, 0, machine, type, big);
  return image;
}

struct slice {
  uint32_t machine, type;
};

/* The slices begin at 256; a wide list has offsets of 64 bits. */
static struct image fat(const struct slice *slices, size_t count, bool wide) {
  struct image image = {.size = 0};
  size_t entry = wide ? 32 : 20;
  put(&image, 0, wide ? 0xCAFEBABF : 0xCAFEBABE, true);
  put(&image, 4, (uint32_t)count, true);
  for (size_t i = 0; i < count; i++) {
    size_t at = 8 + i * entry, offset = 256 + i * 64;
    put(&image, at, slices[i].machine, true);
    put(&image, at + (wide ? 12 : 8), (uint32_t)offset, true);
    put_header(&image, offset, slices[i].machine, slices[i].type, false);
  }
  return image;
}

static const uint32_t intel[] = {HP_MACHO_X86_64, 0};
static const uint32_t apple[] = {HP_MACHO_AARCH64, 0};
static const uint32_t apple_with_rosetta[] = {HP_MACHO_AARCH64, HP_MACHO_X86_64, 0};

#define CHECK_JUDGED(macho, machines, verdict, part)                                               \
  do {                                                                                             \
    char *note;                                                                                    \
    CHECK_INT(hp__macho_judge(macho, machines, &note), verdict);                                   \
    if (*(part))                                                                                   \
      CHECK_TEXT(note, part);                                                                      \
    else                                                                                           \
      CHECK(!note);                                                                                \
    hp__free(note);                                                                                \
  } while (0)

HP_TEST(a_program_for_one_processor) {
  struct hp_macho macho;
  struct image image = thin(HP_MACHO_X86_64, PROGRAM, false);
  CHECK_INT(look(&macho, &image), HP_MACHO_PROGRAM);
  CHECK_INT(macho.count, 1);
  CHECK_INT(macho.slices[0].machine, HP_MACHO_X86_64);
  CHECK_JUDGED(&macho, intel, HP_VERDICT_OK, "");
  CHECK_JUDGED(&macho, apple, HP_VERDICT_ARCHITECTURE, "for x86_64");
  CHECK_JUDGED(&macho, apple_with_rosetta, HP_VERDICT_OK, "");
  image = thin(HP_MACHO_AARCH64, PROGRAM, false);
  CHECK_INT(look(&macho, &image), HP_MACHO_PROGRAM);
  CHECK_JUDGED(&macho, intel, HP_VERDICT_ARCHITECTURE, "for aarch64");
}

HP_TEST(old_ones_of_either_byte_order) {
  struct hp_macho macho;
  struct image image = thin(HP_MACHO_PPC, PROGRAM, true);
  CHECK_INT(look(&macho, &image), HP_MACHO_PROGRAM);
  CHECK_JUDGED(&macho, intel, HP_VERDICT_ARCHITECTURE, "for ppc");
  image = thin(HP_MACHO_PPC64, PROGRAM, true);
  CHECK_INT(look(&macho, &image), HP_MACHO_PROGRAM);
  CHECK_JUDGED(&macho, intel, HP_VERDICT_ARCHITECTURE, "for ppc64");
  image = thin(HP_MACHO_I386, PROGRAM, false);
  CHECK_INT(look(&macho, &image), HP_MACHO_PROGRAM);
  CHECK_JUDGED(&macho, intel, HP_VERDICT_ARCHITECTURE, "for i386");
  image = thin(0x0100004D, PROGRAM, false);
  CHECK_INT(look(&macho, &image), HP_MACHO_PROGRAM);
  CHECK_JUDGED(&macho, intel, HP_VERDICT_ARCHITECTURE, "for an unknown machine");
}

HP_TEST(a_program_for_several_processors) {
  static const struct slice both[] = {{HP_MACHO_X86_64, PROGRAM}, {HP_MACHO_AARCH64, PROGRAM}};
  static const struct slice old[] = {{HP_MACHO_PPC, PROGRAM}, {HP_MACHO_I386, PROGRAM}};
  for (int wide = 0; wide < 2; wide++) {
    struct hp_macho macho;
    struct image image = fat(both, 2, wide);
    CHECK_INT(look(&macho, &image), HP_MACHO_PROGRAM);
    CHECK_INT(macho.count, 2);
    CHECK_JUDGED(&macho, intel, HP_VERDICT_OK, "");
    CHECK_JUDGED(&macho, apple, HP_VERDICT_OK, "");
    image = fat(old, 2, wide);
    CHECK_INT(look(&macho, &image), HP_MACHO_PROGRAM);
    CHECK_JUDGED(&macho, apple, HP_VERDICT_ARCHITECTURE, "for ppc and i386");
  }
}

HP_TEST(what_is_no_program_is_told) {
  static const struct slice mixed[] = {{HP_MACHO_X86_64, LIBRARY}, {HP_MACHO_AARCH64, PROGRAM}};
  struct hp_macho macho;
  struct image image = thin(HP_MACHO_X86_64, LIBRARY, false);
  CHECK_INT(look(&macho, &image), HP_MACHO_OTHER);
  CHECK_JUDGED(&macho, intel, HP_VERDICT_NOT_EXECUTABLE, "a Mach-O file, but no program");
  image = thin(HP_MACHO_X86_64, OBJECT, false);
  CHECK_INT(look(&macho, &image), HP_MACHO_OTHER);
  image = fat(mixed, 2, false);
  CHECK_INT(look(&macho, &image), HP_MACHO_PROGRAM);
  CHECK_JUDGED(&macho, intel, HP_VERDICT_ARCHITECTURE, "for aarch64");
  CHECK_JUDGED(&macho, apple, HP_VERDICT_OK, "");
}

HP_TEST(what_begins_otherwise_is_foreign) {
  struct hp_macho macho;
  struct image image = {.bytes = "\177ELF\2\1\1", .size = 64};
  CHECK_INT(look(&macho, &image), HP_MACHO_FOREIGN);
  image = (struct image){.bytes = "#!/bin/sh\n", .size = 10};
  CHECK_INT(look(&macho, &image), HP_MACHO_FOREIGN);
  image = (struct image){.bytes = "\xCF\xFA\xED", .size = 3};
  CHECK_INT(look(&macho, &image), HP_MACHO_FOREIGN);
  image = (struct image){.size = 0};
  CHECK_INT(look(&macho, &image), HP_MACHO_FOREIGN);
  CHECK_INT(macho.count, 0);
}

/* Version 65 of compiled Java, which begins like a list of slices. */
HP_TEST(compiled_java_is_foreign) {
  struct hp_macho macho;
  struct image image = {.bytes = {0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 65}, .size = 400};
  CHECK_INT(look(&macho, &image), HP_MACHO_FOREIGN);
}

HP_TEST(what_is_cut_off_is_damaged) {
  static const struct slice both[] = {{HP_MACHO_X86_64, PROGRAM}, {HP_MACHO_AARCH64, PROGRAM}};
  struct hp_macho macho;
  struct image image = thin(HP_MACHO_X86_64, PROGRAM, false);
  for (image.size = 4; image.size < 28; image.size++)
    CHECK_INT(look(&macho, &image), HP_MACHO_DAMAGED);
  CHECK_JUDGED(&macho, intel, HP_VERDICT_NOT_EXECUTABLE, "a damaged Mach-O file");
  image = fat(both, 2, false);
  image.size = 256 + 28; /* the second slice is not there: the first one serves */
  CHECK_INT(look(&macho, &image), HP_MACHO_PROGRAM);
  CHECK_JUDGED(&macho, intel, HP_VERDICT_OK, "");
  CHECK_JUDGED(&macho, apple, HP_VERDICT_ARCHITECTURE, "for x86_64");
  for (image.size = 4; image.size < 256 + 28; image.size++)
    CHECK_INT(look(&macho, &image), HP_MACHO_DAMAGED);
}

HP_TEST(a_list_that_contradicts_itself_is_damaged) {
  static const struct slice one[] = {{HP_MACHO_X86_64, PROGRAM}};
  struct hp_macho macho;
  struct image image = fat(one, 1, false);
  put(&image, 8, HP_MACHO_AARCH64, true);
  CHECK_INT(look(&macho, &image), HP_MACHO_DAMAGED);
  image = fat(one, 1, false);
  put(&image, 16, 0, true); /* the slice is the list itself */
  CHECK_INT(look(&macho, &image), HP_MACHO_DAMAGED);
  image = fat(one, 1, false);
  put_header(&image, 256, HP_MACHO_X86_64, PROGRAM, true);
  put(&image, 256, 0x12345678, true); /* no header */
  CHECK_INT(look(&macho, &image), HP_MACHO_DAMAGED);
  image = fat(one, 0, false);
  CHECK_INT(look(&macho, &image), HP_MACHO_DAMAGED);
  image = fat(one, 1, true);
  put(&image, 16, 1, true); /* 4 GiB further on */
  CHECK_INT(look(&macho, &image), HP_MACHO_DAMAGED);
}

HP_TEST(damaged_bytes_are_survived) {
  static const struct slice both[] = {{HP_MACHO_X86_64, PROGRAM}, {HP_MACHO_AARCH64, PROGRAM}};
  uint32_t state = 7;
  for (int round = 0; round < 3000; round++) {
    struct hp_macho macho;
    struct image image = fat(both, 2, round % 2);
    for (int i = 0; i < 3; i++) {
      char *note;
      state = state * 1664525u + 1013904223u;
      image.bytes[4 + (state >> 8) % 340] = (unsigned char)(state >> 24);
      look(&macho, &image);
      CHECK(macho.count <= HP_MACHO_SLICES_MAX);
      hp__macho_judge(&macho, intel, &note);
      hp__free(note);
    }
  }
}
