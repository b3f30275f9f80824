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

/* A binary that is missing hides all that comes after it: any program stands in for it. */
static int plan_without_binary(const struct catalogue *catalogue, hp_options *options,
                               hp_plan **plan, hp_error **error) {
  char path[HP_PATH_SIZE];
  size_t size = sizeof path;
  if (uv_exepath(path, &size) != 0 || hp_options_set_binary(options, path, NULL) < 0)
    return HP_ENOTFOUND;
  hp_options_set_server_version(options, "*", NULL);
  int result = hp_plan_make(catalogue->context, options, plan, error);
  hp_options_set_server_version(options, NULL, NULL);
  hp_options_set_binary(options, NULL, NULL);
  return result;
}

static int make_plan(const struct catalogue *catalogue, hp_options *options, hp_plan **plan,
                     hp_error **error) {
  int result = hp_plan_make(catalogue->context, options, plan, error);
  if (result != HP_ENOTFOUND || hp_error_phase(*error) != HP_PHASE_LOCATE)
    return result;
  hp_error_free(*error);
  *error = NULL;
  return plan_without_binary(catalogue, options, plan, error);
}

/* The mistake, NULL where there is none. */
static hp_error *plan_profile(const struct catalogue *catalogue, const struct arguments *arguments,
                              const struct hp_profile *profile, bool quiet) {
  hp_plan *plan = NULL;
  hp_error *error = NULL;
  if (hp_options_set_profile(arguments->options, profile->name, &error) == 0)
    make_plan(catalogue, arguments->options, &plan, &error);
  if (plan && !quiet)
    report_warnings(plan);
  hp_plan_free(plan);
  if (!error || exit_code_of(error) == EXIT_CONFIG)
    return error;
  hp_error_free(error);
  return NULL;
}

/* One that names no server is for more than one: it is right when it is for any of them. */
static hp_error *plan_with_any(const struct catalogue *catalogue, const struct arguments *arguments,
                               const struct hp_profile *profile) {
  const struct hp_catalog *all = catalogue->all;
  hp_error *first = NULL;
  for (size_t i = 0; i < all->definition_count; i++) {
    hp_options_set_server(arguments->options, all->definitions[i].name, NULL);
    hp_error *error = plan_profile(catalogue, arguments, profile, true);
    if (!error) {
      hp_error_free(first);
      first = NULL;
      break;
    }
    if (first)
      hp_error_free(error);
    else
      first = error;
  }
  hp_options_set_server(arguments->options, NULL, NULL);
  return first;
}

static int check_profile(const struct catalogue *catalogue, const struct arguments *arguments,
                         const struct hp_profile *profile) {
  hp_error *error = profile->server ? plan_profile(catalogue, arguments, profile, false)
                                    : plan_with_any(catalogue, arguments, profile);
  return error ? report_failure(error) : EXIT_DONE;
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
