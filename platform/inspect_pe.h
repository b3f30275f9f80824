/* SPDX-License-Identifier: MIT */
/*
 * What a Windows program says of itself: the machine that it was built for and the libraries that
 * it needs. Pure: the bytes come from the caller, and may be anything.
 */
#ifndef HP_PLATFORM_INSPECT_PE_H
#define HP_PLATFORM_INSPECT_PE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copies the bytes from `offset` on; how many of `size` there were. */
struct hp_pe_source {
  size_t (*read)(void *data, uint64_t offset, void *bytes, size_t size);
  void *data;
};

enum hp_pe_kind {
  HP_PE_FOREIGN, /* another format, a program for DOS among them */
  HP_PE_DAMAGED, /* begins as one and is cut off or contradicts itself */
  HP_PE_PROGRAM,
  HP_PE_LIBRARY,
  HP_PE_DRIVER /* for the kernel, or firmware: nothing that a process can run */
};

enum {
  HP_PE_I386 = 0x014C,
  HP_PE_ARM = 0x01C4,
  HP_PE_X86_64 = 0x8664,
  HP_PE_AARCH64 = 0xAA64,
  HP_PE_NAME_SIZE = 256
};

struct hp_pe {
  struct hp_pe_source source;
  enum hp_pe_kind kind;
  uint16_t machine;
  /* What follows is for hp__pe_import(). */
  uint64_t sections; /* where their table is */
  uint32_t section_count, imports;
};

/* Reads the headers; all but `kind` means something for programs, libraries and drivers alone. */
enum hp_pe_kind hp__pe_open(struct hp_pe *pe, const struct hp_pe_source *source);

/* The name of the library that is the `index`th needed at the start: 1. 0 behind the last one, also
 * where the table cannot be believed. Libraries that are loaded later on demand are not told. */
int hp__pe_import(const struct hp_pe *pe, unsigned index, char name[HP_PE_NAME_SIZE]);

/* "x86_64"; "an unknown machine". */
const char *hp__pe_machine_name(uint16_t machine);

#endif
