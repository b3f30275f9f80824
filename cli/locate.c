/* SPDX-License-Identifier: MIT */
#include "platform/locate.h"
#include "cli/catalogue.h"
#include "cli/report.h"
#include "cli/subcommands.h"
#include "core/error.h"
#include "core/plan.h"
#include "core/program_version.h"

#include <stdio.h>

static int choose_definition(const struct hp_catalog *all, const hp_options *options,
                             const struct hp_profile **profile,
                             const struct hp_definition **definition, hp_error *error) {
  const char *name = options->profile ? options->profile : "default";
  int result = hp__catalog_profile(all, name, profile, error);
  if (result < 0)
    return result;
  const char *server = options->server ? options->server : (*profile)->server;
  if (!server)
    return hp_error_set(error, HP_ECONFIG, HP_PHASE_CONFIG, "profile '%s' names no server", name);
  return hp__catalog_definition(all, server, definition, error);
}

static void print_places(const struct hp_candidates *found) {
  for (size_t i = 0; i < found->count; i++) {
    const struct hp_candidate *place = &found->items[i];
    fprintf(stderr, "%s: %s%s%s%s [%s]\n", place->path, hp__verdict_text(place->verdict),
            place->note ? " (" : "", place->note ? place->note : "", place->note ? ")" : "",
            place->source);
  }
}

static int locate(const struct catalogue *catalogue, const struct arguments *arguments,
                  hp_error *error) {
  const struct hp_profile *profile;
  const struct hp_definition *definition;
  struct hp_candidates found = {0};
  const hp_options *options = arguments->options;
  int result = choose_definition(catalogue->all, options, &profile, &definition, error);
  if (result < 0)
    return result;
  const struct hp_version_wanted wanted = hp__plan_wanted(options, profile);
  result = hp__plan_locate(catalogue->context->registry.platform, &catalogue->context->sources,
                           definition, hp__plan_given(options, profile, definition), &wanted,
                           &found, error);
  if (result == 0 && arguments->verbose)
    print_places(&found);
  if (result == 0)
    printf("%s\n", found.items[found.count - 1].path);
  hp_candidates_fini(&found);
  return result;
}

int cli_locate(const struct arguments *arguments) {
  struct catalogue catalogue;
  struct hp_error error = {0};
  int code = catalogue_open(&catalogue, arguments);
  if (code == EXIT_DONE && locate(&catalogue, arguments, &error) < 0) {
    report_error(&error);
    code = exit_code_of(&error);
  }
  hp__error_fini(&error);
  catalogue_close(&catalogue);
  return code;
}
