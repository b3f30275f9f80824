/* SPDX-License-Identifier: MIT */
/* The built tool as a subprocess, with pipes or a terminal of its own, and what it wrote. */
#ifndef HP_TESTS_SUPPORT_TOOL_H
#define HP_TESTS_SUPPORT_TOOL_H

#include "tests/support/test.h"

#include <sys/types.h>

enum { TOOL_WORDS = 40, TOOL_OUTPUT = 65536, TOOL_PATIENCE_MS = 20000 };

struct tool {
  const char *words[TOOL_WORDS]; /* of the command line */
  const char *environment[8];    /* "NAME=value", beside ours */
  pid_t pid;
  int streams[2]; /* stdout and stderr, or the terminal and -1 */
  int input;      /* its stdin, or the terminal */
  char out[TOOL_OUTPUT], err[TOOL_OUTPUT];
  int status; /* as a shell has it; -1 until it has ended */
};

/* The words after "hyperprocess", NULL-terminated. */
void tool_init(struct tool *tool, ...);
/* More of them. */
void tool_add(struct tool *tool, ...);
bool tool_start(struct tool *tool);
bool tool_start_on_terminal(struct tool *tool); /* all that it writes is in `out` */
/* Each false when it took too long. */
bool tool_until(struct tool *tool, const char *output); /* on either stream */
bool tool_end(struct tool *tool);                       /* until it and its output have ended */
/* init, start, end: its status. */
int tool_run(struct tool *tool);
void tool_type(struct tool *tool, const char *text);

/* A descriptor that tells the end of any process; -1: there is none. */
int process_open(long pid);
bool process_ends(int process, int milliseconds);

/* A script in the test's directory that says its process id into a pipe, then goes on as told. */
const char *tool_script(const char *name, const char *body);
/* Waits for that id; 0 when it took too long. */
long tool_script_pid(void);

#endif
