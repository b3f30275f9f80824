/* SPDX-License-Identifier: MIT */
/* What lies in a directory of ours. What is made is private, whoever may enter the directory. */
#include "platform/directory_windows.h"

#include "core/alloc.h"

#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 256, WRITE_MAX = 1 << 30 };

static int fail(const hp_directory *directory, hp_error *error, DWORD code, const char *what,
                const char *name) {
  hp_error_set_detail(error, HP_DETAIL_PLACES, directory->path);
  return hp__explain_windows(error, HP_PHASE_PREPARE, code, what, name);
}

/* One part of a path, which means the same to every program: no stream of a file, no pattern, and
 * no end that others cut off. */
static bool is_plain_name(const char *name) {
  size_t length = strlen(name);
  for (const char *c = name; *c; c++)
    if ((unsigned char)*c < ' ' || strchr("\"*/:<>?\\|", *c))
      return false;
  return length > 0 && length < NAME_SIZE && name[length - 1] != '.' && name[length - 1] != ' ';
}

static DWORD open_name(const hp_directory *directory, const char *name,
                       const struct hp_opening *opening, HANDLE *opened) {
  *opened = INVALID_HANDLE_VALUE;
  if (!is_plain_name(name))
    return ERROR_INVALID_NAME;
  wchar_t *wide = hp__wide(name);
  DWORD code =
      wide ? hp__open_below(directory->handle, wide, opening, opened) : ERROR_NOT_ENOUGH_MEMORY;
  hp__free(wide);
  return code;
}

static DWORD remove_name(const hp_directory *directory, const char *name) {
  if (!is_plain_name(name))
    return ERROR_INVALID_NAME;
  wchar_t *wide = hp__wide(name);
  DWORD code = wide ? hp__tree_remove(directory->handle, wide) : ERROR_NOT_ENOUGH_MEMORY;
  hp__free(wide);
  return code;
}

/* By path, for the directory and all above it cannot be exchanged while it is held. */
static wchar_t *path_of(const hp_directory *directory, const char *name) {
  char path[HP_PATH_SIZE + NAME_SIZE];
  snprintf(path, sizeof path, "%s\\%s", directory->path, name);
  return hp__wide_path(path);
}

static DWORD rename_to(const hp_directory *directory, const char *from, const char *to) {
  if (!is_plain_name(from) || !is_plain_name(to))
    return ERROR_INVALID_NAME;
  wchar_t *old = path_of(directory, from), *new = path_of(directory, to);
  DWORD code = !old || !new                                       ? ERROR_NOT_ENOUGH_MEMORY
               : MoveFileExW(old, new, MOVEFILE_REPLACE_EXISTING) ? 0
                                                                  : GetLastError();
  hp__free(old);
  hp__free(new);
  return code;
}

/* ---- Writing ---- */

static DWORD write_all(HANDLE file, const char *data, size_t size) {
  while (size > 0) {
    DWORD part = size < WRITE_MAX ? (DWORD)size : WRITE_MAX, written;
    if (!WriteFile(file, data, part, &written, NULL))
      return GetLastError();
    data += written;
    size -= written;
  }
  return 0;
}

static DWORD write_beside(const hp_directory *directory, const char *beside, const void *data,
                          size_t size) {
  static const struct hp_opening opening = {
      .access = FILE_GENERIC_WRITE, .kind = HP_OPEN_FILE, .create = true};
  HANDLE file;
  DWORD code = remove_name(directory, beside); /* of a host that was killed in here */
  if (code == 0)
    code = open_name(directory, beside, &opening, &file);
  if (code != 0)
    return code;
  code = write_all(file, data, size);
  CloseHandle(file);
  return code;
}

static DWORD write_file(const hp_directory *directory, const char *name, const void *data,
                        size_t size) {
  char beside[NAME_SIZE];
  if (!is_plain_name(name) ||
      (size_t)snprintf(beside, sizeof beside, ".%s.new", name) >= sizeof beside)
    return ERROR_INVALID_NAME;
  DWORD code = write_beside(directory, beside, data, size);
  if (code == 0)
    code = rename_to(directory, beside, name);
  if (code != 0)
    remove_name(directory, beside);
  return code;
}

int hp__directory_write_windows(hp_directory *directory, const char *name, const void *data,
                                size_t size, hp_error *error) {
  DWORD code = write_file(directory, name, data, size);
  return code == 0 ? 0 : fail(directory, error, code, "write file", name);
}

/* ---- Reading ---- */

/* A second name would be another's file, with what they may not read in it. */
static DWORD check_file(HANDLE file) {
  struct hp_file_id id;
  DWORD code = hp__file_id(file, &id);
  if (code != 0)
    return code;
  bool plain = GetFileType(file) == FILE_TYPE_DISK && id.links == 1 &&
               !(id.attributes & FILE_ATTRIBUTE_REPARSE_POINT);
  return plain && hp__is_ours(file) ? 0 : ERROR_ACCESS_DENIED;
}

static DWORD read_all(HANDLE file, char *data, size_t size, size_t *length) {
  DWORD got = 1;
  for (*length = 0; *length < size && got > 0; *length += got) {
    size_t left = size - *length;
    if (!ReadFile(file, data + *length, left < WRITE_MAX ? (DWORD)left : WRITE_MAX, &got, NULL))
      return GetLastError();
  }
  return 0;
}

int hp__directory_read_windows(hp_directory *directory, const char *name, void *data, size_t size,
                               size_t *length, hp_error *error) {
  static const struct hp_opening opening = {.access = FILE_GENERIC_READ,
                                            .share = FILE_SHARE_READ | FILE_SHARE_WRITE |
                                                     FILE_SHARE_DELETE,
                                            .kind = HP_OPEN_FILE};
  HANDLE file;
  *length = 0;
  DWORD code = open_name(directory, name, &opening, &file), of_file = 0;
  if (code == 0)
    code = of_file = check_file(file);
  if (code == 0)
    code = read_all(file, data, size, length);
  hp__close_handle(&file);
  if (code == 0)
    return 0;
  if (code == ERROR_FILE_NOT_FOUND)
    return hp_error_set(error, HP_ENOTFOUND, HP_PHASE_PREPARE, "there is no file %s in %s", name,
                        directory->path);
  int result = fail(directory, error, code, "read file", name);
  if (of_file != 0)
    hp_error_set_cause(error, "it is no plain file of ours in %s", directory->path);
  return result;
}

/* ---- The rest ---- */

int hp__directory_clear_windows(hp_directory *directory, const char *name, hp_error *error) {
  DWORD code = remove_name(directory, name);
  return code == 0 ? 0 : fail(directory, error, code, "remove", name);
}

int hp__directory_make_windows(hp_directory *directory, const char *name, hp_error *error) {
  static const struct hp_opening opening = {.access = FILE_READ_ATTRIBUTES,
                                            .share = FILE_SHARE_READ | FILE_SHARE_WRITE |
                                                     FILE_SHARE_DELETE,
                                            .kind = HP_OPEN_DIRECTORY,
                                            .create = true};
  HANDLE opened;
  DWORD code = open_name(directory, name, &opening, &opened);
  hp__close_handle(&opened);
  return code == 0 ? 0 : fail(directory, error, code, "make directory", name);
}

int hp__directory_rename_windows(hp_directory *directory, const char *from, const char *to,
                                 hp_error *error) {
  DWORD code = rename_to(directory, from, to);
  if (code == 0)
    return 0;
  char what[NAME_SIZE + 32];
  snprintf(what, sizeof what, "give the name %.255s to", to);
  return fail(directory, error, code, what, from);
}
