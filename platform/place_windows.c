/* SPDX-License-Identifier: MIT */
/*
 * The standard places, as the system knows them. Pipes lie in no directory: what a launch needs is
 * a place for its files, and the user's temporary directory, below their local data, is private.
 */
#include "platform/windows.h"

#include "core/alloc.h"

#include <initguid.h>

#include <knownfolders.h>
#include <objbase.h>
#include <shlobj.h>
#include <stdio.h>
#include <string.h>

static int give(const wchar_t *wide, const char *below, char path[HP_PATH_SIZE]) {
  char *first = wide ? hp__narrow(wide) : NULL;
  if (!first)
    return wide ? HP_ENOMEM : HP_ENOTFOUND;
  size_t length = strlen(first);
  while (length > 3 && first[length - 1] == '\\')
    first[--length] = '\0';
  int written = snprintf(path, HP_PATH_SIZE, "%s%s", first, below);
  hp__free(first);
  return written > 0 && written < HP_PATH_SIZE ? 0 : HP_ENOTFOUND;
}

static int known(const KNOWNFOLDERID *folder, const char *below, char path[HP_PATH_SIZE]) {
  wchar_t *wide = NULL;
  bool found = SHGetKnownFolderPath(folder, KF_FLAG_DONT_VERIFY, NULL, &wide) == S_OK;
  int result = give(found ? wide : NULL, below, path);
  CoTaskMemFree(wide);
  return result;
}

typedef DWORD WINAPI get_temporary_path(DWORD size, wchar_t *path);

/* Since Windows 11 there is one that gives the system's services a private place as well. */
static get_temporary_path *find_function(void) {
  HMODULE kernel = GetModuleHandleW(L"kernel32.dll");
  FARPROC found = kernel ? GetProcAddress(kernel, "GetTempPath2W") : NULL;
  get_temporary_path *function = GetTempPathW;
  if (found)
    memcpy(&function, &found, sizeof function);
  return function;
}

/* TMP, TEMP or, where they are not set, below the local data. */
static int temporary(char path[HP_PATH_SIZE]) {
  wchar_t wide[MAX_PATH + 2];
  DWORD size = sizeof wide / sizeof *wide, length = find_function()(size, wide);
  return length == 0 || length >= size ? HP_ENOTFOUND : give(wide, "", path);
}

int hp__place_windows(enum hp_place place, char path[HP_PATH_SIZE]) {
  switch (place) {
  case HP_PLACE_RUNTIME:
  case HP_PLACE_SHORT:
  case HP_PLACE_TEMPORARY:
    return temporary(path);
  case HP_PLACE_CONFIG:
    return known(&FOLDERID_LocalAppData, "\\hyperprocess", path);
  case HP_PLACE_SYSTEM_CONFIG:
    return known(&FOLDERID_ProgramData, "\\hyperprocess", path);
  }
  return HP_ENOTFOUND;
}
