/* SPDX-License-Identifier: MIT */
/* The walk on this machine, and what files are to it. */
#include "platform/windows.h"

#include "core/alloc.h"
#include "core/error.h"
#include "platform/inspect_windows.h"
#include "tests/support/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"hp-prüfling", NULL};

/* As the system itself would write it. */
static const char *home(void) {
  static char path[1024];
  snprintf(path, sizeof path, "%s", hp_test_directory());
  for (char *c = path; *c; c++)
    *c = *c == '/' ? '\\' : *c;
  return path;
}

static void own_path(char path[2048]) {
  size_t size = 2048;
  CHECK_INT(uv_exepath(path, &size), 0);
}

/* Our own program, under another name. */
static void copy_to(const char *path) {
  char own[2048];
  uv_fs_t request;
  own_path(own);
  CHECK_INT(uv_fs_copyfile(NULL, &request, own, path, 0, NULL), 0);
  uv_fs_req_cleanup(&request);
}

static void find(const struct hp_locate_request *request, const char *path, const char *source) {
  struct hp_candidates found = {0};
  struct hp_error error = {0};
  hp__locate_windows(request, &found, &error);
  CHECK_TEXT(hp_error_message(&error), "done");
  if (found.count > 0) {
    CHECK_TEXT(found.items[found.count - 1].path, path);
    CHECK_TEXT(found.items[found.count - 1].source, source);
  }
  hp_candidates_fini(&found);
  hp__error_fini(&error);
}

HP_TEST(a_program_is_found_by_each_way) {
  char folder[1024], path[2048], pattern[2048], before[8192];
  size_t size = sizeof before;
  snprintf(folder, sizeof folder, "%s\\Größe 10", home());
  CHECK(hp_os_make_directory(folder));
  snprintf(path, sizeof path, "%s\\hp-prüfling.exe", folder);
  snprintf(pattern, sizeof pattern, "%s\\Gr* 10", home());
  copy_to(path);
  const char *const folders[] = {pattern, NULL};
  find(&(struct hp_locate_request){.names = names, .given = path}, path, "given");
  find(&(struct hp_locate_request){.names = names, .given = folder}, path, "given");
  find(&(struct hp_locate_request){.names = names, .folders = folders}, path, "known folder");
  uv_os_setenv("HP_TEST_BINARY", folder);
  find(&(struct hp_locate_request){.names = names, .variable = "HP_TEST_BINARY"}, path,
       "environment");
  CHECK_INT(uv_os_getenv("PATH", before, &size), 0);
  uv_os_setenv("PATH", folder);
  find(&(struct hp_locate_request){.names = names}, path, "PATH");
  uv_os_setenv("PATH", before);
}

/* The current directory is none of the places, whatever it holds. */
HP_TEST(the_current_directory_is_not_searched) {
  char before[1024], path[2048];
  size_t size = sizeof before;
  struct hp_candidates found = {0};
  snprintf(path, sizeof path, "%s\\hp-prüfling.exe", home());
  copy_to(path);
  CHECK_INT(uv_cwd(before, &size), 0);
  CHECK_INT(uv_chdir(home()), 0);
  CHECK_INT(hp__locate_windows(&(struct hp_locate_request){.names = names}, &found, NULL),
            HP_ENOTFOUND);
  CHECK(found.count > 0);
  for (size_t i = 0; i < found.count; i++)
    CHECK(strncmp(found.items[i].path, home(), strlen(home())) != 0);
  hp_candidates_fini(&found);
  find(&(struct hp_locate_request){.names = names, .given = "hp-prüfling"}, path, "given");
  CHECK_INT(uv_chdir(before), 0);
}

HP_TEST(a_program_beside_us_is_found) {
  char own[2048];
  own_path(own);
  char *name = strrchr(own, '\\') + 1, bare[256];
  snprintf(bare, sizeof bare, "%.*s", (int)strlen(name) - 4, name);
  const char *const ours[] = {bare, NULL};
  find(&(struct hp_locate_request){.names = ours}, own, "beside the library");
}

/* ---- What files are ---- */

static void expect(const char *path, enum hp_verdict verdict, const char *part) {
  char *note;
  CHECK_INT(hp__inspect_windows(path, &note), verdict);
  if (part)
    CHECK_HAS(note, part);
  else
    CHECK_TEXT(note, NULL);
  hp__free(note);
}

HP_TEST(files_that_are_no_programs_are_told_apart) {
  char own[2048];
  own_path(own);
  expect(own, HP_VERDICT_OK, NULL);
  expect(home(), HP_VERDICT_DIRECTORY, NULL);
  expect("C:\\", HP_VERDICT_DIRECTORY, NULL);
  expect("C:\\no\\such\\place.exe", HP_VERDICT_MISSING, NULL);
  expect("?:\\<>", HP_VERDICT_MISSING, NULL);
  expect("", HP_VERDICT_MISSING, NULL);
  expect(hp_test_file("text.exe", "#!/bin/sh\n"), HP_VERDICT_NOT_EXECUTABLE, "no program");
  expect(hp_test_file("empty.exe", ""), HP_VERDICT_NOT_EXECUTABLE, "no program");
  expect(hp_test_file("cut.exe", "MZ"), HP_VERDICT_NOT_EXECUTABLE, "damaged");
  expect(hp_test_file("run.bat", "@echo off\n"), HP_VERDICT_NOT_EXECUTABLE, "batch");
  expect(hp_test_file("run.CMD", "@echo off\n"), HP_VERDICT_NOT_EXECUTABLE, "batch");
  expect("C:\\Windows\\System32\\kernel32.dll", HP_VERDICT_NOT_EXECUTABLE, "library");
}

/* The machine is a number in the header. */
HP_TEST(a_program_for_another_processor) {
  char path[2048];
  unsigned char head[1024], machine[2] = {0x32, 0x50}; /* RISC-V */
  snprintf(path, sizeof path, "%s\\other.exe", home());
  copy_to(path);
  FILE *file = fopen(path, "r+b");
  REQUIRE(file);
  CHECK(fread(head, 1, sizeof head, file) == sizeof head);
  fseek(file, head[60] + 256 * head[61] + 4, SEEK_SET);
  CHECK(fwrite(machine, 1, 2, file) == 2);
  fclose(file);
  expect(path, HP_VERDICT_ARCHITECTURE, "unknown machine");
}

HP_TEST(a_long_path_is_no_obstacle) {
  char path[2048], part[81];
  size_t length = (size_t)snprintf(path, sizeof path, "%s", home()), start = length;
  memset(part, 'x', 80);
  part[80] = '\0';
  while (length < 400) {
    length += (size_t)snprintf(path + length, sizeof path - length, "\\%s", part);
    wchar_t *wide = hp__wide_path(path);
    CHECK(CreateDirectoryW(wide, NULL));
    hp__free(wide);
  }
  snprintf(path + length, sizeof path - length, "\\hp-prüfling.exe");
  char own[2048];
  own_path(own);
  wchar_t *from = hp__wide_path(own), *to = hp__wide_path(path);
  CHECK(CopyFileW(from, to, TRUE));
  find(&(struct hp_locate_request){.names = names, .given = path}, path, "given");
  CHECK(DeleteFileW(to));
  hp__free(from);
  hp__free(to);
  for (; length > start; length -= 81) { /* the test's own hands are short */
    path[length] = '\0';
    wchar_t *wide = hp__wide_path(path);
    CHECK(RemoveDirectoryW(wide));
    hp__free(wide);
  }
}
