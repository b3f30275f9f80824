/* SPDX-License-Identifier: MIT */
#include "orders.h"

#include <fcntl.h>
#include <io.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
#include <windows.h>

#include <shellapi.h>

enum { COMMAND = 2048 };

static void leave_console(const char *argument) {
  (void)argument;
  FreeConsole();
}

static const struct order windows_orders[] = {{"leave-console", leave_console}, {NULL, NULL}};

const struct order *const own_orders[] = {windows_orders, NULL};

static volatile bool is_deaf;

static char *narrow(const wchar_t *text) {
  int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
  char *result = malloc((size_t)size);
  WideCharToMultiByte(CP_UTF8, 0, text, -1, result, size, NULL, NULL);
  return result;
}

/* What Windows does by itself; Wine ends us with 0. */
static BOOL WINAPI end_by_console(DWORD event) {
  (void)event;
  return is_deaf || TerminateProcess(GetCurrentProcess(), (UINT)STATUS_CONTROL_C_EXIT);
}

void own_ignore(int number) {
  is_deaf = is_deaf || own_signal(number) == SIGINT;
}

/* No line of ours ends in two bytes. */
char **own_arguments(int argc, char **argv) {
  int count;
  wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &count);
  char **arguments = calloc((size_t)count + 1, sizeof *arguments);
  (void)argc;
  (void)argv;
  for (int i = 0; i < count; i++)
    arguments[i] = narrow(wide[i]);
  SetConsoleCtrlHandler(end_by_console, TRUE);
  _setmode(_fileno(stdin), _O_BINARY);
  _setmode(_fileno(stdout), _O_BINARY);
  _setmode(_fileno(stderr), _O_BINARY);
  return arguments;
}

/* The current directories of the drives are in it too: "=C:=C:\". They are nobody's variables. */
void own_environment(void) {
  wchar_t *block = GetEnvironmentStringsW();
  for (const wchar_t *variable = block; *variable; variable += wcslen(variable) + 1) {
    char *text = narrow(variable);
    if (text[0] != '=')
      say(1, "env %s\n", text);
    free(text);
  }
  FreeEnvironmentStringsW(block);
}

void own_silence(void) {
  _dup2(_fileno(stdin), _fileno(stdout));
  _dup2(_fileno(stdin), _fileno(stderr));
}

int own_signal(int number) {
  return number == SIGTERM ? SIGINT : number;
}

/* As the system would end us: a crash by its code, the rest as a task manager does it. */
void own_raise(int number) {
  TerminateProcess(GetCurrentProcess(), number == SIGSEGV ? 0xC0000005 : 1);
}

static HANDLE inheritable(DWORD stream) {
  HANDLE handle = GetStdHandle(stream);
  SetHandleInformation(handle, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  return handle;
}

void own_descendant(int away) {
  wchar_t command[COMMAND], program[COMMAND - 16];
  STARTUPINFOW startup = {.cb = sizeof startup,
                          .dwFlags = STARTF_USESTDHANDLES,
                          .hStdInput = inheritable(STD_INPUT_HANDLE),
                          .hStdOutput = inheritable(STD_OUTPUT_HANDLE),
                          .hStdError = inheritable(STD_ERROR_HANDLE)};
  PROCESS_INFORMATION process;
  GetModuleFileNameW(NULL, program, COMMAND - 16);
  swprintf(command, COMMAND, L"\"%ls\" pause", program);
  if (!CreateProcessW(program, command, NULL, NULL, TRUE, away ? DETACHED_PROCESS : 0, NULL, NULL,
                      &startup, &process)) {
    say(2, "no descendant: %lu\n", GetLastError());
    end_with(1);
  }
  say(1, "descendant %lu\n", process.dwProcessId);
  CloseHandle(process.hThread);
  CloseHandle(process.hProcess);
}
