/* SPDX-License-Identifier: MIT */
#include "platform/windows.h"

#include "core/alloc.h"
#include "platform/inspect_windows.h"
#include "platform/locate.h"

#include <string.h>

enum { PATH_MAX_WIDE = 32768 }; /* what the system takes at most */

/* What the walk asked of the environment: as UTF-8 it has to lie somewhere. */
struct value {
  struct value *next;
  char *text;
};

static enum hp_verdict inspect(void *data, const char *path, char **note) {
  (void)data;
  return hp__inspect_windows(path, note);
}

static wchar_t *read_variable(const wchar_t *name) {
  DWORD size = GetEnvironmentVariableW(name, NULL, 0);
  wchar_t *value = size ? hp__alloc(size * sizeof *value) : NULL;
  if (value && GetEnvironmentVariableW(name, value, size) >= size)
    value[0] = L'\0'; /* it was changed meanwhile */
  return value;
}

static const char *environment(void *data, const char *name) {
  struct value **values = data, *new = hp__alloc(sizeof *new);
  wchar_t *wide_name = hp__wide(name), *wide = wide_name ? read_variable(wide_name) : NULL;
  char *text = new &&wide ? hp__narrow(wide) : NULL;
  hp__free(wide_name);
  hp__free(wide);
  if (!text) {
    hp__free(new);
    return NULL;
  }
  *new = (struct value){.next = *values, .text = text};
  *values = new;
  return text;
}

static void forget(struct value *values) {
  while (values) {
    struct value *next = values->next;
    hp__free(values->text);
    hp__free(values);
    values = next;
  }
}

static wchar_t *pattern_of(const char *folder) {
  wchar_t *path = hp__wide_path(folder);
  size_t length = path ? wcslen(path) : 0;
  wchar_t *pattern = path ? hp__alloc((length + 3) * sizeof *pattern) : NULL;
  if (pattern) {
    wcscpy(pattern, path);
    wcscpy(pattern + length, length > 0 && path[length - 1] == L'\\' ? L"*" : L"\\*");
  }
  hp__free(path);
  return pattern;
}

static char **list(void *data, const char *folder) {
  WIN32_FIND_DATAW entry;
  wchar_t *pattern = pattern_of(folder);
  HANDLE search = pattern ? FindFirstFileW(pattern, &entry) : INVALID_HANDLE_VALUE;
  bool more = search != INVALID_HANDLE_VALUE;
  char **names = more ? hp__alloc(sizeof *names) : NULL;
  (void)data;
  hp__free(pattern);
  for (size_t count = 0; names && more; more = FindNextFileW(search, &entry)) {
    char **grown = hp__realloc(names, (count + 2) * sizeof *names);
    char *name = grown ? hp__narrow(entry.cFileName) : NULL;
    names = grown ? grown : names;
    if (!name) /* out of memory: the rest of the walk meets it too */
      break;
    names[count++] = name;
    names[count] = NULL;
  }
  if (search != INVALID_HANDLE_VALUE)
    FindClose(search);
  return names;
}

/* ---- Our own places ---- */

/* As people write it: the prefix of long paths is put on again where it is needed. */
static char *without_prefix(const wchar_t *path) {
  if (wcsncmp(path, L"\\\\?\\UNC\\", 8) == 0) {
    char *text = hp__narrow(path + 6);
    if (text)
      text[0] = '\\';
    return text;
  }
  return hp__narrow(wcsncmp(path, L"\\\\?\\", 4) == 0 ? path + 4 : path);
}

/* The folder of a module, NULL: unknown. The file's name is cut off, the root's separator is not.
 */
static char *folder_of(HMODULE module) {
  wchar_t *path = hp__alloc(PATH_MAX_WIDE * sizeof *path);
  DWORD length = path ? GetModuleFileNameW(module, path, PATH_MAX_WIDE) : 0;
  char *folder = length > 0 && length < PATH_MAX_WIDE ? without_prefix(path) : NULL;
  char *end = folder ? strrchr(folder, '\\') : NULL;
  hp__free(path);
  if (end)
    end[end == folder + 2] = '\0';
  return folder;
}

static char *library_folder(void) {
  HMODULE module;
  const void *ours = &hp__locate_rules_windows;
  bool known = GetModuleHandleExW(GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                                      GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                                  ours, &module);
  return known ? folder_of(module) : NULL;
}

/* Takes `folder` over. One that has no room is as good as unknown. */
static void keep(char *folder, char *room, size_t size) {
  bool fits = folder && strlen(folder) < size;
  strcpy(room, fits ? folder : "");
  hp__free(folder);
}

static char *current_folder(void) {
  DWORD size = GetCurrentDirectoryW(0, NULL);
  wchar_t *path = hp__alloc(((size_t)size + 1) * sizeof *path);
  DWORD length = path ? GetCurrentDirectoryW(size, path) : 0;
  char *folder = length > 0 && length < size ? without_prefix(path) : NULL;
  hp__free(path);
  return folder;
}

int hp__locate_windows(const struct hp_locate_request *request, struct hp_candidates *found,
                       hp_error *error) {
  struct hp_own_folders fresh = {.known = false}, *own = request->own ? request->own : &fresh;
  struct value *values = NULL;
  char *current = current_folder();
  if (!own->known) {
    keep(library_folder(), own->library, sizeof own->library);
    keep(folder_of(NULL), own->executable, sizeof own->executable);
    own->known = true;
  }
  struct hp_locate_view view = {
      .data = &values,
      .inspect = inspect,
      .list = list,
      .environment = environment,
      .current = current ? current : "C:\\",
      .library = own->library[0] ? own->library : NULL,
      .executable = own->executable[0] ? own->executable : NULL,
  };
  int result = hp__locate(&hp__locate_rules_windows, &view, request, found, error);
  forget(values);
  hp__free(current);
  return result;
}
