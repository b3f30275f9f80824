/* SPDX-License-Identifier: MIT */
/* Whether the system would execute a file, and if not, why, before anything is started. */
#include "platform/inspect_windows.h"

#include "core/alloc.h"
#include "core/text.h"
#include "platform/command_line.h"
#include "platform/inspect_pe.h"
#include "platform/windows.h"

#include <stdarg.h>
#include <string.h>

enum { SHARE_ALL = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE };

static enum hp_verdict remark(char **note, enum hp_verdict verdict, const char *format, ...)
    HP_PRINTF(3, 4);

static enum hp_verdict remark(char **note, enum hp_verdict verdict, const char *format, ...) {
  struct hp_text text = {0};
  va_list list;
  va_start(list, format);
  hp__text_format_list(&text, format, list);
  va_end(list);
  *note = hp__text_take(&text);
  return verdict;
}

/* ---- Architecture ---- */

/* What a processor runs by itself or by the system's emulation. */
static const struct {
  uint16_t native;
  uint16_t machines[4];
} natives[] = {{HP_PE_X86_64, {HP_PE_X86_64, HP_PE_I386}},
               {HP_PE_AARCH64, {HP_PE_AARCH64, HP_PE_X86_64, HP_PE_I386, HP_PE_ARM}},
               {HP_PE_I386, {HP_PE_I386}}};

/* On a processor that is not in the table the system has the word. */
static bool runs_here(uint16_t machine) {
  USHORT ours, native = 0;
  if (!IsWow64Process2(GetCurrentProcess(), &ours, &native))
    return true;
  for (size_t i = 0; i < sizeof natives / sizeof *natives; i++) {
    if (natives[i].native != native)
      continue;
    for (int j = 0; j < 4; j++)
      if (natives[i].machines[j] == machine)
        return true;
    return false;
  }
  return true;
}

/* ---- Content ---- */

static size_t read_file(void *data, uint64_t offset, void *bytes, size_t size) {
  OVERLAPPED at = {.Offset = (DWORD)offset, .OffsetHigh = (DWORD)(offset >> 32)};
  DWORD length = 0;
  return ReadFile(data, bytes, (DWORD)size, &length, &at) ? length : 0;
}

static enum hp_verdict inspect_content(HANDLE file, char **note) {
  struct hp_pe pe;
  switch (hp__pe_open(&pe, &(struct hp_pe_source){read_file, file})) {
  case HP_PE_FOREIGN:
    return remark(note, HP_VERDICT_NOT_EXECUTABLE, "no program for Windows");
  case HP_PE_DAMAGED:
    return remark(note, HP_VERDICT_NOT_EXECUTABLE, "a damaged program: cut off or half downloaded");
  case HP_PE_LIBRARY:
    return remark(note, HP_VERDICT_NOT_EXECUTABLE, "a library, no program");
  case HP_PE_DRIVER:
    return remark(note, HP_VERDICT_NOT_EXECUTABLE, "a driver, no program");
  case HP_PE_PROGRAM:
    break;
  }
  if (runs_here(pe.machine))
    return HP_VERDICT_OK;
  return remark(note, HP_VERDICT_ARCHITECTURE, "for %s", hp__pe_machine_name(pe.machine));
}

/* ---- The place ---- */

static bool may_execute(const wchar_t *path) {
  HANDLE file = CreateFileW(path, FILE_EXECUTE, SHARE_ALL, NULL, OPEN_EXISTING, 0, NULL);
  if (file != INVALID_HANDLE_VALUE)
    CloseHandle(file);
  return file != INVALID_HANDLE_VALUE;
}

static enum hp_verdict inspect_absence(DWORD code) {
  return code == ERROR_ACCESS_DENIED || code == ERROR_LOGON_FAILURE ? HP_VERDICT_DENIED
                                                                    : HP_VERDICT_MISSING;
}

/* One that may be executed and not read, or that is being written, is left to the system. */
static enum hp_verdict inspect_file(const wchar_t *path, char **note) {
  HANDLE file = CreateFileW(path, GENERIC_READ, SHARE_ALL, NULL, OPEN_EXISTING, 0, NULL);
  if (file == INVALID_HANDLE_VALUE)
    return GetLastError() != ERROR_ACCESS_DENIED || may_execute(path) ? HP_VERDICT_OK
                                                                      : HP_VERDICT_DENIED;
  enum hp_verdict verdict = GetFileType(file) == FILE_TYPE_DISK
                                ? inspect_content(file, note)
                                : remark(note, HP_VERDICT_NOT_EXECUTABLE, "no regular file");
  CloseHandle(file);
  return verdict;
}

enum hp_verdict hp__inspect_windows(const char *path, char **note) {
  *note = NULL;
  wchar_t *wide = hp__wide_path(path);
  DWORD attributes = wide ? GetFileAttributesW(wide) : INVALID_FILE_ATTRIBUTES;
  enum hp_verdict verdict;
  if (attributes == INVALID_FILE_ATTRIBUTES)
    verdict = inspect_absence(wide ? GetLastError() : ERROR_FILE_NOT_FOUND);
  else if (attributes & FILE_ATTRIBUTE_DIRECTORY)
    verdict = HP_VERDICT_DIRECTORY;
  else if (hp__is_batch_file(path))
    verdict = remark(note, HP_VERDICT_NOT_EXECUTABLE,
                     "a batch file, to which arguments cannot be passed safely: name the program "
                     "that it starts");
  else
    verdict = inspect_file(wide, note);
  hp__free(wide);
  return verdict;
}
