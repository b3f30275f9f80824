/* SPDX-License-Identifier: MIT */
/*
 * Whether the kernel would execute a file, and if not, why: what execve() tells by ENOENT, EACCES
 * and ENOEXEC alone is told apart before anything is started.
 */
#include "platform/inspect.h"

#include "core/text.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

enum {
  SCRIPT_LINE = 256, /* what the kernel reads of a script, BINPRM_BUF_SIZE */
  HEAD_SIZE = 1024   /* holds what linkers put first: header, segments, the loader's name */
};

struct file {
  int descriptor;
  unsigned char head[HEAD_SIZE];
  size_t length; /* of what could be read into head */
  char **note;
};

static enum hp_verdict tell(char **note, enum hp_verdict verdict, const char *format, ...)
    HP_PRINTF(3, 4);

static enum hp_verdict tell(char **note, enum hp_verdict verdict, const char *format, ...) {
  struct hp_text text = {0};
  va_list list;
  va_start(list, format);
  hp__text_format_list(&text, format, list);
  va_end(list);
  *note = hp__text_take(&text);
  return verdict;
}

/* Bytes of the file; fewer than `size` at its end only. */
static ssize_t read_at(const struct file *file, void *to, size_t size, uint64_t offset) {
  if (offset > file->length || size > file->length - offset)
    return pread(file->descriptor, to, size, (off_t)offset);
  memcpy(to, file->head + offset, size);
  return (ssize_t)size;
}

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

static struct layout read_layout(const struct file *file) {
  Elf64_Ehdr wide;
  Elf32_Ehdr narrow;
  memcpy(&wide, file->head, sizeof wide);
  memcpy(&narrow, file->head, sizeof narrow);
  if (file->head[EI_CLASS] == ELFCLASS64)
    return (struct layout){wide.e_phoff, wide.e_phentsize, wide.e_phnum, true};
  return (struct layout){narrow.e_phoff, narrow.e_phentsize, narrow.e_phnum, false};
}

static bool read_segment(const struct file *file, const struct layout *layout, size_t index,
                         struct segment *segment) {
  Elf64_Phdr wide;
  Elf32_Phdr narrow;
  void *to = layout->wide ? (void *)&wide : (void *)&narrow;
  size_t size = layout->wide ? sizeof wide : sizeof narrow;
  uint64_t at = layout->offset + index * layout->entry;
  if (layout->entry != size || read_at(file, to, size, at) != (ssize_t)size)
    return false;
  *segment = layout->wide ? (struct segment){wide.p_type, wide.p_offset, wide.p_filesz}
                          : (struct segment){narrow.p_type, narrow.p_offset, narrow.p_filesz};
  return true;
}

static enum hp_verdict inspect_loader(const struct file *file, const struct segment *segment) {
  char loader[PATH_MAX];
  size_t size = segment->size < sizeof loader ? (size_t)segment->size : sizeof loader;
  ssize_t length = read_at(file, loader, size, segment->offset);
  if (length <= 1 || loader[length - 1] != '\0')
    return tell(file->note, HP_VERDICT_NOT_EXECUTABLE, "a damaged ELF file");
  if (access(loader, F_OK) == 0)
    return HP_VERDICT_OK;
  return tell(file->note, HP_VERDICT_LOADER, "needs %s", loader);
}

static enum hp_verdict inspect_segments(const struct file *file) {
  struct layout layout = read_layout(file);
  struct segment segment;
  if (layout.count == 0)
    return tell(file->note, HP_VERDICT_NOT_EXECUTABLE, "a damaged ELF file");
  for (size_t i = 0; i < layout.count; i++) {
    if (!read_segment(file, &layout, i, &segment))
      return tell(file->note, HP_VERDICT_NOT_EXECUTABLE, "a damaged ELF file");
    if (segment.type == PT_INTERP)
      return inspect_loader(file, &segment);
  }
  return HP_VERDICT_OK; /* statically linked */
}

static enum hp_verdict inspect_elf(const struct file *file) {
  Elf32_Ehdr header;
  size_t size = file->head[EI_CLASS] == ELFCLASS64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
  if (file->length < size)
    return tell(file->note, HP_VERDICT_NOT_EXECUTABLE, "a damaged ELF file");
  memcpy(&header, file->head, sizeof header);
  if (!runs_here(&header))
    return tell(file->note, HP_VERDICT_ARCHITECTURE, "for %s%s", machine_name(header.e_machine),
                file->head[EI_CLASS] == ELFCLASS64 ? "" : ", 32 bit");
  if (header.e_type != ET_EXEC && header.e_type != ET_DYN)
    return tell(file->note, HP_VERDICT_NOT_EXECUTABLE, "an ELF file, but no program");
  return inspect_segments(file);
}

/* ---- Scripts and the rest ---- */

static enum hp_verdict inspect_script(const struct file *file) {
  char line[SCRIPT_LINE + 1];
  size_t length = (file->length < SCRIPT_LINE ? file->length : SCRIPT_LINE) - 2;
  memcpy(line, file->head + 2, length);
  line[length] = '\0';
  char *interpreter = line + strspn(line, " \t");
  interpreter[strcspn(interpreter, " \t\n")] = '\0';
  if (!*interpreter)
    return tell(file->note, HP_VERDICT_NOT_EXECUTABLE, "a script that names no interpreter");
  if (access(interpreter, F_OK) == 0)
    return HP_VERDICT_OK;
  size_t end = strlen(interpreter);
  bool windows = interpreter[end - 1] == '\r';
  interpreter[end - windows] = '\0';
  return tell(file->note, HP_VERDICT_LOADER, "a script that needs %s%s", interpreter,
              windows ? " followed by a carriage return" : "");
}

static const struct format {
  const char *magic;
  size_t length;
  enum hp_verdict verdict;
  const char *note; /* where there is no function */
  enum hp_verdict (*inspect)(const struct file *file);
} formats[] = {
    {ELFMAG, SELFMAG, HP_VERDICT_OK, NULL, inspect_elf},
    {"#!", 2, HP_VERDICT_OK, NULL, inspect_script},
    {"MZ", 2, HP_VERDICT_ARCHITECTURE, "a program for Windows", NULL},
    {"\xCF\xFA\xED\xFE", 4, HP_VERDICT_ARCHITECTURE, "a program for macOS", NULL},
    {"\xCA\xFE\xBA\xBE", 4, HP_VERDICT_ARCHITECTURE, "a program for macOS", NULL},
    {"", 0, HP_VERDICT_NOT_EXECUTABLE, "neither an ELF program nor a script", NULL},
};

static enum hp_verdict inspect_content(const struct file *file) {
  const struct format *format = formats;
  if (file->length == 0)
    return tell(file->note, HP_VERDICT_NOT_EXECUTABLE, "an empty file");
  while (file->length < format->length || memcmp(file->head, format->magic, format->length) != 0)
    format++;
  return format->inspect ? format->inspect(file)
                         : tell(file->note, format->verdict, "%s", format->note);
}

/* A program may be executable and not readable: then exec has the word. */
static enum hp_verdict inspect_readable(const char *path, char **note) {
  struct file file = {.note = note};
  file.descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  ssize_t length =
      file.descriptor >= 0 ? pread(file.descriptor, file.head, sizeof file.head, 0) : -1;
  file.length = length > 0 ? (size_t)length : 0;
  enum hp_verdict verdict = length < 0 ? HP_VERDICT_OK : inspect_content(&file);
  if (file.descriptor >= 0)
    close(file.descriptor);
  return verdict;
}

/* ---- The place ---- */

static enum hp_verdict inspect_absence(const char *path, int code, char **note) {
  char target[PATH_MAX];
  ssize_t length = readlink(path, target, sizeof target - 1);
  if (code == EACCES)
    return HP_VERDICT_DENIED;
  if (length < 0)
    return HP_VERDICT_MISSING;
  target[length] = '\0';
  return tell(note, HP_VERDICT_MISSING, "a link to %s", target);
}

enum hp_verdict hp__inspect_linux(const char *path, char **note) {
  struct stat info;
  struct statvfs mount;
  *note = NULL;
  if (stat(path, &info) != 0)
    return inspect_absence(path, errno, note);
  if (S_ISDIR(info.st_mode))
    return HP_VERDICT_DIRECTORY;
  if (!S_ISREG(info.st_mode))
    return tell(note, HP_VERDICT_NOT_EXECUTABLE, "no regular file");
  if (!(info.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH)))
    return HP_VERDICT_NOT_EXECUTABLE;
  if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0) /* says no on such a mount, too */
    return inspect_readable(path, note);
  if (statvfs(path, &mount) == 0 && mount.f_flag & ST_NOEXEC)
    return HP_VERDICT_NOEXEC;
  return tell(note, HP_VERDICT_NOT_EXECUTABLE, "for this user");
}
