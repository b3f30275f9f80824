/* SPDX-License-Identifier: MIT */
/* What a profile says, as far as a server that is started can show it. */
#include "tests/support/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static hp_options *options_of(const char *path, const char *profile) {
  hp_options *options;
  CHECK_INT(hp_options_new(&options, NULL), 0);
  hp_options_set_file(options, path, NULL);
  hp_options_set_profile(options, profile, NULL);
  return options;
}

/* The plan as text, or the error, in static storage. Takes the options. */
static const char *shown(hp_context *context, hp_options *options) {
  static char text[16384];
  hp_plan *plan = NULL;
  hp_error *error = NULL;
  hp_plan_make(context, options, &plan, &error);
  hp_options_free(options);
  char *print = plan ? hp_plan_print(plan) : NULL;
  snprintf(text, sizeof text, "%s", print ? print : hp_error_message(error));
  hp_free(print);
  hp_error_free(error);
  hp_plan_free(plan);
  return text;
}

/* A file that is extended is read again when it has changed, as the first one is. */
HP_TEST(a_change_of_an_extended_file_counts) {
  hp_context *context = hp_test_context();
  char path[1024];
  snprintf(path, sizeof path, "%s",
           hp_test_file("x.yaml", "version: 1\n"
                                  "profiles:\n"
                                  "  p: {extends: {file: other.yaml}}\n"));
  hp_test_file("other.yaml", "version: 1\nprofiles:\n  p: {server: echo, transport: tcp}\n");
  CHECK_HAS(shown(context, options_of(path, "p")), "\ntransport       tcp\n");
  hp_test_file("other.yaml", "version: 1\nprofiles:\n  p: {server: echo, transport: 'tcp:7'}\n");
  CHECK_HAS(shown(context, options_of(path, "p")), "tcp://127.0.0.1:7\n");
  hp_test_leave(context);
}

/* ---- what of our environment it gets ---- */

static void check_environment(hp_context *context, const char *policy, const char *line,
                              bool inherited) {
  hp_process *process;
  hp_error *error = NULL;
  char ready[300];
  snprintf(ready, sizeof ready, "ready: {kind: line, line: '%s'}", line);
  hp_options *options = hp_test_child(
      "local", ready, inherited ? "arguments: [environment, pause]" : "arguments: [environment]",
      policy, NULL);
  bool up = hp_test_start(context, options, &process, &error) == 0;
  hp_test_check(up == inherited, line, policy, __LINE__);
  hp_error_free(error);
  hp_process_close(process);
}

HP_TEST(an_environment_is_inherited_as_far_as_it_is_said) {
  hp_context *context = hp_test_context();
  uv_os_setenv("HPTEST_A", "1");
  uv_os_setenv("HPTEST_B", "2");
  uv_os_setenv("HPTEST", "3");
  check_environment(context, "profile.environment_policy: all", "env HPTEST_A=1", true);
  check_environment(context, "profile.environment_policy: none", "HPTEST_A=1", false);
  check_environment(context, "profile.environment_policy: [HPTEST_B, PATH]", "HPTEST_A=1", false);
  check_environment(context, "profile.environment_policy: [HPTEST_B, PATH]", "HPTEST_B=2", true);
  check_environment(context, "profile.environment_policy: ['HPTEST_*']", "HPTEST_A=1", true);
  check_environment(context, "profile.environment_policy: ['HPTEST_*']", "HPTEST=3", false);
  check_environment(context, "profile.environment_policy: {inherit: none}", "HPTEST_A=1", false);
  hp_options *options = hp_test_child(
      "local", "environment: {A: 'a${env.HPTEST_B}b'}", "arguments: [environment, pause]",
      "ready: {kind: line, line: 'env A=a2b'}", "profile.environment_policy: none", NULL);
  hp_process *process = hp_test_up(context, options); /* what is asked for is there all the same */
  hp_process_close(process);
  CHECK_HAS(shown(context, hp_test_child("local", "arguments: [pause]",
                                         "profile.environment_policy: [PATH, 'LC_*']", NULL)),
            "\ninherited       of ours PATH, LC_*, without HYPERPROCESS_*, ");
  CHECK_HAS(shown(context, hp_test_child("local", "arguments: [pause]",
                                         "profile.environment_policy: nothing", NULL)),
            "unknown environment policy 'nothing'; one of: all, none");
  hp_test_leave(context);
}

/* What an AppImage, a Snap or PyInstaller has set for itself would give a server its libraries. */
HP_TEST(a_bundles_variables_do_not_leak) {
  NEEDS(HP_OS_ROOTED_PATHS);
  static const char policy[] = "profile.environment_policy: {unbundle: yes}";
  hp_context *context = hp_test_context();
  uv_os_setenv("APPDIR", "/tmp/.mount_x/");
  uv_os_setenv("HPTEST_LIBS", "/tmp/.mount_x/usr/lib:/a:/tmp/.mount_xy:/tmp/.mount_x");
  uv_os_setenv("HPTEST_ONLY", "/tmp/.mount_x/usr/share");
  uv_os_setenv("HPTEST_TEXT", "a b:c");
  uv_os_setenv("PYTHONHOME", "/tmp/.mount_x/python");
  uv_os_setenv("PYTHONHOME_ORIG", "/own");
  uv_os_setenv("LIBPATH", "/other");
  uv_os_setenv("LIBPATH_ORIG", "");
  uv_os_setenv("SNAP_NAME", "x");
  check_environment(context, "profile.environment_policy: all", "env SNAP_NAME=x", true);
  check_environment(context, policy, "env APPDIR", false);
  check_environment(context, policy, "env SNAP_NAME", false);
  check_environment(context, policy, "env HPTEST_LIBS=/a:/tmp/.mount_xy", true);
  check_environment(context, policy, "usr/lib", false);
  check_environment(context, policy, "env HPTEST_ONLY", false);
  check_environment(context, policy, "env HPTEST_TEXT=a b:c", true);
  check_environment(context, policy, "env PYTHONHOME=/own", true);
  check_environment(context, policy, "env PYTHONHOME_ORIG", false);
  check_environment(context, policy, "env LIBPATH", false);
  hp_test_leave(context);
}

/* ---- what it may take ---- */

static void read_of(hp_process *process, const char *what, char text[8192]) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%lld/%s", (long long)hp_process_pid(process), what);
  FILE *file = fopen(path, "r");
  size_t length = file ? fread(text, 1, 8191, file) : 0;
  text[length] = '\0';
  CHECK(file != NULL && fclose(file) == 0);
}

static bool has_limits(void) {
  return hp_test_platform()->caps & HP_PLATFORM_LIMITS;
}

/* The numbers of /proc/PID/limits for one of them, soft and hard. */
static void check_limit(const char *limits, const char *name, unsigned long long wanted) {
  const char *line = strstr(limits, name);
  unsigned long long soft = 0, hard = 0;
  CHECK(line && sscanf(line + strlen(name), "%llu %llu", &soft, &hard) == 2);
  CHECK_INT(soft, wanted);
  CHECK_INT(hard, wanted);
}

HP_TEST(limits_hold_for_the_server) {
  if (!has_limits())
    SKIP("this system sets no limits");
  char text[8192];
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_up(
      context,
      hp_test_child("local", "arguments: [pause]", "ready: {kind: none}",
                    "profile.limits: {memory: 1G, descriptors: 100, core: 0, nice: 19}", NULL));
  REQUIRE(process != NULL);
  read_of(process, "limits", text);
  check_limit(text, "Max data size", 1024ULL << 20);
  check_limit(text, "Max open files", 100);
  check_limit(text, "Max core file size", 0);
  read_of(process, "stat", text);
  const char *field = strrchr(text, ')');
  for (int i = 0; field && i < 17; i++)
    field = strchr(field + 1, ' ');
  CHECK(field && strncmp(field, " 19 ", 4) == 0);
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(a_limit_that_cannot_be_is_an_error_that_names_it) {
  if (!has_limits())
    SKIP("this system sets no limits");
  hp_process *process;
  hp_error *error = NULL;
  hp_context *context = hp_test_context();
  hp_options *options = hp_test_child("local", "arguments: [pause]",
                                      "profile.limits: {descriptors: 2147483647}", NULL);
  CHECK_INT(hp_test_start(context, options, &process, &error), HP_EACCESS);
  CHECK_HAS(hp_error_message(error), "limit the descriptors of");
  hp_error_free(error);
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(limits_in_the_plan) {
  hp_context *context = hp_test_context();
  hp_options *options =
      hp_test_child("local", "arguments: [pause]", "profile.limits: {memory: 50%, nice: -3}", NULL);
  const char *text = shown(context, options);
  if (has_limits()) {
    const char *memory = strstr(text, "\nlimits          memory ");
    REQUIRE(memory != NULL);
    long long bytes = strtoll(memory + strlen("\nlimits          memory "), NULL, 10);
    long long half = (long long)(uv_get_total_memory() / 2);
    CHECK(bytes > 0 && bytes <= half);
    CHECK_HAS(text, "\n                nice -3\n");
  } else {
    CHECK_HAS(text, "limits of a server cannot be set on ");
  }
  hp_test_leave(context);
}

HP_TEST(limits_that_are_none) {
  static const char *const limits[][2] = {
      {"profile.limits: {memory: 0}", "'0' is no limit: 'memory'"},
      {"profile.limits: {memory: 101%}", "'101%' is not a part of the memory: 1% to 100%"},
      {"profile.limits: {memory: 5%x}", "'5%x' is not a part of the memory: 1% to 100%"},
      {"profile.limits: {memory: '%'}", "'%' is not a part of the memory: 1% to 100%"},
      {"profile.limits: {memory: 2GB}", "'2GB' is not a size"},
      {"profile.limits: {nice: 20}", "'20' is not a whole number from -20 to 19"},
      {"profile.limits: {descriptors: 2}", "'2' is not a whole number from 3 to 2147483647"},
      {"profile.limits: {cpu: 2}", "unknown key 'cpu'; one of: memory, descriptors, core, nice"},
  };
  hp_context *context = hp_test_context();
  for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
    CHECK_HAS(shown(context, hp_test_child("local", "arguments: [pause]", limits[i][0], NULL)),
              limits[i][1]);
  hp_test_leave(context);
}

/* ---- shipped ones ---- */

HP_TEST(shipped_profiles_take_any_server) {
  static const char *const names[] = {"local", "tcp-auto", "tcp-fixed", "ci"};
  static const char *const parts[] = {"", "tcp://127.0.0.1:<port", "tcp://127.0.0.1:7483\n",
                                      "\nthen            tcp\n"};
  hp_context *context = hp_test_context();
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    hp_options *options = hp_test_echo("");
    hp_options_set_transport(options, NULL, NULL);
    hp_options_set_profile(options, names[i], NULL);
    CHECK_HAS(shown(context, options), parts[i]);
  }
  hp_test_leave(context);
}
