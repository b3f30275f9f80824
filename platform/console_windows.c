/* SPDX-License-Identifier: MIT */
/* CTRL_C and CTRL_BREAK for a process on a console that is not ours: by hyperprocess-console. */
#include "platform/child_windows.h"

#include "core/alloc.h"
#include "platform/command_line.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* It needs some ten, and gives up by itself before that; the loop waits so long at most. */
enum { PATIENCE_MS = 200 };

/* PATH is for the server's binaries: this one is run unasked, so it comes from us or by name. */
static char *find_helper(void) {
  static const char *const names[] = {"hyperprocess-console", NULL};
  const struct hp_locate_request request = {.variable = "HYPERPROCESS_BINARY_CONSOLE",
                                            .names = names};
  struct hp_candidates found = {0};
  char *path = NULL;
  if (hp__locate_windows(&request, &found, NULL) == 0) {
    const struct hp_candidate *best = &found.items[found.count - 1];
    path = strcmp(best->source, "PATH") == 0 ? NULL : hp__strdup(best->path);
  }
  hp_candidates_fini(&found);
  return path;
}

static int miss_helper(hp_error *error, int64_t pid, const char *event) {
  hp_error_set(error, HP_EUNSUPPORTED, HP_PHASE_STOP,
               "cannot send %s to process %" PRId64 ": hyperprocess-console.exe was not found",
               event, pid);
  hp_error_set_cause(error, "only a process on the same console can, so a program of ours does it");
  hp_error_set_hint(error, "put it beside the library or the executable, or set "
                           "HYPERPROCESS_BINARY_CONSOLE to it");
  return HP_EUNSUPPORTED;
}

static HANDLE start(const char *helper, int64_t pid, const char *event) {
  char number[32];
  char *const argv[] = {(char *)(uintptr_t)helper, number, (char *)(uintptr_t)event, NULL};
  STARTUPINFOW info = {.cb = sizeof info};
  PROCESS_INFORMATION made = {0};
  char *line = NULL;
  snprintf(number, sizeof number, "%" PRId64, pid);
  SetLastError(ERROR_NOT_ENOUGH_MEMORY);
  int result = hp__command_line(argv, &line, NULL);
  wchar_t *wide = result == 0 ? hp__wide(line) : NULL, *program = hp__wide_path(helper);
  if (wide && program &&
      CreateProcessW(program, wide, NULL, NULL, FALSE, DETACHED_PROCESS, NULL, NULL, &info, &made))
    CloseHandle(made.hThread);
  DWORD code = GetLastError();
  hp__free(line);
  hp__free(wide);
  hp__free(program);
  SetLastError(code);
  return made.hProcess;
}

static int fail(hp_error *error, DWORD code, int64_t pid, const char *event) {
  char what[32], name[32];
  snprintf(what, sizeof what, "send %s to", event);
  snprintf(name, sizeof name, "process %" PRId64, pid);
  int result = hp__explain_windows(error, HP_PHASE_STOP, code, what, name);
  if (code != ERROR_INVALID_HANDLE)
    return result;
  hp_error_set_cause(error, "it has no console");
  hp_error_set_hint(error, "a program without one is stopped by its tether, a command or KILL");
  return result;
}

int hp__console_event(int64_t pid, const char *event, hp_error *error) {
  DWORD code = ERROR_TIMEOUT;
  char *helper = find_helper();
  if (!helper)
    return miss_helper(error, pid, event);
  HANDLE process = start(helper, pid, event);
  hp__free(helper);
  if (!process)
    return fail(error, GetLastError(), pid, event);
  if (WaitForSingleObject(process, PATIENCE_MS) == WAIT_OBJECT_0)
    GetExitCodeProcess(process, &code);
  else /* what was not seen to be sent is not said to be */
    TerminateProcess(process, code);
  CloseHandle(process);
  return code == 0 ? 0 : fail(error, code, pid, event);
}
