/* SPDX-License-Identifier: MIT */
/* `check`: all that can be said of a file without starting anything. A binary that is not there is
 * no mistake of the file. */
#include "cli/catalogue.h"
#include "cli/report.h"
#include "cli/subcommands.h"
#include "core/error.h"

#include <stdio.h>
#include <string.h>

static bool is_of(const struct hp_position *position, const char *file) {
  return position->file && strcmp(position->file, file) == 0;
}

static int check_profile(const struct catalogue *catalogue, const struct arguments *arguments,
                         const struct hp_profile *profile) {
  hp_plan *plan = NULL;
  hp_error *error = NULL;
  if (!profile->server) /* one to be extended */
    return EXIT_DONE;
  if (hp_options_set_profile(arguments->options, profile->name, &error) == 0)
    hp_plan_make(catalogue->context, arguments->options, &plan, &error);
  if (plan)
    report_warnings(plan);
  hp_plan_free(plan);
  if (error && exit_code_of(error) == EXIT_CONFIG)
    return report_failure(error);
  hp_error_free(error);
  return EXIT_DONE;
}

/* What it says for the other systems is no less a mistake. */
static int check_elsewhere(const char *file) {
  static const char *const systems[] = {"linux", "darwin", "windows"};
  for (size_t i = 0; i < sizeof systems / sizeof *systems; i++) {
    struct hp_catalog all;
    struct hp_error e = {0};
    hp_error *error = NULL;
    if (hp__catalog_load(&all, file, systems[i], &e) < 0) {
      hp__error_give(&error, &e);
      return report_failure(error);
    }
    hp__catalog_fini(&all);
  }
  return EXIT_DONE;
}

static int check(const struct catalogue *catalogue, const struct arguments *arguments) {
  const struct hp_catalog *all = catalogue->all;
  const char *file = arguments->options->file;
  size_t servers = 0, profiles = 0;
  int code = check_elsewhere(file);
  for (size_t i = 0; i < all->definition_count; i++)
    servers += is_of(&all->definitions[i].position, file);
  for (size_t i = 0; i < all->profile_count; i++) {
    if (!is_of(&all->profiles[i].position, file))
      continue;
    profiles++;
    int result = check_profile(catalogue, arguments, &all->profiles[i]);
    code = code == EXIT_DONE ? result : code;
  }
  if (code == EXIT_DONE)
    printf("%s: no mistakes; servers: %zu, profiles: %zu\n", file, servers, profiles);
  return code;
}

int cli_check(const struct arguments *arguments) {
  struct catalogue catalogue;
  int code = catalogue_open(&catalogue, arguments);
  if (code == EXIT_DONE)
    code = check(&catalogue, arguments);
  catalogue_close(&catalogue);
  return code;
}
