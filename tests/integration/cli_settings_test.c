/* SPDX-License-Identifier: MIT */
/* `settings`, `schema`, and what `run`, `plan` and `check` say of a plan's warnings. */
#include "tests/support/tool.h"

#include <string.h>

static struct tool tool;

static const char file[] =
    "version: 1\n"
    "servers:\n"
    "  t:\n"
    "    extends: echo\n"
    "    settings:\n"
    "      greeting: {discouraged: {values: [hello], reason: it is old}}\n"
    "      speed: {type: int, description: Haste, default: '3', minimum: '1', maximum: '9', unit: "
    "knots, platforms: [linux], requires: {greeting: {not: ''}}, experimental: yes}\n"
    "      past: {type: bool, deprecated: {since: '2', replacement: speed, reason: slow}}\n"
    "profiles:\n"
    "  default: {server: t, settings: {greeting: hello}}\n";

HP_TEST(settings_are_listed_with_all_that_counts) {
  tool_init(&tool, "settings", "t", "--file", hp_test_file("x.yaml", file), NULL);
  CHECK_INT(tool_run(&tool), 0);
  CHECK_HAS(tool.out, "speed (int): Haste\n"
                      "  default: 3; at least 1; at most 9; in knots\n"
                      "  only on: linux\n"
                      "  needs: greeting set, and not \n"
                      "  experimental: taken with --allow-experimental\n");
  CHECK_HAS(tool.out, "past (bool)\n  default: the server's own\n"
                      "  deprecated since 2: slow; use speed\n");
  CHECK_HAS(tool.out, "  discouraged: hello: it is old\n");
  tool_init(&tool, "settings", "t", "--json", "--file", hp_test_file("x.yaml", file), NULL);
  CHECK_INT(tool_run(&tool), 0);
  CHECK_HAS(tool.out, "{\"server\":\"t\",\"settings\":[{\"name\":\"greeting\",");
  CHECK_HAS(tool.out, "{\"name\":\"speed\",\"type\":\"int\",\"description\":\"Haste\",\"default\":"
                      "\"3\",\"minimum\":\"1\",\"maximum\":\"9\",\"unit\":\"knots\",\"platforms\":"
                      "[\"linux\"],\"requires\":[{\"setting\":\"greeting\",\"not\":[\"\"]}],"
                      "\"experimental\":true}");
  tool_init(&tool, "settings", "ehco", NULL);
  CHECK_INT(tool_run(&tool), 122);
  CHECK_HAS(tool.err, "did you mean 'echo'?");
  tool_init(&tool, "settings", NULL);
  CHECK_INT(tool_run(&tool), 121);
}

#define WARNING "x.yaml:10:45: setting 'greeting': hello is discouraged: it is old\n"

HP_TEST(warnings_are_on_stderr) {
  tool_init(&tool, "check", hp_test_file("x.yaml", file), NULL);
  CHECK_INT(tool_run(&tool), 0);
  CHECK_HAS(tool.err, "warning: ");
  CHECK_HAS(tool.err, WARNING);
  tool_init(&tool, "run", "--file", hp_test_file("x.yaml", file), "--", tool.program, "version",
            NULL);
  tool_run(&tool);
  CHECK_HAS(tool.err, WARNING);
  tool_init(&tool, "plan", "--json", "--file", hp_test_file("x.yaml", file), NULL);
  CHECK_INT(tool_run(&tool), 0);
  CHECK_HAS(tool.out, ",\"warnings\":[\"");
  CHECK_HAS(tool.out, "hello is discouraged: it is old\"]");
}

HP_TEST(experimental_ones_are_allowed_by_an_option) {
  const char *path = hp_test_file("x.yaml", file);
  tool_init(&tool, "plan", "--file", path, "--set", "speed=4", NULL);
  CHECK_INT(tool_run(&tool), 122);
  CHECK_HAS(tool.err, "setting 'speed' is experimental");
  CHECK_HAS(tool.err, "--allow-experimental");
  tool_init(&tool, "plan", "--file", path, "--set", "speed=4", "--allow-experimental", NULL);
  CHECK_INT(tool_run(&tool), 0);
  CHECK_HAS(tool.out, "setting 'speed' is experimental");
  tool_init(&tool, "plan", "--allow-experimental=yes", NULL);
  CHECK_INT(tool_run(&tool), 121);
}

HP_TEST(the_schema_is_printed) {
  tool_init(&tool, "schema", NULL);
  CHECK_INT(tool_run(&tool), 0);
  CHECK_HAS(tool.out, "https://json-schema.org/draft/2020-12/schema");
  CHECK_HAS(tool.out, "\"allow_experimental\":{");
}

HP_TEST(settings_of_hyperd_are_those_of_its_documentation) {
  tool_init(&tool, "plan", "hyperd", "--transport", "tcp", "--set", "log_file_max_count=1", "--set",
            "log_file_size_limit=100M", "--set", "default_database_version=1", NULL);
  tool_add(&tool, "--set", "telemetry=off", "--binary", tool.program, NULL);
  CHECK_INT(tool_run(&tool), 0);
  CHECK_HAS(tool.out, "\n                --log-config=file,json,all,hyperd,0\n");
  CHECK_HAS(tool.out, "\n                --log-file-size-limit=104857600\n");
  CHECK_HAS(tool.out, "\n                --log-file-max-count=1\n");
  CHECK_HAS(tool.out, "'log_file_max_count': 1 is discouraged: the old log file is deleted");
  CHECK_HAS(tool.out,
            "'default_database_version': 1 is discouraged: it is deprecated: to write version 1");
  tool_init(&tool, "plan", "hyperd", "--transport", "tcp", "--set", "log_file_max_count=2", NULL);
  tool_add(&tool, "--set", "telemetry=off", "--binary", tool.program, NULL);
  CHECK_INT(tool_run(&tool), 0);
  CHECK_HAS(tool.out, "it needs 'log_file_size_limit' to be set, and not 0");
  CHECK(strstr(tool.out, "--log-file-max-count") == NULL);
}

HP_TEST(telemetry_of_hyperd_must_be_chosen) {
  static const char *const choices[][2] = {
      {"telemetry=on", "--telemetry-opt-in=\n"},
      {"telemetry=SEND_USAGE_DATA_TO_TABLEAU", "--telemetry-opt-in=\n"},
      {"telemetry=off", NULL},
      {"telemetry=DO_NOT_SEND_USAGE_DATA_TO_TABLEAU", NULL}};
  tool_init(&tool, "plan", "hyperd", "--transport", "tcp", NULL);
  tool_add(&tool, "--binary", tool.program, NULL);
  CHECK_INT(tool_run(&tool), 122);
  CHECK_HAS(tool.err,
            "setting 'telemetry' of server 'hyperd' has no default and must be chosen: on, "
            "off, SEND_USAGE_DATA_TO_TABLEAU or DO_NOT_SEND_USAGE_DATA_TO_TABLEAU");
  for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
    tool_init(&tool, "plan", "hyperd", "--transport", "tcp", "--set", choices[i][0], NULL);
    tool_add(&tool, "--binary", tool.program, NULL);
    CHECK_INT(tool_run(&tool), 0);
    CHECK((strstr(tool.out, "--telemetry-opt-in") != NULL) == (choices[i][1] != NULL));
    if (choices[i][1])
      CHECK_HAS(tool.out, choices[i][1]);
  }
}
