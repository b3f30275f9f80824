/* SPDX-License-Identifier: MIT */
/* Windows programs, made here byte by byte, whole, cut off anywhere and with every byte wrong. */
#include "platform/inspect_pe.h"
#include "tests/support/test.h"

#include <string.h>

enum {
  SIZE = 1024,
  HEADER = 0x80,
  OPTIONAL = HEADER + 24,
  SECTIONS = OPTIONAL + 240,
  IN_MEMORY = 0x3000, /* where the loader would put the one section, */
  IN_FILE = 0x200,    /* and where it is */
  CONSOLE = 3,
  NATIVE = 1,
  FLAGS = 0x22
};

struct bytes {
  unsigned char data[SIZE];
  size_t size;
};

static void put(struct bytes *bytes, size_t at, uint32_t value, int size) {
  for (int i = 0; i < size; i++)
    bytes->data[at + (size_t)i] = (unsigned char)(value >> 8 * i);
}

/* A 64-bit program with two libraries; names of 32-bit ones lie 16 bytes nearer to the front. */
static void build(struct bytes *bytes, uint16_t machine, bool wide) {
  size_t directories = OPTIONAL + (wide ? 108U : 92U);
  memset(bytes, 0, sizeof *bytes);
  bytes->size = sizeof bytes->data;
  memcpy(bytes->data, "MZ", 2);
  put(bytes, 60, HEADER, 4);
  memcpy(bytes->data + HEADER, "PE", 2);
  put(bytes, HEADER + 4, machine, 2);
  put(bytes, HEADER + 6, 1, 2);
  put(bytes, HEADER + 20, SECTIONS - OPTIONAL, 2);
  put(bytes, HEADER + 22, FLAGS, 2);
  put(bytes, OPTIONAL, wide ? 0x20B : 0x10B, 2);
  put(bytes, OPTIONAL + 68, CONSOLE, 2);
  put(bytes, directories, 16, 4);
  put(bytes, directories + 12, IN_MEMORY + 0x10, 4);
  put(bytes, SECTIONS + 12, IN_MEMORY, 4);
  put(bytes, SECTIONS + 16, 0x100, 4);
  put(bytes, SECTIONS + 20, IN_FILE, 4);
  put(bytes, IN_FILE + 0x10 + 12, IN_MEMORY + 0x80, 4);
  put(bytes, IN_FILE + 0x10 + 20 + 12, IN_MEMORY + 0x90, 4);
  memcpy(bytes->data + IN_FILE + 0x80, "KERNEL32.dll", 13);
  memcpy(bytes->data + IN_FILE + 0x90, "libpq.dll", 10);
}

static size_t read_bytes(void *data, uint64_t offset, void *to, size_t size) {
  const struct bytes *bytes = data;
  if (offset >= bytes->size)
    return 0;
  size_t length = bytes->size - (size_t)offset < size ? bytes->size - (size_t)offset : size;
  memcpy(to, bytes->data + offset, length);
  return length;
}

static enum hp_pe_kind look(struct hp_pe *pe, struct bytes *bytes) {
  return hp__pe_open(pe, &(struct hp_pe_source){read_bytes, bytes});
}

HP_TEST(a_program_names_its_machine_and_libraries) {
  static const uint16_t machines[] = {HP_PE_X86_64, HP_PE_AARCH64, HP_PE_I386, HP_PE_ARM, 0x1234};
  static const char *const names[] = {"x86_64", "aarch64", "i386", "arm", "an unknown machine"};
  for (int i = 0; i < 5; i++) {
    struct bytes bytes;
    struct hp_pe pe;
    char name[HP_PE_NAME_SIZE];
    build(&bytes, machines[i], i < 2);
    CHECK_INT(look(&pe, &bytes), HP_PE_PROGRAM);
    CHECK_INT(pe.machine, machines[i]);
    CHECK_TEXT(hp__pe_machine_name(pe.machine), names[i]);
    CHECK_INT(hp__pe_import(&pe, 0, name), 1);
    CHECK_TEXT(name, "KERNEL32.dll");
    CHECK_INT(hp__pe_import(&pe, 1, name), 1);
    CHECK_TEXT(name, "libpq.dll");
    CHECK_INT(hp__pe_import(&pe, 2, name), 0);
    CHECK_TEXT(name, "");
  }
}

HP_TEST(what_is_no_program_is_told_apart) {
  struct bytes bytes;
  struct hp_pe pe;
  build(&bytes, HP_PE_X86_64, true);
  put(&bytes, HEADER + 22, FLAGS | 0x2000, 2);
  CHECK_INT(look(&pe, &bytes), HP_PE_LIBRARY);
  put(&bytes, HEADER + 22, FLAGS & ~2U, 2); /* an object that was not linked to its end */
  CHECK_INT(look(&pe, &bytes), HP_PE_DAMAGED);
  build(&bytes, HP_PE_X86_64, true);
  put(&bytes, OPTIONAL + 68, NATIVE, 2);
  CHECK_INT(look(&pe, &bytes), HP_PE_DRIVER);
  put(&bytes, HEADER, 'N' | 'E' << 8, 2); /* 16 bits */
  CHECK_INT(look(&pe, &bytes), HP_PE_FOREIGN);
  memcpy(bytes.data, "#!", 2);
  CHECK_INT(look(&pe, &bytes), HP_PE_FOREIGN);
  bytes.size = 0;
  CHECK_INT(look(&pe, &bytes), HP_PE_FOREIGN);
}

HP_TEST(contradictions_are_damage) {
  static const struct {
    size_t at;
    uint32_t value;
  } cases[] = {{60, 0},           {60, 0xFFFFFFFF},   {HEADER + 6, 97}, {HEADER + 20, 0},
               {HEADER + 20, 69}, {HEADER + 20, 111}, {OPTIONAL, 0x107}};
  struct bytes bytes;
  struct hp_pe pe;
  char name[HP_PE_NAME_SIZE];
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    build(&bytes, HP_PE_X86_64, true);
    put(&bytes, cases[i].at, cases[i].value, cases[i].at == 60 ? 4 : 2);
    CHECK_INT(look(&pe, &bytes), HP_PE_DAMAGED);
    CHECK_INT(hp__pe_import(&pe, 0, name), 0);
  }
}

/* One without libraries is whole: its directory is missing or empty, or there are none at all. */
HP_TEST(a_program_may_need_no_library) {
  struct bytes bytes;
  struct hp_pe pe;
  char name[HP_PE_NAME_SIZE];
  build(&bytes, HP_PE_X86_64, true);
  put(&bytes, OPTIONAL + 108 + 12, 0, 4);
  CHECK_INT(look(&pe, &bytes), HP_PE_PROGRAM);
  CHECK_INT(hp__pe_import(&pe, 0, name), 0);
  build(&bytes, HP_PE_X86_64, true);
  put(&bytes, OPTIONAL + 108, 1, 4);
  CHECK_INT(look(&pe, &bytes), HP_PE_PROGRAM);
  CHECK_INT(hp__pe_import(&pe, 0, name), 0);
  build(&bytes, HP_PE_X86_64, true);
  put(&bytes, HEADER + 20, 112, 2); /* the directories end before it, the sections follow */
  memmove(bytes.data + OPTIONAL + 112, bytes.data + SECTIONS, 40);
  put(&bytes, OPTIONAL + 120, IN_MEMORY + 0x10, 4);
  CHECK_INT(look(&pe, &bytes), HP_PE_PROGRAM);
  CHECK_INT(hp__pe_import(&pe, 0, name), 0);
}

HP_TEST(a_name_is_a_name_of_a_file) {
  static const char *const bad[] = {"", "a\nb", "..\\a.dll", "a/b", "C:a", "\xFF.dll", "a\tb"};
  struct bytes bytes;
  struct hp_pe pe;
  char name[HP_PE_NAME_SIZE];
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    build(&bytes, HP_PE_X86_64, true);
    strcpy((char *)bytes.data + IN_FILE + 0x80, bad[i]);
    CHECK_INT(look(&pe, &bytes), HP_PE_PROGRAM);
    CHECK_INT(hp__pe_import(&pe, 0, name), 0);
    CHECK_TEXT(name, "");
  }
  build(&bytes, HP_PE_X86_64, true);
  memset(bytes.data + IN_FILE + 0x80, 'x', SIZE - IN_FILE - 0x80); /* it never ends */
  CHECK_INT(look(&pe, &bytes), HP_PE_PROGRAM);
  CHECK_INT(hp__pe_import(&pe, 0, name), 0);
}

HP_TEST(addresses_outside_the_file_are_none) {
  static const size_t places[] = {OPTIONAL + 108 + 12, IN_FILE + 0x10 + 12, SECTIONS + 20};
  static const uint32_t addresses[] = {1, IN_MEMORY - 1, IN_MEMORY + 0x100, 0x7FFFFFFF, 0xFFFFFFFF};
  struct bytes bytes;
  struct hp_pe pe;
  char name[HP_PE_NAME_SIZE];
  for (size_t i = 0; i < 3; i++)
    for (size_t j = 0; j < 5; j++) {
      build(&bytes, HP_PE_X86_64, true);
      memcpy(bytes.data + IN_FILE + 0x100, bytes.data + IN_FILE + 0x10, 20);
      memcpy(bytes.data + IN_FILE + 0x120, bytes.data + IN_FILE + 0x80, 16);
      put(&bytes, places[i], addresses[j], 4);
      look(&pe, &bytes);
      CHECK_INT(hp__pe_import(&pe, 0, name), 0);
    }
}

/* All libraries that it tells; a table that names itself for ever has an end. */
static unsigned count(struct bytes *bytes) {
  struct hp_pe pe;
  char name[HP_PE_NAME_SIZE];
  unsigned index = 0;
  enum hp_pe_kind kind = look(&pe, bytes);
  while (kind >= HP_PE_PROGRAM && hp__pe_import(&pe, index, name))
    index++;
  CHECK(index == 0 || memchr(name, '\0', sizeof name));
  return index;
}

HP_TEST(one_that_is_cut_off_or_wrong_anywhere_is_survived) {
  struct bytes whole, bytes;
  struct hp_pe pe;
  build(&whole, HP_PE_X86_64, true);
  CHECK_INT(count(&whole), 2);
  for (size_t size = 0; size < SIZE; size++) {
    bytes = whole;
    bytes.size = size;
    enum hp_pe_kind kind = look(&pe, &bytes);
    CHECK_INT(kind, size < 2                ? HP_PE_FOREIGN
                    : size < OPTIONAL + 124 ? HP_PE_DAMAGED
                                            : HP_PE_PROGRAM);
    CHECK(count(&bytes) <= 2);
  }
  for (size_t at = 0; at < SIZE; at++)
    for (int bit = 0; bit < 8; bit++) {
      bytes = whole;
      bytes.data[at] ^= (unsigned char)(1U << bit);
      count(&bytes);
      bytes.data[at] = 0xFF;
      count(&bytes);
    }
}

/* A file as large as can be, whose every part names the same library. */
static size_t read_endless(void *data, uint64_t offset, void *to, size_t size) {
  struct bytes *bytes = data;
  return read_bytes(data, offset < IN_FILE ? offset : IN_FILE + (offset - IN_FILE) % 20, to,
                    offset < IN_FILE               ? size
                    : bytes->size - IN_FILE < size ? 0
                                                   : size);
}

HP_TEST(a_table_without_an_end_has_one) {
  struct bytes bytes;
  struct hp_pe pe;
  char name[HP_PE_NAME_SIZE];
  unsigned index = 0;
  build(&bytes, HP_PE_X86_64, true);
  put(&bytes, OPTIONAL + 108 + 12, IN_MEMORY, 4);
  put(&bytes, SECTIONS + 16, 0xFFFFFFFF - IN_MEMORY, 4);
  for (size_t at = IN_FILE; at + 20 <= SIZE; at += 20) {
    memcpy(bytes.data + at, "a.dll", 6);
    put(&bytes, at + 12, IN_MEMORY, 4);
  }
  CHECK_INT(hp__pe_open(&pe, &(struct hp_pe_source){read_endless, &bytes}), HP_PE_PROGRAM);
  while (index < 100000 && hp__pe_import(&pe, index, name))
    index++;
  CHECK_TEXT(name, "");
  CHECK_INT(index, 4096);
}
