/* SPDX-License-Identifier: MIT */
/* The words of the command line: one table of options, of which each subcommand takes some. */
#ifndef HP_CLI_OPTIONS_H
#define HP_CLI_OPTIONS_H

#include "core/options.h"

enum {
  OPTION_PROFILE = 1 << 0,
  OPTION_FILE = 1 << 1,
  OPTION_TRANSPORT = 1 << 2,
  OPTION_SET = 1 << 3,
  OPTION_DATA_DIR = 1 << 4,
  OPTION_BINARY = 1 << 5,
  OPTION_WORKING_DIR = 1 << 6,
  OPTION_ENV = 1 << 7,
  OPTION_TIMEOUT = 1 << 8,
  OPTION_JSON = 1 << 9,
  OPTION_VERBOSE = 1 << 10,
  OPTION_QUIET = 1 << 11,
  OPTION_HELP = 1 << 12, /* of every subcommand */
  OPTION_READY = 1 << 13,
  OPTION_STOP = 1 << 14,
  OPTION_SEPARATOR = 1 << 15,
  OPTION_FORMAT = 1 << 16,
  OPTION_WRAP = 1 << 17,
  OPTION_KEEP = 1 << 18,
  OPTION_FORCE = 1 << 19,
  OPTION_SERVER = 1 << 20,
  OPTION_EXPERIMENTAL = 1 << 24,
  OPTION_VERSION = 1 << 25,
  OPTION_LOG = 1 << 28,
  OPTIONS_OF_A_SERVER = OPTION_PROFILE | OPTION_FILE | OPTION_TRANSPORT | OPTION_SET |
                        OPTION_DATA_DIR | OPTION_BINARY | OPTION_WORKING_DIR | OPTION_ENV |
                        OPTION_TIMEOUT | OPTION_EXPERIMENTAL | OPTION_LOG | OPTION_VERSION
};

/* What was said. */
struct arguments {
  hp_options *options;
  char **command; /* what follows "--"; NULL: there was no "--" */
  bool json, verbose, quiet, help, force;
  const char *format, *separator, *keep; /* NULL: not said */
  const char *word;                      /* where it is kept */
};

struct subcommand {
  const char *name, *synopsis, *summary, *text;
  unsigned options;
  int (*take_word)(hp_options *options, const char *word, hp_error **error); /* NULL: takes none */
  bool keeps_word, needs_word, takes_command;
  int (*run)(const struct arguments *arguments); /* returns the exit code */
};

/* Reads the words after the subcommand's own. HP_EUSAGE with the nearest option. */
int arguments_read(struct arguments *arguments, const struct subcommand *subcommand, char **words,
                   hp_error **error);
/* The options that a subcommand may take, one by one: false at their end. `value` NULL: a flag.
 * `words`: all that its value can be, NULL: more than can be listed. */
struct option_facts {
  unsigned bit;
  const char *name, *value, *help;
  const char *const *words;
};
bool options_at(size_t index, struct option_facts *facts);
/* The lines of --help for these options. */
void options_print(unsigned options);

/* An error of the caller's words. */
int refuse_usage(hp_error **error, const char *format, ...) HP_PRINTF(2, 3);

#endif
