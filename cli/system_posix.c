/* SPDX-License-Identifier: MIT */
#include "cli/system.h"

#include "core/alloc.h"

#include <signal.h>
#include <string.h>
#include <uv.h>

bool system_begin(struct system *system, int argc, char **argv) {
  *system = (struct system){.words = argv + (argc > 0)};
  return true;
}

void system_end(struct system *system) {
  system->words = NULL;
}

bool system_redraws_lines(void) {
  return true;
}

bool system_lends_terminal(void) {
  return uv_guess_handle(0) == UV_TTY;
}

void system_interrupt(int64_t pid) {
  if (pid > 0)
    uv_kill((int)pid, SIGINT);
}

bool system_same_variable(const char *a, const char *b, size_t length) {
  return strncmp(a, b, length) == 0;
}

char *system_program(const char *path) {
  return hp__strdup(path);
}

bool system_needs_interpreter(const char *name) {
  (void)name; /* a script says its own */
  return false;
}
