/* SPDX-License-Identifier: MIT */
/* `exec`: any program as the server, and what a ready one is told to the outside. */
#include "tests/support/tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *child(void) {
  static char path[1024];
  snprintf(path, sizeof path, "%s", hp_test_program("hp-child"));
  return path;
}

static void check_refusal(struct tool *tool, int status, const char *message) {
  CHECK_INT(tool_run(tool), status);
  CHECK_TEXT(tool->out, "");
  CHECK_HAS(tool->err, message);
}

/* ---- The program ---- */

HP_TEST(words_of_a_port_make_it_tcp) {
  NEEDS(HP_OS_SIGNALS); /* or its end is by force, and said */
  struct tool tool;
  tool_init(&tool, "exec", "--", child(), "listen-tcp:${endpoint.port}", "serve", "--", child(),
            "environment", NULL);
  CHECK_INT(tool_run(&tool), 0);
  CHECK_TEXT(tool.err, "");
  CHECK_HAS(tool.out, "env HYPERPROCESS_TRANSPORT=tcp\n");
  CHECK_HAS(tool.out, "env HYPERPROCESS_ENDPOINT=tcp://127.0.0.1:");
  CHECK_HAS(tool.out, "env HYPERPROCESS_HOST=127.0.0.1\n");
}

HP_TEST(without_such_words_it_is_local) {
  struct tool tool;
  char wanted[64];
  tool_init(&tool, "exec", "--", child(), "listen:${endpoint.url}", "serve", "--", child(),
            "environment", NULL);
  CHECK_INT(tool_run(&tool), 0);
  snprintf(wanted, sizeof wanted, "env HYPERPROCESS_TRANSPORT=%s\n", hp_test_platform()->local);
  CHECK_HAS(tool.out, wanted);
}

/* The program's own environment is in what it writes, which an early end shows. */
static void show_environment(struct tool *tool, const char *option, const char *value) {
  tool_init(tool, "exec", option, value, "--", child(), "environment", "exit:3", NULL);
  tool->environment[0] = "HYPERPROCESS_PID=of another";
  CHECK_INT(tool_run(tool), 125);
}

HP_TEST(program_finds_the_address_in_its_environment) {
  struct tool tool;
  show_environment(&tool, "--transport", "tcp");
  CHECK_HAS(tool.err, "env HYPERPROCESS_ENDPOINT=tcp://127.0.0.1:");
  CHECK_HAS(tool.err, "env HYPERPROCESS_HOST=127.0.0.1\n");
  CHECK_HAS(tool.err, "env HYPERPROCESS_TRANSPORT=tcp\n");
  CHECK(!strstr(tool.err, "of another"));
}

HP_TEST(values_of_env_take_variables) {
  struct tool tool;
  show_environment(&tool, "--env", "PLACE=at ${endpoint.host} $${x}");
  CHECK_HAS(tool.err, "env PLACE=at 127.0.0.1 ${x}\n");
  CHECK_HAS(tool.err, "env HYPERPROCESS_TRANSPORT=tcp\n");
}

HP_TEST(it_runs_in_the_current_directory) {
  struct tool tool;
  char here[2048], wanted[2100];
  size_t size = sizeof here;
  CHECK_INT(uv_cwd(here, &size), 0);
  snprintf(wanted, sizeof wanted, "cwd %s\n", here);
  tool_init(&tool, "exec", "--", child(), "cwd", "exit:3", NULL);
  CHECK_INT(tool_run(&tool), 125);
  CHECK_HAS(tool.err, wanted);
}

/* A file that was not named is not read: what stands in it is about servers that have a name. */
HP_TEST(configuration_is_only_read_when_it_is_named) {
  NEEDS(HP_OS_SIGNALS); /* or its end is by force, and said */
  struct tool tool;
  char folder[1200];
  snprintf(folder, sizeof folder, "%s/hyperprocess", hp_test_directory());
  REQUIRE(hp_os_make_directory(folder));
  const char *file = hp_test_file("hyperprocess/hyperprocess.yaml", "version: 1\nprofils: {}\n");
  char home[1200];
  snprintf(home, sizeof home, "XDG_CONFIG_HOME=%s", hp_test_directory());
  tool_init(&tool, "exec", "--ready", "none", "--", child(), "pause", "--", child(), "exit:0",
            NULL);
  tool.environment[0] = home;
  CHECK_INT(tool_run(&tool), 0);
  CHECK_TEXT(tool.err, "");
  tool_init(&tool, "exec", "--file", file, "--profile", "default", "--", child(), "pause", NULL);
  check_refusal(&tool, 122, "unknown key 'profils', did you mean 'profiles'?");
}

HP_TEST(profile_that_is_named_counts) {
  struct tool tool;
  const char *file = hp_test_file("slow.yaml", "version: 1\n"
                                               "profiles:\n"
                                               "  quick: {server: redis, start_timeout: 300ms}\n");
  tool_init(&tool, "exec", "--file", file, "--profile", "quick", "--", child(), "pause", NULL);
  check_refusal(&tool, 124, "server 'hp-child' was not ready within 300 ms");
}

/* ---- Ready, stop ---- */

HP_TEST(line_may_carry_the_port_that_it_picked) {
  struct tool tool;
  char wanted[64];
  tool_init(&tool, "exec", "--ready", "line:up at ${endpoint.port}", "--format", "json", "--",
            child(), "listen-tcp:0", "say-port:up at ", "serve", NULL);
  REQUIRE(tool_start(&tool));
  REQUIRE(tool_until(&tool, "}\n"));
  const char *port = strstr(tool.out, "\"port\":");
  REQUIRE(port != NULL);
  snprintf(wanted, sizeof wanted, "{\"endpoint\":\"tcp://127.0.0.1:%d\",", atoi(port + 7));
  CHECK_HAS(tool.out, wanted);
  CHECK(hp_os_interrupt(tool.pid));
  CHECK(tool_end(&tool));
  CHECK_INT(tool.status, 0);
}

HP_TEST(ready_may_be_a_mapping) {
  struct tool tool;
  tool_init(&tool, "exec", "--ready", "{kind: line, line: 'up'}", "--", child(), "write:up",
            "pause", "--", child(), "exit:4", NULL);
  CHECK_INT(tool_run(&tool), 4);
}

HP_TEST(ladder_is_climbed_and_ends_with_a_kill) {
  NEEDS(HP_OS_SIGNALS);
  struct tool tool;
  tool_init(&tool, "exec", "--verbose", "--ready", "line:up", "--stop", "TERM:50ms", "--", child(),
            "ignore:15", "write:up", "pause", "--", child(), "exit:0", NULL);
  CHECK_INT(tool_run(&tool), 0);
  CHECK_HAS(tool.err, "hp-child ended by kill, ");
  tool_init(&tool, "exec", "--verbose", "--ready", "line:up", "--stop", "TERM:50ms,INT:30s", "--",
            child(), "ignore:15", "write:up", "pause", "--", child(), "exit:0", NULL);
  CHECK_INT(tool_run(&tool), 0);
  CHECK_HAS(tool.err, "hp-child ended by signal INT, ");
}

HP_TEST(another_separator_leaves_dashes_to_the_program) {
  struct tool tool;
  tool_init(&tool, "exec", "--separator", "::", "--", child(), "arguments", "--", "::", child(),
            "exit:6", NULL);
  CHECK_INT(tool_run(&tool), 125);
  CHECK_HAS(tool.err, "argument 2:--\n");
  tool_init(&tool, "exec", "--separator", "::", "--ready", "none", "--", child(), "pause",
            "::", child(), "exit:6", NULL);
  CHECK_INT(tool_run(&tool), 6);
}

/* ---- Mistakes name the word ---- */

HP_TEST(mistakes_name_their_word) {
  NEEDS(HP_OS_ROOTED_PATHS); /* for sh */
  static const struct {
    const char *words[6];
    int status;
    const char *message;
  } rows[] = {
      {{"exec", "--", "sh", "-c", "${endpoint.prot}"},
       122,
       "hyperprocess: argument 2 of the program: unknown variable 'endpoint.prot', did you mean "
       "'endpoint.port'?"},
      {{"exec", "--ready", "lien:x", "--", "sh"},
       122,
       "--ready: unknown kind 'lien', did you mean"},
      {{"exec", "--ready", "line", "--", "sh"},
       122,
       "--ready: kind line needs a pattern in 'line'"},
      {{"exec", "--ready", "none:x", "--", "sh"}, 122, "--ready: unknown key 'none'"},
      {{"exec", "--ready", "{kind: none", "--", "sh"}, 122, "not valid YAML"},
      {{"exec", "--stop", "TREM:5s", "--", "sh"},
       122,
       "--stop: unknown signal 'TREM', did you mean"},
      {{"exec", "--stop", "TERM:5", "--", "sh"}, 122, "--stop: '5' is not a duration"},
      {{"exec", "--stop", "tether:5s", "--", "sh"}, 122, "--stop: 'tether' needs a server that"},
      {{"exec", "--env", "A=${b}", "--", "sh"}, 122, "--env A: unknown variable 'b'"},
      {{"exec", "--", "no-such-program"}, 123, "\"no-such-program\" was not found"},
      {{"exec", "--", "./no/such"}, 123, "no/such"},
      {{"exec"}, 121, "exec: a program follows after --"},
      {{"exec", "--", "--", "x"}, 121, "exec: no program follows after --"},
      {{"exec", "--", "x", "--"}, 121, "exec: no command follows after the program"},
      {{"exec", "x"}, 121, "exec: unexpected word 'x'"},
      {{"run", "--ready", "none"}, 121, "unknown option '--ready'"},
      {{"run", "--format", "jsno"}, 121, "--format jsno: did you mean 'json'?"},
      {{"run", "--format", "json", "--", "x"}, 121, "--format is for a run without a command"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct tool tool;
    const char *const *words = rows[i].words;
    tool_init(&tool, words[0], words[1], words[2], words[3], words[4], NULL);
    check_refusal(&tool, rows[i].status, rows[i].message);
  }
}

HP_TEST(transport_that_the_words_do_not_fit_is_refused) {
  struct tool tool;
  tool_init(&tool, "exec", "--transport", "tcp", "--", child(), "listen:${endpoint.path}", NULL);
  check_refusal(&tool, 122, "${endpoint.path} has no value over transport 'tcp'");
}

/* ---- Formats ---- */

static void print_ready(struct tool *tool, const char *format) {
  tool_init(tool, "run", "--transport", "tcp", "--format", format, NULL);
  if (!tool_start(tool) || !CHECK(tool_until(tool, "\n")))
    return;
  tool->pid = hp_os_child_of(tool->pid);
  CHECK(hp_os_interrupt(tool->process.pid));
  CHECK(tool_end(tool));
  CHECK_INT(tool->status, 0);
}

static int port_of(const struct tool *tool, const char *before) {
  const char *found = strstr(tool->out, before);
  return found ? atoi(found + strlen(before)) : -1;
}

HP_TEST(json_is_one_object_with_every_key) {
  struct tool tool;
  char wanted[512];
  print_ready(&tool, "json");
  int port = port_of(&tool, "\"port\":");
  snprintf(wanted, sizeof wanted,
           "{\"endpoint\":\"tcp://127.0.0.1:%d\",\"descriptor\":\"tcp://127.0.0.1:%d\","
           "\"transport\":\"tcp\",\"path\":null,\"host\":\"127.0.0.1\",\"port\":%d,\"pid\":%lld,"
           "\"data_dir\":null}\n",
           port, port, port, (long long)tool.pid);
  CHECK_TEXT(tool.out, wanted);
}

HP_TEST(env_has_a_line_for_each_variable) {
  struct tool tool;
  char wanted[512];
  print_ready(&tool, "env");
  int port = port_of(&tool, "_PORT=");
  snprintf(wanted, sizeof wanted,
           "HYPERPROCESS_ENDPOINT=tcp://127.0.0.1:%d\nHYPERPROCESS_DESCRIPTOR=tcp://127.0.0.1:%d\n"
           "HYPERPROCESS_TRANSPORT=tcp\nHYPERPROCESS_HOST=127.0.0.1\nHYPERPROCESS_PORT=%d\n"
           "HYPERPROCESS_PID=%lld\n",
           port, port, port, (long long)tool.pid);
  CHECK_TEXT(tool.out, wanted);
}

/* What a shell would take apart comes in quotes. */
HP_TEST(env_is_quoted_for_a_shell) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  struct tool tool;
  char data[1200], wanted[1400];
  snprintf(data, sizeof data, "%s/it's $HOME", hp_test_directory());
  tool_init(&tool, "exec", "--data-dir", data, "--ready", "none", "--format", "env", "--", child(),
            "pause", NULL);
  REQUIRE(tool_start(&tool));
  REQUIRE(tool_until(&tool, "$HOME'\n"));
  CHECK(hp_os_interrupt(tool.pid));
  CHECK(tool_end(&tool));
  snprintf(wanted, sizeof wanted, "HYPERPROCESS_DATA_DIR='%s/it'\\''s $HOME'\n",
           hp_test_directory());
  CHECK_HAS(tool.out, wanted);
}

HP_TEST(url_descriptor_and_text) {
  struct tool tool;
  print_ready(&tool, "url");
  CHECK_HAS(tool.out, "tcp://127.0.0.1:");
  CHECK_INT(strcspn(tool.out, "\n") + 1, strlen(tool.out));
  print_ready(&tool, "descriptor");
  CHECK_HAS(tool.out, "tcp://127.0.0.1:");
  CHECK_INT(strcspn(tool.out, "\n") + 1, strlen(tool.out));
  print_ready(&tool, "text");
  CHECK_HAS(tool.out, "endpoint        tcp://127.0.0.1:");
  CHECK_HAS(tool.out, "\npid             ");
}
