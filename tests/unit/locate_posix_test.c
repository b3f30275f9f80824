/* SPDX-License-Identifier: MIT */
/* The walk on this machine. */
#include "core/error.h"
#include "tests/support/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const names[] = {"hp-test-program", NULL};

static const char *write_program(const char *name) {
  const char *path = hp_test_file(name, "#!/bin/sh\n");
  if (chmod(path, 0755) != 0)
    abort();
  return path;
}

static void find(const struct hp_locate_request *request, const char *path, const char *source) {
  struct hp_candidates found = {0};
  CHECK_INT(hp_test_platform()->locate(request, &found, NULL), 0);
  if (found.count > 0) {
    CHECK_TEXT(found.items[found.count - 1].path, path);
    CHECK_TEXT(found.items[found.count - 1].source, source);
  }
  hp_candidates_fini(&found);
}

HP_TEST(a_program_is_found_by_each_way) {
  char path[600], folder[600], pattern[700];
  snprintf(path, sizeof path, "%s", write_program("hp-test-program"));
  snprintf(folder, sizeof folder, "%s", hp_test_directory());
  char *slash = strrchr(folder, '/');
  snprintf(pattern, sizeof pattern, "%.*s/*%s", (int)(slash - folder), folder, slash + 4);
  const char *const folders[] = {pattern, NULL};
  find(&(struct hp_locate_request){.names = names, .given = path}, path, "given");
  find(&(struct hp_locate_request){.names = names, .given = folder}, path, "given");
  find(&(struct hp_locate_request){.names = names, .folders = folders}, path, "known folder");
  setenv("HP_TEST_BINARY", folder, 1);
  find(&(struct hp_locate_request){.names = names, .variable = "HP_TEST_BINARY"}, path,
       "environment");
  setenv("PATH", folder, 1);
  find(&(struct hp_locate_request){.names = names}, path, "PATH");
}

/* A test program lies beside the others. */
HP_TEST(a_program_beside_us_is_found) {
  static const char *const ours[] = {"test_locate_posix_test", NULL};
  struct hp_candidates found = {0};
  CHECK_INT(hp_test_platform()->locate(&(struct hp_locate_request){.names = ours}, &found, NULL),
            0);
  REQUIRE(found.count > 0);
  CHECK_HAS(found.items[found.count - 1].source, "beside the ");
  hp_candidates_fini(&found);
}

HP_TEST(a_failure_names_the_places_of_this_machine) {
  struct hp_candidates found = {0};
  struct hp_error error = {0};
  setenv("PATH", "/no/such/folder", 1);
  CHECK_INT(hp_test_platform()->locate(&(struct hp_locate_request){.names = names}, &found, &error),
            HP_ENOTFOUND);
  CHECK_HAS(hp_error_detail(&error, HP_DETAIL_PLACES),
            "/no/such/folder/hp-test-program: missing [PATH]");
  CHECK_HAS(hp_error_detail(&error, HP_DETAIL_PLACES), "[beside the executable]");
  hp_candidates_fini(&found);
  hp__error_fini(&error);
}
