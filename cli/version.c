/* SPDX-License-Identifier: MIT */
#include "cli/report.h"
#include "cli/subcommands.h"

#include <stdio.h>

int cli_version(const struct arguments *arguments) {
  (void)arguments;
  printf("hyperprocess %s\n", hp_version());
  return EXIT_DONE;
}
