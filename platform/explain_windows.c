/* SPDX-License-Identifier: MIT */
/* What a code of Windows or of a process that ended means to a person, and what to do about it. */
#include "platform/child_windows.h"

#include "core/alloc.h"
#include "platform/inspect_windows.h"
#include "platform/locate.h"
#include "platform/missing_windows.h"
#include "platform/ntstatus.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

struct advice {
  DWORD code;
  const char *name; /* of the code */
  int result;       /* 0: what the phase says */
  const char *cause, *hint;
};

#ifndef ERROR_ELEVATION_REQUIRED /* mingw-w64 has not got them all */
#define ERROR_ELEVATION_REQUIRED 740
#endif
#ifndef ERROR_VIRUS_INFECTED
#define ERROR_VIRUS_INFECTED 225
#define ERROR_VIRUS_DELETED 226
#endif

#define ROW(name, result, cause, hint)                                                             \
  { name, #name, result, cause, hint }

static const struct advice advice[] = {
    ROW(ERROR_FILE_NOT_FOUND, 0, "it does not exist", NULL),
    ROW(ERROR_PATH_NOT_FOUND, 0, "a part of the path does not exist", NULL),
    ROW(ERROR_INVALID_NAME, 0, "it is no name that a file can have here", NULL),
    ROW(ERROR_DIRECTORY, 0, "it is no folder, or does not exist", NULL),
    ROW(ERROR_BAD_NETPATH, 0, "the computer in the path cannot be reached", NULL),
    ROW(ERROR_NOT_READY, 0, "the drive is not ready", NULL),
    ROW(ERROR_ACCESS_DENIED, HP_EACCESS, "it is closed to this user, or in use",
        "look at the permissions of each part of the path, and at what a virus scanner forbids"),
    ROW(ERROR_PRIVILEGE_NOT_HELD, HP_EACCESS, "the system does not allow it to this user", NULL),
    ROW(ERROR_ELEVATION_REQUIRED, HP_EACCESS, "the program asks for administrator's rights",
        "start the host as administrator, or use a build that does not ask"),
    ROW(ERROR_ACCESS_DISABLED_BY_POLICY, HP_EACCESS, "a policy of this system forbids it",
        "look at the software restriction and AppLocker policies"),
    ROW(ERROR_VIRUS_INFECTED, HP_EACCESS, "the virus scanner takes it for a virus",
        "have the scanner except it if it is not"),
    ROW(ERROR_VIRUS_DELETED, HP_EACCESS, "the virus scanner has removed it",
        "have the scanner except it if it is no virus"),
    ROW(ERROR_WRITE_PROTECT, 0, "the drive is write-protected", "name a folder on another one"),
    ROW(ERROR_SHARING_VIOLATION, 0, "another process has it open", NULL),
    ROW(ERROR_LOCK_VIOLATION, 0, "another process has locked it", NULL),
    ROW(ERROR_ALREADY_EXISTS, 0, "something of that name exists already", NULL),
    ROW(ERROR_FILE_EXISTS, 0, "something of that name exists already", NULL),
    ROW(ERROR_DIR_NOT_EMPTY, 0, "there is something in it", NULL),
    ROW(ERROR_PIPE_BUSY, 0, "all instances of the pipe are taken", NULL),
    ROW(ERROR_BROKEN_PIPE, 0, "the other end is gone", NULL),
    ROW(ERROR_DISK_FULL, 0, "the drive is full", "make room, or name a folder on another one"),
    ROW(ERROR_HANDLE_DISK_FULL, 0, "the drive is full",
        "make room, or name a folder on another one"),
    ROW(ERROR_TOO_MANY_OPEN_FILES, 0, "the host has as many files open as it may",
        "find what the host leaves open"),
    ROW(ERROR_FILENAME_EXCED_RANGE, HP_ETOOLONG, "the path is too long", "name a shorter folder"),
    ROW(ERROR_NOT_ENOUGH_MEMORY, HP_ENOMEM, "the system has no memory left", NULL),
    ROW(ERROR_OUTOFMEMORY, HP_ENOMEM, "the system has no memory left", NULL),
    ROW(ERROR_COMMITMENT_LIMIT, HP_ENOMEM, "the page file is too small", "enlarge it"),
    ROW(ERROR_NO_SYSTEM_RESOURCES, HP_ENOMEM, "the system has no room left", NULL),
    ROW(ERROR_NOT_ENOUGH_QUOTA, HP_ENOMEM, "a limit of the user or of the host's job is reached",
        NULL),
    ROW(ERROR_BAD_EXE_FORMAT, 0,
        "it is no program that this system can run: another format or architecture, or damaged",
        "install the build for this system"),
    ROW(ERROR_EXE_MACHINE_TYPE_MISMATCH, 0, "it is built for another architecture",
        "install the build for this system"),
    ROW(ERROR_SXS_CANT_GEN_ACTCTX, 0,
        "a side-by-side library that its manifest names is not installed",
        "install the runtime that it was built with"),
    ROW(ERROR_NOT_SUPPORTED, HP_EUNSUPPORTED, NULL, NULL),
    ROW(WSAEACCES, HP_EACCESS, "the address is reserved by the system or held exclusively",
        "`netsh interface ipv4 show excludedportrange protocol=tcp` lists reserved ports"),
    ROW(WSAEADDRINUSE, HP_EADDRINUSE, "something listens there already", NULL),
    ROW(WSAEMFILE, 0, "the host has as many sockets open as it may", NULL),
    ROW(WSAENOBUFS, HP_ENOMEM, "the system has no room left for sockets", NULL),
};

static const struct advice *find(DWORD code) {
  for (size_t i = 0; i < COUNT(advice); i++)
    if (advice[i].code == code)
      return &advice[i];
  return NULL;
}

/* The system's own words, without what ends its sentence. */
static void describe(DWORD code, char *text, size_t size) {
  wchar_t wide[512];
  DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS |
                                    FORMAT_MESSAGE_MAX_WIDTH_MASK,
                                NULL, code, 0, wide, COUNT(wide), NULL);
  while (length > 0 && wcschr(L" .\r\n", wide[length - 1]))
    length--;
  wide[length] = L'\0';
  char *narrow = length > 0 ? hp__narrow(wide) : NULL;
  snprintf(text, size, "%s", narrow ? narrow : "unknown error");
  hp__free(narrow);
}

int hp__explain_windows(hp_error *error, enum hp_phase phase, DWORD os_code, const char *what,
                        const char *name) {
  const struct advice *known = find(os_code);
  int code = phase == HP_PHASE_SPAWN ? HP_ESPAWN : HP_EIO;
  char text[512], number[32];
  describe(os_code, text, sizeof text);
  snprintf(number, sizeof number, "error %lu", (unsigned long)os_code);
  if (known && known->result != 0)
    code = known->result;
  hp_error_set(error, code, phase, "cannot %s %s: %s (%s)", what, name, text,
               known ? known->name : number);
  hp_error_set_os_code(error, (int)os_code);
  if (known && known->cause)
    hp_error_set_cause(error, "%s", known->cause);
  if (known && known->hint)
    hp_error_set_hint(error, "%s", known->hint);
  return code;
}

/* ---- One that could not be started ---- */

static DWORD attributes_of(const char *path) {
  wchar_t *wide = hp__wide_path(path);
  DWORD attributes = wide ? GetFileAttributesW(wide) : INVALID_FILE_ATTRIBUTES;
  hp__free(wide);
  return attributes;
}

static bool is_folder(const char *path) {
  DWORD attributes = attributes_of(path);
  return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY);
}

static bool blames_directory(DWORD code, const struct hp_spawn *spawn) {
  bool path = code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND;
  if (!spawn->directory || (path && attributes_of(spawn->executable) == INVALID_FILE_ATTRIBUTES))
    return false;
  return code == ERROR_DIRECTORY || !is_folder(spawn->directory);
}

/* A look at the file says more than the code. */
static void name_flaw(hp_error *error, const char *executable) {
  char *note;
  enum hp_verdict verdict = hp__inspect_windows(executable, &note);
  if (verdict != HP_VERDICT_OK)
    hp_error_set_cause(error, "%s%s%s", hp__verdict_text(verdict), note ? ": " : "",
                       note ? note : "");
  hp__free(note);
}

int hp__explain_start(hp_error *error, DWORD os_code, const struct hp_spawn *spawn) {
  if (!blames_directory(os_code, spawn)) {
    int result = hp__explain_windows(error, HP_PHASE_SPAWN, os_code, "start", spawn->executable);
    name_flaw(error, spawn->executable);
    return result;
  }
  int result =
      hp__explain_windows(error, HP_PHASE_SPAWN, ERROR_DIRECTORY, "work in", spawn->directory);
  if (is_folder(spawn->directory))
    hp_error_set_cause(error, "its path is longer than a working directory's may be");
  return result;
}

/* ---- One that has ended ---- */

static void name_library(const struct hp_ntstatus *status, const struct hp_missing *missing,
                         hp_error *error) {
  const char *machine = missing->machine;
  hp_error_set_cause(error, "%s, a library that %s needs, %s%s (0x%08X, %s)", missing->library,
                     missing->needed_by, machine ? "is built for " : "was not found",
                     machine ? machine : "", (unsigned)status->code, status->name);
}

void hp__explain_exit_windows(const struct hp_exit *exit, const struct hp_spawn *spawn,
                              hp_error *error) {
  const struct hp_ntstatus *status =
      exit->kind == HP_EXIT_CODE ? hp__ntstatus((uint32_t)exit->value) : NULL;
  struct hp_missing missing;
  if (!status)
    return;
  bool misfit = status->code == HP_STATUS_INVALID_IMAGE_FORMAT;
  bool of_library = misfit || status->code == HP_STATUS_DLL_NOT_FOUND;
  if (spawn && of_library && hp__find_missing(spawn, misfit, &missing))
    name_library(status, &missing, error);
  else
    hp_error_set_cause(error, "%s (0x%08X, %s)", status->cause, (unsigned)status->code,
                       status->name);
  if (status->hint)
    hp_error_set_hint(error, "%s", status->hint);
}
