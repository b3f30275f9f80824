/* SPDX-License-Identifier: MIT */
#include "platform/windows.h"

#include "core/alloc.h"

#include <wchar.h>

static char *narrow_all(const wchar_t *wide) {
  int length = 0;
  while (wide[length])
    length += (int)wcslen(wide + length) + 1;
  int size = length ? WideCharToMultiByte(CP_UTF8, 0, wide, length, NULL, 0, NULL, NULL) : 0;
  char *block = hp__alloc((size_t)size + 1);
  if (block && length)
    WideCharToMultiByte(CP_UTF8, 0, wide, length, block, size, NULL, NULL);
  return block;
}

char *hp__environment_windows(void) {
  wchar_t *wide = GetEnvironmentStringsW();
  char *block = wide ? narrow_all(wide) : NULL;
  if (wide)
    FreeEnvironmentStringsW(wide);
  return block;
}
