/* SPDX-License-Identifier: MIT */
#include "cli/system.h"

#include "core/alloc.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#include <shellapi.h>

enum { BUFFER = 4096 };

/* ---- Words ---- */

static char *narrow(const wchar_t *text) {
  int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
  char *result = size > 0 ? hp__alloc((size_t)size) : NULL;
  if (result)
    WideCharToMultiByte(CP_UTF8, 0, text, -1, result, size, NULL, NULL);
  return result;
}

static wchar_t *widen(const char *text) {
  int size = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
  wchar_t *result = size > 0 ? hp__alloc((size_t)size * sizeof *result) : NULL;
  if (result)
    MultiByteToWideChar(CP_UTF8, 0, text, -1, result, size);
  return result;
}

static void free_words(char **words) {
  for (size_t i = 0; words && words[i]; i++)
    hp__free(words[i]);
  hp__free(words);
}

/* Those of main() have been through the code page of the machine, and lost what it cannot say. */
static char **take_words(void) {
  int count = 0;
  wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &count);
  char **words = wide ? hp__alloc(((size_t)count + 1) * sizeof *words) : NULL;
  bool whole = words != NULL;
  for (int i = 1; whole && i < count; i++)
    whole = (words[i - 1] = narrow(wide[i])) != NULL;
  LocalFree(wide);
  if (whole)
    return words;
  free_words(words);
  return NULL;
}

/* ---- The console ---- */

static HANDLE console(DWORD stream, DWORD *mode) {
  HANDLE handle = GetStdHandle(stream);
  return GetConsoleMode(handle, mode) ? handle : NULL;
}

/* A console is written to character by character unless a line is kept together, and half a
 * character is none. */
static unsigned take_utf8(void) {
  DWORD mode;
  unsigned code_page = GetConsoleOutputCP();
  if (!console(STD_OUTPUT_HANDLE, &mode) && !console(STD_ERROR_HANDLE, &mode))
    return 0;
  return SetConsoleOutputCP(CP_UTF8) ? code_page : 0;
}

/* A console's mode is the console's, and stays with it when we are gone. */
static unsigned long note_mode(void) {
  DWORD mode;
  return console(STD_ERROR_HANDLE, &mode) ? mode : 0;
}

/* What we say is the same bytes on every system: no line ends in two. */
bool system_begin(struct system *system, int argc, char **argv) {
  (void)argc;
  (void)argv;
  *system = (struct system){.words = take_words(), .code_page = take_utf8(), .mode = note_mode()};
  _setmode(_fileno(stdout), _O_BINARY);
  _setmode(_fileno(stderr), _O_BINARY);
  setvbuf(stderr, NULL, _IOFBF, BUFFER);
  return system->words != NULL;
}

void system_end(struct system *system) {
  fflush(NULL);
  if (system->code_page)
    SetConsoleOutputCP(system->code_page);
  if (system->mode)
    SetConsoleMode(GetStdHandle(STD_ERROR_HANDLE), system->mode);
  free_words(system->words);
  system->words = NULL;
}

bool system_redraws_lines(void) {
  DWORD mode;
  HANDLE handle = console(STD_ERROR_HANDLE, &mode);
  if (!handle)
    return false;
  return (mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING) ||
         SetConsoleMode(handle, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
}

/* It has a console of its own, for CTRL_C to reach it alone. */
bool system_lends_terminal(void) {
  return false;
}

void system_interrupt(int64_t pid) {
  (void)pid;
}

/* ---- Names ---- */

bool system_same_variable(const char *a, const char *b, size_t length) {
  return _strnicmp(a, b, length) == 0;
}

static bool is_file(const char *path) {
  wchar_t *wide = widen(path);
  DWORD attributes = wide ? GetFileAttributesW(wide) : INVALID_FILE_ATTRIBUTES;
  hp__free(wide);
  return attributes != INVALID_FILE_ATTRIBUTES && !(attributes & FILE_ATTRIBUTE_DIRECTORY);
}

/* A shell lets ".exe" be left out. */
char *system_program(const char *path) {
  static const char suffix[] = ".exe";
  size_t length = strlen(path);
  char *program = hp__alloc(length + sizeof suffix);
  if (!program)
    return NULL;
  memcpy(program, path, length + 1);
  if (is_file(path))
    return program;
  memcpy(program + length, suffix, sizeof suffix);
  if (!is_file(program))
    program[length] = '\0';
  return program;
}

/* What cmd.exe makes of its arguments is not what was said, and nothing we could quote. */
bool system_needs_interpreter(const char *name) {
  size_t length = strlen(name);
  const char *end = name + length;
  return length > 4 && (_stricmp(end - 4, ".bat") == 0 || _stricmp(end - 4, ".cmd") == 0);
}
