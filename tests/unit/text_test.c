/* SPDX-License-Identifier: MIT */
/* Texts that grow, and what becomes of any bytes in JSON. */
#include "core/text.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static void check_json(const char *bytes, const char *expected) {
  struct hp_text text = {0};
  hp__text_add_json(&text, bytes);
  CHECK_TEXT(text.data, expected);
  hp__text_fini(&text);
}

HP_TEST(json_of_what_needs_an_escape) {
  check_json(NULL, "null");
  check_json("", "\"\"");
  check_json("a\"b\\c", "\"a\\\"b\\\\c\"");
  check_json("\n\r\t\b\f", "\"\\n\\r\\t\\b\\f\"");
  check_json("\x01\x1f\x7f ", "\"\\u0001\\u001f\\u007f \"");
}

HP_TEST(json_of_utf8) {
  static const char *const whole[] = {"\xc2\x80",         "\xdf\xbf",         "\xe0\xa0\x80",
                                      "\xed\x9f\xbf",     "\xee\x80\x80",     "\xef\xbf\xbf",
                                      "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "\xe2\x82\xac"};
  for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
    char expected[16] = "\"";
    strcat(strcat(expected, whole[i]), "\"");
    check_json(whole[i], expected);
  }
}

/* Each byte of what is no UTF-8 is U+FFFD; what follows is read again. */
HP_TEST(json_of_what_is_no_utf8) {
#define BAD "\xef\xbf\xbd"
  check_json("\x80", "\"" BAD "\"");                         /* a continuation alone */
  check_json("\xc1\xbf", "\"" BAD BAD "\"");                 /* longer than need be */
  check_json("\xe0\x9f\xbf", "\"" BAD BAD BAD "\"");         /* likewise */
  check_json("\xf0\x8f\xbf\xbf", "\"" BAD BAD BAD BAD "\""); /* likewise */
  check_json("\xed\xa0\x80", "\"" BAD BAD BAD "\"");         /* half of a pair */
  check_json("\xf4\x90\x80\x80", "\"" BAD BAD BAD BAD "\""); /* beyond the last one */
  check_json("\xf5\x80\x80\x80", "\"" BAD BAD BAD BAD "\"");
  check_json("\xff", "\"" BAD "\"");
  check_json("\xe2\x82", "\"" BAD BAD "\""); /* cut off */
  check_json("\xe2x", "\"" BAD "x\"");
#undef BAD
}

HP_TEST(a_part_whatever_its_case) {
  CHECK(hp__text_contains("Address ALREADY in use", "already IN"));
  CHECK(hp__text_contains("abc", ""));
  CHECK(hp__text_contains("aab", "ab"));
  CHECK(!hp__text_contains("abc", "abcd"));
  CHECK(!hp__text_contains("", "a"));
  CHECK(!hp__text_contains("[", "{"));
}

HP_TEST(it_grows_with_what_is_added) {
  struct hp_text text = {0};
  char expected[1001] = "";
  for (int i = 0; i < 100; i++) {
    hp__text_format(&text, "%010d", i);
    snprintf(expected + strlen(expected), 11, "%010d", i);
  }
  hp__text_add_slice(&text, "", 0);
  CHECK_INT(text.length, 1000);
  CHECK(!text.failed);
  CHECK_TEXT(text.data, expected);
  char *taken = hp__text_take(&text);
  CHECK_TEXT(taken, expected);
  CHECK(text.data == NULL && text.length == 0);
  hp_free(taken);
}
