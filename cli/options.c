/* SPDX-License-Identifier: MIT */
#include "cli/options.h"

#include "cli/facts.h"
#include "config/mistake.h"
#include "config/settings.h"
#include "core/error.h"
#include "core/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int refuse_usage(hp_error **error, const char *format, ...) {
  struct hp_error e = {0};
  struct hp_text text = {0};
  va_list list;
  va_start(list, format);
  hp__text_format_list(&text, format, list);
  va_end(list);
  hp_error_set(&e, HP_EUSAGE, HP_PHASE_USE, "%s", text.data ? text.data : "wrong usage");
  hp__text_fini(&text);
  return hp__error_give(error, &e);
}

/* ---- Values ---- */

/* "name=value" in two; NULL without a name or a "=". */
static char *split(const char *text, const char **value) {
  const char *equals = strchr(text, '=');
  if (!equals || equals == text)
    return NULL;
  size_t length = (size_t)(equals - text);
  char *name = malloc(length + 1);
  if (!name)
    return NULL;
  memcpy(name, text, length);
  name[length] = '\0';
  *value = equals + 1;
  return name;
}

static int set_pair(hp_options *options, const char *text, hp_error **error, const char *option,
                    int (*set)(hp_options *, const char *, const char *, hp_error **)) {
  const char *value = NULL;
  char *name = split(text, &value);
  if (!name)
    return refuse_usage(error, "--%s %s: it takes NAME=VALUE", option, text);
  int result = set(options, name, value, error);
  free(name);
  return result;
}

static int set_setting(hp_options *options, const char *text, hp_error **error) {
  return set_pair(options, text, error, "set", hp_options_set);
}

static int allow_experimental(hp_options *options, const char *text, hp_error **error) {
  (void)text;
  return hp_options_set_experimental(options, true, error);
}

static int set_variable(hp_options *options, const char *text, hp_error **error) {
  return set_pair(options, text, error, "env", hp_options_set_environment);
}

static int set_size(hp_options *options, const char *name, const char *text, hp_error **error,
                    int (*set)(hp_options *, uint64_t, hp_error **)) {
  uint64_t amount = 0;
  struct hp_error e = {0};
  if (hp__read_size(text, &amount, &e) == 0)
    return set(options, amount, error);
  int result = refuse_usage(error, "--%s: %s", name, hp_error_message(&e));
  hp__error_fini(&e);
  return result;
}

static int set_log_size_limit(hp_options *options, const char *text, hp_error **error) {
  return set_size(options, "log-size-limit", text, error, hp_options_set_log_size_limit);
}

static int set_log_max_count(hp_options *options, const char *text, hp_error **error) {
  return set_size(options, "log-max-count", text, error, hp_options_set_log_max_count);
}

static int set_timeout(hp_options *options, const char *text, hp_error **error) {
  int64_t milliseconds = 0;
  struct hp_error e = {0};
  if (hp__read_duration(text, &milliseconds, &e) == 0)
    return milliseconds > 0 ? hp_options_set_start_timeout(options, milliseconds, error)
                            : refuse_usage(error, "--timeout %s: it must be more than 0", text);
  int result = refuse_usage(error, "--timeout: %s", hp_error_message(&e));
  hp__error_fini(&e);
  return result;
}

/* ---- The table ---- */

struct option {
  unsigned bit;
  const char *name, *value; /* value NULL: a flag */
  const char *help;
  int (*set)(hp_options *options, const char *text, hp_error **error);
  size_t slot; /* without `set`: where it stands in struct arguments, a text or a flag */
  const char *const *words; /* all that it can be; NULL: anything */
};

#define FLAG(field) NULL, offsetof(struct arguments, field)
#define TEXT_AT(field) NULL, offsetof(struct arguments, field)

static const struct option table[] = {
    {OPTION_PROFILE, "profile", "NAME", "profile of the configuration; default: default",
     hp_options_set_profile, 0, NULL},
    {OPTION_FILE, "file", "FILE", "configuration; default: the first of the usual places",
     hp_options_set_file, 0, NULL},
    {OPTION_TRANSPORT, "transport", "KIND",
     "local, unix, unix:PATH, pipe, tcp, tcp:PORT, or a list", hp_options_set_transport, 0, NULL},
    {OPTION_SET, "set", "NAME=VALUE", "a setting of the server; may be repeated", set_setting, 0,
     NULL},
    {OPTION_EXPERIMENTAL, "allow-experimental", NULL, "take settings that are experimental",
     allow_experimental, 0, NULL},
    {OPTION_DATA_DIR, "data-dir", "DIR", "keep the server's data there; default: a temporary one",
     hp_options_set_data_dir, 0, NULL},
    {OPTION_LOG, "log-dir", "DIR", "write the server's output to files there; default: none",
     hp_options_set_log_dir, 0, NULL},
    {OPTION_LOG, "log-size-limit", "SIZE", "begin another file when one has so much: 100M",
     set_log_size_limit, 0, NULL},
    {OPTION_LOG, "log-max-count", "NUMBER", "keep so many of them", set_log_max_count, 0, NULL},
    {OPTION_LOG, "event-log", "FILE", "append what happens to it there, as JSON lines",
     hp_options_set_event_log, 0, NULL},
    {OPTION_BINARY, "binary", "PATH", "the server's binary, or the folder that holds it",
     hp_options_set_binary, 0, NULL},
    {OPTION_VERSION, "server-version", "VERSION", "which version of it: 14, '>=14', '>=14 <17'",
     hp_options_set_server_version, 0, NULL},
    {OPTION_WORKING_DIR, "working-dir", "DIR", "working directory of the server",
     hp_options_set_working_dir, 0, NULL},
    {OPTION_ENV, "env", "NAME=VALUE", "environment of the server; may be repeated", set_variable, 0,
     NULL},
    {OPTION_TIMEOUT, "timeout", "TIME", "time to be ready in: 500ms, 30s, 2m", set_timeout, 0,
     NULL},
    {OPTION_READY, "ready", "KIND",
     "how it says so: connect (default), notify, line:TEXT, none ...", hp_options_set_ready, 0,
     NULL},
    {OPTION_STOP, "stop", "RUNGS", "how it is stopped: INT:5s,TERM:10s", hp_options_set_stop, 0,
     NULL},
    {OPTION_SEPARATOR, "separator", "WORD", "what ends the program's words; default: --",
     TEXT_AT(separator), NULL},
    {OPTION_WRAP, "wrap", "COMMAND", "what runs the server: 'gdb --args', 'strace -f', valgrind",
     hp_options_set_wrap, 0, NULL},
    {OPTION_KEEP, "keep-on-failure", "DIR", "keep plan, error, output and data there when it fails",
     TEXT_AT(keep), NULL},
    {OPTION_SERVER, "server", "NAME", "the server that the profile is for", hp_options_set_server,
     0, NULL},
    {OPTION_FORCE, "force", NULL, "write over a file that is there", FLAG(force), NULL},
    {OPTION_FORMAT, "format", "KIND",
     "what is printed when it is ready: url (default), "
     "descriptor, env, json or text",
     TEXT_AT(format), facts_formats},
    {OPTION_JSON, "json", NULL, "print JSON", FLAG(json), NULL},
    {OPTION_VERBOSE, "verbose", NULL, "tell every place that was looked at, or how it was stopped",
     FLAG(verbose), NULL},
    {OPTION_QUIET, "quiet", NULL, "nothing on standard error but errors", FLAG(quiet), NULL},
    {OPTION_HELP, "help", NULL, "print this", FLAG(help), NULL},
};

enum { OPTION_COUNT = sizeof table / sizeof *table };

bool options_at(size_t index, struct option_facts *facts) {
  if (index >= OPTION_COUNT)
    return false;
  const struct option *option = &table[index];
  *facts =
      (struct option_facts){option->bit, option->name, option->value, option->help, option->words};
  return true;
}

void options_print(unsigned options) {
  for (int i = 0; i < OPTION_COUNT; i++) {
    char name[64];
    if (!(options & table[i].bit))
      continue;
    snprintf(name, sizeof name, "--%s%s%s", table[i].name, table[i].value ? " " : "",
             table[i].value ? table[i].value : "");
    printf("  %-22s %s\n", name, table[i].help);
  }
}

/* ---- Reading ---- */

static int refuse_option(const struct subcommand *subcommand, const char *name, size_t length,
                         hp_error **error) {
  const char *names[OPTION_COUNT];
  struct hp_text word = {0};
  size_t count = 0;
  for (int i = 0; i < OPTION_COUNT; i++)
    if (subcommand->options & table[i].bit)
      names[count++] = table[i].name;
  hp__text_add_slice(&word, name, length);
  const char *closest = hp__nearest(word.data ? word.data : "", names, count);
  int result =
      closest
          ? refuse_usage(error, "%s: unknown option '--%s', did you mean '--%s'?", subcommand->name,
                         word.data, closest)
          : refuse_usage(error, "%s: unknown option '--%s'; `hyperprocess %s --help` lists them",
                         subcommand->name, word.data ? word.data : "", subcommand->name);
  hp__text_fini(&word);
  return result;
}

static const struct option *find(unsigned options, const char *name, size_t length) {
  for (int i = 0; i < OPTION_COUNT; i++)
    if ((options & table[i].bit) && strlen(table[i].name) == length &&
        strncmp(table[i].name, name, length) == 0)
      return &table[i];
  return NULL;
}

static int refuse_word(const struct option *option, const char *value, hp_error **error) {
  size_t count = 0;
  struct hp_text list = {0};
  for (; option->words[count]; count++)
    hp__text_format(&list, "%s%s", count ? ", " : "", option->words[count]);
  const char *closest = hp__nearest(value, option->words, count);
  int result =
      closest ? refuse_usage(error, "--%s %s: did you mean '%s'?", option->name, value, closest)
              : refuse_usage(error, "--%s %s: it is one of %s", option->name, value,
                             list.data ? list.data : "");
  hp__text_fini(&list);
  return result;
}

static int take_value(struct arguments *arguments, const struct option *option, const char *value,
                      hp_error **error) {
  if (option->set)
    return option->set(arguments->options, value, error);
  size_t i = 0;
  while (option->words && option->words[i] && strcmp(option->words[i], value) != 0)
    i++;
  if (option->words && !option->words[i])
    return refuse_word(option, value, error);
  *(const char **)((char *)arguments + option->slot) = value;
  return 0;
}

/* At "--name": *words is left at the last word that was used. */
static int read_option(struct arguments *arguments, const struct subcommand *subcommand,
                       char ***words, hp_error **error) {
  const char *name = **words + 2;
  size_t length = strcspn(name, "=");
  const char *value = name[length] ? name + length + 1 : NULL;
  const struct option *option = find(subcommand->options, name, length);
  if (!option)
    return refuse_option(subcommand, name, length, error);
  if (!option->value && value)
    return refuse_usage(error, "--%s takes no value", option->name);
  if (!option->value && option->set)
    return option->set(arguments->options, NULL, error);
  if (!option->value) {
    *(bool *)((char *)arguments + option->slot) = true;
    return 0;
  }
  if (!value)
    value = *++*words;
  if (!value || (value == **words && strcmp(value, "--") == 0))
    return refuse_usage(error, "--%s needs a value: %s", option->name, option->value);
  return take_value(arguments, option, value, error);
}

static int read_word(struct arguments *arguments, const struct subcommand *subcommand,
                     const char *word, int *count, hp_error **error) {
  if (subcommand->keeps_word && !arguments->word) {
    arguments->word = word;
    return 0;
  }
  if (subcommand->take_word && ++*count == 1)
    return subcommand->take_word(arguments->options, word, error);
  int result = refuse_usage(error, "%s: unexpected word '%s'", subcommand->name, word);
  if (error && *error && subcommand->takes_command)
    hp_error_set_hint(*error, "a command follows after --");
  return result;
}

static int check_whole(const struct arguments *arguments, const struct subcommand *subcommand,
                       int count, hp_error **error) {
  if (arguments->help)
    return 0;
  if (arguments->command && !subcommand->takes_command)
    return refuse_usage(error, "%s takes no command", subcommand->name);
  if (arguments->command && !arguments->command[0])
    return refuse_usage(error, "%s: no command follows after --", subcommand->name);
  if (subcommand->needs_word && count == 0 && !arguments->word)
    return refuse_usage(error, "usage: hyperprocess %s %s", subcommand->name, subcommand->synopsis);
  return 0;
}

int arguments_read(struct arguments *arguments, const struct subcommand *subcommand, char **words,
                   hp_error **error) {
  int result = 0, count = 0;
  for (; result == 0 && *words && !arguments->command; words++) {
    if (strcmp(*words, "--") == 0)
      arguments->command = words + 1;
    else if (strcmp(*words, "-h") == 0)
      arguments->help = true;
    else if (strncmp(*words, "--", 2) == 0)
      result = read_option(arguments, subcommand, &words, error);
    else if ((*words)[0] == '-' && (*words)[1])
      result = refuse_usage(error, "%s: unknown option '%s'; options are long ones, --name",
                            subcommand->name, *words);
    else
      result = read_word(arguments, subcommand, *words, &count, error);
  }
  return result < 0 ? result : check_whole(arguments, subcommand, count, error);
}
