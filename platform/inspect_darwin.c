/* SPDX-License-Identifier: MIT */
/* Mach-O programs, which this machine can execute or not, and what the system remembers of where
 * they came from. */
#include "platform/darwin.h"

#include "platform/inspect.h"
#include "platform/inspect_macho.h"
#include "platform/quarantine.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/sysctl.h>
#include <sys/utsname.h>

/* Of <sys/xattr.h>, which not every set of macOS headers has. */
extern ssize_t getxattr(const char *path, const char *name, void *value, size_t size,
                        uint32_t position, int options);

enum { QUARANTINE_SIZE = 512 };

static size_t read_bytes(void *data, uint64_t offset, void *bytes, size_t size) {
  ssize_t length = hp__inspect_read(data, bytes, size, offset);
  return length > 0 ? (size_t)length : 0;
}

/* Programs for Intel run on Apple's own processors too, once Rosetta is installed: then exec has
 * the word. Uname speaks of us, who may be such a program. */
static void find_machines(uint32_t machines[3]) {
  int native = 0;
  size_t size = sizeof native;
  struct utsname name;
  bool apple = sysctlbyname("hw.optional.arm64", &native, &size, NULL, 0) == 0 && native;
  if (!apple && uname(&name) == 0)
    apple = strcmp(name.machine, "arm64") == 0;
  machines[0] = apple ? HP_MACHO_AARCH64 : HP_MACHO_X86_64;
  machines[1] = apple ? HP_MACHO_X86_64 : 0;
  machines[2] = 0;
}

static void note_quarantine(const struct hp_inspected *file) {
  char text[QUARANTINE_SIZE];
  struct hp_quarantine quarantine;
  ssize_t length = getxattr(file->path, HP_QUARANTINE_ATTRIBUTE, text, sizeof text, 0, 0);
  if (length > 0 && !*file->note && hp__quarantine_read(text, (size_t)length, &quarantine))
    *file->note = hp__quarantine_note(&quarantine);
}

enum hp_verdict hp__inspect_format(const struct hp_inspected *file) {
  struct hp_macho_source source = {read_bytes, (void *)file};
  struct hp_macho macho;
  uint32_t machines[3];
  if (hp__macho_read(&macho, &source) == HP_MACHO_FOREIGN) {
    bool elf = file->length >= 4 && memcmp(file->head, "\177ELF", 4) == 0;
    bool windows = file->length >= 2 && memcmp(file->head, "MZ", 2) == 0;
    if (elf || windows)
      return hp__inspect_tell(file->note, HP_VERDICT_ARCHITECTURE, "a program for %s",
                              elf ? "Linux" : "Windows");
    return hp__inspect_tell(file->note, HP_VERDICT_NOT_EXECUTABLE,
                            "neither a Mach-O program nor a script");
  }
  find_machines(machines);
  enum hp_verdict verdict = hp__macho_judge(&macho, machines, file->note);
  if (verdict == HP_VERDICT_OK)
    note_quarantine(file);
  return verdict;
}

struct hp_fit_file hp__identify_file(const struct stat *info) {
  return (struct hp_fit_file){(uint64_t)info->st_dev, info->st_ino, (uint64_t)info->st_size,
                              info->st_ctimespec.tv_sec, info->st_ctimespec.tv_nsec};
}
