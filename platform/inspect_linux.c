/* SPDX-License-Identifier: MIT */
/* ELF programs, which a kernel can execute or not. */
#include "platform/inspect.h"

#include <elf.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

/* ---- Architecture ---- */

static const struct machine {
  uint16_t number;
  const char *name;
} machines[] = {
    {EM_X86_64, "x86_64"}, {EM_386, "i386"},           {EM_AARCH64, "aarch64"}, {EM_ARM, "arm"},
    {EM_RISCV, "riscv"},   {EM_PPC64, "ppc64"},        {EM_S390, "s390"},       {EM_MIPS, "mips"},
    {EM_PPC, "ppc"},       {EM_LOONGARCH, "loongarch"}};

/* What a kernel that calls itself so executes; one that is not in the table executes what we are.
 */
static const struct native {
  const char *kernel;
  uint16_t machines[2];
} natives[] = {{"x86_64", {EM_X86_64, EM_386}},
               {"aarch64", {EM_AARCH64, EM_ARM}},
               {"ppc64", {EM_PPC64, EM_PPC}}};

static const char *machine_name(uint16_t number) {
  for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
    if (machines[i].number == number)
      return machines[i].name;
  return "an unknown machine";
}

/* Our own header, where the linker has put it: the first 20 bytes are the same for both classes. */
extern const char __ehdr_start[] __attribute__((visibility("hidden")));

static void read_ours(Elf32_Ehdr *ours) {
  memcpy(ours, __ehdr_start, sizeof *ours);
}

static bool runs_here(const Elf32_Ehdr *header) {
  Elf32_Ehdr ours;
  struct utsname name;
  read_ours(&ours);
  if (header->e_ident[EI_DATA] != ours.e_ident[EI_DATA])
    return false;
  if (header->e_machine == ours.e_machine)
    return true;
  for (size_t i = 0; uname(&name) == 0 && i < sizeof natives / sizeof *natives; i++)
    if (strcmp(natives[i].kernel, name.machine) == 0)
      return header->e_machine == natives[i].machines[0] ||
             header->e_machine == natives[i].machines[1];
  return false;
}

/* ---- ELF ---- */

struct segment {
  uint32_t type;
  uint64_t offset, size;
};

struct layout {
  uint64_t offset;
  size_t entry, count;
  bool wide;
};

static struct layout read_layout(const struct hp_inspected *file) {
  Elf64_Ehdr wide;
  Elf32_Ehdr narrow;
  memcpy(&wide, file->head, sizeof wide);
  memcpy(&narrow, file->head, sizeof narrow);
  if (file->head[EI_CLASS] == ELFCLASS64)
    return (struct layout){wide.e_phoff, wide.e_phentsize, wide.e_phnum, true};
  return (struct layout){narrow.e_phoff, narrow.e_phentsize, narrow.e_phnum, false};
}

static bool read_segment(const struct hp_inspected *file, const struct layout *layout, size_t index,
                         struct segment *segment) {
  Elf64_Phdr wide;
  Elf32_Phdr narrow;
  void *to = layout->wide ? (void *)&wide : (void *)&narrow;
  size_t size = layout->wide ? sizeof wide : sizeof narrow;
  uint64_t at = layout->offset + index * layout->entry;
  if (layout->entry != size || hp__inspect_read(file, to, size, at) != (ssize_t)size)
    return false;
  *segment = layout->wide ? (struct segment){wide.p_type, wide.p_offset, wide.p_filesz}
                          : (struct segment){narrow.p_type, narrow.p_offset, narrow.p_filesz};
  return true;
}

static enum hp_verdict inspect_loader(const struct hp_inspected *file,
                                      const struct segment *segment) {
  char loader[PATH_MAX];
  size_t size = segment->size < sizeof loader ? (size_t)segment->size : sizeof loader;
  ssize_t length = hp__inspect_read(file, loader, size, segment->offset);
  if (length <= 1 || loader[length - 1] != '\0')
    return hp__inspect_tell(file->note, HP_VERDICT_NOT_EXECUTABLE, "a damaged ELF file");
  if (access(loader, F_OK) == 0)
    return HP_VERDICT_OK;
  return hp__inspect_tell(file->note, HP_VERDICT_LOADER, "needs %s", loader);
}

static enum hp_verdict inspect_segments(const struct hp_inspected *file) {
  struct layout layout = read_layout(file);
  struct segment segment;
  if (layout.count == 0)
    return hp__inspect_tell(file->note, HP_VERDICT_NOT_EXECUTABLE, "a damaged ELF file");
  for (size_t i = 0; i < layout.count; i++) {
    if (!read_segment(file, &layout, i, &segment))
      return hp__inspect_tell(file->note, HP_VERDICT_NOT_EXECUTABLE, "a damaged ELF file");
    if (segment.type == PT_INTERP)
      return inspect_loader(file, &segment);
  }
  return HP_VERDICT_OK; /* statically linked */
}

static enum hp_verdict inspect_elf(const struct hp_inspected *file) {
  Elf32_Ehdr header;
  size_t size = file->head[EI_CLASS] == ELFCLASS64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
  if (file->length < size)
    return hp__inspect_tell(file->note, HP_VERDICT_NOT_EXECUTABLE, "a damaged ELF file");
  memcpy(&header, file->head, sizeof header);
  if (!runs_here(&header))
    return hp__inspect_tell(file->note, HP_VERDICT_ARCHITECTURE, "for %s%s",
                            machine_name(header.e_machine),
                            file->head[EI_CLASS] == ELFCLASS64 ? "" : ", 32 bit");
  if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
    return hp__inspect_tell(file->note, HP_VERDICT_NOT_EXECUTABLE, "an ELF file, but no program");
  return inspect_segments(file);
}

struct hp_fit_file hp__identify_file(const struct stat *info) {
  return (struct hp_fit_file){info->st_dev, info->st_ino, (uint64_t)info->st_size,
                              info->st_ctim.tv_sec, info->st_ctim.tv_nsec};
}

/* ---- The format ---- */

static const struct format {
  const char *magic;
  size_t length;
  enum hp_verdict verdict;
  const char *note; /* where there is no function */
  enum hp_verdict (*inspect)(const struct hp_inspected *file);
} formats[] = {
    {ELFMAG, SELFMAG, HP_VERDICT_OK, NULL, inspect_elf},
    {"MZ", 2, HP_VERDICT_ARCHITECTURE, "a program for Windows", NULL},
    {"\xCF\xFA\xED\xFE", 4, HP_VERDICT_ARCHITECTURE, "a program for macOS", NULL},
    {"\xCA\xFE\xBA\xBE", 4, HP_VERDICT_ARCHITECTURE, "a program for macOS", NULL},
    {"", 0, HP_VERDICT_NOT_EXECUTABLE, "neither an ELF program nor a script", NULL},
};

enum hp_verdict hp__inspect_format(const struct hp_inspected *file) {
  const struct format *format = formats;
  while (file->length < format->length || memcmp(file->head, format->magic, format->length) != 0)
    format++;
  return format->inspect ? format->inspect(file)
                         : hp__inspect_tell(file->note, format->verdict, "%s", format->note);
}
