/* SPDX-License-Identifier: MIT */
/* The tool without a terminal: what it prints, and with which code it ends. */
#include "tests/support/tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A file of definitions, as it reads on this system. */
static const char *definitions(const char *name, const char *text) {
  char here[4096];
  hp_os_translate(text, here, sizeof here);
  return hp_test_file(name, here);
}

/* A server that is never ready: a process, and an address that nobody serves. */
static const char *sleepy(void) {
  return definitions("sleepy.yaml", "version: 1\n"
                                    "servers:\n"
                                    "  sleepy:\n"
                                    "    binary: {names: [hp-child]}\n"
                                    "    arguments: [pause]\n"
                                    "    transports: {local: {}}\n"
                                    "    ready: {kind: connect}\n");
}

static const char *child(void) {
  static char path[1024];
  snprintf(path, sizeof path, "%s", hp_test_program("hp-child"));
  return path;
}

/* What the command said of one of its variables; "" when it has none. Static storage. */
static const char *variable(const struct tool *tool, const char *name) {
  static char values[4][1024];
  static int next;
  char line[128], *value = values[next++ % 4];
  snprintf(line, sizeof line, "env %s=", name);
  const char *found = strstr(tool->out, line);
  found = found ? found + strlen(line) : "";
  snprintf(value, sizeof values[0], "%.*s", (int)strcspn(found, "\n"), found);
  return value;
}

/* ---- Without a command ---- */

HP_TEST(endpoint_is_all_of_stdout_until_an_interrupt) {
  struct tool tool;
  tool_init(&tool, "run", NULL);
  REQUIRE(tool_start(&tool));
  REQUIRE(tool_until(&tool, "\n"));
  int64_t server = hp_os_child_of(tool.pid);
  CHECK(hp_os_is_running(server));
  CHECK(hp_os_interrupt(tool.pid));
  CHECK(tool_end(&tool));
  CHECK_INT(tool.status, 0);
  CHECK_INT(strcspn(tool.out, "\n") + 1, strlen(tool.out));
  CHECK_HAS(tool.out, "://");
  CHECK_TEXT(tool.err, "");
  CHECK(!hp_os_is_running(server));
}

/* It hears no request to end, and would have a minute. */
HP_TEST(another_interrupt_takes_the_next_rung) {
  struct tool tool;
  char file[1024];
  snprintf(file, sizeof file, "%s",
           definitions("deaf.yaml", "version: 1\n"
                                    "servers:\n"
                                    "  deaf:\n"
                                    "    binary: {names: [hp-child]}\n"
                                    "    arguments: ['ignore:15', 'write:up', pause]\n"
                                    "    transports: {local: {}}\n"
                                    "    ready: {kind: line, line: up}\n"
                                    "    stop: [{signal: TERM, wait: 60s}, {kill: true}]\n"));
  tool_init(&tool, "run", "deaf", "--verbose", "--file", file, "--binary", child(), NULL);
  REQUIRE(tool_start(&tool));
  REQUIRE(tool_until(&tool, "\n"));
  int64_t server = hp_os_child_of(tool.pid);
  for (int i = 0; i < 100 * hp_os_slowness() && hp_os_is_running(server); i++, uv_sleep(20))
    hp_os_interrupt(tool.pid);
  CHECK(tool_end(&tool));
  CHECK_INT(tool.status, 0);
  CHECK_HAS(tool.err, "deaf ended by kill, ");
}

HP_TEST(server_that_ends_by_itself_is_120) {
  struct tool tool;
  tool_init(&tool, "run", NULL);
  REQUIRE(tool_start(&tool));
  REQUIRE(tool_until(&tool, "\n"));
  hp_os_kill(hp_os_child_of(tool.pid));
  CHECK(tool_end(&tool));
  CHECK_INT(tool.status, 120);
  CHECK_HAS(tool.err, "server 'echo' ");
}

/* ---- With a command ---- */

static void run_for_command(struct tool *tool, const char *transport) {
  tool_init(tool, "run", "--transport", transport, "--", child(), "environment", "write:told",
            "read", NULL);
  tool->environment[0] = "HYPERPROCESS_HOST=of another";
  tool->environment[1] = "HYPERPROCESS_PATH=of another";
  if (!tool_start(tool) || !CHECK(tool_until(tool, "told\n")))
    return;
  int64_t server = atoll(variable(tool, "HYPERPROCESS_PID"));
  CHECK(hp_os_is_running(server));
  uv_close((uv_handle_t *)&tool->streams[0], NULL);
  CHECK(tool_end(tool));
  CHECK_INT(tool->status, 0);
  CHECK_TEXT(tool->err, "");
  CHECK(!hp_os_is_running(server));
  CHECK_TEXT(variable(tool, "HYPERPROCESS_DESCRIPTOR"), variable(tool, "HYPERPROCESS_ENDPOINT"));
  CHECK_TEXT(variable(tool, "HYPERPROCESS_DATA_DIR"), "");
}

HP_TEST(command_is_told_where_local) {
  struct tool tool;
  struct hp_endpoint endpoint = {.port = 0};
  run_for_command(&tool, "local");
  CHECK_TEXT(variable(&tool, "HYPERPROCESS_TRANSPORT"), hp_test_platform()->local);
  CHECK_INT(hp_endpoint_parse(&endpoint, variable(&tool, "HYPERPROCESS_ENDPOINT"), NULL), 0);
  CHECK_TEXT(variable(&tool, "HYPERPROCESS_PATH"), endpoint.path);
  CHECK(!strstr(tool.out, "env HYPERPROCESS_HOST="));
  CHECK(!strstr(tool.out, "env HYPERPROCESS_PORT="));
}

HP_TEST(command_is_told_where_tcp) {
  struct tool tool;
  char wanted[64];
  run_for_command(&tool, "tcp");
  CHECK_TEXT(variable(&tool, "HYPERPROCESS_TRANSPORT"), "tcp");
  snprintf(wanted, sizeof wanted, "tcp://127.0.0.1:%s", variable(&tool, "HYPERPROCESS_PORT"));
  CHECK_TEXT(variable(&tool, "HYPERPROCESS_ENDPOINT"), wanted);
  CHECK_TEXT(variable(&tool, "HYPERPROCESS_HOST"), "127.0.0.1");
  CHECK(!strstr(tool.out, "env HYPERPROCESS_PATH="));
}

/* Where the case of a variable's name says nothing, one in another case is the same one. */
HP_TEST(command_hears_of_one_server_alone) {
  NEEDS(HP_OS_VARIABLES_WITHOUT_CASE);
  struct tool tool;
  tool_init(&tool, "run", "--", child(), "environment", NULL);
  tool.environment[0] = "hyperprocess_Endpoint=of another";
  CHECK_INT(tool_run(&tool), 0);
  CHECK(!strstr(tool.out, "of another"));
}

HP_TEST(command_has_stdin_and_its_status_counts) {
  struct tool tool;
  tool_init(&tool, "run", "--", child(), "write:up", "read", "write:got it", "exit:7", NULL);
  REQUIRE(tool_start(&tool));
  REQUIRE(tool_until(&tool, "up\n"));
  tool_type(&tool, "words\n");
  uv_close((uv_handle_t *)&tool.streams[0], NULL);
  CHECK(tool_end(&tool));
  CHECK_INT(tool.status, 7);
  CHECK_TEXT(tool.out, "up\ngot it\n");
}

HP_TEST(words_arrive_exactly) {
  static const char awkward[] = "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80 \"it\" ends\\";
  struct tool tool;
  char wanted[256];
  tool_init(&tool, "run", "--", child(), "arguments", awkward, "", NULL);
  CHECK_INT(tool_run(&tool), 0);
  snprintf(wanted, sizeof wanted, "argument %zu:%s\nargument 0:\n", strlen(awkward), awkward);
  CHECK_HAS(tool.out, wanted);
  tool_init(&tool, "run",
            "\xc3\xa9"
            "cho",
            NULL);
  CHECK_INT(tool_run(&tool), 122);
  CHECK_HAS(tool.err, "unknown server '\xc3\xa9"
                      "cho'");
}

HP_TEST(server_dies_under_the_command) {
  struct tool tool;
  tool_init(&tool, "run", "--", child(), "environment", "write:up", "pause", NULL);
  REQUIRE(tool_start(&tool));
  REQUIRE(tool_until(&tool, "up\n"));
  hp_os_kill(atoll(variable(&tool, "HYPERPROCESS_PID")));
  CHECK(tool_end(&tool));
  CHECK_INT(tool.status, 120);
  CHECK_HAS(tool.err, "server 'echo' ");
}

/* ---- Killed from outside ---- */

static bool is_full(void) {
  const char *full = getenv("HP_TEST_FULL");
  return full && strcmp(full, "1") == 0;
}

HP_TEST(tool_killed_takes_server_and_command_along) {
  struct tool tool;
  char mark[1024];
  snprintf(mark, sizeof mark, "mark:%s/command", hp_test_directory());
  tool_init(&tool, "run", "--", child(), mark, "environment", "write:up", "pause", NULL);
  REQUIRE(tool_start(&tool));
  REQUIRE(tool_until(&tool, "up\n"));
  FILE *file = fopen(mark + strlen("mark:"), "rb");
  char line[32] = "";
  CHECK(file && fgets(line, sizeof line, file) && fclose(file) == 0);
  CHECK(hp_os_is_running(atoll(line)));
  hp_os_kill(tool.pid);
  CHECK(tool_is_gone_within(atoll(variable(&tool, "HYPERPROCESS_PID")), 1000));
  CHECK(tool_is_gone_within(atoll(line), 1000));
  CHECK(tool_end(&tool));
}

/* Its server has descendants, one of them apart. */
static void kill_host_of_a_family(const char *file, const char *transport) {
  struct tool tool;
  tool_init(&tool, "run", "family", "--file", file, "--binary", child(), "--transport", transport,
            NULL);
  if (!tool_start(&tool) || !CHECK(tool_until(&tool, "://")))
    return;
  int64_t server = hp_os_child_of(tool.pid), grandchild = hp_os_child_of(server);
  CHECK(hp_os_is_running(server) && hp_os_is_running(grandchild));
  hp_os_kill(tool.pid);
  CHECK(tool_is_gone_within(server, 5000));
  CHECK(tool_is_gone_within(grandchild, 5000));
  CHECK(tool_is_gone_within(hp_os_child_of(server), 0)); /* the other one */
  CHECK(tool_end(&tool));
}

HP_TEST(a_killed_host_leaves_no_process) {
  if (hp_test_platform()->containment < HP_CONTAINMENT_TREE_CRASH)
    SKIP("a tree outlives its killed host here");
  char file[1024];
  snprintf(file, sizeof file, "%s",
           definitions("family.yaml",
                       "version: 1\n"
                       "servers:\n"
                       "  family:\n"
                       "    binary: {names: [hp-child]}\n"
                       "    arguments: ['fork:', 'fork:away', 'listen:${endpoint.url}', serve]\n"
                       "    transports: {local: {}, tcp: {}}\n"
                       "    ready: {kind: connect}\n"));
  for (int i = 0; i < (is_full() ? 50 : 6); i++)
    kill_host_of_a_family(file, i % 2 ? "tcp" : "local");
}

/* ---- What goes wrong ---- */

static void check_failure(struct tool *tool, int status, const char *message) {
  CHECK_INT(tool_run(tool), status);
  CHECK_TEXT(tool->out, "");
  CHECK_HAS(tool->err, message);
}

HP_TEST(usage_is_121_with_the_nearest_word) {
  static const struct {
    const char *words[4], *message;
  } rows[] = {
      {{"run", "--trasnport", "tcp"}, "unknown option '--trasnport', did you mean '--transport'?"},
      {{"rnu"}, "unknown subcommand 'rnu', did you mean 'run'?"},
      {{NULL}, "`hyperprocess --help`"},
      {{"run", "echo", "true"}, "a command follows after --"},
      {{"run", "--timeout", "5"}, "'5' is not a duration"},
      {{"run", "--timeout"}, "--timeout needs a value: TIME"},
      {{"run", "--set", "x"}, "it takes NAME=VALUE"},
      {{"run", "--quiet=yes"}, "--quiet takes no value"},
      {{"run", "--"}, "no command follows after --"},
      {{"plan", "--", "true"}, "plan takes no command"},
      {{"run", "-x"}, "unknown option '-x'"},
      {{"check"}, "usage: hyperprocess check FILE"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct tool tool;
    const char *const *words = rows[i].words;
    tool_init(&tool, words[0], words[1], words[2], NULL);
    check_failure(&tool, 121, rows[i].message);
  }
}

HP_TEST(wrong_configuration_is_122_with_its_place) {
  struct tool tool;
  char place[1100];
  const char *file = hp_test_file("wrong.yaml", "version: 1\n"
                                                "profiles:\n"
                                                "  default: {server: echo, trasnport: tcp}\n");
  snprintf(place, sizeof place, "%s:3:27: unknown key 'trasnport', did you mean 'transport'?",
           file);
  tool_init(&tool, "run", "--file", file, NULL);
  check_failure(&tool, 122, place);
  tool_init(&tool, "check", file, NULL);
  check_failure(&tool, 122, place);
  tool_init(&tool, "run", "ehco", NULL);
  check_failure(&tool, 122, "unknown server 'ehco', did you mean 'echo'?");
}

HP_TEST(missing_binary_is_123_with_every_place) {
  struct tool tool;
  const char *file = definitions("missing.yaml", "version: 1\n"
                                                 "servers:\n"
                                                 "  lost:\n"
                                                 "    binary: {names: [no-such-server]}\n"
                                                 "    transports: {local: {}}\n"
                                                 "    ready: {kind: connect}\n");
  tool_init(&tool, "run", "lost", "--file", file, NULL);
  tool.environment[0] = hp_os_two_folders();
  check_failure(&tool, 123, "folder-a");
  CHECK_HAS(strstr(tool.err, "folder-a"), "folder-b");
  CHECK_HAS(strstr(tool.err, "folder-b"), ": missing [PATH]\n");
  CHECK_HAS(tool.err, "hint: install it, or set HYPERPROCESS_BINARY_LOST");
  tool_init(&tool, "locate", "lost", "--file", file, NULL);
  check_failure(&tool, 123, "  places:\n");
}

HP_TEST(not_ready_in_time_is_124_and_not_too_early) {
  struct tool tool;
  tool_init(&tool, "run", "sleepy", "--file", sleepy(), "--binary", child(), "--timeout", "300ms",
            NULL);
  uint64_t begin = uv_hrtime();
  check_failure(&tool, 124, "server 'sleepy' was not ready within 300 ms\n  cause: ");
  CHECK(uv_hrtime() - begin >= UINT64_C(300) * 1000000);
  CHECK(!strchr(tool.err, '\r') && !strchr(tool.err, '\033'));
}

HP_TEST(command_not_found_is_127) {
  struct tool tool;
  tool_init(&tool, "run", "--", "no-such-command", NULL);
  check_failure(&tool, 127, "the command \"no-such-command\" was not found");
  tool_init(&tool, "run", "--", "/no/such/command", NULL);
  check_failure(&tool, 127, "/no/such/command");
}

/* A shell finds a command in PATH and not beside the tool. */
HP_TEST(command_is_looked_for_in_path_alone) {
  struct tool tool;
  tool_init(&tool, "run", "--", "hyperprocess-echod", NULL);
  check_failure(&tool, 127, "was not found");
  CHECK(!strstr(tool.err, "beside"));
}

HP_TEST(command_that_ends_with_a_code_before_the_server_does) {
  struct tool tool;
  tool_init(&tool, "run", "--", child(), "error:no room", "exit:126", NULL);
  CHECK_INT(tool_run(&tool), 126);
  CHECK_TEXT(tool.err, "no room\n");
}

HP_TEST(batch_files_are_refused_with_what_reads_them) {
  NEEDS(HP_OS_BATCH_FILES);
  struct tool tool;
  tool_init(&tool, "run", "--", "build.CMD", NULL);
  check_failure(&tool, 126, "\"build.CMD\" is a batch file");
  CHECK_HAS(tool.err, "hint: it is read by cmd.exe: -- cmd /c build.CMD");
  tool_init(&tool, "run", "--", "./x/go.bat", NULL);
  check_failure(&tool, 126, "is a batch file");
}

/* ---- The others ---- */

HP_TEST(others_print_what_they_know) {
  static const struct {
    const char *words[3], *output;
  } rows[] = {
      {{"plan", "echo"}, "endpoint        "},
      {{"plan", "--json"}, "{\"server\":\"echo\","},
      {{"locate"}, "hyperprocess-echod"},
      {{"servers"}, "redis            Redis, the in-memory data store\n"},
      {{"servers", "redis"}, "one of noeviction, allkeys-lru"},
      {{"profiles"}, "default          server echo, transport local\n"},
      {{"version"}, "hyperprocess 0.1.0\n"},
      {{"--version"}, "hyperprocess 0.1.0\n"},
      {{"--help"}, "usage: hyperprocess SUBCOMMAND"},
      {{"run", "--help"}, "--transport KIND"},
      {{"check", "-h"}, "usage: hyperprocess check FILE"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct tool tool;
    tool_init(&tool, rows[i].words[0], rows[i].words[1], NULL);
    CHECK_INT(tool_run(&tool), 0);
    CHECK_HAS(tool.out, rows[i].output);
    CHECK_TEXT(tool.err, "");
  }
}

HP_TEST(check_finds_what_a_plan_finds) {
  struct tool tool;
  const char *file = hp_test_file("profiles.yaml", "version: 1\n"
                                                   "profiles:\n"
                                                   "  good: {server: echo}\n"
                                                   "  base: {transport: tcp}\n");
  tool_init(&tool, "check", file, NULL);
  CHECK_INT(tool_run(&tool), 0);
  CHECK_HAS(tool.out, "no mistakes; servers: 0, profiles: 2\n");
  file = hp_test_file("profiles.yaml", "version: 1\n"
                                       "profiles:\n"
                                       "  bad: {server: echo, settings: {greting: hello}}\n");
  tool_init(&tool, "check", file, NULL);
  check_failure(&tool, 122, "did you mean 'greeting'?");
}

/* ---- What a person is told ---- */

HP_TEST(verbose_tells_how_the_server_was_stopped) {
  struct tool tool;
  tool_init(&tool, "run", "--verbose", "--", child(), "exit:0", NULL);
  CHECK_INT(tool_run(&tool), 0);
  CHECK_HAS(tool.err, "echo ended by tether, ");
  CHECK_HAS(tool.err, " ms after the stop began\n");
}

HP_TEST(containment_that_cannot_be_had_is_122) {
  NEEDS(HP_OS_CRASH_LESS);
  struct tool tool;
  tool_init(&tool, "plan", "--file",
            hp_test_file("crash.yaml", "version: 1\nprofiles:\n"
                                       "  default: {server: echo, containment: tree+crash}\n"),
            NULL);
  CHECK_INT(tool_run(&tool), 122);
  CHECK_HAS(tool.err, "'tree+crash' was required");
}
