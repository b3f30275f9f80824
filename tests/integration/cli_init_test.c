/* SPDX-License-Identifier: MIT */
/* `init`: the file that it writes is one that the tool reads, with its comments and without. */
#include "tests/support/tool.h"

#include <stdio.h>
#include <string.h>

static const char *target(void) {
  static char path[1200];
  snprintf(path, sizeof path, "%s/new.yaml", hp_test_directory());
  return path;
}

/* The whole file; static storage. */
static const char *read_file(const char *path) {
  static char text[16384];
  FILE *file = fopen(path, "rb");
  size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;
  if (file)
    fclose(file);
  text[length] = '\0';
  return text;
}

static void check_file(const char *path) {
  struct tool tool;
  tool_init(&tool, "check", path, NULL);
  CHECK_INT(tool_run(&tool), 0);
  CHECK_TEXT(tool.err, "");
}

/* From "# settings:" to the end without the comment signs in front. */
static const char *uncomment(const char *text) {
  static char result[16384];
  size_t length = 0;
  bool begun = false;
  for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
    begun = begun || strncmp(line, "    # settings:", 15) == 0;
    int cut = begun && strncmp(line, "    # ", 6) == 0 ? 2 : 0;
    length +=
        (size_t)snprintf(result + length, sizeof result - length, "%.*s%.*s\n", cut ? 4 : 0, line,
                         (int)strcspn(line, "\n") - (cut ? 6 : 0), line + (cut ? 6 : 0));
  }
  return result;
}

HP_TEST(what_is_written_can_be_read_and_uncommented) {
  static const char *const servers[] = {"echo", "redis", "postgres", "hyperd"};
  for (size_t i = 0; i < sizeof servers / sizeof *servers; i++) {
    struct tool tool;
    tool_init(&tool, "init", "--server", servers[i], "--file", target(), "--force", NULL);
    CHECK_INT(tool_run(&tool), 0);
    CHECK_HAS(tool.out, "new.yaml\n");
    if (strcmp(servers[i], "hyperd") != 0) /* there is what nobody can choose for its user */
      check_file(target());
    CHECK_HAS(read_file(target()), "\n    # settings:\n");
    check_file(hp_test_file("bare.yaml", uncomment(read_file(target()))));
  }
}

HP_TEST(settings_come_with_what_is_known_of_them) {
  struct tool tool;
  tool_init(&tool, "init", "redis", "--file", target(), NULL);
  CHECK_INT(tool_run(&tool), 0);
  const char *text = read_file(target());
  CHECK_HAS(text, "    server: redis\n");
  CHECK_HAS(
      text,
      "    #   # Memory limit of the data set, a size or a part of the memory; 0 is no limit\n"
      "    #   maxmemory: '50%'\n");
  CHECK_HAS(text, "    #   # one of: noeviction, ");
}

HP_TEST(nothing_is_written_over_unasked) {
  struct tool tool;
  const char *file = hp_test_file("new.yaml", "mine\n");
  tool_init(&tool, "init", "--file", file, NULL);
  CHECK_INT(tool_run(&tool), 121);
  CHECK_HAS(tool.err, "exists already\n  hint: --force writes over it");
  CHECK_TEXT(read_file(file), "mine\n");
  tool_init(&tool, "init", "--file", file, "--force", NULL);
  CHECK_INT(tool_run(&tool), 0);
  CHECK_HAS(read_file(file), "version: 1\n");
}

HP_TEST(unknown_server_and_missing_folder_are_told) {
  struct tool tool;
  char path[1300];
  tool_init(&tool, "init", "rdis", "--file", target(), NULL);
  CHECK_INT(tool_run(&tool), 122);
  CHECK_HAS(tool.err, "did you mean 'redis'?");
  CHECK(!tool_file_exists(target()));
  snprintf(path, sizeof path, "%s/no/such.yaml", hp_test_directory());
  tool_init(&tool, "init", "--file", path, NULL);
  CHECK_INT(tool_run(&tool), 125);
  CHECK_HAS(tool.err, "cannot be written");
}
