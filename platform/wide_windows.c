/* SPDX-License-Identifier: MIT */
/* Text between the library's UTF-8 and the system's UTF-16. */
#include "platform/windows.h"

#include "core/alloc.h"

#include <string.h>

/* The shortest of the system's limits: a directory of so many characters has no room left for a
 * file name of the old kind. */
enum { LONG_PATH = MAX_PATH - 12 };

wchar_t *hp__wide(const char *text) {
  int length = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
  wchar_t *wide = hp__alloc(((size_t)length + 1) * sizeof *wide);
  if (wide)
    MultiByteToWideChar(CP_UTF8, 0, text, -1, wide, length);
  return wide;
}

char *hp__narrow(const wchar_t *text) {
  int length = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
  char *narrow = hp__alloc((size_t)length + 1);
  if (narrow)
    WideCharToMultiByte(CP_UTF8, 0, text, -1, narrow, length, NULL, NULL);
  return narrow;
}

/* Normalised, which a path behind the prefix is not any more. */
static wchar_t *full_path(const wchar_t *path) {
  DWORD size = GetFullPathNameW(path, 0, NULL, NULL);
  wchar_t *full = hp__alloc(((size_t)size + 1) * sizeof *full);
  if (full && GetFullPathNameW(path, size, full, NULL) >= size)
    full[0] = L'\0';
  return full;
}

static wchar_t *prefix_path(const wchar_t *prefix, const wchar_t *path) {
  size_t length = wcslen(prefix);
  wchar_t *prefixed = hp__alloc((length + wcslen(path) + 1) * sizeof *prefixed);
  if (!prefixed)
    return NULL;
  wcscpy(prefixed, prefix);
  wcscpy(prefixed + length, path);
  return prefixed;
}

static bool is_device(const wchar_t *path) {
  return wcsncmp(path, L"\\\\?\\", 4) == 0 || wcsncmp(path, L"\\\\.\\", 4) == 0;
}

static wchar_t *lift_limit(wchar_t *full) {
  bool unc = wcsncmp(full, L"\\\\", 2) == 0;
  wchar_t *lifted = unc ? prefix_path(L"\\\\?\\UNC\\", full + 2) : prefix_path(L"\\\\?\\", full);
  hp__free(full);
  return lifted;
}

wchar_t *hp__wide_path(const char *path) {
  wchar_t *wide = hp__wide(path);
  wchar_t *full = wide && !is_device(wide) ? full_path(wide) : wide;
  if (full != wide)
    hp__free(wide);
  return full && !is_device(full) && wcslen(full) >= LONG_PATH ? lift_limit(full) : full;
}
