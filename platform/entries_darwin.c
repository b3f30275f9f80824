/* SPDX-License-Identifier: MIT */
/* The names in a directory, by its own descriptor and without an allocation: most of ours hold a
 * handful. */
#include "platform/darwin.h"

#include "platform/bulk_darwin.h"

#include <sys/attr.h>
#include <unistd.h>

void hp__entries_rewind(struct hp_entries *entries, int directory) {
  entries->directory = directory;
  entries->at = entries->size = 0;
  lseek(directory, 0, SEEK_SET);
}

/* `size` counts the names that are left, for the call says no length; "." and ".." are not among
 * them. */
const char *hp__entries_next(struct hp_entries *entries) {
  struct attrlist wanted = {.bitmapcount = ATTR_BIT_MAP_COUNT,
                            .commonattr = ATTR_CMN_RETURNED_ATTRS | ATTR_CMN_NAME};
  uint32_t length;
  if (entries->size <= 0) {
    entries->at = 0;
    entries->size =
        getattrlistbulk(entries->directory, &wanted, entries->bytes, sizeof entries->bytes, 0);
  }
  if (entries->size <= 0)
    return NULL;
  const char *name = hp__bulk_name(entries->bytes + entries->at, &length);
  entries->at += length;
  entries->size--;
  return name;
}
