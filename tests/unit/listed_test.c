/* SPDX-License-Identifier: MIT */
#include "core/listed.h"

#include "tests/support/test.h"

static struct hp_arena arena;

static void check_row(const char **text, const char *name, const char *initial, const char *scope,
                      const char *description) {
  struct hp_listed listed;
  if (!CHECK(hp__listed_next(&arena, text, &listed)))
    return;
  CHECK_TEXT(listed.name, name);
  CHECK_TEXT(listed.initial, initial);
  CHECK_TEXT(listed.scope, scope);
  CHECK_TEXT(listed.description, description);
}

HP_TEST(rows_may_go_on_in_lines_without_a_name) {
  const char *text = "a word before\n"
                     "NAME | DEFAULT | SCOPE | DESCRIPTION\n"
                     "one | 1 | Global | What it is\n"
                     " | | | and what for\n"
                     "two_2 | [\"a\", \"b\"] | Session | This | that\n"
                     "a word between\n"
                     "three | | Global |\n"
                     "Not a name | 1 | Global | x";
  struct hp_listed listed;
  check_row(&text, "one", "1", "Global", "What it is and what for");
  check_row(&text, "two_2", "[\"a\", \"b\"]", "Session", "This | that");
  check_row(&text, "three", "", "Global", "");
  CHECK(!hp__listed_next(&arena, &text, &listed));
  CHECK(!hp__listed_next(&arena, &text, &listed));
  hp__arena_fini(&arena);
}

HP_TEST(what_is_no_table_has_no_rows) {
  static const char *const texts[] = {"",     "\n\n",       "a | b | c\n",
                                      "||||", " | | | x\n", "A | b | c | d"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const char *text = texts[i];
    struct hp_listed listed;
    CHECK(!hp__listed_next(&arena, &text, &listed));
  }
  hp__arena_fini(&arena);
}
