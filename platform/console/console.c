/* SPDX-License-Identifier: MIT */
/*
 * hyperprocess-console PID CTRL_C|CTRL_BREAK: that event on the console of that process. Only who
 * is attached to a console can do it, and a process has but one, so the library has this small
 * program do it and never touches the host's. Ends with 0 or the code of what failed.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { PATIENCE_MS = 120, PAUSE_MS = 5 }; /* less than the library waits for us */

/* A process that has just been made has its console a moment later. */
static bool attach(DWORD pid) {
  ULONGLONG deadline = GetTickCount64() + PATIENCE_MS; /* a pause may last much longer than asked */
  while (!AttachConsole(pid)) {
    bool gone = GetLastError() == ERROR_INVALID_PARAMETER;
    if (gone || GetTickCount64() >= deadline)
      return false;
    Sleep(PAUSE_MS);
  }
  return true;
}

/* We are on that console ourselves. */
static BOOL WINAPI outlive(DWORD event) {
  (void)event;
  return TRUE;
}

int main(int argc, char **argv) {
  bool is_break = argc == 3 && strcmp(argv[2], "CTRL_BREAK") == 0;
  if (argc != 3 || (!is_break && strcmp(argv[2], "CTRL_C") != 0))
    return ERROR_BAD_ARGUMENTS;
  FreeConsole();
  if (attach((DWORD)strtoul(argv[1], NULL, 10)) && SetConsoleCtrlHandler(NULL, TRUE) &&
      SetConsoleCtrlHandler(outlive, TRUE) &&
      GenerateConsoleCtrlEvent(is_break ? CTRL_BREAK_EVENT : CTRL_C_EVENT, 0))
    return 0;
  int code = (int)GetLastError();
  return code != 0 ? code : ERROR_GEN_FAILURE;
}
