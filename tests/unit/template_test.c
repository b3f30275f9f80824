/* SPDX-License-Identifier: MIT */
#include "config/template.h"
#include "core/error.h"
#include "tests/support/test.h"

#include <string.h>

static struct hp_arena arena;
static struct hp_error error;

static struct hp_template parse(const char *text) {
  struct hp_template result = {0};
  CHECK_INT(hp__template_parse(&arena, &result, text, &error), 0);
  return result;
}

static void done(void) {
  hp__arena_fini(&arena);
  hp__error_fini(&error);
}

static void check_print(const struct hp_template *text, const char *expected) {
  struct hp_text out = {0};
  hp__text_add(&out, "");
  hp__template_print(&out, text);
  CHECK_TEXT(out.data, expected);
  hp__text_fini(&out);
}

static void check_render(const struct hp_template *text, const char *expected) {
  struct hp_text out = {0};
  hp__text_add(&out, "");
  hp__template_render(&out, text);
  CHECK_TEXT(out.data, expected);
  hp__text_fini(&out);
}

HP_TEST(parse_and_print) {
  static const char *const rows[][2] = {{"", ""},
                                        {"plain", "plain"},
                                        {"${a}", "<a>"},
                                        {"x${a}y${b.c}z", "x<a>y<b.c>z"},
                                        {"${a}${b}", "<a><b>"},
                                        {"$${a}", "${a}"},
                                        {"$$${a}", "$${a}"},
                                        {"$", "$"},
                                        {"$$ $x {a} }", "$$ $x {a} }"},
                                        {"${env.ProgramFiles(x86)}", "<env.ProgramFiles(x86)>"},
                                        {"a$${b}${c}", "a${b}<c>"},
                                        {"$${$${", "${${"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct hp_template text = parse(rows[i][0]);
    check_print(&text, rows[i][1]);
  }
  done();
}

HP_TEST(what_is_no_template) {
  static const char *const rows[] = {"${", "${}", "a${b", "${a b}", "${a${b}}", "${a$}"};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct hp_template result;
    CHECK_INT(hp__template_parse(&arena, &result, rows[i], &error), HP_ECONFIG);
    CHECK_HAS(error.message, "write '$${' for a literal '${'");
  }
  done();
}

static const char *look_up(void *data, const char *variable, bool *secret) {
  (void)data;
  if (strcmp(variable, "hidden") == 0)
    *secret = true;
  if (strcmp(variable, "later") == 0)
    return NULL;
  return strcmp(variable, "empty") == 0 ? "" : "${value}";
}

HP_TEST(resolve_leaves_what_is_not_known) {
  struct hp_template text = parse("a ${x} ${empty}${later} ${secret.password} ${hidden}"), result;
  hp__template_resolve(&arena, &result, &text, look_up, NULL);
  CHECK_TEXT(hp__template_open(&text), "x");
  CHECK_TEXT(hp__template_open(&result), "later");
  check_print(&result, "a ${value} <later> *** ***");
  check_print(&text, "a <x> <empty><later> <secret.password> <hidden>");
  done();
}

/* A value is a value: what looks like a variable in it is not looked up again. */
HP_TEST(resolve_and_render) {
  struct hp_template text = parse("p=${secret.password}:${x}$${y}"), result;
  hp__template_resolve(&arena, &result, &text, look_up, NULL);
  CHECK(hp__template_open(&result) == NULL);
  check_render(&result, "p=${value}:${value}${y}");
  done();
}

HP_TEST(a_resolved_template_stands_alone) {
  struct hp_arena other = {0};
  struct hp_template text = parse("a${later}b${x}"), result;
  hp__template_resolve(&other, &result, &text, look_up, NULL);
  hp__arena_fini(&arena);
  check_print(&result, "a<later>b${value}");
  hp__arena_fini(&other);
}

struct found {
  struct hp_text text;
  const char *refused; /* a value that does not do */
};

static bool capture(void *data, const char *variable, const char *value, size_t length) {
  struct found *found = data;
  if (found->refused && strlen(found->refused) == length &&
      strncmp(value, found->refused, length) == 0)
    return false;
  hp__text_format(&found->text, "%s=%.*s;", variable, (int)length, value);
  return true;
}

struct row {
  const char *pattern, *line;
  bool whole;
  const char *expected; /* NULL: no match */
  const char *refused;
};

static void check_match(const struct row *row) {
  struct found found = {.refused = row->refused};
  struct hp_template pattern = parse(row->pattern);
  hp__text_add(&found.text, "");
  bool matched = hp__template_match(&pattern, row->line, row->whole, capture, &found);
  hp_test_check_text(matched ? found.text.data : NULL, row->expected, row->line, __FILE__,
                     __LINE__);
  hp__text_fini(&found.text);
}

HP_TEST(match) {
  static const struct row rows[] = {
      {"tab.tcp://${endpoint.host}:${endpoint.port}", "tab.tcp://127.0.0.1:40123", true,
       "endpoint.host=127.0.0.1;endpoint.port=40123;", NULL},
      {"tab.tcp://${endpoint.host}:${endpoint.port}", "tab.tcp://[::1]:80", true,
       "endpoint.host=[::1];endpoint.port=80;", NULL},
      {"tab.domain://${endpoint.dir}/domain/${endpoint.name}", "tab.domain:///tmp/x/domain/auto",
       true, "endpoint.dir=/tmp/x;endpoint.name=auto;", NULL},
      {"port ${endpoint.port}", "listening on port 5432, pid 7", false, "endpoint.port=5432;",
       NULL},
      {"port ${endpoint.port}", "port x, port 12", false, "endpoint.port=12;", NULL},
      {"port ${endpoint.port}", "port ", false, NULL, NULL},
      {"at ${endpoint.path} now", "at /a b now", false, NULL, NULL},
      {"ready", "I am ready.", false, "", NULL},
      {"ready", "I am ready.", true, NULL, NULL},
      {"ready", "ready", true, "", NULL},
      {"${endpoint.port}", "12x", true, NULL, NULL},
      {"port ${endpoint.port}", "port 1 port 2", false, "endpoint.port=2;", "1"},
      {"a${endpoint.name}b", "aXbYb", true, "endpoint.name=XbY;", NULL},
      {"a${endpoint.name}b", "aXbYb", false, "endpoint.name=X;", NULL},
      {"", "", true, "", NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    check_match(&rows[i]);
  done();
}

/* The beginnings are as many as the words, not as the bytes: a long token before it hides nothing.
 */
HP_TEST(an_address_behind_a_long_word) {
  static const char address[] = " 127.0.0.1:80";
  char line[5000];
  struct row row = {"${endpoint.host}:${endpoint.port}", line, false,
                    "endpoint.host=127.0.0.1;endpoint.port=80;", NULL};
  memset(line, 'a', sizeof line);
  memcpy(line + sizeof line - sizeof address, address, sizeof address);
  check_match(&row);
  done();
}

/* Unless the values did not do: then those of a later beginning may. */
HP_TEST(a_refused_value_is_tried_shorter) {
  static const struct row row = {"${endpoint.host}:${endpoint.port}", "ab:1", false,
                                 "endpoint.host=b;endpoint.port=1;", "ab"};
  check_match(&row);
  done();
}

/* Patterns with several variables can be tried in a number of ways that grows as a power. */
HP_TEST(a_match_ends_on_any_line) {
  char line[20001];
  struct found found = {0};
  memset(line, 'a', sizeof line - 1);
  line[sizeof line - 1] = '\0';
  struct hp_template pattern =
      parse("a${endpoint.host}a${endpoint.path}a${endpoint.dir}a${endpoint.name}b");
  CHECK(!hp__template_match(&pattern, line, false, capture, &found));
  hp__text_fini(&found.text);
  done();
}
