/* SPDX-License-Identifier: MIT */
/* What a definition may say of its settings, and the mistakes in it. */
#include "config/catalog.h"
#include "core/error.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct hp_catalog catalog;
static struct hp_error error;

/* A definition whose settings are these lines, each further in. */
static bool load(const char *lines) {
  char yaml[4096];
  snprintf(yaml, sizeof yaml,
           "version: 1\nservers:\n  t:\n    binary: {names: [t]}\n    transports: {tcp: {}}\n"
           "    settings:\n%s",
           lines);
  return hp__catalog_load(&catalog, hp_test_file("x.yaml", yaml), NULL, &error) == 0;
}

static void done(void) {
  hp__catalog_fini(&catalog);
  hp__error_fini(&error);
}

static void check_refused(const char *lines, const char *place, const char *message) {
  char wanted[512];
  CHECK(!load(lines));
  snprintf(wanted, sizeof wanted, "x.yaml:%s: %s", place, message);
  CHECK_HAS(hp_error_message(&error), wanted);
  done();
}

HP_TEST(every_key_of_a_setting) {
  REQUIRE(
      load("      a: {type: size, unit: M, minimum: 1M, maximum: 1T, default: 2M}\n"
           "      b: {type: bool, words: [n, y], platforms: [linux, windows]}\n"
           "      c: {type: int, requires: {a: {not: 2M}, b: yes}, experimental: yes}\n"
           "      d: {type: int, discouraged: {values: ['1'], reason: too few}}\n"
           "      e: {type: int, deprecated: {since: '2.0', replacement: d, reason: it is old}}\n"
           "      f: {type: secret, description: hidden}\n"
           "      g: {type: percent, minimum: 1%}\n"
           "      h: {type: port, discouraged: {all_but: ['1'], reason: r}, notes: {a: b, c: d}}\n"
           "      i: {type: bool, required: yes, belongs_to: a client}\n"));
  const struct hp_setting *all = catalog.definitions[0].settings;
  REQUIRE(catalog.definitions[0].setting_count == 9);
  CHECK_TEXT(all[0].unit, "M");
  CHECK_TEXT(all[1].words[1], "y");
  CHECK_INT(all[1].platforms, 1u << HP_OS_LINUX | 1u << HP_OS_WINDOWS);
  CHECK_INT(all[2].requirement_count, 2);
  CHECK_TEXT(all[2].requirements[0].name, "a");
  CHECK(all[2].requirements[0].is_not);
  CHECK_TEXT(all[2].requirements[0].values[0], "2M");
  CHECK(!all[2].requirements[1].is_not);
  CHECK(all[2].is_experimental);
  CHECK_TEXT(all[3].discouraged_reason, "too few");
  CHECK(all[4].is_deprecated);
  CHECK_TEXT(all[4].replacement, "d");
  CHECK_TEXT(all[4].deprecated_since, "2.0");
  CHECK_INT(all[5].type, HP_SETTING_SECRET);
  CHECK(all[7].all_discouraged_but && !all[3].all_discouraged_but);
  CHECK_INT(all[7].note_count, 2);
  CHECK_TEXT(all[7].notes[1].value, "c");
  CHECK_TEXT(all[7].notes[1].text, "d");
  CHECK(all[8].is_required && !all[7].is_required);
  CHECK_TEXT(all[8].belongs_to, "a client");
  CHECK(!all[0].is_deprecated && !all[0].is_experimental && all[0].platforms == 0);
  done();
}

HP_TEST(keys_of_some_types_alone) {
  check_refused("      a: {type: int, words: [a, b]}\n", "7:22",
                "'words' is for type bool, not for int");
  check_refused("      a: {type: bool, words: [a]}\n", "7:30",
                "'words' are two, for false and for true");
  check_refused("      a: {type: path, unit: M}\n", "7:23",
                "'unit' is for the types int, size, duration, percent and port, not for path");
  check_refused("      a: {type: size, unit: ms}\n", "7:29",
                "'ms' is not a unit of sizes: K, M, G or T");
  check_refused("      a: {type: duration, unit: K}\n", "7:33",
                "'K' is not a unit of time: ms, s, m, h or d");
  check_refused(
      "      a: {type: secret, default: x}\n", "7:25",
      "a secret has no 'default': it is passed by ${setting.a} in 'environment' or 'files'");
  check_refused("      a: {type: secret, arguments: ['--x=${value}']}\n", "7:25",
                "a secret has no 'arguments': ");
  check_refused("      a: {type: string, minimum: x}\n", "7:25",
                "'minimum' is for the types int, ");
}

HP_TEST(names_in_a_setting) {
  check_refused("      a: {type: int, platforms: [linus]}\n", "7:33",
                "unknown platform 'linus', did you mean 'linux'?");
  check_refused("      a: {type: int, platforms: []}\n", "7:33", "'platforms' must not be empty");
  check_refused("      abc: {type: int}\n      b: {type: int, requires: {abd: '1'}}\n", "8:33",
                "unknown setting 'abd', did you mean 'abc'?");
  check_refused("      abc: {type: int}\n      b: {type: int, deprecated: {replacement: abd}}\n",
                "8:48", "unknown setting 'abd', did you mean 'abc'?");
  check_refused("      a: {type: int, discouraged: {values: ['1']}}\n", "7:22",
                "'reason' is missing in 'discouraged'");
  check_refused("      a: {type: int, discouraged: {reason: r}}\n", "7:22",
                "'discouraged' needs one of 'values' and 'all_but'");
  check_refused("      a: {type: int, notes: {b: [c]}}\n", "7:33", "");
  check_refused("      a: {type: int, deprecated: {sinse: x}}\n", "7:35",
                "unknown key 'sinse', did you mean 'since'?");
  check_refused("      a: {type: int, requires: {b: {nto: '1'}}}\n", "7:33", "unknown setting 'b'");
}

HP_TEST(values_that_are_none) {
  check_refused("      a: {type: int, discouraged: {values: [many], reason: r}}\n", "7:35",
                "setting 'a': 'many' is not a whole number");
  check_refused("      a: {type: int}\n      b: {type: int, requires: {a: many}}\n", "8:36",
                "setting 'a': 'many' is not a whole number");
  check_refused("      a: {type: int}\n      b: {type: int, requires: {a: {not: many}}}\n", "8:36",
                "setting 'a': 'many' is not a whole number");
  check_refused("      a: {type: size, unit: M, default: 100K}\n", "7:41",
                "setting 'a': 100K is not a whole number of M");
  check_refused("      a: {type: percent, default: 120%}\n", "7:35",
                "setting 'a': '120%' is too large");
}
