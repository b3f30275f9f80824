/* SPDX-License-Identifier: MIT */
/* Removing a tree by handle: no name is followed twice, and no link or mount is crossed. */
#include "platform/directory_windows.h"

#include "core/alloc.h"

#include <stdlib.h>
#include <string.h>

enum {
  DEPTH_MAX = 100, /* each level costs a handle */
  OUTERMOST = 1,   /* level: of hp__tree_remove() it is the entry's own */
  PASSES = 3,      /* a server that is just ending may still make files */
  SHARE_ALL = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE
};

/* ---- Names ---- */

struct hp_names {
  HANDLE directory;
  const FILE_FULL_DIR_INFO *entry; /* the last one told; NULL: none of those in the room */
  bool begun;
  wchar_t name[512];
  _Alignas(FILE_FULL_DIR_INFO) unsigned char room[8192];
};

struct hp_names *hp__names_new(HANDLE directory) {
  struct hp_names *names = hp__alloc(sizeof *names);
  if (names)
    names->directory = directory;
  return names;
}

static const FILE_FULL_DIR_INFO *read_more(struct hp_names *names) {
  FILE_INFO_BY_HANDLE_CLASS kind =
      names->begun ? FileFullDirectoryInfo : FileFullDirectoryRestartInfo;
  names->begun = true;
  bool any = GetFileInformationByHandleEx(names->directory, kind, names->room, sizeof names->room);
  return any ? (const FILE_FULL_DIR_INFO *)(const void *)names->room : NULL;
}

static const FILE_FULL_DIR_INFO *next_entry(struct hp_names *names) {
  if (!names->entry || names->entry->NextEntryOffset == 0)
    return read_more(names);
  const unsigned char *next = (const unsigned char *)names->entry + names->entry->NextEntryOffset;
  return (const FILE_FULL_DIR_INFO *)(const void *)next;
}

const wchar_t *hp__names_next(struct hp_names *names) {
  while ((names->entry = next_entry(names)) != NULL) {
    size_t length = names->entry->FileNameLength / sizeof(wchar_t);
    if (length >= sizeof names->name / sizeof *names->name)
      continue;
    memcpy(names->name, names->entry->FileName, length * sizeof(wchar_t));
    names->name[length] = L'\0';
    if (wcscmp(names->name, L".") != 0 && wcscmp(names->name, L"..") != 0)
      return names->name;
  }
  return NULL;
}

void hp__names_free(struct hp_names *names) {
  hp__free(names);
}

/* ---- Deletion ---- */

/* The name goes at once, even if a virus scanner still looks into the file, and read-only ones go
 * too. Old systems and other filesystems do not know it. The headers have it for later systems
 * alone. */
static bool delete_at_once(HANDLE file) {
  enum { DISPOSITION_INFO_EX = 21, DELETE_IT = 1, AT_ONCE = 2, READ_ONLY_TOO = 16 };
  DWORD flags = DELETE_IT | AT_ONCE | READ_ONLY_TOO;
  return SetFileInformationByHandle(file, (FILE_INFO_BY_HANDLE_CLASS)DISPOSITION_INFO_EX, &flags,
                                    sizeof flags);
}

DWORD hp__delete(HANDLE file) {
  struct hp_file_id id;
  FILE_DISPOSITION_INFO info = {TRUE};
  if (delete_at_once(file))
    return 0;
  if (hp__file_id(file, &id) == 0 && id.attributes & FILE_ATTRIBUTE_READONLY)
    hp__set_attributes(file, FILE_ATTRIBUTE_NORMAL);
  return SetFileInformationByHandle(file, FileDispositionInfo, &info, sizeof info) ? 0
                                                                                   : GetLastError();
}

static bool is_missing(DWORD code) {
  return code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND ||
         code == ERROR_DELETE_PENDING;
}

/* What a server has closed to itself can be removed, for the directory above is ours. */
static DWORD open_to_delete(HANDLE directory, const wchar_t *name, HANDLE *file) {
  static const ACCESS_MASK accesses[] = {DELETE | FILE_LIST_DIRECTORY | FILE_READ_ATTRIBUTES |
                                             FILE_WRITE_ATTRIBUTES,
                                         DELETE | FILE_READ_ATTRIBUTES};
  DWORD code = ERROR_ACCESS_DENIED;
  for (int i = 0; i < 2 && code == ERROR_ACCESS_DENIED; i++)
    code = hp__open_below(directory, name,
                          &(struct hp_opening){.access = accesses[i], .share = SHARE_ALL}, file);
  return code;
}

static DWORD empty(HANDLE directory, const wchar_t *except, int depth);

static DWORD remove_entry(HANDLE directory, const wchar_t *name, int depth) {
  struct hp_file_id id;
  HANDLE file;
  DWORD code = open_to_delete(directory, name, &file);
  if (code != 0)
    return is_missing(code) ? 0 : code;
  code = hp__file_id(file, &id);
  bool link = id.attributes & FILE_ATTRIBUTE_REPARSE_POINT;
  if (code == 0 && id.attributes & FILE_ATTRIBUTE_DIRECTORY && !link)
    code = empty(file, NULL, depth + 1);
  if (code == 0)
    code = hp__delete(file);
  CloseHandle(file);
  return code;
}

static DWORD empty_once(HANDLE directory, const wchar_t *except, int depth, bool *any) {
  struct hp_names *names = hp__names_new(directory);
  DWORD code = 0;
  *any = false;
  if (!names)
    return ERROR_NOT_ENOUGH_MEMORY;
  for (const wchar_t *name; (name = hp__names_next(names)) != NULL;) {
    if (except && _wcsicmp(name, except) == 0)
      continue;
    *any = true;
    DWORD result = remove_entry(directory, name, depth);
    code = code ? code : result;
  }
  hp__names_free(names);
  return code;
}

/* What cannot be removed now may be in a moment. The outermost alone tries it again: if each level
 * did, the tries would multiply. */
static DWORD empty(HANDLE directory, const wchar_t *except, int depth) {
  DWORD code = 0;
  bool any = true;
  if (depth > DEPTH_MAX)
    return ERROR_FILENAME_EXCED_RANGE;
  for (int pass = 0; any && (code == 0 || depth <= OUTERMOST) && pass < PASSES; pass++)
    code = empty_once(directory, except, depth, &any);
  return code;
}

DWORD hp__tree_empty(HANDLE directory, const wchar_t *except) {
  return empty(directory, except, 0);
}

DWORD hp__tree_remove(HANDLE directory, const wchar_t *name) {
  return remove_entry(directory, name, 0);
}
