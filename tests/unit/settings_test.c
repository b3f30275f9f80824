/* SPDX-License-Identifier: MIT */
#include "config/settings.h"
#include "core/error.h"
#include "tests/support/test.h"

#include <string.h>

static struct hp_arena arena;

static const char *const levels[] = {"off", "auto"};

static uint64_t memory; /* bytes that the machine has */

static void check(const struct hp_setting *setting, const char *value, const char *expected,
                  const char *message) {
  struct hp_error error = {0};
  const char *canonical = NULL;
  int result = hp__setting_read(&arena, setting, value, memory, &canonical, &error);
  hp_test_check_text(result == 0 ? canonical : NULL, expected, value, __FILE__, __LINE__);
  if (message)
    hp_test_check_text(result == 0 ? NULL : error.message, message, value, __FILE__, __LINE__);
  hp__error_fini(&error);
  hp__arena_fini(&arena);
}

#define SIZE_FORM "a size: a whole number of bytes, or of K, M, G or T (powers of 1024)"
#define DURATION_FORM "a duration: a whole number of ms, s, m, h or d"

HP_TEST(sizes) {
  static const struct hp_setting size = {.name = "s", .type = HP_SETTING_SIZE};
  check(&size, "0", "0", NULL);
  check(&size, "64", "64", NULL);
  check(&size, "64K", "65536", NULL);
  check(&size, "64M", "67108864", NULL);
  check(&size, "3G", "3221225472", NULL);
  check(&size, "2T", "2199023255552", NULL);
  check(&size, "010", "10", NULL);
  check(&size, "64MB", NULL, "setting 's': '64MB' is not " SIZE_FORM);
  check(&size, "64m", NULL, "setting 's': '64m' is not " SIZE_FORM);
  check(&size, "1.5G", NULL, "setting 's': '1.5G' is not " SIZE_FORM);
  check(&size, "1e3", NULL, "setting 's': '1e3' is not " SIZE_FORM);
  check(&size, "-1", NULL, "setting 's': '-1' is not " SIZE_FORM);
  check(&size, " 1", NULL, "setting 's': ' 1' is not " SIZE_FORM);
  check(&size, "K", NULL, "setting 's': 'K' is not " SIZE_FORM);
  check(&size, "", NULL, "setting 's': '' is not " SIZE_FORM);
  check(&size, "9223372036854775807", "9223372036854775807", NULL);
  check(&size, "9223372036854775808", NULL, "setting 's': '9223372036854775808' is too large");
  check(&size, "99999999999999999999999T", NULL,
        "setting 's': '99999999999999999999999T' is too large");
  check(&size, "8388608T", NULL, "setting 's': '8388608T' is too large");
}

HP_TEST(durations) {
  static const struct hp_setting duration = {.name = "d", .type = HP_SETTING_DURATION};
  check(&duration, "1500ms", "1500", NULL);
  check(&duration, "2s", "2000", NULL);
  check(&duration, "3m", "180000", NULL);
  check(&duration, "1h", "3600000", NULL);
  check(&duration, "1d", "86400000", NULL);
  check(&duration, "30", NULL, "setting 'd': '30' is not " DURATION_FORM);
  check(&duration, "0", NULL, "setting 'd': '0' is not " DURATION_FORM);
  check(&duration, "1 s", NULL, "setting 'd': '1 s' is not " DURATION_FORM);
  check(&duration, "1s2", NULL, "setting 'd': '1s2' is not " DURATION_FORM);
  check(&duration, "36525d", "3155760000000", NULL);
  check(&duration, "36526d", NULL, "setting 'd': '36526d' is too large");
}

HP_TEST(whole_numbers) {
  static const struct hp_setting number = {
      .name = "n", .type = HP_SETTING_INT, .minimum = "-5", .maximum = "100"};
  check(&number, "-5", "-5", NULL);
  check(&number, "100", "100", NULL);
  check(&number, "007", "7", NULL);
  check(&number, "-6", NULL, "setting 'n': -6 is less than the minimum, -5");
  check(&number, "101", NULL, "setting 'n': 101 is more than the maximum, 100");
  check(&number, "1e3", NULL, "setting 'n': '1e3' is not a whole number");
  check(&number, "0x10", NULL, "setting 'n': '0x10' is not a whole number");
  check(&number, "+1", NULL, "setting 'n': '+1' is not a whole number");
  check(&number, "--1", NULL, "setting 'n': '--1' is not a whole number");
  check(&number, "9223372036854775808", NULL, "setting 'n': '9223372036854775808' is too large");
}

HP_TEST(limits_are_in_the_units_of_the_type) {
  static const struct hp_setting size = {
      .name = "s", .type = HP_SETTING_SIZE, .minimum = "128K", .maximum = "1M"};
  check(&size, "131072", "131072", NULL);
  check(&size, "64K", NULL, "setting 's': 64K is less than the minimum, 128K");
  check(&size, "2M", NULL, "setting 's': 2M is more than the maximum, 1M");
}

HP_TEST(ports_and_words_beside_them) {
  static const struct hp_setting port = {
      .name = "p", .type = HP_SETTING_PORT, .values = (const char **)levels, .value_count = 2};
  check(&port, "1", "1", NULL);
  check(&port, "65535", "65535", NULL);
  check(&port, "auto", "auto", NULL);
  check(&port, "off", "off", NULL);
  check(&port, "0", NULL, "setting 'p': '0' is not a port: a whole number from 1 to 65535");
  check(&port, "65536", NULL, "setting 'p': '65536' is not a port: a whole number from 1 to 65535");
  check(&port, "atuo", NULL, "setting 'p': unknown value 'atuo', did you mean 'auto'?");
  check(&port, "on", NULL, "setting 'p': 'on' is not a port: a whole number from 1 to 65535");
}

HP_TEST(enums) {
  static const struct hp_setting word = {
      .name = "w", .type = HP_SETTING_ENUM, .values = (const char **)levels, .value_count = 2};
  check(&word, "off", "off", NULL);
  check(&word, "of", NULL, "setting 'w': unknown value 'of', did you mean 'off'?");
  check(&word, "OFF", NULL, "setting 'w': unknown value 'OFF', did you mean 'off'?");
  check(&word, "maybe", NULL, "setting 'w': unknown value 'maybe'; one of: off, auto");
  check(&word, "", NULL, "setting 'w': unknown value ''; one of: off, auto");
}

HP_TEST(texts_truth_and_paths) {
  static const struct hp_setting text = {.name = "t", .type = HP_SETTING_STRING};
  static const struct hp_setting truth = {.name = "b", .type = HP_SETTING_BOOL};
  static const struct hp_setting path = {.name = "p", .type = HP_SETTING_PATH};
  check(&text, "", "", NULL);
  check(&text, "010", "010", NULL);
  check(&text, "1e3", "1e3", NULL);
  check(&truth, "yes", "yes", NULL);
  check(&truth, "off", "off", NULL);
  check(&truth, "ture", NULL, "setting 'b': unknown truth value 'ture', did you mean 'true'?");
  check(&truth, "1", NULL, NULL);
  check(&path, "/a b", "/a b", NULL);
  check(&path, "", NULL, "setting 'p': '' is not a path");
}

HP_TEST(truth_values) {
  static const char *const words[2][3] = {{"no", "false", "off"}, {"yes", "true", "on"}};
  for (int i = 0; i < 6; i++) {
    bool value = i / 3 == 0;
    CHECK_INT(hp__read_bool(words[i / 3][i % 3], &value, NULL), 0);
    CHECK_INT(value, i / 3);
  }
}

HP_TEST(which_types_have_an_order) {
  static const bool ordered[] = {
      [HP_SETTING_INT] = true,     [HP_SETTING_SIZE] = true, [HP_SETTING_DURATION] = true,
      [HP_SETTING_PERCENT] = true, [HP_SETTING_PORT] = true, [HP_SETTING_SECRET] = false};
  for (int i = HP_SETTING_STRING; i <= HP_SETTING_SECRET; i++) {
    struct hp_setting setting = {.type = (enum hp_setting_type)i};
    CHECK_INT(hp__setting_has_range(&setting), ordered[i]);
  }
}

#define MEMORY_FORM "an amount of memory: a size, as 64M, or 0% to 100%"

HP_TEST(parts_of_the_memory) {
  static const struct hp_setting part = {.name = "m", .type = HP_SETTING_PERCENT};
  memory = 1001;
  check(&part, "50%", "500", NULL);
  check(&part, "100%", "1001", NULL);
  check(&part, "0%", "0", NULL);
  check(&part, "1K", "1024", NULL);
  check(&part, "101%", NULL, "setting 'm': '101%' is too large");
  check(&part, "1.5%", NULL, "setting 'm': '1.5%' is not " MEMORY_FORM);
  check(&part, "%", NULL, "setting 'm': '%' is not " MEMORY_FORM);
  check(&part, "", NULL, "setting 'm': '' is not " MEMORY_FORM);
  check(&part, "5 %", NULL, "setting 'm': '5 %' is not " MEMORY_FORM);
  memory = UINT64_C(1) << 62;
  check(&part, "75%", "3458764513820540928", NULL);
  memory = 0; /* only the form can be known */
  check(&part, "50%", "50%", NULL);
  check(&part, "1K", "1024", NULL);
}

HP_TEST(limits_of_parts_of_the_memory) {
  static const struct hp_setting part = {
      .name = "m", .type = HP_SETTING_PERCENT, .minimum = "100", .maximum = "50%"};
  memory = 1000;
  check(&part, "50%", "500", NULL);
  check(&part, "10%", "100", NULL);
  check(&part, "9%", NULL, "setting 'm': 9% is less than the minimum, 100");
  check(&part, "501", NULL, "setting 'm': 501 is more than the maximum, 50%");
  memory = 0;
  check(&part, "9%", "9%", NULL);
  check(&part, "501", "501", NULL);
  check(&part, "99", NULL, "setting 'm': 99 is less than the minimum, 100");
}

HP_TEST(values_in_the_servers_units) {
  static const struct hp_setting size = {.name = "s", .type = HP_SETTING_SIZE, .unit = "M"};
  static const struct hp_setting time = {.name = "d", .type = HP_SETTING_DURATION, .unit = "s"};
  static const struct hp_setting part = {.name = "m", .type = HP_SETTING_PERCENT, .unit = "K"};
  static const struct hp_setting number = {.name = "n", .type = HP_SETTING_INT, .unit = "files"};
  check(&size, "2G", "2048", NULL);
  check(&size, "0", "0", NULL);
  check(&size, "100K", NULL,
        "setting 's': 100K is not a whole number of M, which the server counts in");
  check(&time, "2m", "120", NULL);
  check(&time, "1500ms", NULL,
        "setting 'd': 1500ms is not a whole number of s, which the server counts in");
  check(&number, "3", "3", NULL);
  memory = 4097;
  check(&part, "100%", "4", NULL);
  memory = 0;
}

HP_TEST(truth_in_the_servers_words) {
  static const char *words[] = {"0", "1"};
  static const struct hp_setting truth = {
      .name = "b", .type = HP_SETTING_BOOL, .words = words, .word_count = 2};
  check(&truth, "yes", "1", NULL);
  check(&truth, "off", "0", NULL);
  check(&truth, "1", NULL, NULL);
}

HP_TEST(secrets_are_any_text) {
  static const struct hp_setting secret = {.name = "p", .type = HP_SETTING_SECRET};
  check(&secret, "010 off", "010 off", NULL);
  check(&secret, "", "", NULL);
}

HP_TEST(the_same_value_in_other_words) {
  static const struct hp_setting truth = {.name = "b", .type = HP_SETTING_BOOL};
  static const struct hp_setting size = {.name = "s", .type = HP_SETTING_SIZE};
  static const struct hp_setting port = {
      .name = "p", .type = HP_SETTING_PORT, .values = (const char **)levels, .value_count = 2};
  CHECK(hp__setting_is(&truth, "on", "yes"));
  CHECK(!hp__setting_is(&truth, "on", "no"));
  CHECK(hp__setting_is(&size, "1048576", "1M"));
  CHECK(!hp__setting_is(&size, "1048577", "1M"));
  CHECK(hp__setting_is(&port, "off", "off"));
  CHECK(!hp__setting_is(&port, "auto", "off"));
  CHECK(!hp__setting_is(&size, "5", "what"));
}
