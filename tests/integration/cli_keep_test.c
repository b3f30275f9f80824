/* SPDX-License-Identifier: MIT */
/* `--keep-on-failure`: what a run leaves that failed, and that one leaves nothing that did not. */
#include "tests/support/tool.h"

#include <stdio.h>
#include <string.h>

static const char *child(void) {
  static char path[1024];
  snprintf(path, sizeof path, "%s", hp_test_program("hp-child"));
  return path;
}

static const char *kept(const char *name) {
  static char paths[4][1400];
  static int next;
  char *path = paths[next++ % 4];
  snprintf(path, sizeof paths[0], "%s/artefacts/kept%s%s", hp_test_directory(), *name ? "/" : "",
           name);
  return path;
}

static const char *read_file(const char *path) {
  static char text[16384];
  FILE *file = fopen(path, "rb");
  size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;
  if (file)
    fclose(file);
  text[length] = '\0';
  return text;
}

/* Its data have a secret, a file of the server's, and a folder. */
static const char *definition(void) {
  static char path[1200];
  char here[4096];
  hp_os_translate("version: 1\n"
                  "servers:\n"
                  "  t:\n"
                  "    binary: {names: [hp-child]}\n"
                  "    secrets: [password]\n"
                  "    arguments: ['mark:${data_dir}/mine', 'await:${secret_file.password}', "
                  "'write:up', pause]\n"
                  "    transports: {local: {}}\n"
                  "    ready: {kind: line, line: up}\n"
                  "    stop: [{signal: TERM, wait: 20s}, {kill: true}]\n",
                  here, sizeof here);
  snprintf(path, sizeof path, "%s", hp_test_file("t.yaml", here));
  return path;
}

static void run(struct tool *tool, const char *code) {
  char temporary[1300];
  snprintf(temporary, sizeof temporary, "TMPDIR=%s", hp_test_directory());
  tool_init(tool, "run", "t", "--file", definition(), "--binary", child(), "--keep-on-failure",
            kept(""), "--", child(), code, NULL);
  tool->environment[0] = temporary;
  tool_run(tool);
}

HP_TEST(data_and_plan_of_a_failed_command_are_kept) {
  struct tool tool;
  run(&tool, "exit:3");
  CHECK_INT(tool.status, 3);
  CHECK_HAS(read_file(kept("plan.json")), "{\"server\":\"t\",");
  CHECK(tool_file_exists(kept("data/mine")));
  CHECK(!tool_file_exists(kept("data/secret-password")));
  CHECK(!tool_file_exists(kept("error.json")));
}

HP_TEST(nothing_is_kept_of_a_success) {
  struct tool tool;
  run(&tool, "exit:0");
  CHECK_INT(tool.status, 0);
  CHECK(!tool_file_exists(kept("")));
}

HP_TEST(error_and_output_of_a_server_that_died_are_kept) {
  struct tool tool;
  tool_init(&tool, "exec", "--keep-on-failure", kept(""), "--data-dir", kept("own"), "--", child(),
            "error:no room", "exit:9", NULL);
  CHECK_INT(tool_run(&tool), 125);
  CHECK_HAS(read_file(kept("error.json")), "\"HP_EEXITED\"");
  CHECK_HAS(read_file(kept("output.txt")), "no room");
  CHECK(!tool_file_exists(kept("data")));
}

HP_TEST(mistake_before_the_plan_is_kept_too) {
  struct tool tool;
  tool_init(&tool, "run", "ehco", "--keep-on-failure", kept(""), NULL);
  CHECK_INT(tool_run(&tool), 122);
  CHECK_HAS(read_file(kept("error.json")), "did you mean 'echo'?");
  CHECK(!tool_file_exists(kept("plan.json")));
}

HP_TEST(folder_that_cannot_be_made_is_told) {
  struct tool tool;
  char path[1300];
  snprintf(path, sizeof path, "%s/x", hp_test_file("plain", ""));
  tool_init(&tool, "run", "ehco", "--keep-on-failure", path, NULL);
  CHECK_INT(tool_run(&tool), 122);
  CHECK_HAS(tool.err, "nothing could be kept in ");
}
