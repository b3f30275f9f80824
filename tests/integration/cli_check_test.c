/* SPDX-License-Identifier: MIT */
/* `check` and `plan`: what they say of words that cannot work. */
#include "tests/support/tool.h"

#include <stdio.h>
#include <string.h>

static int check_file(struct tool *tool, const char *text) {
  tool_init(tool, "check", hp_test_file("checked.yaml", text), NULL);
  return tool_run(tool);
}

HP_TEST(profile_without_a_server_is_planned) {
  struct tool tool;
  CHECK_INT(check_file(&tool, "version: 1\nprofiles:\n  base: {transport: tpc}\n"), 122);
  CHECK_HAS(tool.err, "has no transport 'tpc'");
  CHECK_HAS(tool.err, "hint: did you mean 'tcp'?");
  CHECK_INT(check_file(&tool, "version: 1\nprofiles:\n  base: {settings: {nobody_has_it: 1}}\n"),
            122);
  CHECK_INT(
      check_file(&tool,
                 "version: 1\nprofiles:\n  base: {transport: tcp, settings: {maxmemory: 64M}}\n"),
      0);
}

HP_TEST(missing_binary_does_not_hide_the_rest) {
  static const char lost[] = "version: 1\nservers:\n"
                             "  lost: {binary: {names: [no-such-server]}, transports: {tcp: {}}}\n"
                             "profiles:\n";
  struct tool tool;
  char text[512];
  snprintf(text, sizeof text, "%s  mine: {server: lost, transport: tcp}\n", lost);
  CHECK_INT(check_file(&tool, text), 0);
  snprintf(text, sizeof text, "%s  mine: {server: lost, transport: local}\n", lost);
  CHECK_INT(check_file(&tool, text), 122);
  CHECK_HAS(tool.err, "server 'lost' has no transport");
}

HP_TEST(wrong_transports_have_a_hint) {
  static const char *const rows[][2] = {
      {"tpc", "hint: did you mean 'tcp'?"},
      {"lcoal", "hint: did you mean 'local'?"},
      {"tcp:0", "hint: 'tcp' alone, or port auto, is any free port"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct tool tool;
    tool_init(&tool, "plan", "--transport", rows[i][0], NULL);
    CHECK_INT(tool_run(&tool), 122);
    CHECK_HAS(tool.err, rows[i][1]);
  }
}

HP_TEST(plan_tells_what_containment_can_be_had) {
  struct tool tool;
  const char *file = hp_test_file("mine.yaml", "version: 1\nprofiles:\n"
                                               "  default: {server: echo, containment: direct}\n");
  const char *best = hp_containment_name(hp_test_platform()->containment);
  char wanted[256];
  tool_init(&tool, "plan", "--file", file, NULL);
  CHECK_INT(tool_run(&tool), 0);
  snprintf(wanted, sizeof wanted, "\ncontainment     %s\ncontainment_min direct\n", best);
  CHECK_HAS(tool.out, wanted);
  tool_init(&tool, "plan", "--json", NULL);
  CHECK_INT(tool_run(&tool), 0);
  snprintf(wanted, sizeof wanted, ",\"containment\":\"%s\"", best);
  CHECK_HAS(tool.out, wanted);
  CHECK_HAS(tool.out, ",\"not_inherited\":[\"HYPERPROCESS_*\",\"NOTIFY_SOCKET\",");
  CHECK(!strstr(tool.out, "containment_min"));
}
