/* SPDX-License-Identifier: MIT */
/* `doctor`: what it looks at, and that it finds what was broken on purpose. */
#include "tests/support/tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int run_doctor(struct tool *tool) {
  int code = tool_run(tool);
  CHECK_TEXT(tool->err, "");
  return code;
}

/* The line of one check, without its end; "" when there is none. */
static const char *line_of(const struct tool *tool, const char *name) {
  static char line[2048];
  line[0] = '\0';
  for (const char *at = tool->out; *at; at += strcspn(at, "\n") + (at[strcspn(at, "\n")] == '\n'))
    if (strlen(at) > 6 && strncmp(at + 6, name, strlen(name)) == 0)
      snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
  return line;
}

HP_TEST(system_is_looked_at_without_a_server) {
  static const char *const names[] = {"system",    "user",  "containment", "sockets",
                                      "temporary", "clock", "ports",       "configuration"};
  struct tool tool;
  tool_init(&tool, "doctor", NULL);
  CHECK_INT(run_doctor(&tool), 0);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    CHECK_HAS(line_of(&tool, names[i]), "ok");
  CHECK_TEXT(line_of(&tool, "binary"), "");
}

HP_TEST(server_is_looked_at_when_it_is_named) {
  struct tool tool;
  tool_init(&tool, "doctor", "echo", "--transport", "tcp", NULL);
  CHECK_INT(run_doctor(&tool), 0);
  CHECK_HAS(line_of(&tool, "binary"), "hyperprocess-echod");
  CHECK_HAS(line_of(&tool, "plan"), "server echo over tcp");
}

HP_TEST(json_has_verdict_and_checks) {
  struct tool tool;
  tool_init(&tool, "doctor", "echo", "--json", NULL);
  CHECK_INT(run_doctor(&tool), 0);
  CHECK(strncmp(tool.out, "{\"verdict\":\"", 12) == 0);
  CHECK_HAS(tool.out, ",\"checks\":[{\"name\":\"system\",\"verdict\":\"ok\",\"text\":\"");
  CHECK_HAS(tool.out, "{\"name\":\"binary\",\"verdict\":\"ok\",\"text\":\"");
  CHECK_HAS(tool.out, "\"remedy\":null}");
  CHECK_TEXT(strchr(tool.out, '\n'), "\n");
}

HP_TEST(missing_binary_is_123_with_a_remedy) {
  struct tool tool;
  tool_init(&tool, "doctor", "echo", "--binary", "/no/such/binary", NULL);
  CHECK_INT(run_doctor(&tool), 123);
  CHECK_HAS(line_of(&tool, "binary"), "fail");
  CHECK_HAS(tool.out, "remedy: give the path of the binary");
  CHECK_TEXT(line_of(&tool, "plan"), "");
}

HP_TEST(missing_libraries_are_named) {
  struct tool tool;
  char lost[1024];
  snprintf(lost, sizeof lost, "%s", hp_test_program("hp-lost"));
  if (!tool_file_exists(lost))
    SKIP("only glibc's loader says what it does not find");
  tool_init(&tool, "doctor", "echo", "--binary", lost, NULL);
  CHECK_INT(run_doctor(&tool), 125);
  CHECK_HAS(line_of(&tool, "libraries"), "its loader does not find: libhp-never-installed.so");
}

HP_TEST(broken_configuration_is_122) {
  struct tool tool;
  const char *file = hp_test_file("broken.yaml", "version: 1\nprofils: {}\n");
  tool_init(&tool, "doctor", "--file", file, NULL);
  CHECK_INT(run_doctor(&tool), 122);
  CHECK_HAS(line_of(&tool, "configuration"), "unknown key 'profils', did you mean 'profiles'?");
  CHECK_HAS(line_of(&tool, "ports"), "ok");
}

HP_TEST(profile_of_a_file_is_looked_at) {
  NEEDS(HP_OS_ROOTED_PATHS); /* a file on the way is "not there" elsewhere */
  struct tool tool;
  const char *file = hp_test_file("plain", "no directory\n");
  char text[2048];
  snprintf(text, sizeof text,
           "version: 1\nprofiles:\n  default: {server: echo, data_dir: '%s/x'}\n", file);
  file = hp_test_file("other.yaml", text);
  tool_init(&tool, "doctor", "--file", file, NULL);
  CHECK_INT(run_doctor(&tool), 125);
  CHECK_HAS(line_of(&tool, "data"), "fail");
  CHECK_HAS(tool.out, "remedy: name another --data-dir");
}

HP_TEST(unknown_server_is_122) {
  struct tool tool;
  tool_init(&tool, "doctor", "ehco", NULL);
  CHECK_INT(run_doctor(&tool), 122);
  CHECK_HAS(line_of(&tool, "server"), "did you mean 'echo'?");
}

HP_TEST(taken_port_is_told_with_its_owner) {
  NEEDS(HP_OS_PORT_OWNERS);
  struct tool server, tool;
  char transport[64], owner[64];
  tool_init(&server, "run", "--transport", "tcp", NULL);
  REQUIRE(tool_start(&server));
  REQUIRE(tool_until(&server, "\n"));
  snprintf(transport, sizeof transport, "tcp:%d", atoi(strrchr(server.out, ':') + 1));
  snprintf(owner, sizeof owner, "process %lld", (long long)hp_os_child_of(server.pid));
  tool_init(&tool, "doctor", "echo", "--transport", transport, NULL);
  CHECK_INT(run_doctor(&tool), 125);
  CHECK_HAS(line_of(&tool, "port "), "fail");
  CHECK_HAS(line_of(&tool, "port "), owner);
  CHECK(hp_os_interrupt(server.pid));
  CHECK(tool_end(&server));
}

HP_TEST(directory_for_data_that_is_missing_is_told) {
  NEEDS(HP_OS_ROOTED_PATHS);
  struct tool tool;
  tool_init(&tool, "doctor", NULL);
  tool.environment[0] = "TMPDIR=/no/such/directory";
  CHECK_INT(run_doctor(&tool), 125);
  CHECK_HAS(line_of(&tool, "temporary"), "fail");
}
