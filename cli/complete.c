/* SPDX-License-Identifier: MIT */
/*
 * What the last word of a command line may become: one candidate a line, behind a tab what it is;
 * ":file", ":directory" and ":command" leave it to the shell. Read from the tables that --help is
 * printed from. It never says what is wrong: a person is still typing.
 */
#include "cli/facts.h"
#include "cli/report.h"
#include "cli/subcommands.h"
#include "core/context.h"

#include <stdio.h>
#include <string.h>

struct line {
  char **words; /* behind the tool's name */
  size_t count;
  const char *current; /* the last one */
  const struct subcommand *subcommand;
  struct hp_source *source; /* NULL: the configuration cannot be read */
  hp_context *context;
};

typedef void (*offer)(const struct line *line);

static void say(const char *candidate, const char *text) {
  printf("%s%s%s\n", candidate, text ? "\t" : "", text ? text : "");
}

/* ---- Values ---- */

static void offer_servers(const struct line *line) {
  const struct hp_catalog *all = line->source ? &line->source->catalog : NULL;
  for (size_t i = 0; all && i < all->definition_count; i++)
    say(all->definitions[i].name, all->definitions[i].description);
}

static void offer_profiles(const struct line *line) {
  const struct hp_catalog *all = line->source ? &line->source->catalog : NULL;
  for (size_t i = 0; all && i < all->profile_count; i++)
    say(all->profiles[i].name, all->profiles[i].server);
}

static void offer_transports(const struct line *line) {
  const struct hp_registry *registry = &line->context->registry;
  say("local", "the platform's own");
  for (size_t i = 0; i < registry->transport_count; i++)
    say(registry->transports[i]->name, NULL);
}

static void offer_ready(const struct line *line) {
  static const char *const kinds[] = {"connect", "notify", "callback", "line:", "none"};
  (void)line;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    say(kinds[i], NULL);
}

static void offer_files(const struct line *line) {
  (void)line;
  say(":file", NULL);
}

static void offer_directories(const struct line *line) {
  (void)line;
  say(":directory", NULL);
}

/* What was said for an option on this line, NULL: nothing. */
static const char *said(const struct line *line, const char *option) {
  for (size_t i = 1; i + 2 < line->count; i++)
    if (strcmp(line->words[i], option) == 0)
      return line->words[i + 1];
  return NULL;
}

static bool is_server(const struct hp_catalog *all, const char *word) {
  for (size_t i = 0; i < all->definition_count; i++)
    if (strcmp(all->definitions[i].name, word) == 0)
      return true;
  return false;
}

/* The word of the line that is one, else the profile's. */
static const char *find_server(const struct line *line) {
  const struct hp_catalog *all = &line->source->catalog;
  const char *profile = said(line, "--profile");
  for (size_t i = 1; i + 1 < line->count; i++)
    if (is_server(all, line->words[i]))
      return line->words[i];
  for (size_t i = 0; i < all->profile_count; i++)
    if (strcmp(all->profiles[i].name, profile ? profile : "default") == 0)
      return all->profiles[i].server;
  return NULL;
}

static void offer_settings(const struct line *line) {
  const char *server = line->source ? find_server(line) : NULL;
  const struct hp_definition *definition;
  if (!server || hp__catalog_definition(&line->source->catalog, server, &definition, NULL) < 0)
    return;
  for (size_t i = 0; i < definition->setting_count; i++) {
    char name[256];
    snprintf(name, sizeof name, "%s=", definition->settings[i].name);
    say(name, definition->settings[i].description);
  }
}

static const struct {
  const char *option;
  offer values;
} values[] = {
    {"profile", offer_profiles},
    {"file", offer_files},
    {"transport", offer_transports},
    {"set", offer_settings},
    {"data-dir", offer_directories},
    {"log-dir", offer_directories},
    {"event-log", offer_files},
    {"binary", offer_files},
    {"working-dir", offer_directories},
    {"keep-on-failure", offer_directories},
    {"ready", offer_ready},
    {"server", offer_servers},
};

static void offer_value(const struct line *line, const struct option_facts *option) {
  for (size_t i = 0; option->words && option->words[i]; i++)
    say(option->words[i], NULL);
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    if (strcmp(values[i].option, option->name) == 0)
      values[i].values(line);
}

/* ---- Words ---- */

static void offer_subcommands(void) {
  const struct subcommand *subcommand;
  for (size_t i = 0; (subcommand = subcommand_at(i)); i++)
    if (subcommand->summary)
      say(subcommand->name, subcommand->summary);
}

static void offer_options(const struct line *line) {
  struct option_facts option;
  for (size_t i = 0; options_at(i, &option); i++) {
    char name[64];
    snprintf(name, sizeof name, "--%s", option.name);
    if (line->subcommand->options & option.bit)
      say(name, option.help);
  }
}

static void offer_word(const struct line *line) {
  static const char *const shells[] = {"bash", "zsh", "fish"};
  const struct subcommand *subcommand = line->subcommand;
  if (subcommand->take_word == hp_options_set_server)
    offer_servers(line);
  else if (subcommand->take_word == hp_options_set_file)
    offer_files(line);
  for (size_t i = 0; subcommand->run == cli_completion && i < 3; i++)
    say(shells[i], NULL);
}

/* The option before the current word, when it takes that as its value. */
static bool find_option(const struct line *line, struct option_facts *option) {
  const char *before = line->words[line->count - 2];
  for (size_t i = 0; strncmp(before, "--", 2) == 0 && options_at(i, option); i++)
    if ((line->subcommand->options & option->bit) && option->value &&
        strcmp(before + 2, option->name) == 0)
      return true;
  return false;
}

static bool is_behind_dashes(const struct line *line) {
  for (size_t i = 1; i + 1 < line->count; i++)
    if (strcmp(line->words[i], "--") == 0)
      return true;
  return false;
}

static void complete(const struct line *line) {
  struct option_facts option;
  if (is_behind_dashes(line))
    say(":command", NULL);
  else if (find_option(line, &option))
    offer_value(line, &option);
  else if (line->current[0] == '-')
    offer_options(line);
  else
    offer_word(line);
}

static const struct subcommand *find_subcommand(const char *word) {
  const struct subcommand *subcommand;
  for (size_t i = 0; (subcommand = subcommand_at(i)); i++)
    if (strcmp(subcommand->name, word) == 0)
      return subcommand;
  return NULL;
}

static int complete_rest(struct line *line) {
  hp_context *context = NULL;
  line->subcommand = find_subcommand(line->words[0]);
  if (!line->subcommand || hp_context_new(&context, NULL) < 0)
    return EXIT_DONE;
  line->context = context;
  hp__sources_acquire(&context->sources, context->registry.platform, said(line, "--file"),
                      &line->source, NULL);
  complete(line);
  hp__source_release(line->source);
  hp_context_free(context);
  return EXIT_DONE;
}

int cli_complete(const struct arguments *arguments) {
  struct line line = {.words = arguments->command};
  while (line.words && line.words[line.count])
    line.count++;
  if (line.count < 2) {
    offer_subcommands();
    return EXIT_DONE;
  }
  line.current = line.words[line.count - 1];
  return complete_rest(&line);
}
