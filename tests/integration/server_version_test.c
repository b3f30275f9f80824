/* SPDX-License-Identifier: MIT */
/* Which of several binaries is taken when a version of the server is wanted. */
#include "tests/support/server.h"

#include <stdio.h>
#include <string.h>

static hp_context *context;

/* ---- any system: hp-child says a version ---- */

#define SAYS "version: {arguments: ['write:child 3.1.4-x'], match: 'child ${version}'}"

static int plan(hp_options *options, const char *wanted, hp_plan **made, hp_error **error) {
  *made = NULL;
  *error = NULL;
  CHECK_INT(hp_options_set_server_version(options, wanted, NULL), 0);
  return hp_plan_make(context, options, made, error);
}

static void check_plan(hp_options *options, const char *wanted, int code, const char *part) {
  hp_plan *made;
  hp_error *error;
  CHECK_INT(plan(options, wanted, &made, &error), code);
  char *text = made ? hp_plan_print(made) : NULL;
  CHECK_HAS(made ? text : hp_error_message(error), part);
  hp_free(text);
  hp_plan_free(made);
  hp_error_free(error);
}

HP_TEST(a_binary_is_asked_and_starts) {
  context = hp_test_context();
  hp_options *options = hp_test_child("local", "arguments: [pause]", "ready: {kind: none}", SAYS,
                                      "profile.version: '>=3.1 <4'", NULL);
  hp_process *process = hp_test_up(context, options);
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(another_version_is_refused_by_name_and_place) {
  context = hp_test_context();
  hp_options *options = hp_test_child("local", SAYS, "profile.version: 4", NULL);
  hp_plan *made;
  hp_error *error;
  CHECK_INT(plan(options, NULL, &made, &error), HP_ENOTFOUND);
  REQUIRE(error != NULL);
  CHECK_HAS(hp_error_message(error), ".yaml:11:14: no t of version '4' was found");
  CHECK_HAS(hp_error_cause(error), "found: ");
  CHECK_HAS(hp_error_cause(error), ": 3.1.4");
  CHECK_HAS(hp_error_cause(error), "hp-child");
  CHECK_HAS(hp_error_detail(error, HP_DETAIL_PLACES), "of another version (3.1.4) [given]");
  hp_error_free(error);
  check_plan(options, ">=3", 0, "version"); /* the caller's word is the stronger one */
  check_plan(options, "*", 0, "executable");
  check_plan(options, ">3.1.4", HP_ENOTFOUND, "--server-version: no t of version '>3.1.4'");
  check_plan(options, "new", HP_ECONFIG, "--server-version: 'new' says no version");
  hp_options_free(options);
  hp_test_leave(context);
}

HP_TEST(one_that_does_not_say) {
  context = hp_test_context();
  hp_options *silent = hp_test_child(
      "local", "version: {arguments: ['write:child', 'exit:3'], match: 'child ${version}'}", NULL);
  hp_options *unasked = hp_test_child("local", NULL);
  hp_plan *made;
  hp_error *error;
  CHECK_INT(plan(silent, "3", &made, &error), HP_ENOTFOUND);
  REQUIRE(error != NULL);
  CHECK_HAS(hp_error_cause(error), ": it does not say its version, and ended with exit code 3");
  hp_error_free(error);
  check_plan(unasked, "3", HP_ECONFIG,
             "--server-version: version '3' was asked for, and the definition of 't' does not say "
             "how its version is asked");
  hp_options_free(silent);
  hp_options_free(unasked);
  hp_test_leave(context);
}

static void plan_inside(hp_process *process, const hp_event *event, struct hp_test_log *log) {
  (void)process;
  if (hp_event_kind(event) == HP_EVENT_STATE && hp_event_state(event) == HP_STATE_PREPARING)
    check_plan(log->data, "3", HP_EDEADLK, "the version of t's binary is not known yet");
  if (hp_event_kind(event) == HP_EVENT_STATE && hp_event_state(event) == HP_STATE_STOPPED)
    check_plan(log->data, "3", 0, "executable");
}

/* What was asked before is known in a callback too. */
HP_TEST(nothing_runs_in_a_callback) {
  context = hp_test_context();
  struct hp_test_log log;
  hp_test_log_init(&log);
  log.hook = plan_inside;
  log.data = hp_test_child("local", SAYS, NULL);
  hp_options *asking = hp_test_child("local", SAYS, NULL);
  hp_process *process = hp_test_begin(
      context, hp_test_child("local", "arguments: [pause]", "ready: {kind: none}", NULL), &log);
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  check_plan(asking, "3", 0, "executable");
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  hp_process_close(process);
  hp_options_free(log.data);
  hp_options_free(asking);
  hp_test_leave(context);
  hp_test_log_fini(&log);
}

/* ---- several that are installed: scripts, which only POSIX runs ---- */

static void install(const char *version, const char *answer) {
  char name[64], text[1024];
  uv_fs_t request;
  snprintf(name, sizeof name, "fake-%s", version);
  hp_os_make_directory(hp_test_path(name));
  snprintf(name, sizeof name, "fake-%s/fake", version);
  snprintf(text, sizeof text, "#!/bin/sh\necho %s >> %s/asked\necho 'fake %s (built today)'\n",
           version, hp_test_directory(), answer);
  CHECK_INT(uv_fs_chmod(NULL, &request, hp_test_file(name, text), 0755, NULL), 0);
  uv_fs_req_cleanup(&request);
}

static hp_options *make_several(void) {
  char text[2048];
  hp_options *options = NULL;
  install("9", "9.6");
  install("13", "13.4");
  install("15", "15.2");
  install("17", "17.0");
  snprintf(text, sizeof text,
           "version: 1\nservers:\n  fake:\n    binary: {names: [fake], folders: {linux: "
           "['%s/fake-*'], darwin: ['%s/fake-*']}}\n    version: {match: 'fake ${version}'}\n"
           "    transports: {tcp: {}}\n"
           "profiles:\n  default: {server: fake, transport: tcp}\n",
           hp_test_directory(), hp_test_directory());
  if (hp_options_new(&options, NULL) == 0)
    hp_options_set_file(options, hp_test_file("fake.yaml", text), NULL);
  return options;
}

HP_TEST(the_newest_that_is_wanted) {
  NEEDS(HP_OS_MODES);
  context = hp_test_context();
  hp_options *options = make_several();
  check_plan(options, ">=9", 0, "/fake-17/fake\n");
  check_plan(options, "<17", 0, "/fake-15/fake\n");
  check_plan(options, "!=15 <17", 0, "/fake-13/fake\n");
  check_plan(options, "9.x", 0, "/fake-9/fake\n");
  hp_options_free(options);
  hp_test_leave(context);
}

HP_TEST(none_is_run_unasked_and_none_twice) {
  NEEDS(HP_OS_MODES);
  context = hp_test_context();
  hp_options *options = make_several();
  check_plan(options, NULL, 0, "/fake-17/fake\n");
  CHECK(!hp_test_exists("asked"));
  check_plan(options, "<17", 0, "/fake-15/fake\n");
  CHECK_INT(hp_test_count_lines("asked"), 2); /* 17, 15 */
  check_plan(options, "<15", 0, "/fake-13/fake\n");
  CHECK_INT(hp_test_count_lines("asked"), 3);
  install("15", "14.11"); /* another size, and time */
  check_plan(options, "<15", 0, "/fake-15/fake\n");
  CHECK_INT(hp_test_count_lines("asked"), 4);
  hp_options_free(options);
  hp_test_leave(context);
}

HP_TEST(all_that_were_found_are_named) {
  NEEDS(HP_OS_MODES);
  context = hp_test_context();
  hp_options *options = make_several();
  hp_plan *made;
  hp_error *error;
  CHECK_INT(plan(options, ">=18", &made, &error), HP_ENOTFOUND);
  REQUIRE(error != NULL);
  CHECK_TEXT(hp_error_message(error), "--server-version: no fake of version '>=18' was found");
  CHECK_HAS(hp_error_cause(error), "/fake-17/fake: 17.0; ");
  CHECK_HAS(hp_error_cause(error), "/fake-9/fake: 9.6");
  hp_error_free(error);
  hp_options_free(options);
  hp_test_leave(context);
}

/* ---- real ones ---- */

static bool is_here(hp_options *options) {
  hp_plan *made = NULL;
  int code = hp_plan_make(context, options, &made, NULL);
  hp_plan_free(made);
  return code == 0;
}

/* Older than a century and newer than none: whatever is installed. */
HP_TEST(the_shipped_definitions_ask_well) {
  static const char *const servers[] = {"redis", "postgres", "nginx", "memcached", "mariadb"};
  int found = 0;
  context = hp_test_context();
  for (size_t i = 0; i < sizeof servers / sizeof *servers; i++) {
    hp_options *options = NULL;
    CHECK_INT(hp_options_new(&options, NULL), 0);
    hp_options_set_server(options, servers[i], NULL);
    if (is_here(options)) {
      found++;
      check_plan(options, ">0.1 <1000", 0, servers[i]);
      check_plan(options, ">=1000", HP_ENOTFOUND, servers[i]);
    }
    hp_options_free(options);
  }
  hp_test_leave(context);
  if (found == 0)
    SKIP("none of them is installed");
}
