/* SPDX-License-Identifier: MIT */
/* The definitions and profiles that can be named, for the subcommands that only look at them. */
#ifndef HP_CLI_CATALOGUE_H
#define HP_CLI_CATALOGUE_H

#include "cli/options.h"
#include "core/context.h"

struct catalogue {
  hp_context *context;
  struct hp_source *source;
  const struct hp_catalog *all;
};

/* Returns an exit code, and has reported what was wrong. Close is owed either way. */
int catalogue_open(struct catalogue *catalogue, const struct arguments *arguments);
void catalogue_close(struct catalogue *catalogue);

#endif
