/* SPDX-License-Identifier: MIT */
/* What a tool can have on a POSIX system alone: a terminal of its own, and scripts for servers. */
#ifndef HP_TESTS_SUPPORT_TOOL_POSIX_H
#define HP_TESTS_SUPPORT_TOOL_POSIX_H

#include "tests/support/tool.h"

/* All that it writes is in `out`. */
bool tool_start_on_terminal(struct tool *tool);
/* tool_end() of such a one; its status too. */
bool tool_end_on_terminal(struct tool *tool);

/* A script in the test's directory that says its process id into a pipe, then goes on as told. */
const char *tool_script(const char *name, const char *body);
/* Waits for that id; 0 when it took too long. */
long tool_script_pid(void);

#endif
