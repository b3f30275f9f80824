/* SPDX-License-Identifier: MIT */
/*
 * A lock file and its mark. To hold it is to have it open for writing and to let others read it
 * only: made and locked in one step, and released with the process, however that ends. Who may not
 * have it can still read whose it is. The mark is as on Linux.
 */
#include "platform/directory_windows.h"

#include "core/alloc.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static DWORD check(HANDLE lock) {
  struct hp_file_id id;
  DWORD code = hp__file_id(lock, &id);
  if (code == 0 && (id.attributes & FILE_ATTRIBUTE_REPARSE_POINT || id.links != 1))
    code = ERROR_ACCESS_DENIED;
  return code;
}

/* That of a directory of ours goes with it, in the moment in which it is released. */
DWORD hp__lock_open(HANDLE directory, const wchar_t *name, enum hp_lock_mode mode, HANDLE *lock) {
  ACCESS_MASK to_remove = mode == HP_LOCK_EITHER ? 0 : DELETE;
  struct hp_opening opening = {
      .access = GENERIC_READ | GENERIC_WRITE | to_remove,
      .share = FILE_SHARE_READ,
      .kind = HP_OPEN_FILE,
      .create = mode == HP_LOCK_NEW,
  };
  DWORD code = hp__open_below(directory, name, &opening, lock);
  opening.create = true;
  if (mode == HP_LOCK_EITHER && code == ERROR_FILE_NOT_FOUND)
    code = hp__open_below(directory, name, &opening, lock);
  if (code == 0)
    code = check(*lock);
  if (code != 0)
    hp__close_handle(lock);
  return code;
}

/* ---- Processes ---- */

/* When it started, 0 when that cannot be known. ERROR_INVALID_PARAMETER: there is no such one. */
static DWORD look_at(int64_t pid, uint64_t *start, bool *ended, char command[16]) {
  FILETIME made, gone, kernel, user;
  wchar_t path[1024];
  DWORD size = sizeof path / sizeof *path;
  HANDLE process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION | SYNCHRONIZE, FALSE, (DWORD)pid);
  *start = 0;
  *ended = false;
  command[0] = '\0';
  if (!process)
    return GetLastError();
  if (GetProcessTimes(process, &made, &gone, &kernel, &user))
    *start = (uint64_t)made.dwHighDateTime << 32 | made.dwLowDateTime;
  *ended = WaitForSingleObject(process, 0) == WAIT_OBJECT_0;
  char *name = QueryFullProcessImageNameW(process, 0, path, &size) ? hp__narrow(path) : NULL;
  const char *last = name ? strrchr(name, '\\') : NULL;
  snprintf(command, 16, "%s", last ? last + 1 : name ? name : "");
  hp__free(name);
  CloseHandle(process);
  return 0;
}

/* A process that we may not look at might be the one: two servers on the same data would destroy
 * it. */
bool hp__mark_is_used(const struct hp_mark *mark) {
  uint64_t start;
  bool ended;
  char command[16];
  if (mark->pid <= 0)
    return false;
  DWORD code = look_at(mark->pid, &start, &ended, command);
  if (code != 0)
    return code != ERROR_INVALID_PARAMETER;
  return !ended && (mark->start == 0 || start == 0 || mark->start == start);
}

bool hp__mark_is_of(const struct hp_mark *mark, const struct hp_file_id *directory) {
  return mark->volume == directory->volume && mark->index == directory->index;
}

/* ---- The text ---- */

static DWORD write_at_start(HANDLE lock, const char *text, DWORD length) {
  OVERLAPPED at = {0};
  DWORD written;
  if (!WriteFile(lock, text, length, &written, &at))
    return GetLastError();
  return written == length ? 0 : ERROR_WRITE_FAULT;
}

DWORD hp__lock_write(HANDLE lock, HANDLE directory, int64_t pid) {
  struct hp_file_id id;
  uint64_t start = 0;
  bool ended;
  char text[160], command[16] = "";
  DWORD code = hp__file_id(directory, &id);
  if (code != 0)
    return code;
  if (pid > 0)
    look_at(pid, &start, &ended, command);
  for (char *c = command; *c; c++)
    *c = isprint((unsigned char)*c) ? *c : '?';
  int length =
      snprintf(text, sizeof text, "hyperprocess 1\n%016llx:%016llx\n%20lld %20llu\n%-15.15s\n",
               (unsigned long long)id.volume, (unsigned long long)id.index, (long long)pid,
               (unsigned long long)start, command);
  return write_at_start(lock, text, (DWORD)length);
}

int hp__lock_read(HANDLE lock, struct hp_mark *mark) {
  char text[256];
  unsigned long long volume, index, start;
  long long pid;
  OVERLAPPED at = {0};
  DWORD length = 0;
  if (!ReadFile(lock, text, sizeof text - 1, &length, &at))
    return GetLastError() == ERROR_HANDLE_EOF ? 0 : -1;
  text[length] = '\0';
  memset(mark, 0, sizeof *mark);
  if (length == 0)
    return 0;
  if (sscanf(text, "hyperprocess 1 %llx:%llx %lld %llu %15[^\n]", &volume, &index, &pid, &start,
             mark->command) < 4)
    return -1;
  for (char *end = mark->command + strlen(mark->command); end > mark->command && end[-1] == ' ';)
    *--end = '\0';
  mark->volume = volume;
  mark->index = index;
  mark->pid = pid;
  mark->start = start;
  return 1;
}
