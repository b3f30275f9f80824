/* SPDX-License-Identifier: MIT */
/* The built tool, or another program, as a subprocess with pipes, and what it wrote. */
#ifndef HP_TESTS_SUPPORT_TOOL_H
#define HP_TESTS_SUPPORT_TOOL_H

#include "tests/support/os.h"
#include "tests/support/test.h"

#include <uv.h>

enum { TOOL_WORDS = 40, TOOL_OUTPUT = 65536, TOOL_PATIENCE_MS = 60000 };

struct tool {
  const char *words[TOOL_WORDS]; /* of the command line */
  const char *environment[8];    /* "NAME=value", beside ours */
  int64_t pid;
  char out[TOOL_OUTPUT], err[TOOL_OUTPUT];
  int status; /* as a shell has it; -1 until it has ended */
  /* private */
  char program[1024];
  uv_loop_t loop;
  uv_timer_t deadline;
  uv_process_t process;
  uv_pipe_t streams[3]; /* its stdin, stdout and stderr */
  int open;             /* of stdout and stderr */
  bool late, has_ended, on_terminal;
};

/* The words after "hyperprocess", NULL-terminated. */
void tool_init(struct tool *tool, ...) HP_TEST_SENTINEL;
/* The same of another program. */
void tool_program(struct tool *tool, const char *program, ...) HP_TEST_SENTINEL;
/* More of them. */
void tool_add(struct tool *tool, ...) HP_TEST_SENTINEL;
bool tool_start(struct tool *tool);
/* Each false when it took too long. */
bool tool_until(struct tool *tool, const char *output); /* on either stream */
bool tool_end(struct tool *tool);                       /* until it and its output have ended */
/* start, with an empty stdin, and end: its status. */
int tool_run(struct tool *tool);
void tool_type(struct tool *tool, const char *text);
void tool_end_input(struct tool *tool); /* of one without a terminal */

/* Whether a process is gone, now or after so long, times the slowness of the configuration. */
bool tool_is_gone_within(int64_t pid, int milliseconds);
bool tool_file_exists(const char *path);

/* For those who start it in another way: the loop before, reading after. */
void tool_open(struct tool *tool);
void tool_read(struct tool *tool, int stream);

#endif
