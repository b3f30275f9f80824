/* SPDX-License-Identifier: MIT */
/* The examples, run as their reader would run them. */
#include "tests/support/tool.h"

#include <stdio.h>
#include <string.h>

static void use_echod(struct tool *tool) {
  static char variable[1100];
  snprintf(variable, sizeof variable, "HYPERPROCESS_BINARY_ECHO=%s",
           hp_test_program("hyperprocess-echod"));
  tool->environment[0] = variable;
}

HP_TEST(uv) {
  static struct tool tool;
  tool_program(&tool, hp_test_program("hp-example-uv"), NULL);
  use_echod(&tool);
  CHECK_INT(tool_run(&tool), 0);
  CHECK_TEXT(tool.err, "");
  CHECK_HAS(tool.out, "ready\nit is ready at ");
  CHECK_HAS(tool.out, "it says: hello\nstopping\nstopped\nnothing is left of it, after some");
}

HP_TEST(uv_without_its_server) {
  static struct tool tool;
  tool_program(&tool, hp_test_program("hp-example-uv"), NULL);
  tool.environment[0] = "HYPERPROCESS_BINARY_ECHO=/nowhere/echod";
  CHECK_INT(tool_run(&tool), 1);
  CHECK_HAS(tool.err, "/nowhere/echod");
  CHECK_HAS(tool.out, "nothing is left of it");
}
