/* SPDX-License-Identifier: MIT */
/* The man page and --help come from different hands: nothing that one says is missing in the other.
 */
#include "tests/support/tool.h"

#include "cli/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char manual[65536];

/* As it is read: without the backslashes. */
static bool read_manual(void) {
  const char *path = getenv("HP_MANUAL");
  FILE *file = path ? fopen(path, "rb") : NULL;
  size_t length = 0;
  for (int c; file && (c = fgetc(file)) != EOF && length < sizeof manual - 1;)
    if (c != '\\')
      manual[length++] = (char)c;
  if (file)
    fclose(file);
  return CHECK(length > 0);
}

static void check_named(const char *before, const char *name, const char *behind) {
  char wanted[128];
  snprintf(wanted, sizeof wanted, "%s%s%s", before, name, behind);
  if (!strstr(manual, wanted))
    CHECK_TEXT(NULL, wanted); /* names what is missing */
}

/* The first word of each line that begins with `sign`, without it. */
static void check_words(const char *text, const char *sign, const char *before, const char *behind,
                        void (*further)(const char *)) {
  for (const char *line = text; *line;
       line += strcspn(line, "\n") + (line[strcspn(line, "\n")] != 0)) {
    char word[64];
    size_t skip = strlen(sign);
    if (strncmp(line, sign, skip) != 0 || line[skip] == ' ')
      continue;
    snprintf(word, sizeof word, "%.*s", (int)strcspn(line + skip, " \n"), line + skip);
    check_named(before, word, behind);
    if (further)
      further(word);
  }
}

static void check_options(const char *subcommand) {
  struct tool tool;
  tool_init(&tool, subcommand, "--help", NULL);
  CHECK_INT(tool_run(&tool), 0);
  check_words(tool.out, "  --", "--", "", NULL);
}

HP_TEST(every_subcommand_and_option_is_in_the_manual) {
  struct tool tool;
  if (!read_manual())
    return;
  tool_init(&tool, "--help", NULL);
  CHECK_INT(tool_run(&tool), 0);
  check_words(tool.out, "  ", "\n.B ", "\n", check_options);
}

HP_TEST(every_exit_code_is_in_the_manual) {
  static const int codes[] = {EXIT_SERVER_DIED,    EXIT_USAGE,     EXIT_CONFIG,
                              EXIT_NOT_FOUND,      EXIT_TIMED_OUT, EXIT_NOT_STARTED,
                              EXIT_NOT_EXECUTABLE, EXIT_NO_COMMAND};
  if (!read_manual())
    return;
  const char *part = strstr(manual, ".SH EXIT STATUS");
  REQUIRE(part != NULL);
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    char code[16];
    snprintf(code, sizeof code, "%d", codes[i]);
    CHECK_HAS(part, code);
  }
}

HP_TEST(every_variable_of_a_command_is_in_the_manual) {
  static const char *const names[] = {"ENDPOINT", "DESCRIPTOR", "TRANSPORT", "PATH",
                                      "HOST",     "PORT",       "PID",       "DATA_DIR"};
  if (!read_manual())
    return;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    check_named("HYPERPROCESS_", names[i], "");
}
