/* SPDX-License-Identifier: MIT */
/* The tool where there are signals, and scripts that trap them. */
#include "tests/support/tool_posix.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_gone(const char *path) {
  return !tool_file_exists(path);
}

/* The first line of what it said, without its end. */
static void first_line(const struct tool *tool, char line[1024]) {
  snprintf(line, 1024, "%.*s", (int)strcspn(tool->out, "\n"), tool->out);
}

/* A server that is never ready: a process, and an address that nobody serves. */
static const char *sleepy(void) {
  return hp_test_file("sleepy.yaml", "version: 1\n"
                                     "servers:\n"
                                     "  sleepy:\n"
                                     "    binary: {names: [sleep]}\n"
                                     "    arguments: [\"60\"]\n"
                                     "    transports: {unix: {}}\n"
                                     "    ready: {kind: connect}\n");
}

/* ---- Without a command ---- */

static void check_asked_stop(int number) {
  struct tool tool;
  char line[1024];
  tool_init(&tool, "run", NULL);
  REQUIRE(tool_start(&tool));
  REQUIRE(tool_until(&tool, "\n"));
  first_line(&tool, line);
  CHECK(strncmp(line, "unix:///", 8) == 0);
  CHECK(!is_gone(line + 7));
  kill((pid_t)tool.pid, number);
  CHECK(tool_end(&tool));
  CHECK_INT(tool.status, 0);
  CHECK_INT(strlen(tool.out), strlen(line) + 1);
  CHECK_TEXT(tool.err, "");
  CHECK(is_gone(line + 7));
}

HP_TEST(endpoint_is_all_of_stdout_until_sigterm) {
  check_asked_stop(SIGTERM);
}

HP_TEST(sigint_is_an_asked_stop) {
  check_asked_stop(SIGINT);
}

HP_TEST(sighup_is_an_asked_stop) {
  check_asked_stop(SIGHUP);
}

static const char *wrapped_echod(void) {
  char body[2048];
  snprintf(body, sizeof body, "exec %s/hyperprocess-echod \"$@\"", getenv("HP_TEST_BIN"));
  return tool_script("wrapped", body);
}

HP_TEST(server_that_ends_by_itself_is_120) {
  struct tool tool;
  tool_init(&tool, "run", "--binary", wrapped_echod(), NULL);
  REQUIRE(tool_start(&tool));
  REQUIRE(tool_until(&tool, "unix:///"));
  long server = tool_script_pid();
  REQUIRE(server > 0);
  kill((pid_t)server, SIGKILL);
  CHECK(tool_end(&tool));
  CHECK_INT(tool.status, 120);
  CHECK_HAS(tool.err, "server 'echo' was ended by signal 9");
  CHECK_HAS(tool.err, "\n  cause: ");
}

static void start_unready(struct tool *tool, const char *file, const char *script, bool command) {
  tool_init(tool, "run", "sleepy", "--file", file, "--binary", script, NULL);
  if (command)
    tool_add(tool, "--", "echo", "never", NULL);
  tool_start(tool);
}

static void check_early_stop(bool command, int status) {
  struct tool tool;
  char file[1024];
  snprintf(file, sizeof file, "%s", sleepy());
  start_unready(&tool, file, tool_script("server", "exec sleep 60"), command);
  long server = tool_script_pid();
  REQUIRE(server > 0);
  kill((pid_t)tool.pid, SIGTERM);
  CHECK(tool_end(&tool));
  CHECK_INT(tool.status, status);
  CHECK_TEXT(tool.out, "");
  CHECK(!hp_os_is_running(server));
}

HP_TEST(stop_before_ready_is_0) {
  check_early_stop(false, 0);
}

HP_TEST(stop_before_the_command_is_128_and_the_signal) {
  check_early_stop(true, 128 + SIGTERM);
}

/* ---- With a command ---- */

/* A shell hears a signal between two commands: short ones. */
#define LINGER "while :; do sleep 0.05; done"

#define PRINT_FACTS                                                                                \
  "echo \"$HYPERPROCESS_ENDPOINT|$HYPERPROCESS_DESCRIPTOR|$HYPERPROCESS_TRANSPORT|"                \
  "${HYPERPROCESS_PATH-none}|${HYPERPROCESS_HOST-none}|${HYPERPROCESS_PORT-none}|"                 \
  "$HYPERPROCESS_DATA_DIR|\"; kill -0 $HYPERPROCESS_PID && echo alive"

HP_TEST(command_is_told_where_unix) {
  struct tool tool;
  char path[1024] = "", wanted[4096];
  tool_init(&tool, "run", "--transport", "unix", "--", "sh", "-c", PRINT_FACTS, NULL);
  tool.environment[0] = "HYPERPROCESS_HOST=of another";
  CHECK_INT(tool_run(&tool), 0);
  sscanf(tool.out, "unix://%1000[^|]", path);
  snprintf(wanted, sizeof wanted, "unix://%s|unix://%s|unix|%s|none|none||\nalive\n", path, path,
           path);
  CHECK_TEXT(tool.out, wanted);
  CHECK_TEXT(tool.err, "");
  CHECK(is_gone(path));
}

HP_TEST(command_is_told_where_tcp) {
  struct tool tool;
  int port = 0;
  char wanted[4096];
  tool_init(&tool, "run", "--transport=tcp", "--", "sh", "-c", PRINT_FACTS, NULL);
  CHECK_INT(tool_run(&tool), 0);
  sscanf(tool.out, "tcp://127.0.0.1:%d", &port);
  snprintf(wanted, sizeof wanted,
           "tcp://127.0.0.1:%d|tcp://127.0.0.1:%d|tcp|none|127.0.0.1|%d||\nalive\n", port, port,
           port);
  CHECK_TEXT(tool.out, wanted);
}

HP_TEST(command_has_stdin_and_its_status_counts) {
  struct tool tool;
  tool_init(&tool, "run", "--", "sh", "-c", "read line; echo got $line; exit 7", NULL);
  REQUIRE(tool_start(&tool));
  tool_type(&tool, "words\n");
  CHECK(tool_end(&tool));
  CHECK_INT(tool.status, 7);
  CHECK_TEXT(tool.out, "got words\n");
}

HP_TEST(command_killed_is_128_and_the_signal) {
  struct tool tool;
  tool_init(&tool, "run", "--", "sh", "-c", "echo $HYPERPROCESS_PID; kill -KILL $$", NULL);
  CHECK_INT(tool_run(&tool), 137);
  CHECK(kill((pid_t)atol(tool.out), 0) != 0);
}

HP_TEST(server_dies_under_the_command) {
  struct tool tool;
  tool_init(&tool, "run", "--", "sh", "-c",
            "trap 'echo told; exit 3' TERM; kill -KILL $HYPERPROCESS_PID; " LINGER, NULL);
  CHECK_INT(tool_run(&tool), 120);
  CHECK_TEXT(tool.out, "told\n");
  CHECK_HAS(tool.err, "server 'echo' was ended by signal 9");
}

HP_TEST(tool_killed_takes_server_and_command_along) {
  struct tool tool;
  long server_pid = 0, command_pid = 0;
  tool_init(&tool, "run", "--", "sh", "-c", "echo $HYPERPROCESS_PID $$ ok; exec sleep 60", NULL);
  REQUIRE(tool_start(&tool));
  REQUIRE(tool_until(&tool, "ok\n"));
  sscanf(tool.out, "%ld %ld", &server_pid, &command_pid);
  kill((pid_t)tool.pid, SIGKILL);
  CHECK(tool_is_gone_within(server_pid, 1000));
  CHECK(tool_is_gone_within(command_pid, 1000));
  CHECK(tool_end(&tool));
  CHECK_INT(tool.status, 137);
}

#define TRAPPING(signal, status)                                                                   \
  "trap 'kill -0 $HYPERPROCESS_PID && echo told; exit " status "' " signal "; "                    \
  "echo begun $HYPERPROCESS_PID; " LINGER

static void check_forwarded(const char *command, int number, int status) {
  struct tool tool;
  long pid = 0;
  tool_init(&tool, "run", "--", "sh", "-c", command, NULL);
  REQUIRE(tool_start(&tool));
  REQUIRE(tool_until(&tool, "\n"));
  sscanf(tool.out, "begun %ld", &pid);
  kill((pid_t)tool.pid, number);
  CHECK(tool_end(&tool));
  CHECK_INT(tool.status, status);
  CHECK_HAS(tool.out, "told\n");
  CHECK(!hp_os_is_running(pid));
}

HP_TEST(sigterm_goes_to_the_command_then_stops_the_server) {
  check_forwarded(TRAPPING("TERM", "9"), SIGTERM, 128 + SIGTERM);
}

HP_TEST(sighup_goes_to_the_command_then_stops_the_server) {
  check_forwarded(TRAPPING("HUP", "9"), SIGHUP, 128 + SIGHUP);
}

HP_TEST(sigint_to_the_tool_alone_is_the_commands) {
  check_forwarded(TRAPPING("INT", "4"), SIGINT, 4);
}

HP_TEST(second_sigterm_kills_a_command_that_does_not_listen) {
  struct tool tool;
  tool_init(&tool, "run", "--", "sh", "-c",
            "trap 'echo deaf' TERM; echo begun; while :; do read line || exit 1; done", NULL);
  REQUIRE(tool_start(&tool));
  REQUIRE(tool_until(&tool, "begun\n"));
  kill((pid_t)tool.pid, SIGTERM);
  kill((pid_t)tool.pid, SIGINT); /* without a terminal it is passed on, and is no second one */
  kill((pid_t)tool.pid, SIGHUP);
  CHECK(tool_end(&tool));
  CHECK(tool.status == 128 + SIGTERM || tool.status == 128 + SIGHUP);
}

/* ---- What goes wrong ---- */

static void check_failure(struct tool *tool, int status, const char *message) {
  CHECK_INT(tool_run(tool), status);
  CHECK_TEXT(tool->out, "");
  CHECK_HAS(tool->err, message);
}

HP_TEST(dead_at_once_is_125_with_its_output) {
  struct tool tool;
  char file[1024];
  snprintf(file, sizeof file, "%s", sleepy());
  tool_init(&tool, "run", "sleepy", "--file", file, "--binary",
            tool_script("server", "echo no room >&2; exit 3"), NULL);
  check_failure(&tool, 125, "ended with exit code 3 before it was ready");
  CHECK_HAS(tool.err, "\n  output:\n    no room\n");
}

HP_TEST(command_not_executable_is_126) {
  struct tool tool;
  tool_init(&tool, "run", "--", hp_test_file("plain", "no program"), NULL);
  check_failure(&tool, 126, "the file is not executable");
  tool_init(&tool, "run", "--", hp_test_directory(), NULL);
  check_failure(&tool, 126, "it is a directory");
}

/* A terminal obeys what it is sent. */
HP_TEST(the_servers_own_words_are_not_obeyed) {
  struct tool tool;
  char file[1024];
  snprintf(file, sizeof file, "%s", sleepy());
  tool_init(
      &tool, "run", "sleepy", "--file", file, "--binary",
      tool_script("loud", "printf '\\033]0;title\\007 \\302\\233 caf\\303\\251\\n' >&2; exit 3"),
      NULL);
  tool_start(&tool);
  tool_script_pid();
  CHECK(tool_end(&tool));
  CHECK_HAS(tool.err, "^[]0;title^G \\x9b caf\303\251\n");
  CHECK(!strchr(tool.err, '\033'));
}
