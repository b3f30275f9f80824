/* SPDX-License-Identifier: MIT */
/* The names in a directory, by its own descriptor and without an allocation: most of ours hold a
 * handful. */
#include "platform/linux.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

void hp__entries_rewind(struct hp_entries *entries, int directory) {
  entries->directory = directory;
  entries->at = entries->size = 0;
  lseek(directory, 0, SEEK_SET);
}

static bool is_itself_or_above(const char *name) {
  return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

const char *hp__entries_next(struct hp_entries *entries) {
  for (;;) {
    if (entries->at >= entries->size) {
      entries->at = 0;
      entries->size =
          syscall(SYS_getdents64, entries->directory, entries->bytes, sizeof entries->bytes);
      if (entries->size <= 0)
        return NULL;
    }
    const struct hp_entry *entry = (const void *)(entries->bytes + entries->at);
    entries->at += entry->length;
    if (!is_itself_or_above(entry->name))
      return entry->name;
  }
}
