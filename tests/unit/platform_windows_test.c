/* SPDX-License-Identifier: MIT */
/* What of processes only Windows has; the rest is in the conformance suite. */
#include "platform/child_windows.h"
#include "platform/command_line.h"
#include "platform/platform.h"

#include "core/alloc.h"
#include "core/text.h"
#include "tests/conformance/platform_scene.h"
#include "tests/support/os.h"

#include <shellapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct hp_platform_ops *const platform = &hp__platform_windows;

static const struct hp_platform_subject subject = {.ops = &hp__platform_windows,
                                                   .claims = HP_CLAIM_TREE | HP_CLAIM_CONTAINS};

static struct hp_windows_child *state_of(const struct hp_actor *actor) {
  return (struct hp_windows_child *)actor->child;
}

static uint32_t code_of(const struct hp_actor *actor) {
  CHECK_INT(actor->child->exit.kind, HP_EXIT_CODE);
  return (uint32_t)actor->child->exit.value;
}

/* ---- Text ---- */

static void expect_wide_path(const char *path, const wchar_t *expected) {
  wchar_t *wide = hp__wide_path(path);
  char *narrow = hp__narrow(wide), *narrow_expected = hp__narrow(expected);
  CHECK_TEXT(narrow, narrow_expected);
  hp__free(wide);
  hp__free(narrow);
  hp__free(narrow_expected);
}

HP_TEST(text_survives_both_ways) {
  static const char text[] = "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80";
  wchar_t *wide = hp__wide(text);
  CHECK(wcscmp(wide, L"gr\u00fc\u00df \u20ac \xd83d\xde00") == 0);
  char *narrow = hp__narrow(wide);
  CHECK_TEXT(narrow, text);
  hp__free(wide);
  hp__free(narrow);
  wide = hp__wide("a\xff"
                  "b");
  CHECK(wcscmp(wide, L"a\ufffd"
                     L"b") == 0);
  hp__free(wide);
}

HP_TEST(a_long_path_has_the_prefix_that_lifts_the_limit) {
  char path[600];
  wchar_t expected[620];
  expect_wide_path("C:/a/./b/../c", L"C:\\a\\c");
  expect_wide_path("\\\\?\\C:\\a/b", L"\\\\?\\C:\\a/b");
  expect_wide_path("\\\\.\\pipe\\x", L"\\\\.\\pipe\\x");
  snprintf(path, sizeof path, "C:/%0247d", 7);
  swprintf(expected, 620, L"\\\\?\\C:\\%0247d", 7);
  expect_wide_path(path, expected);
  snprintf(path, sizeof path, "C:/%0244d", 7);
  swprintf(expected, 620, L"C:\\%0244d", 7);
  expect_wide_path(path, expected);
  snprintf(path, sizeof path, "//server/share/%0500d", 7);
  swprintf(expected, 620, L"\\\\?\\UNC\\server\\share\\%0500d", 7);
  expect_wide_path(path, expected);
}

HP_TEST(the_system_reads_the_command_line_as_it_was_meant) {
  const char *const argv[] = {"C:\\two words\\x.exe",
                              "",
                              " ",
                              "\"",
                              "\\",
                              "a\\\\\"b c\\\\\" ",
                              "C:\\d\\",
                              "C:\\two words\\",
                              "\\\\\"",
                              "\\\"",
                              "*",
                              "%PATH%",
                              "\tx",
                              "a\nb",
                              "'",
                              "^&|",
                              "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80",
                              "\"\"",
                              "a\"\"b",
                              "{a,b}",
                              "@f",
                              NULL};
  char *line = NULL;
  int count = 0, i = 0;
  CHECK_INT(hp__command_line((char *const *)(uintptr_t)argv, &line, NULL), 0);
  wchar_t *wide = hp__wide(line), **read = CommandLineToArgvW(wide, &count);
  for (; read && i < count && argv[i]; i++) {
    char *narrow = hp__narrow(read[i]);
    CHECK_TEXT(narrow, argv[i]);
    hp__free(narrow);
  }
  CHECK(i == count && !argv[i]);
  LocalFree(read);
  hp__free(wide);
  hp__free(line);
}

/* ---- What cannot be started ---- */

static void expect_refused(struct hp_actor *actor, int code, const char *part) {
  CHECK_INT(hp_actor_spawn(actor), code);
  CHECK(hp_conform_is_line(hp_error_cause(&actor->error)));
  CHECK(hp_conform_is_line(hp_error_hint(&actor->error)));
  hp_conform_error(&actor->error, code, part);
  hp_actor_fini(actor);
}

HP_TEST(batch_files_and_other_users_are_refused) {
  struct hp_scene scene;
  struct hp_actor actor;
  hp_scene_begin(&scene, &subject);
  hp_actor_init(&actor, &scene, NULL);
  actor.spawn.executable = hp_test_file("run.bat", "@echo off\r\n");
  expect_refused(&actor, HP_ESPAWN, "batch file");
  hp_actor_init(&actor, &scene, NULL);
  actor.spawn.user = (struct hp_user){.id = 7, .name = "somebody"};
  expect_refused(&actor, HP_EUNSUPPORTED, "somebody");
  hp_scene_end(&scene);
}

/* ---- What reaches it ---- */

HP_TEST(a_directory_and_variables_of_any_alphabet) {
  static char variable[] = "GR\xc3\x9c\xc3\x9f=\xf0\x9f\x98\x80 \xe2\x82\xac";
  char *const environment[] = {variable, NULL};
  char folder[1024], line[1100];
  uv_fs_t request;
  struct hp_scene scene;
  struct hp_actor actor;
  snprintf(folder, sizeof folder, "%s\\gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80", hp_test_directory());
  CHECK_INT(uv_fs_mkdir(NULL, &request, folder, 0700, NULL), 0);
  uv_fs_req_cleanup(&request);
  hp_scene_begin(&scene, &subject);
  hp_actor_init(&actor, &scene, "cwd", "environment", NULL);
  actor.spawn.directory = folder;
  actor.spawn.environment = environment;
  if (hp_actor_start(&actor))
    hp_actor_ends(&actor);
  snprintf(line, sizeof line, "%s\n", strrchr(folder, '\\') + 1);
  CHECK_HAS(actor.text[0], line);
  CHECK_HAS(actor.text[0], variable);
  CHECK(hp__text_contains(actor.text[0], "env SYSTEMROOT=")); /* Wine writes SystemRoot */
  hp_actor_fini(&actor);
  hp_scene_end(&scene);
}

/* One that any CreateProcess() with inheritance would hand on. */
HP_TEST(no_other_handle_of_ours_reaches_it) {
  SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
  HANDLE reader, writer;
  char byte;
  DWORD length;
  struct hp_scene scene;
  struct hp_actor actor;
  CHECK(CreatePipe(&reader, &writer, &inherit, 0));
  hp_scene_begin(&scene, &subject);
  hp_actor_init(&actor, &scene, "write:up", "pause", NULL);
  CHECK(hp_actor_start(&actor) && hp_actor_says(&actor, "up\n"));
  CloseHandle(writer);
  CHECK(!ReadFile(reader, &byte, 1, &length, NULL) && GetLastError() == ERROR_BROKEN_PIPE);
  CloseHandle(reader);
  hp_actor_kill(&actor);
  hp_actor_fini(&actor);
  hp_scene_end(&scene);
}

HP_TEST(processes_leave_no_handle) {
  enum { WARM = 8 };
  const int rounds = getenv("HP_TEST_FULL") ? 100 : 25;
  struct hp_scene scene;
  long before = 0;
  hp_scene_begin(&scene, &subject);
  for (int i = 0; i < WARM + rounds; i++) {
    if (i == WARM)
      before = hp_os_count_handles();
    CHECK_INT(hp_actor_run(&scene, "exit:3").value, 3);
  }
  CHECK(hp_os_count_handles() <= before + 4); /* threads of the pool come and go */
  hp_scene_end(&scene);
}

/* ---- How it ends ---- */

HP_TEST(a_crash_is_told_by_its_status) {
  struct hp_scene scene;
  struct hp_actor actor;
  hp_scene_begin(&scene, &subject);
  hp_actor_init(&actor, &scene, "raise:11", NULL);
  if (hp_actor_start(&actor))
    hp_actor_ends(&actor);
  CHECK(code_of(&actor) == 0xC0000005U);
  platform->explain_exit(&actor.child->exit, &actor.spawn, &actor.error);
  CHECK_HAS(hp_error_cause(&actor.error), "invalid memory access (0xC0000005, STATUS_ACCESS");
  CHECK(hp_error_hint(&actor.error));
  hp_actor_fini(&actor);
  hp_scene_end(&scene);
}

/* A copy of hp-child that needs a library of a name that nobody has. */
static const char *maim_program(const char *program, const char *library, const char *other) {
  FILE *from = fopen(program, "rb"), *to;
  char *bytes = malloc(16 << 20);
  size_t size = from ? fread(bytes, 1, 16 << 20, from) : 0, length = strlen(library), found = 0;
  if (from)
    fclose(from);
  for (size_t i = 0; i + length < size; i++)
    if (_strnicmp(bytes + i, library, length) == 0) {
      memcpy(bytes + i, other, length);
      found++;
    }
  CHECK(found > 0);
  const char *path = hp_test_file("maimed.exe", "");
  to = fopen(path, "wb");
  CHECK(to && fwrite(bytes, 1, size, to) == size);
  if (to)
    fclose(to);
  free(bytes);
  return path;
}

HP_TEST(a_library_that_is_missing_is_named) {
  struct hp_scene scene;
  struct hp_actor actor;
  hp_scene_begin(&scene, &subject);
  hp_actor_init(&actor, &scene, NULL);
  actor.spawn.executable = maim_program(actor.program, "SHELL32.dll", "ABSENT7.dll");
  if (hp_actor_start(&actor))
    hp_actor_ends(&actor);
  CHECK(code_of(&actor) == 0xC0000135U);
  platform->explain_exit(&actor.child->exit, &actor.spawn, &actor.error);
  CHECK_HAS(hp_error_cause(&actor.error), "ABSENT7.dll, a library that maimed.exe needs");
  CHECK_HAS(hp_error_cause(&actor.error), "STATUS_DLL_NOT_FOUND");
  platform->explain_exit(&actor.child->exit, NULL, &actor.error);
  CHECK_HAS(hp_error_cause(&actor.error), "a library that it needs was not found");
  hp_actor_fini(&actor);
  hp_scene_end(&scene);
}

/* ---- Its job ---- */

static bool start_family(struct hp_actor *actor, struct hp_scene *scene, const char *fork) {
  hp_actor_init(actor, scene, fork, "write:up", "pause", NULL);
  return CHECK(hp_actor_start(actor) && hp_actor_says(actor, "up\n") &&
               hp_actor_says(actor, "descendant "));
}

/* As the system does it for a host that was killed. */
static void close_job(struct hp_scene *scene, const char *fork) {
  struct hp_actor actor;
  if (start_family(&actor, scene, fork)) {
    CHECK_INT(actor.child->containment, HP_CONTAINMENT_TREE_CRASH);
    CloseHandle(state_of(&actor)->job);
    state_of(&actor)->job = NULL;
    hp_actor_ends(&actor);
    CHECK(!hp_os_is_running(hp_actor_number(&actor, "descendant ")));
  }
  hp_actor_fini(&actor);
}

HP_TEST(without_us_nothing_of_the_tree_is_left) {
  struct hp_scene scene;
  hp_scene_begin(&scene, &subject);
  close_job(&scene, "fork:");
  close_job(&scene, "fork:away");
  hp_scene_end(&scene);
}

/* Started by the next one, as a program of its own. */
HP_TEST(a_host) {
  struct hp_scene scene;
  struct hp_actor actor;
  if (!getenv("HP_HOST"))
    SKIP("only as a host that another test starts");
  hp_scene_begin(&scene, &subject);
  hp_actor_init(&actor, &scene, "fork:", "fork:away", "write:up", "pause", NULL);
  actor.spawn.inherit_stdio = true;
  if (hp_actor_start(&actor))
    hp_actor_exits(&actor); /* we are killed before */
}

HP_TEST(a_killed_host_takes_its_trees_along) {
  static char bin[600], role[] = "HP_HOST=1", name[] = "a_host";
  char *const environment[] = {bin, role, NULL};
  struct hp_scene scene;
  struct hp_actor host;
  size_t size = sizeof host.program;
  hp_scene_begin(&scene, &subject);
  hp_actor_init(&host, &scene, name, NULL);
  CHECK_INT(uv_exepath(host.program, &size), 0);
  snprintf(bin, sizeof bin, "HP_TEST_BIN=%s", getenv("HP_TEST_BIN"));
  host.spawn.environment = environment;
  if (CHECK(hp_actor_start(&host) && hp_actor_says(&host, "up\n"))) {
    hp_os_kill(host.child->pid);
    hp_actor_ends(&host); /* they hold its output as long as they live */
    CHECK(!hp_os_is_running(hp_actor_number(&host, "descendant ")));
  }
  hp_actor_fini(&host);
  hp_scene_end(&scene);
}

HP_TEST(nobody_leaves_the_job) {
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits = {0};
  struct hp_scene scene;
  struct hp_actor actor;
  if (hp_os_is_wine())
    SKIP("Wine does not tell the limits of a job");
  hp_scene_begin(&scene, &subject);
  hp_actor_init(&actor, &scene, "write:up", "pause", NULL);
  CHECK(hp_actor_start(&actor));
  CHECK(QueryInformationJobObject(state_of(&actor)->job, JobObjectExtendedLimitInformation, &limits,
                                  sizeof limits, NULL));
  CHECK_INT(limits.BasicLimitInformation.LimitFlags, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE);
  hp_actor_kill(&actor);
  CHECK(code_of(&actor) == HP_KILLED_CODE);
  hp_actor_fini(&actor);
  hp_scene_end(&scene);
}

HP_TEST(the_descendants_have_ended_when_the_close_is_told) {
  struct hp_scene scene;
  struct hp_actor actor;
  hp_scene_begin(&scene, &subject);
  if (start_family(&actor, &scene, "fork:")) {
    int64_t descendant = hp_actor_number(&actor, "descendant ");
    CHECK_INT(platform->signal(actor.child, HP_SCOPE_TREE, "KILL", &actor.error), 0);
    hp_actor_exits(&actor);
    platform->reap(actor.child);
    hp_actor_close(&actor);
    CHECK(!hp_os_is_running(descendant));
  }
  hp_actor_fini(&actor);
  hp_scene_end(&scene);
}

HP_TEST(one_that_was_killed_and_never_watched_has_ended_at_its_close) {
  struct hp_scene scene;
  struct hp_actor actor;
  hp_scene_begin(&scene, &subject);
  hp_actor_init(&actor, &scene, "write:up", "pause", NULL);
  CHECK_INT(hp_actor_spawn(&actor), 0);
  hp_actor_says(&actor, "up\n");
  int64_t pid = actor.child->pid;
  CHECK_INT(platform->signal(actor.child, HP_SCOPE_LEADER, "KILL", &actor.error), 0);
  hp_actor_close(&actor);
  CHECK(!hp_os_is_running(pid));
  hp_actor_fini(&actor);
  hp_scene_end(&scene);
}

/* ---- Events of the console ---- */

static void expect_end_by(const char *event) {
  struct hp_scene scene;
  struct hp_actor asked, other;
  hp_scene_begin(&scene, &subject);
  hp_actor_init(&asked, &scene, "write:up", "pause", NULL);
  hp_actor_init(&other, &scene, "write:up", "pause", NULL);
  CHECK(hp_actor_start(&other) && hp_actor_says(&other, "up\n"));
  CHECK(hp_actor_start(&asked) && hp_actor_says(&asked, "up\n"));
  if (CHECK_INT(platform->signal(asked.child, HP_SCOPE_TREE, event, &asked.error), 0))
    hp_actor_ends(&asked);
  else
    CHECK_TEXT(hp_error_message(&asked.error), "");
  CHECK(code_of(&asked) == 0xC000013AU);
  CHECK_INT(platform->signal(asked.child, HP_SCOPE_TREE, event, NULL), 0); /* gone is no error */
  hp_scene_settle(&scene);
  CHECK_INT(other.exits, 0); /* nor are we on that console */
  hp_actor_kill(&other);
  hp_actor_fini(&asked);
  hp_actor_fini(&other);
  hp_scene_end(&scene);
}

HP_TEST(ctrl_c_reaches_that_console_alone) {
  expect_end_by("CTRL_C");
}

HP_TEST(ctrl_break_reaches_that_console_alone) {
  if (hp_os_is_wine())
    SKIP("Wine cannot generate CTRL_BREAK");
  expect_end_by("CTRL_BREAK");
}

static int undelivered;

static void count_undelivered(hp_child *child) {
  (void)child;
  undelivered++;
}

static bool is_undelivered(void *data) {
  (void)data;
  return undelivered > 0;
}

HP_TEST(an_event_for_one_without_a_console_is_told_to_be_undelivered) {
  struct hp_scene scene;
  struct hp_actor actor;
  hp_scene_begin(&scene, &subject);
  hp_actor_init(&actor, &scene, "leave-console", "write:up", "pause", NULL);
  CHECK(hp_actor_start(&actor) && hp_actor_says(&actor, "up\n"));
  undelivered = 0;
  actor.child->undelivered = count_undelivered;
  CHECK_INT(platform->signal(actor.child, HP_SCOPE_TREE, "CTRL_C", &actor.error), 0);
  CHECK(hp_scene_until(&scene, is_undelivered, NULL));
  CHECK_INT(actor.exits, 0);
  hp_actor_kill(&actor);
  CHECK_INT(undelivered, 1);
  hp_actor_fini(&actor);
  hp_scene_end(&scene);
}

HP_TEST(one_may_be_closed_while_an_event_is_on_its_way) {
  struct hp_scene scene;
  struct hp_actor actor;
  hp_scene_begin(&scene, &subject);
  hp_actor_init(&actor, &scene, "leave-console", "write:up", "pause", NULL);
  CHECK(hp_actor_start(&actor) && hp_actor_says(&actor, "up\n"));
  undelivered = 0;
  actor.child->undelivered = count_undelivered;
  CHECK_INT(platform->signal(actor.child, HP_SCOPE_TREE, "CTRL_C", &actor.error), 0);
  CHECK_INT(platform->signal(actor.child, HP_SCOPE_TREE, "KILL", &actor.error), 0);
  hp_actor_close(&actor);
  CHECK_INT(undelivered, 0);
  hp_actor_fini(&actor);
  hp_scene_end(&scene);
}

HP_TEST(without_its_helper_an_event_is_an_error) {
  struct hp_scene scene;
  struct hp_actor actor;
  hp_scene_begin(&scene, &subject);
  hp_actor_init(&actor, &scene, "write:up", "pause", NULL);
  CHECK(hp_actor_start(&actor) && hp_actor_says(&actor, "up\n"));
  _putenv("HYPERPROCESS_BINARY_CONSOLE=C:\\nowhere");
  int result = platform->signal(actor.child, HP_SCOPE_TREE, "CTRL_C", &actor.error);
  _putenv("HYPERPROCESS_BINARY_CONSOLE=");
  CHECK_INT(result, HP_EUNSUPPORTED);
  CHECK_HAS(hp_error_message(&actor.error), "hyperprocess-console");
  CHECK_INT(platform->signal(actor.child, HP_SCOPE_TREE, "TERM", NULL), HP_EUNSUPPORTED);
  hp_actor_kill(&actor);
  hp_actor_fini(&actor);
  hp_scene_end(&scene);
}
