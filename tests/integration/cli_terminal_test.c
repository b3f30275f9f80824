/* SPDX-License-Identifier: MIT */
/* The tool on a terminal: what a person sees, and where Ctrl-C goes. */
#include "tests/support/tool_posix.h"

#include <stdio.h>
#include <string.h>

static const char ctrl_c[] = "\003";

HP_TEST(ctrl_c_is_the_commands_first) {
  struct tool tool;
  long pid = 0;
  tool_init(&tool, "run", "--", "sh", "-c",
            "trap 'kill -0 $HYPERPROCESS_PID && echo told; exit 5' INT; "
            "echo begun $HYPERPROCESS_PID; while :; do sleep 0.05; done",
            NULL);
  REQUIRE(tool_start_on_terminal(&tool));
  REQUIRE(tool_until(&tool, "\n"));
  sscanf(strstr(tool.out, "begun"), "begun %ld", &pid);
  tool_type(&tool, ctrl_c);
  CHECK(tool_end_on_terminal(&tool));
  CHECK_INT(tool.status, 5);
  CHECK_HAS(tool.out, "told");
  CHECK(!hp_os_is_running(pid));
}

/* kill -INT at the tool alone: the terminal has not given it to the command. */
HP_TEST(sigint_that_was_sent_to_the_tool_is_passed_on) {
  struct tool tool;
  tool_init(&tool, "run", "--", "sh", "-c",
            "trap 'echo told; exit 5' INT; echo begun; while :; do sleep 0.05; done", NULL);
  REQUIRE(tool_start_on_terminal(&tool));
  REQUIRE(tool_until(&tool, "begun"));
  CHECK(hp_os_interrupt(tool.pid));
  CHECK(tool_end_on_terminal(&tool));
  CHECK_INT(tool.status, 5);
  CHECK_HAS(tool.out, "told");
  CHECK_HAS(tool.out, "echo ended by tether, ");
}

/* A client takes Ctrl-C for itself, any number of times. */
HP_TEST(ctrl_c_that_the_command_survives_leaves_the_server_alone) {
  struct tool tool;
  tool_init(&tool, "run", "--", "sh", "-c",
            "count=0; trap 'count=$((count+1)); echo told $count' INT; echo begun; "
            "until [ $count -ge 2 ]; do read line; done; kill -0 $HYPERPROCESS_PID && echo alive",
            NULL);
  REQUIRE(tool_start_on_terminal(&tool));
  REQUIRE(tool_until(&tool, "begun"));
  tool_type(&tool, ctrl_c);
  tool_type(&tool, "\n");
  CHECK(tool_until(&tool, "told 1"));
  tool_type(&tool, ctrl_c);
  tool_type(&tool, "\n");
  CHECK(tool_end_on_terminal(&tool));
  CHECK_INT(tool.status, 0);
  CHECK_HAS(tool.out, "alive");
}

/* One that hears neither the first rung's signal nor ends before the last one. */
static void make_stubborn(char file[1024]) {
  snprintf(file, 1024, "%s",
           hp_test_file("stubborn.yaml", "version: 1\n"
                                         "servers:\n"
                                         "  stubborn:\n"
                                         "    binary: {names: [sh]}\n"
                                         "    transports: {unix: {}}\n"
                                         "    ready: {kind: line, line: listening}\n"
                                         "    stop:\n"
                                         "      - {signal: TERM, wait: 60s}\n"
                                         "      - {signal: USR1, wait: 60s}\n"
                                         "      - {kill: true}\n"));
}

HP_TEST(second_ctrl_c_takes_the_next_rung) {
  struct tool tool;
  char file[1024], mark[1024], body[4096];
  make_stubborn(file);
  snprintf(mark, sizeof mark, "%s/mark", hp_test_directory());
  snprintf(body, sizeof body,
           "trap '' TERM; trap 'echo USR1 >%s; exit' USR1; echo listening; "
           "while :; do sleep 0.05; done",
           mark);
  tool_init(&tool, "run", "stubborn", "--file", file, "--binary", tool_script("server", body),
            NULL);
  REQUIRE(tool_start_on_terminal(&tool));
  REQUIRE(tool_until(&tool, "Ctrl-C stops it"));
  tool_type(&tool, ctrl_c);
  REQUIRE(tool_until(&tool, "stopping stubborn: signal TERM"));
  CHECK_HAS(tool.out, " s left)");
  tool_type(&tool, ctrl_c);
  CHECK(tool_end_on_terminal(&tool));
  CHECK_INT(tool.status, 0);
  CHECK(tool_file_exists(mark));
}

HP_TEST(ctrl_c_that_ends_the_command_is_not_the_second_one) {
  struct tool tool;
  char file[1024], body[4096];
  make_stubborn(file);
  snprintf(body, sizeof body,
           "trap 'exit' TERM; trap 'echo USR1 >%s/mark' USR1; echo listening; "
           "while :; do sleep 0.05; done",
           hp_test_directory());
  tool_init(&tool, "run", "stubborn", "--file", file, "--binary", tool_script("server", body), "--",
            "sh", "-c", "echo begun; exec sleep 60", NULL);
  REQUIRE(tool_start_on_terminal(&tool));
  REQUIRE(tool_until(&tool, "begun"));
  tool_type(&tool, ctrl_c);
  CHECK(tool_end_on_terminal(&tool));
  CHECK_INT(tool.status, 130);
  snprintf(body, sizeof body, "%s/mark", hp_test_directory());
  CHECK(!tool_file_exists(body));
}

HP_TEST(third_ctrl_c_kills) {
  struct tool tool;
  char file[1024];
  make_stubborn(file);
  tool_init(&tool, "run", "stubborn", "--file", file, "--binary",
            tool_script("server", "trap '' TERM USR1; echo listening; while :; do sleep 60; done"),
            NULL);
  REQUIRE(tool_start_on_terminal(&tool));
  REQUIRE(tool_until(&tool, "Ctrl-C stops it"));
  tool_type(&tool, ctrl_c);
  REQUIRE(tool_until(&tool, "signal TERM"));
  tool_type(&tool, ctrl_c);
  REQUIRE(tool_until(&tool, "signal USR1"));
  tool_type(&tool, ctrl_c);
  CHECK(tool_end_on_terminal(&tool));
  CHECK_INT(tool.status, 0);
}

static void start_sleepy(struct tool *tool, const char *variable) {
  const char *file = hp_test_file("sleepy.yaml", "version: 1\n"
                                                 "servers:\n"
                                                 "  sleepy:\n"
                                                 "    binary: {names: [sleep]}\n"
                                                 "    arguments: [\"60\"]\n"
                                                 "    transports: {unix: {}}\n"
                                                 "    ready: {kind: connect}\n");
  tool_init(tool, "run", "sleepy", "--file", file, "--timeout", "2s", NULL);
  tool->environment[0] = variable;
  if (tool_start_on_terminal(tool))
    tool_end_on_terminal(tool);
}

HP_TEST(person_sees_what_is_waited_for_and_how_long_it_has) {
  struct tool tool;
  start_sleepy(&tool, "NO_COLOR="); /* empty is as good as unset */
  CHECK_INT(tool.status, 124);
  CHECK_HAS(tool.out, "waiting for sleepy: ");
  CHECK_HAS(tool.out, "(2 s left)");
  CHECK(!strstr(tool.out, "(3 s left)"));
  CHECK_HAS(tool.out, "(1 s left)");
  CHECK_HAS(tool.out, "\r\033[K\033[1;31mhyperprocess:\033[0m server 'sleepy' was not ready");
}

HP_TEST(no_color_is_respected) {
  struct tool tool;
  start_sleepy(&tool, "NO_COLOR=1");
  CHECK_INT(tool.status, 124);
  CHECK_HAS(tool.out, "waiting for sleepy: ");
  CHECK_HAS(tool.out, "\r\033[Khyperprocess: server 'sleepy' was not ready");
  CHECK(!strstr(tool.out, "\033[1"));
}
