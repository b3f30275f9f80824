/* SPDX-License-Identifier: MIT */
#include "cli/catalogue.h"
#include "cli/report.h"
#include "cli/settings.h"
#include "cli/subcommands.h"
#include "core/error.h"

#include <stdio.h>

static void print_all(const struct hp_catalog *all) {
  for (size_t i = 0; i < all->definition_count; i++) {
    const struct hp_definition *definition = &all->definitions[i];
    printf("%-16s %s\n", definition->name, definition->description ? definition->description : "");
  }
}

static void print_words(const char *name, const char *const *words, size_t count) {
  if (count == 0)
    return;
  printf("%-16s ", name);
  for (size_t i = 0; i < count; i++)
    printf("%s%s", i ? ", " : "", words[i]);
  printf("\n");
}

static void print_transports(const struct hp_definition *definition) {
  printf("%-16s ", "transports");
  for (size_t i = 0; i < definition->transport_count; i++)
    printf("%s%s", i ? ", " : "", definition->transports[i].kind);
  printf("\n");
}

static void print_one(const struct hp_definition *definition) {
  printf("%s%s%s\n", definition->name, definition->description ? ": " : "",
         definition->description ? definition->description : "");
  print_words("binary", definition->binary.items, definition->binary.count);
  print_transports(definition);
  printf("%s\n", definition->setting_count ? "settings" : "no settings");
  settings_print(definition, "  ");
}

int cli_servers(const struct arguments *arguments) {
  struct catalogue catalogue;
  struct hp_error error = {0};
  const struct hp_definition *definition;
  const char *name = arguments->options->server;
  int code = catalogue_open(&catalogue, arguments);
  if (code == EXIT_DONE && !name) {
    print_all(catalogue.all);
  } else if (code == EXIT_DONE &&
             hp__catalog_definition(catalogue.all, name, &definition, &error) == 0) {
    print_one(definition);
  } else if (code == EXIT_DONE) {
    report_error(&error);
    code = exit_code_of(&error);
  }
  hp__error_fini(&error);
  catalogue_close(&catalogue);
  return code;
}
