/* SPDX-License-Identifier: MIT */
/* `exec`: any program as the server; all else is as with `run`. */
#include "cli/report.h"
#include "cli/subcommands.h"

#include <string.h>

/* The words up to the separator are the program's, those behind it a command's. */
static char **split(char **words, const char *separator) {
  for (; *words; words++)
    if (strcmp(*words, separator) == 0) {
      *words = NULL;
      return words + 1;
    }
  return NULL;
}

static int refuse(const char *what) {
  hp_error *error = NULL;
  refuse_usage(&error, "exec: %s", what);
  return report_failure(error);
}

int cli_exec(const struct arguments *arguments) {
  struct arguments run = *arguments;
  hp_error *error = NULL;
  const char *separator = arguments->separator ? arguments->separator : "--";
  char **program = arguments->command;
  if (!program)
    return refuse("a program follows after --");
  run.command = split(program, separator);
  if (!program[0])
    return refuse("no program follows after --");
  if (run.command && !run.command[0])
    return refuse("no command follows after the program");
  if (hp_options_set_program(run.options, (const char *const *)program, &error) < 0)
    return report_failure(error);
  return cli_run(&run);
}
