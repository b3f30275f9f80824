/* SPDX-License-Identifier: MIT */
/* What it means that a process of Windows ended with an NTSTATUS. Pure, and tested on every host.
 */
#ifndef HP_PLATFORM_NTSTATUS_H
#define HP_PLATFORM_NTSTATUS_H

#include <stdint.h>

#define HP_STATUS_DLL_NOT_FOUND 0xC0000135U
#define HP_STATUS_INVALID_IMAGE_FORMAT 0xC000007BU

struct hp_ntstatus {
  uint32_t code;
  const char *name;  /* "STATUS_ACCESS_VIOLATION" */
  const char *cause; /* for a person, without name and code */
  const char *hint;  /* NULL: none */
};

/* NULL for a code that says nothing, the ordinary ones of a program among them. */
const struct hp_ntstatus *hp__ntstatus(uint32_t code);

#endif
