/* SPDX-License-Identifier: MIT */
#include "tests/support/os.h"

#include <CUnit/Basic.h>
#include <uv.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SKIPPED = 77 }; /* SKIP_RETURN_CODE in tests/CMakeLists.txt */

static const char *skip_reason;
static char directory[512];

bool hp_test_check(bool ok, const char *expression, const char *file, int line) {
  CU_assertImplementation(ok, (unsigned)line, expression, file, "", CU_FALSE);
  return ok;
}

static bool report(bool ok, const char *text, const char *file, int line) {
  CU_assertImplementation(ok, (unsigned)line, text, file, "", CU_FALSE);
  return ok;
}

bool hp_test_check_int(int64_t actual, int64_t expected, const char *what, const char *file,
                       int line) {
  char text[512];
  snprintf(text, sizeof text, "%s is %" PRId64 ", expected %" PRId64, what, actual, expected);
  return report(actual == expected, text, file, line);
}

bool hp_test_check_text(const char *actual, const char *expected, const char *what,
                        const char *file, int line) {
  char text[4096];
  snprintf(text, sizeof text, "%s is \"%s\", expected \"%s\"", what, actual ? actual : "(null)",
           expected ? expected : "(null)");
  bool same = actual && expected ? strcmp(actual, expected) == 0 : actual == expected;
  return report(same, text, file, line);
}

bool hp_test_check_has(const char *actual, const char *part, const char *what, const char *file,
                       int line) {
  char text[4096];
  snprintf(text, sizeof text, "%s is \"%s\", expected to contain \"%s\"", what,
           actual ? actual : "(null)", part);
  return report(actual && strstr(actual, part), text, file, line);
}

void hp_test_skip(const char *reason) {
  skip_reason = reason;
}

bool hp_test_is_emulated(void) {
  return getenv("HP_TEST_EMULATED") != NULL;
}

int hp_os_ample(void) {
  return 1000 + 1000 * hp_os_slowness();
}

static void remove_tree(const char *path) {
  uv_fs_t request;
  uv_dirent_t entry;
  if (uv_fs_scandir(NULL, &request, path, 0, NULL) >= 0)
    while (uv_fs_scandir_next(&request, &entry) != UV_EOF) {
      char child[1024];
      uv_fs_t unlink;
      snprintf(child, sizeof child, "%s/%s", path, entry.name);
      if (entry.type == UV_DIRENT_DIR) {
        remove_tree(child);
        continue;
      }
      uv_fs_unlink(NULL, &unlink, child, NULL);
      uv_fs_req_cleanup(&unlink);
    }
  uv_fs_req_cleanup(&request);
  uv_fs_rmdir(NULL, &request, path, NULL);
  uv_fs_req_cleanup(&request);
}

const char *hp_test_directory(void) {
  if (directory[0])
    return directory;
  char base[256], pattern[300];
  size_t size = sizeof base;
  uv_fs_t request;
  if (uv_os_tmpdir(base, &size) != 0)
    abort();
  snprintf(pattern, sizeof pattern, "%s/hptest-XXXXXX", base);
  if (uv_fs_mkdtemp(NULL, &request, pattern, NULL) != 0)
    abort();
  snprintf(directory, sizeof directory, "%s", request.path);
  uv_fs_req_cleanup(&request);
  return directory;
}

const char *hp_test_file(const char *name, const char *content) {
  static char path[1024];
  snprintf(path, sizeof path, "%s/%s", hp_test_directory(), name);
  FILE *file = fopen(path, "wb");
  if (!file || fputs(content, file) < 0 || fclose(file) != 0)
    abort();
  return path;
}

static int end_case(void) {
  if (directory[0])
    remove_tree(directory);
  directory[0] = '\0';
  if (skip_reason)
    printf("SKIPPED: %s\n", skip_reason);
  return 0;
}

static bool wanted(int argc, char **argv, const char *name) {
  for (int i = 1; i < argc; i++)
    if (strcmp(argv[i], name) == 0)
      return true;
  return argc < 2;
}

int hp_test_main(int argc, char **argv, const struct hp_test_case *cases) {
  bool skipped = false;
  unsigned run = 0, failed = 0;
  hp_os_begin_output();
  if (CU_initialize_registry() != CUE_SUCCESS)
    return EXIT_FAILURE;
  CU_pSuite suite = CU_add_suite(argv[0], NULL, NULL);
  CU_basic_set_mode(CU_BRM_SILENT);
  for (; suite && cases->name; cases++) {
    if (!wanted(argc, argv, cases->name))
      continue;
    skip_reason = NULL;
    CU_pTest test = CU_add_test(suite, cases->name, cases->run);
    printf("%s\n", cases->name);
    CU_basic_run_test(suite, test);
    failed += CU_get_number_of_failures(); /* of this run alone */
    CU_basic_show_failures(CU_get_failure_list());
    end_case();
    skipped = skipped || skip_reason;
    run++;
  }
  CU_cleanup_registry();
  failed += run == 0;
  if (run == 0)
    fprintf(stderr, "no such test\n");
  return failed ? EXIT_FAILURE : skipped ? SKIPPED : EXIT_SUCCESS;
}
