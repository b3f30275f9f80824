/* SPDX-License-Identifier: MIT */
/* `--wrap`: a program that runs the server, with and without a terminal of a person. */
#include "tests/support/tool_posix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *child(void) {
  static char path[1024];
  snprintf(path, sizeof path, "%s", hp_test_program("hp-child"));
  return path;
}

static bool is_installed(const char *program) {
  struct tool tool;
  char body[128];
  snprintf(body, sizeof body, "command -v %s", program);
  tool_program(&tool, "/bin/sh", "-c", body, NULL);
  return tool_run(&tool) == 0;
}

static int64_t pid_said(const struct tool *tool) {
  const char *found = strstr(tool->out, "HYPERPROCESS_PID=");
  return found ? atoll(found + strlen("HYPERPROCESS_PID=")) : -1;
}

HP_TEST(wrapper_gets_the_command_line_behind_its_words) {
  struct tool tool;
  tool_init(&tool, "exec", "--wrap", "echo 'one word' \"$HOME\"", "--", child(), "x", NULL);
  CHECK_INT(tool_run(&tool), 125);
  char wanted[1200];
  snprintf(wanted, sizeof wanted, "one word $HOME %s x\n", child());
  CHECK_HAS(tool.err, wanted);
}

/* The server is a child of what we started, and answers for it. */
HP_TEST(server_of_a_wrapper_that_stays_is_ours) {
  struct tool tool;
  tool_init(&tool, "run", "--wrap", "sh -c '\"$@\"; exit $?' sh", "--", child(), "environment",
            NULL);
  CHECK_INT(tool_run(&tool), 0);
  CHECK_TEXT(tool.err, "");
  CHECK(pid_said(&tool) > 0);
  CHECK(!hp_os_is_running(pid_said(&tool)));
}

HP_TEST(start_has_no_deadline) {
  struct tool tool;
  tool_init(&tool, "plan", "--timeout", "1s", "--json", NULL);
  CHECK_INT(tool_run(&tool), 0);
  CHECK_HAS(tool.out, "\"start_timeout\":1000");
  tool_init(&tool, "exec", "--timeout", "1ms", "--ready", "line:up", "--wrap",
            "sh -c 'sleep 0.3; exec \"$@\"' sh", "--", child(), "write:up", "pause", "--", child(),
            "exit:5", NULL);
  CHECK_INT(tool_run(&tool), 5);
}

/* A probe that fails at once would end it. */
HP_TEST(who_is_debugged_is_not_asked_how_it_is) {
  struct tool tool;
  const char *file =
      hp_test_file("sick.yaml", "version: 1\n"
                                "servers:\n"
                                "  sick:\n"
                                "    extends: echo\n"
                                "    health: {kind: exec, command: ['false'], interval: 20ms}\n");
  tool_init(&tool, "run", "sick", "--file", file, "--", "sleep", "60", NULL);
  CHECK_INT(tool_run(&tool), 120);
  tool_init(&tool, "run", "sick", "--file", file, "--wrap", "env", "--", "sleep", "0.5", NULL);
  CHECK_INT(tool_run(&tool), 0);
}

HP_TEST(wrapper_that_is_not_there_is_123) {
  struct tool tool;
  tool_init(&tool, "run", "--wrap", "no-such-debugger -x", NULL);
  CHECK_INT(tool_run(&tool), 123);
  CHECK_HAS(tool.err, "--wrap: \"no-such-debugger\" was not found");
  tool_init(&tool, "run", "--wrap", "'gdb", NULL);
  CHECK_INT(tool_run(&tool), 122);
  CHECK_HAS(tool.err, "--wrap: a ' without its end");
}

HP_TEST(strace_writes_down_what_the_server_asks) {
  struct tool tool;
  char wrap[1200], trace[1100];
  if (!is_installed("strace"))
    SKIP("strace is not installed");
  snprintf(trace, sizeof trace, "%s/trace", hp_test_directory());
  snprintf(wrap, sizeof wrap, "strace -f -e trace=bind -o %s", trace);
  tool_init(&tool, "run", "--transport", "tcp", "--wrap", wrap, "--", child(), "exit:0", NULL);
  int status = tool_run(&tool);
  if (status != 0 && strstr(tool.err, "PTRACE"))
    SKIP("this container forbids tracing");
  CHECK_INT(status, 0);
  CHECK(tool_file_exists(trace));
}

/* A person starts the server in the debugger, interrupts it, and quits. */
HP_TEST(debugger_has_the_terminal_and_its_ctrl_c) {
  struct tool tool;
  if (!is_installed("gdb"))
    SKIP("gdb is not installed");
  tool_init(&tool, "run", "--wrap", "gdb -nx -q --args", NULL);
  tool.environment[0] = "DEBUGINFOD_URLS=";
  REQUIRE(tool_start_on_terminal(&tool));
  REQUIRE(tool_until(&tool, "(gdb)"));
  tool_type(&tool, "set confirm off\nrun\n");
  if (!tool_until(&tool, "is ready"))
    return;
  tool_type(&tool, "\003");
  CHECK(tool_until(&tool, "SIGINT"));
  tool_type(&tool, "kill\nquit\n");
  CHECK(tool_end_on_terminal(&tool));
  CHECK_INT(tool.status, 120);
}

HP_TEST(output_that_goes_to_the_terminal_is_not_waited_for) {
  struct tool tool;
  tool_init(&tool, "exec", "--ready", "line:up", "--wrap", "env", "--", child(), "write:up",
            "pause", NULL);
  REQUIRE(tool_start_on_terminal(&tool));
  CHECK(tool_end_on_terminal(&tool));
  CHECK_INT(tool.status, 122);
  CHECK_HAS(tool.out, "by a line of its output, which goes to the terminal");
}
