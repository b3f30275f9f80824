/* SPDX-License-Identifier: MIT */
#include "config/words.h"

#include "core/error.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

/* The words, each in brackets; the message of a refusal. Static storage. */
static const char *split(const char *text) {
  static char result[512];
  struct hp_arena arena = {0};
  struct hp_strings words;
  struct hp_error error = {0};
  size_t length = 0;
  result[0] = '\0';
  if (hp__words_split(&arena, "--wrap", text, &words, &error) < 0)
    snprintf(result, sizeof result, "%s", hp_error_message(&error));
  else
    for (size_t i = 0; i < words.count; i++)
      length += (size_t)snprintf(result + length, sizeof result - length, "[%s]", words.items[i]);
  hp__error_fini(&error);
  hp__arena_fini(&arena);
  return result;
}

HP_TEST(words_are_those_of_a_shell) {
  static const char *const rows[][2] = {
      {"gdb --args", "[gdb][--args]"},
      {"  strace\t-f ", "[strace][-f]"},
      {"a 'b c' \"d e\"f", "[a][b c][d ef]"},
      {"a\\ b '' \"\"", "[a b][][]"},
      {"'$HOME' $HOME ~ *", "[$HOME][$HOME][~][*]"},
      {"\"a\\\"b\\\\c\\d\"", "[a\"b\\c\\d]"},
      {"'a\\b'", "[a\\b]"},
      {"a'b'\"c\"d", "[abcd]"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    CHECK_TEXT(split(rows[i][0]), rows[i][1]);
}

HP_TEST(what_is_no_command_is_refused) {
  CHECK_TEXT(split(""), "--wrap: there is no word in it");
  CHECK_TEXT(split(" \t "), "--wrap: there is no word in it");
  CHECK_TEXT(split("a 'b"), "--wrap: a ' without its end");
  CHECK_TEXT(split("a \"b\\\""), "--wrap: a \" without its end");
}
