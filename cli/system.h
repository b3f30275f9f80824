/* SPDX-License-Identifier: MIT */
/* What the tool asks of the operating system itself: its words, its terminal, names of programs. */
#ifndef HP_CLI_SYSTEM_H
#define HP_CLI_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct system {
  char **words;       /* of the command line after the program's name, in UTF-8, NULL-terminated */
  unsigned code_page; /* of the terminal before us; 0: nothing to restore */
  unsigned long mode; /* of standard error's terminal before us; 0: nothing to restore */
};

/* Before anything is written: UTF-8 is what the terminal takes. False: out of memory. */
bool system_begin(struct system *system, int argc, char **argv);
void system_end(struct system *system);

/* Whether standard error is obeyed when it moves the cursor, where it is a terminal at all. */
bool system_redraws_lines(void);
/* Whether a server that is being debugged can have our terminal. */
bool system_lends_terminal(void);
/* Ctrl-C for a process that has our terminal but not our session. */
void system_interrupt(int64_t pid);
/* Two names of environment variables, of that length. */
bool system_same_variable(const char *a, const char *b, size_t length);
/* The file that such a path means, hp__free()d by the caller; NULL when out of memory. */
char *system_program(const char *path);
/* A program's name that no process can be made of. */
bool system_needs_interpreter(const char *name);

#endif
