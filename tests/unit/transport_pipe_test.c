/* SPDX-License-Identifier: MIT */
/* What may be the name of a pipe; pure, and so on every host. The rest is in tests/conformance. */
#include "core/error.h"
#include "tests/support/test.h"
#include "transports/pipe_name.h"

#include <stdio.h>
#include <string.h>

static int check(struct hp_error *error, const char *name) {
  hp__error_fini(error);
  return hp__pipe_name_check(name, error);
}

/* `count` times the character, which may be of several bytes. */
static const char *repeat(const char *character, int count) {
  static char text[2048];
  text[0] = '\0';
  for (int i = 0; i < count; i++)
    strcat(text, character);
  return text;
}

HP_TEST(common_names_are_possible) {
  static const char *const names[] = {"s",   "hp-0123",  "a name",
                                      "x.y", "\xc3\xbc", "a:b*c?d\"e<f>g|h"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    CHECK_INT(hp__pipe_name_check(names[i], NULL), 0);
}

HP_TEST(a_name_with_its_prefix_has_256_characters) {
  struct hp_error error = {0};
  CHECK_INT(check(&error, repeat("x", 247)), 0);
  CHECK_INT(check(&error, repeat("x", 248)), HP_ETOOLONG);
  CHECK_HAS(hp_error_message(&error), "257 characters");
  CHECK_HAS(hp_error_message(&error), "at most 256");
  CHECK_HAS(hp_error_message(&error), "\\\\.\\pipe\\xxx");
  hp__error_fini(&error);
}

/* It is UTF-16 that is counted, and what holds an endpoint counts bytes. */
HP_TEST(characters_are_counted_as_the_system_counts_them) {
  struct hp_error error = {0};
  CHECK_INT(check(&error, repeat("\xc3\xbc", 247)), 0);
  CHECK_INT(check(&error, repeat("\xc3\xbc", 248)), HP_ETOOLONG);
  CHECK_INT(check(&error, repeat("\xf0\x9f\x90\x98", 123)), 0);
  CHECK_INT(check(&error, repeat("\xf0\x9f\x90\x98", 124)), HP_ETOOLONG);
  CHECK_HAS(hp_error_message(&error), "257 characters");
  CHECK_INT(check(&error, repeat("\xe2\x82\xac", 171)), HP_ETOOLONG);
  CHECK_HAS(hp_error_message(&error), "522 bytes");
  CHECK_INT(check(&error, repeat("\xe2\x82\xac", 170)), 0);
  hp__error_fini(&error);
}

HP_TEST(what_windows_would_take_for_another_name_is_refused) {
  static const char *const names[] = {"", "a\\b", "a/b", "\\\\.\\pipe\\x", "x.", "x ", "."};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    struct hp_error error = {0};
    CHECK_INT(check(&error, names[i]), HP_ECONFIG);
    CHECK_HAS(hp_error_message(&error), "name of the pipe");
    CHECK(hp_error_hint(&error) != NULL);
    hp__error_fini(&error);
  }
}

HP_TEST(a_name_of_ours_shows_every_byte) {
  unsigned char bytes[HP_PIPE_RANDOM_SIZE];
  char name[HP_PIPE_OWN_SIZE];
  for (int i = 0; i < HP_PIPE_RANDOM_SIZE; i++)
    bytes[i] = (unsigned char)(i * 16 + 15 - i);
  hp__pipe_name_make(name, bytes);
  CHECK_TEXT(name, "hp-0f1e2d3c4b5a69788796a5b4c3d2e1f0");
  CHECK_INT(hp__pipe_name_check(name, NULL), 0);
}
