/* SPDX-License-Identifier: MIT */
/* The command line and the environment block of Windows, as text. */
#include "platform/command_line.h"
#include "platform/environment_block.h"

#include "core/alloc.h"
#include "core/error.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- A reader by the documented rules ---- */

/* The program's name: up to the closing quote, else to the first blank; nothing is escaped. */
static const char *read_name(const char *line, char *word) {
  bool quoted = *line == '"';
  line += quoted;
  while (*line && (quoted ? *line != '"' : (unsigned char)*line > ' '))
    *word++ = *line++;
  *word = '\0';
  return line + (quoted && *line);
}

static const char *read_argument(const char *line, char *word) {
  bool quoted = false;
  while (*line && (quoted || !strchr(" \t", *line))) {
    size_t backslashes = strspn(line, "\\");
    line += backslashes;
    bool quote = *line == '"';
    for (size_t i = quote ? backslashes / 2 : backslashes; i > 0; i--)
      *word++ = '\\';
    if (quote && backslashes % 2 == 0)
      quoted = !quoted;
    else if (quote || (backslashes == 0 && *line))
      *word++ = *line;
    line += quote || backslashes == 0;
  }
  *word = '\0';
  return line;
}

static int make_line(const char *const *argv, char **line, hp_error *error) {
  return hp__command_line((char *const *)(uintptr_t)argv, line, error);
}

static char *line_of(const char *const *argv) {
  char *line = NULL;
  CHECK_INT(make_line(argv, &line, NULL), 0);
  return line;
}

static void expect_round_trip(const char *const *argv) {
  char *line = line_of(argv), *word = hp__alloc(line ? strlen(line) + 1 : 1);
  const char *at = line ? read_name(line, word) : "";
  CHECK_TEXT(word, argv[0]);
  for (size_t i = 1; argv[i]; i++) {
    CHECK(*at == ' ');
    at = read_argument(at + strspn(at, " "), word);
    CHECK_TEXT(word, argv[i]);
  }
  CHECK_TEXT(at, ""); /* and nothing more */
  hp__free(word);
  hp__free(line);
}

/* ---- The command line ---- */

HP_TEST(every_argument_arrives_as_it_was) {
  static const char *const awkward[] = {"",
                                        " ",
                                        "\t",
                                        "plain",
                                        "two words",
                                        "\"",
                                        "\"\"",
                                        "\"quoted\"",
                                        "say \"it\" again",
                                        "it's",
                                        "\\",
                                        "\\\\",
                                        "C:\\dir\\",
                                        "C:\\two words\\",
                                        "C:\\two words\\\\",
                                        "\\\"",
                                        "\\\\\"",
                                        "a\\\\\"b c\\\\\" ",
                                        "a\\b\\\\c",
                                        "\\\\server\\share",
                                        "line\nbreak\r\n\ttab",
                                        "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80",
                                        "%PATH%",
                                        "^&|<>()!",
                                        "*.c",
                                        "what?",
                                        "{a,b}",
                                        "@file",
                                        "~",
                                        "--option=two words",
                                        "/option:\"x\"",
                                        "-"};
  enum { COUNT = sizeof awkward / sizeof *awkward };
  const char *argv[COUNT + 2] = {"C:\\Program Files\\x.exe"};
  for (size_t i = 0; i < COUNT; i++) {
    const char *const alone[] = {"x", awkward[i], NULL};
    expect_round_trip(alone);
    argv[i + 1] = awkward[i];
  }
  expect_round_trip(argv);
}

HP_TEST(what_needs_no_quotes_has_none) {
  const char *const argv[] = {"C:\\x.exe", "--port=80", "a\\b", "c:\\d\\", "", NULL};
  char *line = line_of(argv);
  CHECK_TEXT(line, "C:\\x.exe --port=80 a\\b c:\\d\\ \"\"");
  hp__free(line);
}

HP_TEST(patterns_are_kept_from_runtimes_that_expand_them) {
  const char *const argv[] = {"x", "*", "a?", "[b]", "{c,d}", "@e", "~", "'f'", NULL};
  char *line = line_of(argv);
  CHECK_TEXT(line, "x \"*\" \"a?\" \"[b]\" \"{c,d}\" \"@e\" \"~\" \"'f'\"");
  hp__free(line);
}

HP_TEST(the_programs_name_has_rules_of_its_own) {
  static const char *const names[] = {"x", "", "two words", "C:\\dir\\", "C:\\two words\\", "a\tb"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    const char *const argv[] = {names[i], "next", NULL};
    expect_round_trip(argv);
  }
}

HP_TEST(a_quote_in_the_programs_name_is_refused) {
  const char *const argv[] = {"a\"b", NULL};
  struct hp_error error = {0};
  char *line;
  CHECK_INT(make_line(argv, &line, &error), HP_ESPAWN);
  CHECK(!line);
  CHECK_HAS(hp_error_message(&error), "a\"b");
  CHECK(hp_error_cause(&error));
  hp__error_fini(&error);
}

/* "x" and a blank and this. */
static int try_length(const char *piece, size_t pieces, hp_error *error) {
  size_t size = strlen(piece);
  char *argument = hp__alloc(pieces * size + 1), *line = NULL;
  for (size_t i = 0; i < pieces; i++) /* with its NUL, which the next one covers */
    memcpy(argument + i * size, piece, size + 1);
  const char *const argv[] = {"x", argument, NULL};
  int result = make_line(argv, &line, error);
  CHECK((result == 0) == (line != NULL));
  hp__free(argument);
  hp__free(line);
  return result;
}

HP_TEST(a_line_that_is_too_long_is_refused_with_both_lengths) {
  struct hp_error error = {0};
  CHECK_INT(try_length("a", 32764, NULL), 0);
  CHECK_INT(try_length("a", 32765, &error), HP_ESPAWN);
  CHECK_HAS(hp_error_message(&error), "32767");
  CHECK_HAS(hp_error_message(&error), "32766");
  CHECK(hp_error_hint(&error));
  hp__error_fini(&error);
  CHECK_INT(try_length("\xc3\xbc", 32764, NULL), 0); /* one unit each */
  CHECK_INT(try_length("\xc3\xbc", 32765, NULL), HP_ESPAWN);
  CHECK_INT(try_length("\xf0\x9f\x98\x80", 16382, NULL), 0); /* two */
  CHECK_INT(try_length("\xf0\x9f\x98\x80", 16383, NULL), HP_ESPAWN);
}

HP_TEST(batch_files_are_known_however_they_are_spelled) {
  static const char *const batch[] = {"x.bat",      "C:\\a b\\x.cmd", "x.BAT",    "x.CmD",
                                      "x.bat ",     "x.bat..",        "x.cmd . ", "x.bat::$DATA",
                                      ".bat",       "C:x.cmd",        "a/x.bat",  "x.exe.bat",
                                      "C:/x.bat:s", "D:.cmd ."};
  static const char *const others[] = {
      "x.exe",    "bat",  "x",       "",        "x.bat.exe",
      "x.batch",  "C:",   "x.bat\\", "C:\\bat", "x.bat/y",
      "a.cmd\\b", "xbat", "x.ba",    "C:bat",   "C:\\x.bat\\x.exe"};
  for (size_t i = 0; i < sizeof batch / sizeof *batch; i++)
    if (!hp__is_batch_file(batch[i]))
      CHECK_TEXT(batch[i], "known");
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (hp__is_batch_file(others[i]))
      CHECK_TEXT(others[i], "no batch file");
}

/* ---- The environment ---- */

static char *make_block(const char *const *environment, size_t *size) {
  return hp__environment_block((char *const *)(uintptr_t)environment, "C:\\Windows", size);
}

/* Its variables with a '|' after each, and a '.' for the NUL at its end. */
static const char *block_of(const char *const *environment) {
  static char text[512];
  size_t size = 0;
  char *block = make_block(environment, &size);
  snprintf(text, sizeof text, "%s", "");
  if (!block || size < 2 || size >= sizeof text) {
    hp__free(block);
    return "none";
  }
  for (size_t i = 0; i < size; i++)
    text[i] = block[i] ? block[i] : '|';
  text[size - 1] = block[size - 1] ? '?' : '.';
  text[size] = '\0';
  hp__free(block);
  return text;
}

HP_TEST(a_block_is_sorted_whatever_the_case) {
  const char *const environment[] = {"b=2",          "C=3",  "a_=6", "A=1",
                                     "systemroot=x", "aB=5", "a1=4", NULL};
  CHECK_TEXT(block_of(environment), "A=1|a1=4|aB=5|a_=6|b=2|C=3|systemroot=x|.");
}

HP_TEST(of_one_name_in_several_spellings_the_last_holds) {
  const char *const environment[] = {"Path=1", "X=1",          "PATH=2", "path=3",
                                     "x=2",    "SystemRoot=a", NULL};
  CHECK_TEXT(block_of(environment), "path=3|SystemRoot=a|x=2|.");
}

HP_TEST(the_systems_root_is_never_missing) {
  const char *const none[] = {NULL}, *const some[] = {"T=1", "S=2", NULL};
  const char *const longer[] = {"SYSTEMROOTS=1", NULL};
  CHECK_TEXT(block_of(none), "SYSTEMROOT=C:\\Windows|.");
  CHECK_TEXT(block_of(some), "S=2|SYSTEMROOT=C:\\Windows|T=1|.");
  CHECK_TEXT(block_of(longer), "SYSTEMROOT=C:\\Windows|SYSTEMROOTS=1|.");
}

HP_TEST(values_are_kept_and_what_is_no_variable_is_not) {
  const char *const environment[] = {"A=", "B=c=d=e", "=C:=C:\\x",   "nothing",
                                     "",   "=",       "SYSTEMROOT=", NULL};
  CHECK_TEXT(block_of(environment), "=C:=C:\\x|A=|B=c=d=e|SYSTEMROOT=|.");
}

static int left_until_failure;

static void *fail_later(void *memory, size_t size) {
  return left_until_failure-- > 0 ? realloc(memory, size) : NULL;
}

HP_TEST(without_memory_there_is_neither) {
  static const struct hp_allocator failing = {.reallocate = fail_later, .release = free};
  const char *const list[] = {"x=1", "y=2", NULL};
  hp__set_allocator(&failing);
  for (int allocations = 0; allocations < 3; allocations++) {
    size_t size;
    left_until_failure = allocations;
    char *block = make_block(list, &size);
    CHECK(!block);
    free(block);
  }
  left_until_failure = 0;
  char *line;
  CHECK_INT(make_line(list, &line, NULL), HP_ENOMEM);
  hp__set_allocator(NULL);
}
