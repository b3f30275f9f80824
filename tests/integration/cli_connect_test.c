/* SPDX-License-Identifier: MIT */
/* `hyperprocess connect`: what goes in comes out at the server, and what that says comes back. */
#include "tests/support/server.h"
#include "tests/support/tool.h"

#include <stdio.h>
#include <string.h>

static const char *const transports[] = {"local", "tcp"};

static struct tool tool;
static hp_context *context;

/* A server, and the tool that is connected to it. */
static hp_process *visit(const char *transport) {
  hp_process *process = hp_test_up(context, hp_test_echo(transport));
  tool_init(&tool, "connect", process ? hp_process_endpoint(process) : "", NULL);
  CHECK(tool_start(&tool));
  return process;
}

static void leave(void) {
  tool_end_input(&tool);
  CHECK(tool_end(&tool));
  CHECK_INT(tool.status, 0);
}

HP_TEST(what_is_typed_goes_to_the_server_and_back) {
  context = hp_test_context();
  for (int i = 0; i < 2; i++) {
    hp_process *process = visit(transports[i]);
    tool_type(&tool, "first\n");
    CHECK(tool_until(&tool, "first\n"));
    tool_type(&tool, "second\n");
    CHECK(tool_until(&tool, "second\n"));
    leave();
    CHECK_TEXT(tool.out, "first\nsecond\n");
    CHECK_TEXT(tool.err, "");
    hp_process_close(process);
  }
  hp_test_leave(context);
}

/* What is said last is answered after the end of the question. */
HP_TEST(the_end_of_the_input_is_told_to_the_server) {
  context = hp_test_context();
  hp_process *process = visit("tcp");
  tool_type(&tool, "last words\n");
  leave();
  CHECK_TEXT(tool.out, "last words\n");
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(all_of_a_long_text_comes_back) {
  static char text[60 * 1024];
  context = hp_test_context();
  for (size_t i = 0; i < sizeof text - 1; i++)
    text[i] = i % 64 == 63 ? '\n' : (char)('a' + i % 26);
  memcpy(text + sizeof text - 8, "the end", 8);
  hp_process *process = visit("local");
  tool_type(&tool, text);
  CHECK(tool_until(&tool, "the end"));
  leave();
  CHECK_TEXT(tool.out, text);
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(the_end_of_the_server_is_the_end) {
  context = hp_test_context();
  hp_process *process = visit("local");
  tool_type(&tool, "here\n");
  CHECK(tool_until(&tool, "here\n"));
  hp_process_close(process);
  CHECK(tool_end(&tool)); /* with an input that has not ended */
  CHECK_INT(tool.status, 0);
  hp_test_leave(context);
}

HP_TEST(a_command_finds_its_server) {
  char binary[1024];
  snprintf(binary, sizeof binary, "%s", hp_test_program("hyperprocess-echod"));
  tool_init(&tool, "run", "echo", "--binary", binary, "--", hp_test_program("hyperprocess"),
            "connect", NULL);
  tool.environment[0] = "HYPERPROCESS_ENDPOINT=tcp://127.0.0.1:1";
  REQUIRE(tool_start(&tool));
  tool_type(&tool, "it is there\n");
  CHECK(tool_until(&tool, "it is there\n"));
  tool_end_input(&tool);
  CHECK(tool_end(&tool));
  CHECK_INT(tool.status, 0);
}

HP_TEST(a_profile_with_an_address_of_its_own) {
  char text[1000], spec[700];
  context = hp_test_context();
  bool pipes = hp_os_lacks(HP_OS_UNIX_SOCKETS) != NULL;
  if (pipes)
    snprintf(spec, sizeof spec, "pipe:hp-test-%d", (int)uv_os_getpid());
  else
    snprintf(spec, sizeof spec, "unix:%s", hp_test_path("s"));
  snprintf(text, sizeof text,
           "version: 1\nprofiles:\n  fixed: {server: echo, transport: '%s'}\n"
           "  free: {server: echo}\n",
           spec);
  char file[600], binary[1100];
  snprintf(file, sizeof file, "%s", hp_test_file("connect.yaml", text));
  snprintf(binary, sizeof binary, "HYPERPROCESS_BINARY_ECHO=%s",
           hp_test_program("hyperprocess-echod"));
  hp_process *process = hp_test_up(context, hp_test_echo(spec));
  REQUIRE(process != NULL);
  tool_init(&tool, "connect", "--file", file, "--profile", "fixed", NULL);
  tool.environment[0] = binary;
  CHECK_INT(tool_run(&tool), 0);
  CHECK_TEXT(tool.err, "");
  tool_init(&tool, "connect", "--file", file, "--profile", "free", NULL);
  tool.environment[0] = binary;
  CHECK_INT(tool_run(&tool), 121);
  CHECK_HAS(tool.err, "the address of profile 'free' is another one each time");
  hp_process_close(process);
  hp_test_leave(context);
}

static void check_fails(const char *word, const char *option, const char *value, int status,
                        const char *message) {
  tool_init(&tool, "connect", word, option, value, NULL);
  tool.environment[0] = "HYPERPROCESS_ENDPOINT=";
  CHECK_INT(tool_run(&tool), status);
  CHECK_HAS(tool.err, message);
  CHECK_TEXT(tool.out, "");
}

HP_TEST(what_cannot_be_connected_to) {
  char endpoint[64];
  struct hp_wire *held = hp_wire_listen("tcp://127.0.0.1:0", -1);
  snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", (unsigned)hp_wire_port(held));
  check_fails(endpoint, NULL, NULL, 125, endpoint);
  hp_wire_close(held);
  check_fails("nonsense", NULL, NULL, 121, "nonsense");
  check_fails(NULL, NULL, NULL, 121, "where to?");
  check_fails(endpoint, "another", NULL, 121, "unexpected word 'another'");
}

HP_TEST(a_connection_that_is_not_made_in_time) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  NEEDS(HP_OS_FULL_QUEUES);
  char endpoint[700];
  snprintf(endpoint, sizeof endpoint, "unix://%s", hp_test_path("full"));
  uv_os_setenv("D", hp_test_directory());
  struct hp_wire *held = hp_wire_listen(endpoint, 0), *first = hp_wire_to(endpoint);
  REQUIRE(held && first);
  check_fails(endpoint, "--timeout", "50ms", 124, "within 50 ms");
  hp_wire_close(first);
  hp_wire_close(held);
}
