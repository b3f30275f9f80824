/* SPDX-License-Identifier: MIT */
/* `schema`: what an editor needs to complete and check our files. */
#include "cli/report.h"
#include "cli/subcommands.h"
#include "config/jsonschema.h"
#include "core/alloc.h"

#include <stdio.h>

int cli_schema(const struct arguments *arguments) {
  char *text = hp__schema_print();
  (void)arguments;
  if (text)
    fputs(text, stdout);
  hp__free(text);
  return text ? report_output(EXIT_DONE) : EXIT_NOT_STARTED;
}
