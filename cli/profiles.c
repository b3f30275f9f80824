/* SPDX-License-Identifier: MIT */
#include "cli/catalogue.h"
#include "cli/report.h"
#include "cli/subcommands.h"

#include <stdio.h>

static const char *text_of(const char *text) {
  return text ? text : "-";
}

int cli_profiles(const struct arguments *arguments) {
  struct catalogue catalogue;
  int code = catalogue_open(&catalogue, arguments);
  for (size_t i = 0; code == EXIT_DONE && i < catalogue.all->profile_count; i++) {
    const struct hp_profile *profile = &catalogue.all->profiles[i];
    printf("%-16s server %s, transport %s%s%s\n", profile->name, text_of(profile->server),
           text_of(profile->transport), profile->extends ? ", extends " : "",
           profile->extends ? profile->extends : "");
  }
  catalogue_close(&catalogue);
  return code;
}
