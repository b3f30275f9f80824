/* SPDX-License-Identifier: MIT */
/* The subcommands, one a file. Each returns the exit code. */
#ifndef HP_CLI_SUBCOMMANDS_H
#define HP_CLI_SUBCOMMANDS_H

#include "cli/options.h"

/* NULL behind the last one. */
const struct subcommand *subcommand_at(size_t index);

int cli_exec(const struct arguments *arguments);
int cli_run(const struct arguments *arguments);
int cli_plan(const struct arguments *arguments);
int cli_locate(const struct arguments *arguments);
int cli_doctor(const struct arguments *arguments);
int cli_init(const struct arguments *arguments);
int cli_complete(const struct arguments *arguments);
int cli_completion(const struct arguments *arguments);
int cli_check(const struct arguments *arguments);
int cli_servers(const struct arguments *arguments);
int cli_schema(const struct arguments *arguments);
int cli_settings(const struct arguments *arguments);
int cli_profiles(const struct arguments *arguments);
int cli_connect(const struct arguments *arguments);
int cli_version(const struct arguments *arguments);

#endif
