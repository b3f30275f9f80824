/* SPDX-License-Identifier: MIT */
/* What the tool says on standard error, and with which code it ends. */
#ifndef HP_CLI_REPORT_H
#define HP_CLI_REPORT_H

#include <hyperprocess/plugin.h>

enum {
  EXIT_DONE = 0,
  EXIT_SERVER_DIED = 120,
  EXIT_USAGE = 121,
  EXIT_CONFIG = 122,
  EXIT_NOT_FOUND = 123,
  EXIT_TIMED_OUT = 124,
  EXIT_NOT_STARTED = 125,
  EXIT_NOT_EXECUTABLE = 126,
  EXIT_NO_COMMAND = 127,
  EXIT_BY_SIGNAL = 128 /* plus its number */
};

int exit_code_of(const hp_error *error);
/* On standard error, with control characters made visible. */
void report_visible(const char *text, size_t length);
/* One block: message, cause, hint, then the details. NULL is allowed. */
void report_error(const hp_error *error);
/* "warning: …" lines of a plan. */
void report_warnings(const hp_plan *plan);
/* Reports, frees, and returns the exit code. */
int report_failure(hp_error *error);
/* Sees that standard output was written; else reports that, and returns another code. */
int report_output(int code);

/* Whether a person reads standard error, on a terminal that can redraw a line. */
bool report_is_terminal(void);
/* The sequence when it may be used there, else "". */
const char *report_color(const char *sequence);

#define COLOR_RED "\033[1;31m"
#define COLOR_BOLD "\033[1m"
#define COLOR_OFF "\033[0m"

#endif
