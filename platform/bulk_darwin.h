/* SPDX-License-Identifier: MIT */
/* The records that getattrlistbulk(2) of macOS gives of a directory: pure. */
#ifndef HP_PLATFORM_BULK_DARWIN_H
#define HP_PLATFORM_BULK_DARWIN_H

#include <stdint.h>

/* The name in a record of which nothing else was asked for; *length is that of the record. Nothing
 * is aligned. */
const char *hp__bulk_name(const char *record, uint32_t *length);

#endif
