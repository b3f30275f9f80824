/* SPDX-License-Identifier: MIT */
/* The tool: starts a local server for a command or a person, and takes it down again. */
#include "cli/report.h"
#include "cli/subcommands.h"
#include "cli/system.h"
#include "config/mistake.h"

#include <stdio.h>
#include <string.h>

static const struct subcommand subcommands[] = {
    {.name = "run",
     .synopsis = "[SERVER] [OPTION...] [-- COMMAND [ARG...]]",
     .summary = "start a server, for a command or until it is interrupted",
     .text = "Without a command the endpoint is the only line on standard output, and the server\n"
             "runs until SIGINT, SIGTERM or SIGHUP, or until it ends by itself. With a command,\n"
             "the command runs once the server is ready, finds it in HYPERPROCESS_ENDPOINT,\n"
             "_DESCRIPTOR, _TRANSPORT, _PATH or _HOST and _PORT, _PID and _DATA_DIR, and its\n"
             "status is the tool's.",
     .options = OPTIONS_OF_A_SERVER | OPTION_FORMAT | OPTION_WRAP | OPTION_KEEP | OPTION_VERBOSE |
                OPTION_QUIET | OPTION_HELP,
     .take_word = hp_options_set_server,
     .takes_command = true,
     .run = cli_run},
    {.name = "exec",
     .synopsis = "[OPTION...] -- PROGRAM [ARG...] [-- COMMAND [ARG...]]",
     .summary = "start any program as the server, without a definition",
     .text =
         "In the program's arguments, and in the values of --env, the variables of definitions\n"
         "are replaced: ${endpoint.port}, ${endpoint.host}, ${endpoint.path}, ${endpoint.url}\n"
         "and the others; $${ is a literal ${. The program finds the same in\n"
         "HYPERPROCESS_ENDPOINT, _TRANSPORT, _PATH or _HOST and _PORT, and runs in the current\n"
         "directory. Without --transport it is tcp where the words name a port or a host, else\n"
         "local. All else is as with run.",
     .options = OPTION_PROFILE | OPTION_FILE | OPTION_TRANSPORT | OPTION_DATA_DIR |
                OPTION_WORKING_DIR | OPTION_ENV | OPTION_TIMEOUT | OPTION_READY | OPTION_STOP |
                OPTION_SEPARATOR | OPTION_FORMAT | OPTION_WRAP | OPTION_KEEP | OPTION_VERBOSE |
                OPTION_QUIET | OPTION_HELP,
     .takes_command = true,
     .run = cli_exec},
    {.name = "plan",
     .synopsis = "[SERVER] [OPTION...]",
     .summary = "show what would be done; changes and starts nothing",
     .options = OPTIONS_OF_A_SERVER | OPTION_JSON | OPTION_HELP,
     .take_word = hp_options_set_server,
     .run = cli_plan},
    {.name = "locate",
     .synopsis = "[SERVER] [OPTION...]",
     .summary = "print the path of a server's binary",
     .options = OPTION_FILE | OPTION_PROFILE | OPTION_BINARY | OPTION_VERSION | OPTION_SET |
                OPTION_VERBOSE | OPTION_HELP,
     .take_word = hp_options_set_server,
     .run = cli_locate},
    {.name = "check",
     .synopsis = "FILE",
     .summary = "look for mistakes in a configuration file",
     .text = "Reads the file, and makes a plan of each of its profiles as far as that is possible\n"
             "without the binary of its server.",
     .options = OPTION_HELP,
     .take_word = hp_options_set_file,
     .needs_word = true,
     .run = cli_check},
    {.name = "doctor",
     .synopsis = "[SERVER] [OPTION...]",
     .summary = "look at all that a start needs, and say what to do about it",
     .text =
         "Starts nothing. Without a SERVER, a --profile or a configuration file it looks at the\n"
         "system alone. Ends with 0 where nothing is wrong, warnings or not; else with the code\n"
         "that `run` would end with.",
     .options = OPTIONS_OF_A_SERVER | OPTION_JSON | OPTION_HELP,
     .take_word = hp_options_set_server,
     .run = cli_doctor},
    {.name = "init",
     .synopsis = "[SERVER] [--file FILE] [--force]",
     .summary = "write a profile with all that it could say, as comments",
     .text = "Writes ./hyperprocess.yaml, or FILE, and prints its name.",
     .options = OPTION_FILE | OPTION_SERVER | OPTION_FORCE | OPTION_HELP,
     .take_word = hp_options_set_server,
     .run = cli_init},
    {.name = "servers",
     .synopsis = "[NAME] [OPTION...]",
     .summary = "list the servers, or what one of them can be told",
     .options = OPTION_FILE | OPTION_HELP,
     .take_word = hp_options_set_server,
     .run = cli_servers},
    {.name = "settings",
     .synopsis = "SERVER [OPTION...]",
     .summary = "list the settings of a server: types, limits, what is advised against",
     .options = OPTION_FILE | OPTION_JSON | OPTION_HELP,
     .take_word = hp_options_set_server,
     .needs_word = true,
     .run = cli_settings},
    {.name = "schema",
     .synopsis = "",
     .summary = "print the JSON Schema of configuration files, for editors",
     .options = OPTION_HELP,
     .run = cli_schema},
    {.name = "profiles",
     .synopsis = "[OPTION...]",
     .summary = "list the profiles",
     .options = OPTION_FILE | OPTION_HELP,
     .run = cli_profiles},
    {.name = "connect",
     .synopsis = "[ENDPOINT] [OPTION...]",
     .summary = "connect standard input and output to an endpoint",
     .text =
         "ENDPOINT is unix:///PATH, tcp://HOST:PORT or npipe://./pipe/NAME; without it that of\n"
         "--profile where it is a fixed one, else HYPERPROCESS_ENDPOINT, as a command of `run`\n"
         "has it. The end of standard input is told to the server, and what it still says is\n"
         "read to its end.",
     .options = OPTION_FILE | OPTION_PROFILE | OPTION_TIMEOUT | OPTION_HELP,
     .keeps_word = true,
     .run = cli_connect},
    {.name = "completion",
     .synopsis = "bash|zsh|fish",
     .summary = "print what makes a shell complete the words of this tool",
     .text = "For bash: source <(hyperprocess completion bash), in ~/.bashrc. For zsh the same in\n"
             "~/.zshrc, behind compinit. For fish: hyperprocess completion fish | source.",
     .options = OPTION_HELP,
     .keeps_word = true,
     .needs_word = true,
     .run = cli_completion},
    {.name = "complete",
     .synopsis = "-- [WORD...]",
     .text = "What the last word may become, for the scripts of `completion`.",
     .options = OPTION_HELP,
     .takes_command = true,
     .run = cli_complete},
    {.name = "version",
     .synopsis = "",
     .summary = "print the version",
     .options = OPTION_HELP,
     .run = cli_version},
};

enum { COUNT = sizeof subcommands / sizeof *subcommands };

const struct subcommand *subcommand_at(size_t index) {
  return index < COUNT ? &subcommands[index] : NULL;
}

static void print_help(void) {
  printf("usage: hyperprocess SUBCOMMAND [ARGUMENT...]\n\n"
         "Starts a local server, tells where it can be reached, and is sure that it is gone\n"
         "afterwards.\n\n");
  for (int i = 0; i < COUNT; i++)
    if (subcommands[i].summary)
      printf("  %-10s %s\n", subcommands[i].name, subcommands[i].summary);
  printf("\n`hyperprocess SUBCOMMAND --help` tells more.\n");
}

static void print_help_of(const struct subcommand *subcommand) {
  printf("usage: hyperprocess %s %s\n\n%s\n", subcommand->name, subcommand->synopsis,
         subcommand->summary ? subcommand->summary : "for scripts");
  if (subcommand->text)
    printf("\n%s\n", subcommand->text);
  printf("\n");
  options_print(subcommand->options);
}

static const struct subcommand *find(const char *word) {
  if (strcmp(word, "--version") == 0)
    word = "version";
  for (int i = 0; i < COUNT; i++)
    if (strcmp(subcommands[i].name, word) == 0)
      return &subcommands[i];
  return NULL;
}

static int refuse_nothing(void) {
  hp_error *error = NULL;
  refuse_usage(&error, "which subcommand? `hyperprocess --help` lists them");
  return report_failure(error);
}

static int refuse(const char *word) {
  const char *names[COUNT];
  hp_error *error = NULL;
  for (int i = 0; i < COUNT; i++)
    names[i] = subcommands[i].name;
  const char *closest = hp__nearest(word, names, COUNT);
  if (closest)
    refuse_usage(&error, "unknown subcommand '%s', did you mean '%s'?", word, closest);
  else
    refuse_usage(&error, "unknown subcommand '%s'; `hyperprocess --help` lists them", word);
  return report_failure(error);
}

static int carry_out(const struct subcommand *subcommand, char **words) {
  struct arguments arguments = {0};
  hp_error *error = NULL;
  int code = EXIT_DONE;
  if (hp_options_new(&arguments.options, &error) < 0 ||
      arguments_read(&arguments, subcommand, words, &error) < 0)
    code = report_failure(error);
  else if (arguments.help)
    print_help_of(subcommand);
  else
    code = subcommand->run(&arguments);
  hp_options_free(arguments.options);
  return report_output(code);
}

static int obey(char **words) {
  if (!words[0])
    return refuse_nothing();
  if (strcmp(words[0], "--help") == 0 || strcmp(words[0], "-h") == 0) {
    print_help();
    return report_output(EXIT_DONE);
  }
  const struct subcommand *subcommand = find(words[0]);
  return subcommand ? carry_out(subcommand, words + 1) : refuse(words[0]);
}

int main(int argc, char **argv) {
  struct system system;
  if (!system_begin(&system, argc, argv))
    return EXIT_NOT_STARTED;
  int code = obey(system.words);
  system_end(&system);
  return code;
}
