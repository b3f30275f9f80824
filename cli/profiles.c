/* SPDX-License-Identifier: MIT */
#include "cli/catalogue.h"
#include "cli/report.h"
#include "cli/subcommands.h"

#include <stdio.h>

static const char *text_of(const char *text) {
  return text ? text : "-";
}

static void print_transports(const struct hp_choices *choices) {
  for (size_t i = 0; i < choices->count; i++)
    printf("%s%s", i ? ", " : "", choices->items[i].kind);
  printf("%s", choices->count ? "" : "-");
}

int cli_profiles(const struct arguments *arguments) {
  struct catalogue catalogue;
  int code = catalogue_open(&catalogue, arguments);
  for (size_t i = 0; code == EXIT_DONE && i < catalogue.all->profile_count; i++) {
    const struct hp_profile *profile = &catalogue.all->profiles[i];
    printf("%-16s server %s, transport ", profile->name, text_of(profile->server));
    print_transports(&profile->transports);
    printf("%s%s\n", profile->extends ? ", extends " : "",
           profile->extends ? profile->extends : "");
  }
  catalogue_close(&catalogue);
  return code;
}
