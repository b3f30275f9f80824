/* SPDX-License-Identifier: MIT */
#include "platform/missing_windows.h"

#include "core/alloc.h"
#include "core/text.h"
#include "platform/windows.h"

#include <stdio.h>
#include <string.h>

enum { FILES_MAX = 64, PATH_MAX_WIDE = 4096 };

struct walk {
  wchar_t *places; /* the loader's order, as SearchPathW takes it */
  wchar_t system[MAX_PATH];
  uint16_t machine; /* of the program */
  bool misfit;
  wchar_t *files[FILES_MAX]; /* whose imports are looked at: the program and libraries of its own */
  size_t count;
  struct hp_missing *missing;
};

static size_t read_file(void *data, uint64_t offset, void *bytes, size_t size) {
  OVERLAPPED place = {.Offset = (DWORD)offset, .OffsetHigh = (DWORD)(offset >> 32)};
  DWORD length = 0;
  return ReadFile(data, bytes, (DWORD)size, &length, &place) ? length : 0;
}

static HANDLE open_pe(struct hp_pe *pe, const wchar_t *path) {
  HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL,
                            OPEN_EXISTING, 0, NULL);
  struct hp_pe_source source = {read_file, file};
  if (file != INVALID_HANDLE_VALUE)
    hp__pe_open(pe, &source);
  return file;
}

/* ---- Where the loader looks ---- */

static const char *path_of(char *const *environment) {
  const char *path = "";
  for (size_t i = 0; environment && environment[i]; i++)
    if (_strnicmp(environment[i], "PATH=", 5) == 0)
      path = environment[i] + 5;
  return path;
}

static void add_wide(struct hp_text *text, const wchar_t *wide) {
  char *narrow = hp__narrow(wide);
  hp__text_format(text, "%s;", narrow ? narrow : "");
  hp__free(narrow);
}

/* Of the machine's kind: a program of 32 bits has one of its own. */
static void find_system(struct walk *walk) {
  bool narrow = walk->machine == HP_PE_I386;
  if (!narrow || GetSystemWow64DirectoryW(walk->system, MAX_PATH) == 0)
    GetSystemDirectoryW(walk->system, MAX_PATH);
}

static bool find_places(struct walk *walk, const struct hp_spawn *spawn) {
  struct hp_text places = {0};
  wchar_t windows[MAX_PATH] = L"";
  const char *end = spawn->executable + strlen(spawn->executable);
  while (end > spawn->executable && !strchr("\\/", *end))
    end--;
  hp__text_add_slice(&places, spawn->executable, (size_t)(end - spawn->executable));
  hp__text_add(&places, ";");
  find_system(walk);
  add_wide(&places, walk->system);
  GetSystemWindowsDirectoryW(windows, MAX_PATH);
  add_wide(&places, windows);
  hp__text_format(&places, "%s;%s", spawn->directory ? spawn->directory : ".",
                  path_of(spawn->environment));
  char *list = hp__text_take(&places);
  walk->places = list ? hp__wide(list) : NULL;
  hp__free(list);
  return walk->places != NULL;
}

/* These name a contract that the system itself keeps, not a file. */
static bool is_contract(const char *library) {
  return _strnicmp(library, "api-ms-", 7) == 0 || _strnicmp(library, "ext-ms-", 7) == 0;
}

static bool search_library(const struct walk *walk, const char *library,
                           wchar_t path[PATH_MAX_WIDE]) {
  wchar_t *name = hp__wide(library);
  DWORD length =
      name ? SearchPathW(walk->places, name, L".dll", PATH_MAX_WIDE, path, NULL) : PATH_MAX_WIDE;
  hp__free(name);
  return length > 0 && length < PATH_MAX_WIDE;
}

/* ---- The walk ---- */

static bool blame(struct walk *walk, const char *library, const wchar_t *file,
                  const char *machine) {
  const wchar_t *slash = wcsrchr(file, L'\\');
  char *name = hp__narrow(slash ? slash + 1 : file);
  snprintf(walk->missing->library, HP_PE_NAME_SIZE, "%s", library);
  snprintf(walk->missing->needed_by, HP_PE_NAME_SIZE, "%s", name ? name : "the program");
  walk->missing->machine = machine;
  hp__free(name);
  return true;
}

static void add_file(struct walk *walk, const wchar_t *path) {
  for (size_t i = 0; i < walk->count; i++)
    if (_wcsicmp(walk->files[i], path) == 0)
      return;
  wchar_t *copy = walk->count < FILES_MAX ? hp__alloc((wcslen(path) + 1) * sizeof *copy) : NULL;
  if (copy)
    walk->files[walk->count++] = wcscpy(copy, path);
}

static bool look_at_library(struct walk *walk, const char *library, const wchar_t *needed_by) {
  wchar_t path[PATH_MAX_WIDE];
  struct hp_pe pe = {0};
  if (is_contract(library))
    return false;
  if (!search_library(walk, library, path))
    return !walk->misfit && blame(walk, library, needed_by, NULL);
  if (_wcsnicmp(path, walk->system, wcslen(walk->system)) == 0)
    return false; /* the system's own are whole */
  HANDLE file = open_pe(&pe, path);
  if (file != INVALID_HANDLE_VALUE)
    CloseHandle(file);
  if (walk->misfit && pe.kind == HP_PE_LIBRARY && pe.machine != walk->machine)
    return blame(walk, library, needed_by, hp__pe_machine_name(pe.machine));
  add_file(walk, path);
  return false;
}

static bool look_at_imports(struct walk *walk, const wchar_t *path) {
  char library[HP_PE_NAME_SIZE];
  struct hp_pe pe;
  HANDLE file = open_pe(&pe, path);
  bool found = false;
  if (file == INVALID_HANDLE_VALUE)
    return false;
  for (unsigned i = 0; !found && pe.kind >= HP_PE_PROGRAM && hp__pe_import(&pe, i, library); i++)
    found = look_at_library(walk, library, path);
  CloseHandle(file);
  return found;
}

static bool begin(struct walk *walk, const struct hp_spawn *spawn) {
  wchar_t *program = hp__wide_path(spawn->executable);
  struct hp_pe pe = {0};
  HANDLE file = program ? open_pe(&pe, program) : INVALID_HANDLE_VALUE;
  if (file != INVALID_HANDLE_VALUE) {
    CloseHandle(file);
    add_file(walk, program);
  }
  walk->machine = pe.machine;
  hp__free(program);
  return walk->count > 0 && find_places(walk, spawn);
}

bool hp__find_missing(const struct hp_spawn *spawn, bool misfit, struct hp_missing *missing) {
  struct walk walk = {.misfit = misfit, .missing = missing};
  bool found = false;
  if (begin(&walk, spawn))
    for (size_t i = 0; !found && i < walk.count; i++)
      found = look_at_imports(&walk, walk.files[i]);
  for (size_t i = 0; i < walk.count; i++)
    hp__free(walk.files[i]);
  hp__free(walk.places);
  return found;
}
