/* SPDX-License-Identifier: MIT */
#include "core/alloc.h"
#include "core/output.h"
#include "core/redact.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct hp_arena arena;
static struct hp_secrets secrets;
static struct hp_text out;

static void know(const char *a, const char *b) {
  secrets = (struct hp_secrets){0};
  CHECK(hp__secrets_add(&arena, &secrets, a));
  CHECK(hp__secrets_add(&arena, &secrets, b));
}

static void done(void) {
  hp__text_fini(&out);
  hp__arena_fini(&arena);
}

static void take(void *data, const char *bytes, size_t length) {
  hp__text_add_slice(data, bytes, length);
}

static void check_whole(const char *text, const char *expected) {
  char *shown = hp__redact(&secrets, text);
  CHECK_TEXT(shown, expected);
  hp__free(shown);
}

/* Cut at every place into three pieces. */
static void check_cut(const char *text, const char *expected) {
  size_t length = strlen(text);
  check_whole(text, expected);
  for (size_t i = 0; i <= length; i++)
    for (size_t j = i; j <= length; j++) {
      struct hp_redactor redactor;
      hp__redactor_init(&redactor, &secrets, take, &out);
      hp__redactor_feed(&redactor, text, i);
      hp__redactor_feed(&redactor, text + i, j - i);
      hp__redactor_feed(&redactor, text + j, length - j);
      hp__redactor_end(&redactor);
      hp__redactor_fini(&redactor);
      hp__text_add(&out, "");
      CHECK_TEXT(out.data, expected);
      hp__text_fini(&out);
    }
}

HP_TEST(one_secret) {
  know("geheim", "");
  CHECK_INT(secrets.count, 1);
  check_cut("password=geheim, gehgeheimgeheim geheigeheim gehei",
            "password=***, geh****** gehei*** gehei");
  done();
}

HP_TEST(one_that_begins_like_another) {
  know("abc", "abcabd");
  check_cut("abcabcabd abcab abcabd abd", "****** ***ab *** abd");
  done();
}

HP_TEST(one_that_repeats_its_beginning) {
  know("aab", "b\nc");
  check_cut("aaab aaaab ab b\ncb b c", "a*** aa*** ab ***b b c");
  done();
}

HP_TEST(nothing_is_secret) {
  secrets = (struct hp_secrets){0};
  check_cut("all of it", "all of it");
  CHECK(hp__redact(&secrets, NULL) == NULL);
  done();
}

/* A later attempt knows a longer one, while the stream goes on. */
HP_TEST(a_longer_one_comes_to_be_known) {
  struct hp_redactor redactor;
  know("ab", "");
  hp__redactor_init(&redactor, &secrets, take, &out);
  hp__redactor_feed(&redactor, "xa", 2);
  CHECK(hp__secrets_add(&arena, &secrets, "abcdefghijklmnopqrstuvwxyz"));
  hp__redactor_feed(&redactor, "bcdefghijklmnopqrstuvwxy", 24);
  hp__redactor_feed(&redactor, "z.", 2);
  hp__redactor_end(&redactor);
  hp__redactor_fini(&redactor);
  CHECK_TEXT(out.data, "x***.");
  done();
}

/* A line that is too long is handed on in pieces: the secret that lies across them is not shown. */
HP_TEST(the_tail_has_none) {
  static const char secret[] = "geheim";
  char line[HP_LINE_MAX + 64];
  struct hp_output output;
  know(secret, "");
  memset(line, '.', sizeof line);
  for (size_t i = 0; i < sizeof secret - 1; i++)
    line[HP_LINE_MAX - 3 + i] = secret[i];
  line[sizeof line - 1] = '\n';
  hp__output_init(&output, &secrets, NULL, NULL);
  for (size_t i = 0; i < sizeof line; i += 7)
    hp__output_feed(&output, line + i, sizeof line - i < 7 ? sizeof line - i : 7);
  hp__output_feed(&output, "the geh", 7);
  hp__output_feed(&output, "eim\r\nend", 8);
  hp__output_end(&output);
  char *tail = hp__output_tail(&output);
  CHECK_HAS(tail, "the ***\nend");
  CHECK(strstr(tail, "geh") == NULL);
  CHECK(strstr(tail, "eim") == NULL);
  hp__free(tail);
  hp__output_fini(&output);
  done();
}
