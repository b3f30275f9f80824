/* SPDX-License-Identifier: MIT */
/* Completion: what a word may become, and that the shells themselves can ask for it. */
#include "tests/support/tool.h"

#include <stdio.h>
#include <string.h>

/* What the last word may become, one a line, with a line end in front. */
static const char *complete(const char *a, const char *b, const char *c, const char *d) {
  static struct tool tool;
  static char text[TOOL_OUTPUT + 1];
  tool_init(&tool, "complete", "--", a, b, c, d, NULL);
  CHECK_INT(tool_run(&tool), 0);
  CHECK_TEXT(tool.err, "");
  snprintf(text, sizeof text, "\n%s", tool.out);
  return text;
}

HP_TEST(words_are_those_of_the_tables) {
  CHECK_HAS(complete("", NULL, NULL, NULL), "\nrun\tstart a server");
  CHECK(!strstr(complete("", NULL, NULL, NULL), "\ncomplete\t"));
  CHECK_HAS(complete("run", "--", NULL, NULL), "\n--transport\t");
  CHECK(!strstr(complete("check", "--", NULL, NULL), "--transport"));
  CHECK_HAS(complete("run", "", NULL, NULL), "\nredis\tRedis");
  CHECK_HAS(complete("plan", "redis", "--set", ""), "\nmaxmemory=\tMemory limit");
  CHECK_HAS(complete("plan", "--set", "", NULL), "\ngreeting=\t");
  CHECK_HAS(complete("run", "--format", "", NULL), "\njson\n");
  CHECK_HAS(complete("run", "--profile", "", NULL), "\ndefault\t");
  CHECK_HAS(complete("run", "--transport", "", NULL), "\nlocal\t");
  CHECK_TEXT(complete("run", "--data-dir", "", NULL), "\n:directory\n");
  CHECK_TEXT(complete("check", "", NULL, NULL), "\n:file\n");
  CHECK_TEXT(complete("run", "--", "", NULL), "\n:command\n");
  CHECK_TEXT(complete("completion", "", NULL, NULL), "\nbash\nzsh\nfish\n");
  CHECK_TEXT(complete("nonsense", "", NULL, NULL), "\n");
}

HP_TEST(broken_configuration_says_nothing) {
  const char *file = hp_test_file("broken.yaml", "version: 1\nprofils: {}\n");
  struct tool tool;
  tool_init(&tool, "complete", "--", "run", "--file", file, "--profile", "", NULL);
  CHECK_INT(tool_run(&tool), 0);
  CHECK_TEXT(tool.err, "");
  CHECK_TEXT(tool.out, "");
}

HP_TEST(unknown_shell_is_refused) {
  struct tool tool;
  tool_init(&tool, "completion", "tcsh", NULL);
  CHECK_INT(tool_run(&tool), 121);
  CHECK_HAS(tool.err, "'tcsh' is none of bash, zsh and fish");
}

/* ---- The shells ---- */

static bool is_there(const char *shell) {
  struct tool tool;
  char body[128];
  snprintf(body, sizeof body, "command -v %s", shell);
  tool_program(&tool, "/bin/sh", "-c", body, NULL);
  return tool_run(&tool) == 0;
}

/* The folder with the tool first in PATH. */
static const char *path_with_tool(void) {
  static char path[8192];
  char here[1024];
  snprintf(here, sizeof here, "%s", hp_test_program(""));
  char inherited[4096];
  size_t size = sizeof inherited;
  if (uv_os_getenv("PATH", inherited, &size) != 0)
    inherited[0] = '\0';
  snprintf(path, sizeof path, "PATH=%s:%s", here, inherited);
  return path;
}

static void ask(struct tool *tool, const char *shell, const char *body) {
  tool_program(tool, "/usr/bin/env", shell, "-c", body, NULL);
  tool->environment[0] = path_with_tool();
  CHECK_INT(tool_run(tool), 0);
}

HP_TEST(bash_completes) {
  NEEDS(HP_OS_SIGNALS);
  struct tool tool;
  if (!is_there("bash"))
    SKIP("bash is not installed");
  ask(&tool, "bash",
      "source <(hyperprocess completion bash)\n"
      "COMP_WORDS=(hyperprocess pl) COMP_CWORD=1; _hyperprocess; echo \"<${COMPREPLY[*]}>\"\n"
      "COMP_WORDS=(hyperprocess run --set max) COMP_CWORD=3; _hyperprocess; echo "
      "\"<${COMPREPLY[*]}>\"\n"
      "COMP_WORDS=(hyperprocess run redis --set max) COMP_CWORD=4; _hyperprocess; echo "
      "\"<${COMPREPLY[*]}>\"\n"
      "complete -p hyperprocess\n");
  CHECK_TEXT(tool.err, "");
  CHECK_TEXT(tool.out, "<plan>\n<>\n<maxmemory= maxmemory_policy=>\n"
                       "complete -F _hyperprocess hyperprocess\n");
}

/* A real line of its editor, in a pseudo terminal of its own, with the tab that a person types. */
HP_TEST(zsh_completes) {
  NEEDS(HP_OS_SIGNALS);
  struct tool tool;
  if (!is_there("zsh"))
    SKIP("zsh is not installed");
  ask(&tool, "zsh",
      "zmodload zsh/zpty || exit 1\n"
      "zpty shell zsh -f -i\n"
      "zpty -w shell 'PS1=; autoload -U compinit; compinit -D -u; "
      "source <(hyperprocess completion zsh); echo set''up'\n"
      "zpty -r shell text '*setup*'\n"
      "zpty -n -w shell $'hyperprocess doc\\t'\n"
      "zpty -r shell text '*doctor*' && echo completed\n"
      "zpty -d shell\n");
  CHECK_HAS(tool.out, "completed\n");
}

HP_TEST(fish_completes) {
  NEEDS(HP_OS_SIGNALS);
  struct tool tool;
  if (!is_there("fish"))
    SKIP("fish is not installed");
  ask(&tool, "fish",
      "hyperprocess completion fish | source; complete -C 'hyperprocess doc'; "
      "complete -C 'hyperprocess run redis --set maxmemory_'");
  CHECK_TEXT(tool.err, "");
  CHECK_HAS(tool.out, "doctor\tlook at all");
  CHECK_HAS(tool.out, "maxmemory_policy=\t");
}
