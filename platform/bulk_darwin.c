/* SPDX-License-Identifier: MIT */
#include "platform/bulk_darwin.h"

#include <stddef.h>
#include <string.h>

/* Where a text is: from the place where this is said, with its NUL counted. */
struct reference {
  int32_t offset;
  uint32_t length;
};

struct record {
  uint32_t length;
  uint32_t returned[5]; /* which attributes follow, by groups */
  struct reference name;
};

const char *hp__bulk_name(const char *record, uint32_t *length) {
  struct record head;
  memcpy(&head, record, sizeof head);
  *length = head.length;
  return record + offsetof(struct record, name) + head.name.offset;
}
