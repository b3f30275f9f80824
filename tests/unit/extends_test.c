/* SPDX-License-Identifier: MIT */
/* What one entry takes over from another, of another file too, and sections for one system. */
#include "config/catalog.h"
#include "core/error.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

static struct hp_catalog catalog;
static struct hp_error error;

static const char *load(const char *os, const char *yaml) {
  int result = hp__catalog_load(&catalog, hp_test_file("x.yaml", yaml), os, &error);
  return result == 0 ? "" : hp_error_message(&error);
}

static void done(void) {
  hp__catalog_fini(&catalog);
  hp__error_fini(&error);
}

static const struct hp_profile *profile(const char *name) {
  static const struct hp_profile none;
  const struct hp_profile *found = NULL;
  CHECK_INT(hp__catalog_profile(&catalog, name, &found, &error), 0);
  return found ? found : &none;
}

static const char *kind(const char *name) {
  const struct hp_choices *choices = &profile(name)->transports;
  return choices->count ? choices->items[0].kind : "";
}

static const char *setting(const char *name, const char *key) {
  const struct hp_profile *found = profile(name);
  for (size_t i = 0; i < found->setting_count; i++)
    if (strcmp(found->settings[i].name, key) == 0)
      return found->settings[i].text;
  return "";
}

/* ---- files ---- */

static const char other[] = "version: 1\n"
                            "servers:\n"
                            "  mine: {extends: redis, start_timeout: 5s}\n"
                            "profiles:\n"
                            "  default: {server: redis, transport: unix}\n"
                            "  team: {extends: base, settings: {databases: 4}}\n"
                            "  base: {server: mine, transport: tcp, data_dir: data,\n"
                            "         settings: {databases: 3, loglevel: debug}}\n";

HP_TEST(another_files_is_a_basis) {
  char expected[600];
  hp_test_file("other.yaml", other);
  CHECK_TEXT(load(NULL, "version: 1\n"
                        "profiles:\n"
                        "  own: {extends: {file: other.yaml, name: team}, transport: unix,\n"
                        "        working_dir: ./here, settings: {loglevel: notice}}\n"
                        "  team: {extends: {file: ./other.yaml}}\n"),
             "");
  CHECK_TEXT(profile("own")->server, "mine");
  CHECK_TEXT(kind("own"), "unix");
  CHECK_TEXT(setting("own", "databases"), "4");
  CHECK_TEXT(setting("own", "loglevel"), "notice");
  CHECK_TEXT(setting("team", "loglevel"), "debug");
  CHECK_INT(catalog.files.count, 2);
  snprintf(expected, sizeof expected, "%s/data", hp_test_directory());
  CHECK_TEXT(profile("own")->data_dir, expected);
  snprintf(expected, sizeof expected, "%s/here", hp_test_directory());
  CHECK_TEXT(profile("own")->working_dir, expected);
  CHECK_HAS(profile("own")->extends, "other.yaml");
  done();
}

/* Its servers can be named, its profiles are there to be extended alone. */
HP_TEST(what_of_another_file_can_be_named) {
  const struct hp_definition *mine;
  const struct hp_profile *found;
  hp_test_file("other.yaml", other);
  CHECK_TEXT(load(NULL, "version: 1\n"
                        "profiles:\n"
                        "  own: {extends: {file: other.yaml, name: base}}\n"),
             "");
  CHECK_INT(hp__catalog_definition(&catalog, "mine", &mine, &error), 0);
  CHECK_INT(mine->start_timeout, 5000);
  CHECK_TEXT(profile("default")->server, "echo");
  CHECK_INT(hp__catalog_profile(&catalog, "team", &found, &error), HP_ECONFIG);
  done();
}

static void check_mistake(const char *yaml, const char *expected) {
  char wanted[1600];
  const char *message = load("linux", yaml);
  snprintf(wanted, sizeof wanted, "%s/%s", hp_test_directory(), expected);
  CHECK_TEXT(message, wanted);
  done();
}

HP_TEST(mistakes_about_other_files) {
  char expected[1400];
  hp_test_file("other.yaml", other);
  check_mistake("version: 1\nprofiles:\n  a: {extends: {file: other.yaml, name: taem}}\n",
                "x.yaml:3:16: unknown profile 'taem', did you mean 'team'?");
  check_mistake("version: 1\nprofiles:\n  a: {extends: {file: other.yaml}}\n",
                "x.yaml:3:16: unknown profile 'a'; one of: default, team, base");
  check_mistake("version: 1\nprofiles:\n  a: {extends: {name: team}}\n",
                "x.yaml:3:7: 'file' is missing in 'extends'");
  check_mistake("version: 1\nprofiles:\n  a: {extends: {file: other.yaml, profile: x}}\n",
                "x.yaml:3:35: unknown key 'profile'; one of: file, name");
  check_mistake("version: 1\nprofiles:\n  a: {extends: [b]}\n",
                "x.yaml:3:16: 'extends' must be a text, not a list");
  check_mistake("version: 1\nprofiles:\n  a: {extends: {file: none.yaml}}\n",
                "none.yaml: cannot be read: No such file or directory");
  hp_test_file("back.yaml", "version: 1\n"
                            "profiles:\n"
                            "  b: {extends: c}\n"
                            "  c: {extends: {file: x.yaml, name: a}}\n");
  snprintf(expected, sizeof expected,
           "back.yaml:4:16: profile 'a' extends itself: a -> b of %s/back.yaml -> c of "
           "%s/back.yaml -> a",
           hp_test_directory(), hp_test_directory());
  check_mistake("version: 1\nprofiles:\n  a: {extends: {file: back.yaml, name: b}}\n", expected);
}

/* ---- sections ---- */

static const char sections[] = "version: 1\n"
                               "profiles:\n"
                               "  a:\n"
                               "    server: redis\n"
                               "    transport: {kind: tcp, port: 1}\n"
                               "    settings: {databases: 1, loglevel: debug}\n"
                               "    linux: {transport: unix, settings: {databases: 2}}\n"
                               "    darwin: {settings: {databases: 3}}\n"
                               "  b: {extends: a, darwin: {settings: {loglevel: notice}}}\n"
                               "  c: {extends: a, settings: {databases: 9}}\n";

HP_TEST(a_section_is_laid_over_the_rest) {
  CHECK_TEXT(load("linux", sections), "");
  CHECK_TEXT(kind("a"), "unix");
  CHECK_TEXT(setting("a", "databases"), "2");
  CHECK_TEXT(setting("b", "databases"), "2");
  CHECK_TEXT(setting("b", "loglevel"), "debug");
  CHECK_TEXT(setting("c", "databases"), "9"); /* what extends counts more, whatever the system */
  done();
  CHECK_TEXT(load("darwin", sections), "");
  CHECK_TEXT(kind("a"), "tcp");
  CHECK_TEXT(setting("a", "databases"), "3");
  CHECK_TEXT(setting("b", "databases"), "3");
  CHECK_TEXT(setting("b", "loglevel"), "notice");
  done();
  CHECK_TEXT(load(NULL, sections), "");
  CHECK_TEXT(setting("b", "databases"), "1");
  done();
}

HP_TEST(a_section_of_a_definition) {
  const char *yaml = "version: 1\n"
                     "servers:\n"
                     "  r: {extends: redis, linux: {start_timeout: 7s, environment: {A: b}}}\n";
  const struct hp_definition *found;
  CHECK_TEXT(load("windows", yaml), "");
  CHECK_INT(hp__catalog_definition(&catalog, "r", &found, &error), 0);
  CHECK_INT(found->start_timeout, 0);
  done();
  CHECK_TEXT(load("linux", yaml), "");
  CHECK_INT(hp__catalog_definition(&catalog, "r", &found, &error), 0);
  CHECK_INT(found->start_timeout, 7000);
  CHECK_INT(found->environment.count, 1);
  CHECK_INT(found->binary.count, 2);
  done();
}

/* Of another system's section what can be known here: its keys. */
HP_TEST(mistakes_in_sections) {
  check_mistake("version: 1\nprofiles:\n  a: {linux: {servr: redis}}\n",
                "x.yaml:3:15: unknown key 'servr', did you mean 'server'?");
  check_mistake("version: 1\nprofiles:\n  a: {windows: {servr: redis}}\n",
                "x.yaml:3:17: unknown key 'servr', did you mean 'server'?");
  check_mistake("version: 1\nprofiles:\n  a: {linux: {extends: b}}\n",
                "x.yaml:3:15: a section for one system cannot have 'extends'");
  check_mistake("version: 1\nprofiles:\n  a: {darwin: {linux: {}}}\n",
                "x.yaml:3:16: a section for one system cannot have 'linux'");
  check_mistake("version: 1\nprofiles:\n  a: {linux: tcp}\n",
                "x.yaml:3:14: 'linux' must be a mapping, not a text");
  check_mistake("version: 1\nprofiles:\n  a: {start_timeout: 3s, linux: {start_timeout: 4}}\n",
                "x.yaml:3:49: '4' is not a duration: a whole number of ms, s, m, h or d");
}

/* ---- paths ---- */

HP_TEST(a_relative_path_begins_where_its_file_is) {
  char expected[600];
  CHECK_TEXT(load(NULL, "version: 1\n"
                        "profiles:\n"
                        "  a: {binary: bin/x, data_dir: /data, transport: ['unix:s', 'pipe:n']}\n"
                        "  b: {transport: {kind: unix, path: ./s}, working_dir: 'C:\\w'}\n"),
             "");
  snprintf(expected, sizeof expected, "%s/bin/x", hp_test_directory());
  CHECK_TEXT(profile("a")->binary, expected);
  CHECK_TEXT(profile("a")->data_dir, "/data");
  snprintf(expected, sizeof expected, "%s/s", hp_test_directory());
  CHECK_TEXT(profile("a")->transports.items[0].path, expected);
  CHECK_TEXT(profile("a")->transports.items[1].path, "n");
  CHECK_TEXT(profile("b")->transports.items[0].path, expected);
  CHECK_TEXT(profile("b")->working_dir, "C:\\w");
  done();
}
