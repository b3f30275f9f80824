/* SPDX-License-Identifier: MIT */
/* The rules of all three systems, on a file system that is a table. */
#include "core/alloc.h"
#include "core/error.h"
#include "platform/locate.h"
#include "platform/paths.h"
#include "tests/support/test.h"

#include <stdlib.h>
#include <string.h>

struct entry {
  const char *path;
  enum hp_verdict verdict;
};

struct fake {
  const struct entry *entries;    /* ends with a NULL path */
  const char *const *environment; /* name, value, name, value, NULL */
  int inspections;
};

static enum hp_verdict inspect(void *data, const char *path, char **note) {
  struct fake *fake = data;
  fake->inspections++;
  for (const struct entry *entry = fake->entries; entry->path; entry++)
    if (strcmp(entry->path, path) == 0) {
      *note = entry->verdict == HP_VERDICT_LOADER ? hp__strdup("needs /lib/ld.so") : NULL;
      return entry->verdict;
    }
  return HP_VERDICT_MISSING;
}

/* Names of entries right below a folder, which ends in its separator. */
static char **list(void *data, const char *folder) {
  struct fake *fake = data;
  size_t count = 0, length = strlen(folder);
  char **names = calloc(64, sizeof *names); /* a failing allocator is not for it */
  for (const struct entry *entry = fake->entries; entry->path; entry++) {
    if (strncmp(entry->path, folder, length) != 0 || strpbrk(entry->path + length, "/\\"))
      continue;
    names[count++] = strdup(entry->path + length);
  }
  return names;
}

static const char *environment(void *data, const char *name) {
  struct fake *fake = data;
  for (const char *const *pair = fake->environment; pair && *pair; pair += 2)
    if (strcmp(pair[0], name) == 0)
      return pair[1];
  return NULL;
}

struct search {
  struct fake fake;
  struct hp_locate_view view;
  struct hp_locate_request request;
  struct hp_candidates found;
  struct hp_error error;
  int code;
};

static const char *const redis[] = {"redis-server", "valkey-server", NULL};
static const char *const postgres[] = {"postgres", NULL};

static void begin(struct search *search, const struct entry *entries) {
  memset(search, 0, sizeof *search);
  search->fake.entries = entries;
  search->view = (struct hp_locate_view){.data = &search->fake,
                                         .inspect = inspect,
                                         .list = list,
                                         .environment = environment,
                                         .current = "/home/me"};
  search->request =
      (struct hp_locate_request){.variable = "HYPERPROCESS_BINARY_REDIS", .names = redis};
}

static void end(struct search *search) {
  hp_candidates_fini(&search->found);
  hp__error_fini(&search->error);
}

static void run(struct search *search, const struct hp_locate_rules *rules) {
  end(search);
  search->fake.inspections = 0;
  search->code = hp__locate(rules, &search->view, &search->request, &search->found, &search->error);
}

static const struct hp_candidate *last(const struct search *search) {
  static const struct hp_candidate none = {.path = (char *)(uintptr_t) "", .source = ""};
  return search->found.count ? &search->found.items[search->found.count - 1] : &none;
}

#define CHECK_FOUND(search, expected, origin)                                                      \
  do {                                                                                             \
    CHECK_INT((search)->code, 0);                                                                  \
    CHECK_TEXT(last(search)->path, expected);                                                      \
    CHECK_TEXT(last(search)->source, origin);                                                      \
    CHECK_INT(last(search)->verdict, HP_VERDICT_OK);                                               \
  } while (0)

static const struct entry nothing[] = {{NULL, HP_VERDICT_MISSING}};

HP_TEST(a_failure_lists_every_place_with_its_reason) {
  static const struct entry entries[] = {{"/app/redis-server", HP_VERDICT_DIRECTORY},
                                         {"/usr/bin/redis-server", HP_VERDICT_LOADER},
                                         {"/opt/bin/valkey-server", HP_VERDICT_ARCHITECTURE},
                                         {NULL, 0}};
  static const char *const folders[] = {"/usr/bin", NULL};
  static const char *const variables[] = {"PATH", "/opt/bin:/usr/bin", NULL};
  struct search search;
  begin(&search, entries);
  search.fake.environment = variables;
  search.view.executable = "/app";
  search.request.folders = folders;
  run(&search, &hp__locate_rules_linux);
  CHECK_INT(search.code, HP_ENOTFOUND);
  CHECK_INT(hp_error_phase(&search.error), HP_PHASE_LOCATE);
  CHECK_HAS(hp_error_message(&search.error), "\"redis-server\" or \"valkey-server\"");
  CHECK_HAS(hp_error_hint(&search.error), "HYPERPROCESS_BINARY_REDIS");
  CHECK_HAS(hp_error_cause(&search.error), "/app/redis-server: a directory");
  const char *places = hp_error_detail(&search.error, HP_DETAIL_PLACES);
  CHECK_HAS(places, "/app/redis-server: a directory [beside the executable]\n");
  CHECK_HAS(places, "/app/valkey-server: missing [beside the executable]\n");
  CHECK_HAS(places, "/libexec/hyperprocess/redis-server: missing [beside the executable]\n");
  CHECK_HAS(places,
            "/usr/bin/redis-server: its loader is missing (needs /lib/ld.so) [known folder]");
  CHECK_HAS(places, "/opt/bin/valkey-server: built for another architecture [PATH]");
  CHECK_INT(search.found.count, 10);
  CHECK_INT(search.fake.inspections, 10); /* /usr/bin, in PATH again, only once */
  end(&search);
}

/* PyInstaller, an app bundle, a wheel: the server lies in a folder that its vendor has chosen. */
HP_TEST(a_bundle_has_it_further_inside) {
  static const char *const inside[] = {"db", "api/bin/db", NULL};
  static const struct entry entries[] = {{"/site", HP_VERDICT_DIRECTORY},
                                         {"/site/api/bin/db/redis-server", HP_VERDICT_OK},
                                         {"/app/db/redis-server", HP_VERDICT_OK},
                                         {NULL, 0}};
  struct search search;
  begin(&search, entries);
  search.request.inside = inside;
  search.request.given = "/site";
  run(&search, &hp__locate_rules_linux);
  CHECK_FOUND(&search, "/site/api/bin/db/redis-server", "given");
  CHECK_INT(search.found.count, 5);
  search.request.given = NULL;
  search.view.executable = "/app";
  run(&search, &hp__locate_rules_darwin);
  CHECK_FOUND(&search, "/app/db/redis-server", "beside the executable");
  end(&search);
}

HP_TEST(a_folder_may_begin_where_a_variable_says) {
  static const char *const folders[] = {"${env.NONE}/lib",     "${env.EMPTY}/lib",
                                        "${env.RELATIVE}/lib", "${env.VENV",
                                        "${env.VENV}/lib/*",   NULL};
  static const char *const variables[] = {"VENV", "/venv", "EMPTY", "", "RELATIVE", "lib", NULL};
  static const struct entry entries[] = {
      {"/venv/lib/9", HP_VERDICT_DIRECTORY},        {"/venv/lib/10", HP_VERDICT_DIRECTORY},
      {"/venv/lib/10/redis-server", HP_VERDICT_OK}, {"/lib/redis-server", HP_VERDICT_OK},
      {"/home/me/lib/redis-server", HP_VERDICT_OK}, {NULL, 0}};
  struct search search;
  begin(&search, entries);
  search.fake.environment = variables;
  search.request.folders = folders;
  run(&search, &hp__locate_rules_linux);
  CHECK_FOUND(&search, "/venv/lib/10/redis-server", "known folder");
  CHECK_INT(search.found.count, 1);
  end(&search);
}

HP_TEST(the_order_is_library_executable_folders_path) {
  static struct entry entries[] = {{"/lib/app/redis-server", 0},
                                   {"/bin/app/redis-server", 0},
                                   {"/known/redis-server", 0},
                                   {"/path/redis-server", 0},
                                   {NULL, 0}};
  static const char *const origins[] = {"beside the library", "beside the executable",
                                        "known folder", "PATH"};
  static const char *const folders[] = {"/known", NULL};
  static const char *const variables[] = {"PATH", "/path", NULL};
  static const struct hp_locate_rules *const rules[] = {&hp__locate_rules_linux,
                                                        &hp__locate_rules_darwin};
  for (int r = 0; r < 2; r++)
    for (int i = 0; i < 4; i++) {
      struct search search;
      begin(&search, entries + i);
      search.fake.environment = variables;
      search.view.library = "/lib/app";
      search.view.executable = "/bin/app";
      search.request.folders = folders;
      run(&search, rules[r]);
      CHECK_FOUND(&search, entries[i].path, origins[i]);
      end(&search);
    }
}

HP_TEST(a_given_file_or_folder_is_final) {
  static const struct entry entries[] = {{"/opt/r", HP_VERDICT_DIRECTORY},
                                         {"/opt/r/", HP_VERDICT_DIRECTORY},
                                         {"/opt/r/valkey-server", HP_VERDICT_OK},
                                         {"/empty", HP_VERDICT_DIRECTORY},
                                         {"/home/me/my-redis", HP_VERDICT_OK},
                                         {"/path/redis-server", HP_VERDICT_OK},
                                         {NULL, 0}};
  static const char *const variables[] = {"PATH", "/path", NULL};
  struct search search;
  begin(&search, entries);
  search.fake.environment = variables;
  search.request.given = "/opt/r/";
  run(&search, &hp__locate_rules_linux);
  CHECK_FOUND(&search, "/opt/r/valkey-server", "given");
  search.request.given = "/opt/r";
  run(&search, &hp__locate_rules_linux);
  CHECK_FOUND(&search, "/opt/r/valkey-server", "given");
  search.request.given = "my-redis";
  run(&search, &hp__locate_rules_linux);
  CHECK_FOUND(&search, "/home/me/my-redis", "given");
  search.request.given = "/empty";
  run(&search, &hp__locate_rules_linux);
  CHECK_INT(search.code, HP_ENOTFOUND);
  CHECK_INT(search.found.count, 2);
  CHECK_HAS(hp_error_message(&search.error), "/empty");
  search.request.given = "/none";
  run(&search, &hp__locate_rules_linux);
  CHECK_INT(search.found.count, 1);
  CHECK_HAS(hp_error_detail(&search.error, HP_DETAIL_PLACES), "/none: missing [given]");
  end(&search);
}

HP_TEST(the_variable_names_a_file_or_a_folder_and_is_final) {
  static const struct entry entries[] = {{"/opt/r", HP_VERDICT_DIRECTORY},
                                         {"/opt/r/redis-server", HP_VERDICT_OK},
                                         {"/path/redis-server", HP_VERDICT_OK},
                                         {NULL, 0}};
  static const char *variables[] = {"PATH", "/path", "HYPERPROCESS_BINARY_REDIS", "/opt/r", NULL};
  struct search search;
  begin(&search, entries);
  search.fake.environment = variables;
  run(&search, &hp__locate_rules_linux);
  CHECK_FOUND(&search, "/opt/r/redis-server", "environment");
  variables[3] = "/typo";
  run(&search, &hp__locate_rules_linux);
  CHECK_INT(search.code, HP_ENOTFOUND);
  CHECK_HAS(hp_error_message(&search.error), "HYPERPROCESS_BINARY_REDIS=/typo");
  CHECK_HAS(hp_error_hint(&search.error), "unset");
  variables[3] = "";
  run(&search, &hp__locate_rules_linux);
  CHECK_FOUND(&search, "/path/redis-server", "PATH");
  search.request.given = "/path/redis-server";
  variables[3] = "/typo";
  run(&search, &hp__locate_rules_linux);
  CHECK_FOUND(&search, "/path/redis-server", "given");
  end(&search);
}

HP_TEST(the_newest_version_comes_first) {
  static const struct entry entries[] = {{"/usr/lib/postgresql/9.6", 0},
                                         {"/usr/lib/postgresql/15", 0},
                                         {"/usr/lib/postgresql/10", 0},
                                         {"/usr/lib/postgresql/.hidden", 0},
                                         {"/usr/lib/postgresql/9.6/bin/postgres", 0},
                                         {"/usr/lib/postgresql/10/bin/postgres", 0},
                                         {NULL, 0}};
  static const char *const folders[] = {"/usr/pgsql-*/bin", "/usr/lib/postgresql/*/bin", NULL};
  static const char *const tried[] = {"/usr/pgsql-*/bin", "/usr/lib/postgresql/15/bin/postgres",
                                      "/usr/lib/postgresql/10/bin/postgres"};
  struct search search;
  begin(&search, entries);
  search.request.names = postgres;
  search.request.folders = folders;
  run(&search, &hp__locate_rules_linux);
  CHECK_FOUND(&search, tried[2], "known folder");
  CHECK_INT(search.found.count, 3);
  for (size_t i = 0; i < search.found.count && i < 3; i++)
    CHECK_TEXT(search.found.items[i].path, tried[i]);
  end(&search);
}

HP_TEST(a_star_stands_for_a_piece_of_one_part_and_may_come_twice) {
  static const struct entry entries[] = {{"/opt/postgresql@9", 0},
                                         {"/opt/postgresql@16", 0},
                                         {"/opt/mysql@99", 0},
                                         {"/opt/postgresql@16/v2-x", 0},
                                         {"/opt/postgresql@16/v2-x/postgres", 0},
                                         {NULL, 0}};
  static const char *const folders[] = {"/opt/postgresql@*/v*-x", NULL};
  struct search search;
  begin(&search, entries);
  search.request.names = postgres;
  search.request.folders = folders;
  run(&search, &hp__locate_rules_darwin);
  CHECK_FOUND(&search, "/opt/postgresql@16/v2-x/postgres", "known folder");
  CHECK_INT(search.found.count, 1);
  end(&search);
}

HP_TEST(versions_compare_as_numbers) {
  static const char *const ascending[] = {
      "", "9", "9.6", "10", "10.0.1", "15", "15-beta", "100000000000000000000", "a9", "a10"};
  for (int i = 0; i < 10; i++)
    for (int j = 0; j < 10; j++) {
      int order = hp__compare_versions(ascending[i], ascending[j]);
      CHECK_INT((order > 0) - (order < 0), (i > j) - (i < j));
    }
  CHECK_INT(hp__compare_versions("007", "7"), 0);
}

HP_TEST(relative_parts_of_path_are_passed_over) {
  static const struct entry entries[] = {{"/home/me/redis-server", 0},
                                         {"redis-server", 0},
                                         {"bin/redis-server", 0},
                                         {"./redis-server", 0},
                                         {NULL, 0}};
  static const char *const variables[] = {"PATH", ":.:bin::", NULL};
  struct search search;
  begin(&search, entries);
  search.fake.environment = variables;
  run(&search, &hp__locate_rules_linux);
  CHECK_INT(search.code, HP_ENOTFOUND);
  CHECK_INT(search.found.count, 0);
  end(&search);
}

struct app {
  const char *library, *executable, *path, *origin;
};

/* Where Apple's bundles have their helpers, seen from a library and from the executable. */
HP_TEST(a_helper_in_an_app_bundle_is_found) {
  static const char frameworks[] = "/A.app/Contents/Frameworks";
  static const char framework[] = "/A.app/Contents/Frameworks/H.framework/Versions/A";
  static const char bare_framework[] = "/Library/Frameworks/H.framework/Versions/A";
  static const char plugin[] = "/A.app/Contents/PlugIns/P.plugin/Contents/MacOS";
  static const char macos[] = "/A.app/Contents/MacOS";
  static const char inner_app[] = "/A.app/Contents/Helpers/B.app/Contents/MacOS";
  static const char library[] = "beside the library", executable[] = "beside the executable";
  static const struct app apps[] = {
      {frameworks, NULL, "/A.app/Contents/Frameworks/redis-server", library},
      {frameworks, NULL, "/A.app/Contents/Helpers/redis-server", library},
      {frameworks, NULL, "/A.app/Contents/MacOS/redis-server", library},
      {frameworks, NULL, "/A.app/Contents/Resources/bin/redis-server", library},
      {framework, NULL, "/A.app/Contents/Frameworks/H.framework/Versions/A/redis-server", library},
      {framework, NULL, "/A.app/Contents/Frameworks/H.framework/Versions/A/Helpers/redis-server",
       library},
      {framework, NULL, "/A.app/Contents/Helpers/redis-server", library},
      {framework, NULL, "/A.app/Contents/MacOS/redis-server", library},
      {framework, NULL, "/A.app/Contents/Resources/redis-server", library},
      {framework, NULL, "/A.app/Contents/Frameworks/redis-server", library},
      {bare_framework, NULL, "/Library/Frameworks/H.framework/Versions/A/Resources/redis-server",
       library},
      {plugin, NULL, "/A.app/Contents/PlugIns/P.plugin/Contents/Resources/redis-server", library},
      {plugin, NULL, "/A.app/Contents/Helpers/redis-server", library},
      {NULL, macos, "/A.app/Contents/MacOS/redis-server", executable},
      {NULL, macos, "/A.app/Contents/Resources/redis-server", executable},
      {NULL, macos, "/A.app/Contents/Frameworks/redis-server", executable},
      {NULL, inner_app, "/A.app/Contents/Resources/redis-server", executable},
      {"/usr/local/lib", NULL, "/usr/local/bin/redis-server", library},
      {NULL, "/opt/x/bin", "/opt/x/libexec/hyperprocess/redis-server", executable},
  };
  for (size_t i = 0; i < sizeof apps / sizeof *apps; i++) {
    struct entry entries[] = {{apps[i].path, HP_VERDICT_OK}, {NULL, 0}};
    struct search search;
    begin(&search, entries);
    search.view.library = apps[i].library;
    search.view.executable = apps[i].executable;
    run(&search, &hp__locate_rules_darwin);
    CHECK_FOUND(&search, apps[i].path, apps[i].origin);
    end(&search);
  }
}

HP_TEST(a_path_ends_like_a_pattern) {
  static const struct {
    const char *path, *pattern;
    bool like;
  } cases[] = {{"/a/b", "a/b", true},     {"/x/a/b", "a/b", true},   {"a/b", "a/b", true},
               {"/x/b", "a/b", false},    {"b", "a/b", false},       {"/b", "a/b", false},
               {"/a/bb", "a/b", false},   {"/a/b", "b", true},       {"/a/b.x", "*.x", true},
               {"/a/.x", "*.x", false},   {"/a/b.xx", "*.x", false}, {"/c/a/b", "a/*", true},
               {"/c/a/.b", "a/*", false}, {"/a/", "a/*", false},     {"/", "*", false},
               {"", "*", false},          {"/a//b", "*/b", false},   {"/a/b", "a/*/b", false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (hp__path_ends_like(&hp__locate_rules_darwin, cases[i].path, cases[i].pattern) !=
        cases[i].like)
      CHECK_TEXT(cases[i].path, cases[i].pattern);
  CHECK(hp__path_ends_like(&hp__locate_rules_windows, "C:\\A\\b", "a/B"));
}

/* A folder of that name above a place that is no bundle may be anybody's. */
HP_TEST(only_a_bundle_is_left_upwards) {
  static const struct entry entries[] = {{"/tmp/MacOS/redis-server", 0},
                                         {"/tmp/a/Helpers/redis-server", 0},
                                         {"/tmp/a/Resources/redis-server", 0},
                                         {"/tmp/a/lib/Resources/redis-server", 0},
                                         {NULL, 0}};
  static const char *const bases[] = {"/tmp/a/b/c/d",
                                      "/tmp/a/lib",
                                      "/tmp/a/Frameworks",
                                      "/tmp/a/MacOS",
                                      "/tmp/a/xContents/Frameworks",
                                      "/tmp/H.framework/Versions/A",
                                      "/tmp/a/b/H.frameworks/Versions/A",
                                      "/tmp/Contents/Frameworks/H.framework/Versions",
                                      "/"};
  for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
    struct search search;
    begin(&search, entries);
    search.view.library = search.view.executable = bases[i];
    run(&search, &hp__locate_rules_darwin);
    CHECK_INT(search.code, HP_ENOTFOUND);
    end(&search);
  }
}

HP_TEST(windows_has_suffixes_drives_and_quotes) {
  static const struct entry entries[] = {
      {"C:\\Program Files\\PostgreSQL\\9.6", 0},
      {"C:\\Program Files\\PostgreSQL\\16", 0},
      {"C:\\Program Files\\PostgreSQL\\16\\bin\\postgres.exe", 0},
      {"D:\\r", HP_VERDICT_DIRECTORY},
      {"D:\\r\\redis-server.exe", 0},
      {"D:\\app\\bin\\redis-server.exe", 0},
      {NULL, 0}};
  static const char *const folders[] = {"C:\\Program Files\\PostgreSQL\\*\\bin", NULL};
  static const char *const variables[] = {"PATH", "rel;;\"D:\\r\";D:\\x", NULL};
  struct search search;
  begin(&search, entries);
  search.view.current = "D:\\";
  search.fake.environment = variables;
  run(&search, &hp__locate_rules_windows);
  CHECK_FOUND(&search, "D:\\r\\redis-server.exe", "PATH");
  CHECK_INT(search.found.count, 1);
  search.view.executable = "D:\\app";
  run(&search, &hp__locate_rules_windows);
  CHECK_FOUND(&search, "D:\\app\\bin\\redis-server.exe", "beside the executable");
  search.request.given = "r";
  run(&search, &hp__locate_rules_windows);
  CHECK_FOUND(&search, "D:\\r\\redis-server.exe", "given");
  search.request.given = "D:\\r\\redis-server";
  run(&search, &hp__locate_rules_windows);
  CHECK_FOUND(&search, "D:\\r\\redis-server.exe", "given");
  search.request.given = "D:\\r\\redis-server.EXE"; /* has its suffix; the table is strict */
  run(&search, &hp__locate_rules_windows);
  CHECK_INT(search.found.count, 1);
  search.request = (struct hp_locate_request){.names = postgres, .folders = folders};
  search.view.executable = NULL;
  run(&search, &hp__locate_rules_windows);
  CHECK_FOUND(&search, "C:\\Program Files\\PostgreSQL\\16\\bin\\postgres.exe", "known folder");
  end(&search);
}

/* A rooted path and one with a drive alone mean whatever drive or directory we happen to be in. */
HP_TEST(windows_looks_nowhere_by_chance) {
  static const struct entry entries[] = {{"D:\\me\\redis-server.exe", 0},
                                         {"\\tools\\redis-server.exe", 0},
                                         {"/usr/bin\\redis-server.exe", 0},
                                         {"D:\\tools\\redis-server.exe", 0},
                                         {"D:\\usr\\bin\\redis-server.exe", 0},
                                         {"D:\\me\\bin\\redis-server.exe", 0},
                                         {NULL, 0}};
  static const char *const folders[] = {"/usr/bin", "D:bin", "bin", "D:", NULL};
  static const char *const variables[] = {"PATH", "\\tools;D:;D:bin;\"\";\";\";.;/usr/bin", NULL};
  struct search search;
  begin(&search, entries);
  search.view.current = "D:\\me";
  search.fake.environment = variables;
  search.request.folders = folders;
  run(&search, &hp__locate_rules_windows);
  CHECK_INT(search.code, HP_ENOTFOUND);
  CHECK_INT(search.found.count, 0);
  end(&search);
}

HP_TEST(windows_takes_shares_and_quoted_parts_of_path) {
  static const struct entry entries[] = {{"\\\\srv\\tools\\bin\\redis-server.exe", 0},
                                         {"D:\\a;b\\redis-server.exe", 0},
                                         {"D:\\c d;e\\f\\redis-server.exe", 0},
                                         {NULL, 0}};
  static const char *const lists[] = {"\\\\srv\\tools\\bin", "D:\\x;\"D:\\a;b\"",
                                      "D:\\\"c d;e\"\\f\\;D:\\y"};
  for (int i = 0; i < 3; i++) {
    const char *variables[] = {"PATH", lists[i], NULL};
    struct search search;
    begin(&search, entries);
    search.fake.environment = variables;
    run(&search, &hp__locate_rules_windows);
    CHECK_FOUND(&search, entries[i].path, "PATH");
    end(&search);
  }
}

HP_TEST(windows_completes_what_is_given_as_the_system_would) {
  static const struct {
    const char *current, *path, *whole;
  } cases[] = {
      {"D:\\me", "r.exe", "D:\\me\\r.exe"},
      {"D:\\me", "a/b\\r.exe", "D:\\me\\a\\b\\r.exe"},
      {"D:\\me", "\\r.exe", "D:\\r.exe"},
      {"D:\\me", "/a/r.exe", "D:\\a\\r.exe"},
      {"D:\\me", "d:r.exe", "D:\\me\\r.exe"},
      {"D:\\me", "C:r.exe", "C:\\r.exe"},
      {"D:\\me", "C:\\r.exe", "C:\\r.exe"},
      {"D:\\me", "c:/r.exe", "c:/r.exe"},
      {"D:\\me", "//srv/tools/r.exe", "//srv/tools/r.exe"},
      {"D:\\me", "..", "D:\\"},
      {"D:\\", "..\\..\\r.exe", "D:\\r.exe"},
      {"\\\\srv\\tools\\a", "..\\..\\..\\r.exe", "\\\\srv\\tools\\r.exe"},
      {"\\\\srv\\tools\\a", "\\b\\r.exe", "\\\\srv\\tools\\b\\r.exe"},
      {"\\\\srv\\tools", "\\b\\r.exe", "\\\\srv\\tools\\b\\r.exe"},
      {"\\\\srv\\tools\\a", "D:r.exe", "D:\\r.exe"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char *whole =
        hp__path_make_absolute(&hp__locate_rules_windows, cases[i].current, cases[i].path);
    CHECK_TEXT(whole, cases[i].whole);
    hp__free(whole);
  }
}

HP_TEST(parts_above_the_root_are_none) {
  static const struct {
    const char *folder, *relative, *path;
  } cases[] = {{"/a/b", "../c", "/a/c"},
               {"/a/b/", "../c", "/a/c"},
               {"/a", "../..", "/"},
               {"/", "../c", "/c"},
               {"/a/", "./b//c/", "/a/b/c"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char *path = hp__path_join(&hp__locate_rules_linux, cases[i].folder, cases[i].relative);
    CHECK_TEXT(path, cases[i].path);
    hp__free(path);
  }
}

/* The same folder, written otherwise, is one place. */
HP_TEST(windows_tells_no_case_and_no_slash_apart) {
  static const char *const variables[] = {"PATH", "C:\\Bin;c:/bin;C:\\BIN", NULL};
  struct search search;
  begin(&search, nothing);
  search.fake.environment = variables;
  search.request.names = postgres;
  run(&search, &hp__locate_rules_windows);
  CHECK_INT(search.found.count, 1);
  end(&search);
}

HP_TEST(every_system_has_rules) {
  static const struct hp_locate_rules *const rules[] = {
      &hp__locate_rules_linux, &hp__locate_rules_darwin, &hp__locate_rules_windows};
  for (int i = 0; i < 3; i++) {
    struct search search;
    begin(&search, nothing);
    run(&search, rules[i]);
    CHECK_INT(search.code, HP_ENOTFOUND);
    CHECK(rules[i]->step_count >= 4);
    end(&search);
  }
}

/* ---- Out of memory ---- */

static int allocations_left;

static void *allocate_some(void *memory, size_t size) {
  return allocations_left-- > 0 ? realloc(memory, size) : NULL;
}

HP_TEST(out_of_memory_is_an_error_at_any_moment) {
  static const struct entry entries[] = {{"/v/1", 0},
                                         {"/v/2", 0},
                                         {"/v/1/redis-server", 0},
                                         {"/opt/redis-server", HP_VERDICT_LOADER},
                                         {NULL, 0}};
  static const char *const folders[] = {"/opt", "/v/*", NULL};
  static const char *const variables[] = {"PATH", "/a:/b", NULL};
  static const struct hp_allocator some = {.reallocate = allocate_some, .release = free};
  int code = HP_ENOMEM;
  for (int allowed = 1; code != 0 && allowed < 500; allowed++) {
    struct search search;
    begin(&search, entries);
    search.fake.environment = variables;
    search.request.folders = folders;
    search.view.executable = "/app";
    hp__set_allocator(&some);
    allocations_left = allowed;
    run(&search, &hp__locate_rules_linux);
    code = search.code;
    CHECK(code == 0 || code == HP_ENOMEM);
    end(&search);
    hp__set_allocator(NULL);
  }
  CHECK_INT(code, 0);
}
