/* SPDX-License-Identifier: MIT */
/* Versions, and what is wanted of one. */
#include "config/version.h"
#include "core/error.h"
#include "tests/support/test.h"

#include <string.h>

static bool has(const char *version, const char *wanted) {
  struct hp_constraint constraint;
  struct hp_version read;
  CHECK_INT(hp__constraint_read(wanted, &constraint, NULL), 0);
  CHECK(hp__version_read(version, strlen(version), &read) > 0);
  return hp__constraint_holds(&constraint, &read);
}

HP_TEST(versions_that_are_wanted_or_not) {
  static const struct {
    const char *wanted, *yes, *no;
  } rows[] = {
      {"14", "14.9", "15.0"},
      {"14", "14", "13.99"},
      {"14.x", "14.0", "140.1"},
      {"14.*", "14.3", "4.14"},
      {"=14.2", "14.2.7", "14.20"},
      {">=14", "14.0", "13.9"},
      {">=14", "100", "9.6"},
      {">14", "15.0", "14.9"},
      {"<17", "16.9", "17.0"},
      {"<=16", "16.9", "17.0"},
      {">=14 <17", "16.3", "17"},
      {">=14, <17", "14", "13"},
      {">= 14  <17", "15", "18"},
      {"!=15", "14.1", "15.3"},
      {">=10.11.2", "10.11.19", "10.11"},
      {">=7.0.15", "7.0.15", "7.0.9"},
      {"17", "17beta1", "16rc1"},
      {"<10.11.5", "10.11.4-MariaDB", "10.11.5"},
      {">=4294967295", "9999999999999", "4294967294"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    if (!has(rows[i].yes, rows[i].wanted) || has(rows[i].no, rows[i].wanted))
      CHECK_TEXT(rows[i].wanted, "kept and broken as the row says");
  }
  CHECK(has("0.0.1", "*"));
}

HP_TEST(words_that_say_no_version) {
  static const char *const rows[] = {
      "",       " ",   "x",        ">=",     ">=x",   "14.y", "14-15", "=>14",
      ">=14 <", "~14", "14 || 15", "latest", "14..1", ".14",  "14.",   "1 2 3 4 5 6 7 8 9"};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct hp_constraint constraint;
    struct hp_error error = {0};
    if (hp__constraint_read(rows[i], &constraint, &error) == 0)
      CHECK_TEXT(rows[i], "refused");
    else
      CHECK_HAS(hp_error_message(&error), "says no version: write it as 14");
    hp__error_fini(&error);
  }
}

HP_TEST(how_much_of_a_text_is_a_version) {
  struct hp_version version;
  CHECK_INT(hp__version_read("15.18 (Debian)", 14, &version), 5);
  CHECK_INT(version.count, 2);
  CHECK_INT(version.parts[1], 18);
  CHECK_INT(hp__version_read("10.11.19-MariaDB", 16, &version), 8);
  CHECK_INT(hp__version_read("1.22.", 5, &version), 4);
  CHECK_INT(version.count, 2);
  CHECK_INT(hp__version_read("15.18", 3, &version), 2); /* "15." */
  CHECK_INT(version.count, 1);
  CHECK_INT(hp__version_read("v1", 2, &version), 0);
  CHECK_INT(hp__version_read("1.2.3.4.5.6.7.8.9", 17, &version), 15);
  CHECK_INT(version.count, HP_VERSION_PARTS);
}
