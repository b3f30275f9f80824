/* SPDX-License-Identifier: MIT */
/*
 * Each allocation fails in turn, alone and with all after it, from the reading of the files to the
 * end of the server: what is asked for succeeds, or the error says that there was no memory;
 * nothing is left, nothing waits for ever. HP_TEST_FULL=1 leaves out none; HP_TEST_ONLY=N takes
 * that one.
 */
#include "tests/support/faulty.h"
#include "tests/support/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HANGS_AFTER_S = 30, SHARE = 200 /* of a long count, so many are taken */ };

struct scene {
  const char *transport;
  const char *lines[8]; /* of a definition of hp-child; none: the sample server */
};

/* ---- A run that takes too long ---- */

static struct {
  uv_mutex_t lock;
  uv_cond_t changed;
  uv_thread_t thread;
  bool over;
  int runs;
  char what[80];
} watch;

static void watch_runs(void *nothing) {
  (void)nothing;
  uv_mutex_lock(&watch.lock);
  while (!watch.over) {
    int before = watch.runs;
    int status =
        uv_cond_timedwait(&watch.changed, &watch.lock, HANGS_AFTER_S * UINT64_C(1000000000));
    if (status == UV_ETIMEDOUT && before == watch.runs) {
      fprintf(stderr, "%s: hangs\n", watch.what);
      abort();
    }
  }
  uv_mutex_unlock(&watch.lock);
}

static void tell_watch(bool over, const char *what) {
  uv_mutex_lock(&watch.lock);
  watch.over = over;
  watch.runs++;
  snprintf(watch.what, sizeof watch.what, "%s", what);
  uv_cond_signal(&watch.changed);
  uv_mutex_unlock(&watch.lock);
}

static void begin_watch(void) {
  watch.over = false;
  uv_mutex_init(&watch.lock);
  uv_cond_init(&watch.changed);
  uv_thread_create(&watch.thread, watch_runs, NULL);
}

static void end_watch(void) {
  tell_watch(true, "");
  uv_thread_join(&watch.thread);
  uv_cond_destroy(&watch.changed);
  uv_mutex_destroy(&watch.lock);
}

/* ---- One life ---- */

static const char *yaml_of(const struct scene *scene) {
  static char text[4096];
  char line[1000];
  snprintf(text, sizeof text, "version: 1\nservers:\n  t:\n    binary: {names: [hp-child]}\n");
  for (int i = 0; scene->lines[i]; i++) {
    size_t length = strlen(text);
    hp_os_translate(scene->lines[i], line, sizeof line);
    snprintf(text + length, sizeof text - length, "    %s\n", line);
  }
  return hp_test_file("t.yaml", text);
}

static int choose(const struct scene *scene, hp_options *options, hp_error **error) {
  bool is_child = scene->lines[0];
  int result = hp_options_set_server(options, is_child ? "t" : "echo", error);
  if (result == 0)
    result = hp_options_set_transport(options, scene->transport, error);
  if (result == 0)
    result = hp_options_set_binary(
        options, hp_test_program(is_child ? "hp-child" : "hyperprocess-echod"), error);
  if (result == 0 && is_child)
    result = hp_options_set_file(options, hp_test_path("t.yaml"), error);
  if (result == 0)
    result = hp_options_set_start_timeout(options, HANGS_AFTER_S * 1000 / 2, error);
  return result;
}

static int plan(hp_context *context, const hp_options *options, hp_error **error) {
  hp_plan *plan;
  int result = hp_plan_make(context, options, &plan, error);
  if (result < 0)
    return result;
  hp_free(hp_plan_print(plan));
  hp_free(hp_plan_print_json(plan));
  hp_plan_free(plan);
  return 0;
}

static int serve(hp_context *context, const hp_options *options, hp_error **error) {
  hp_process *process;
  int result = hp_process_start(context, options, &process, error);
  if (result == 0) {
    CHECK(hp_process_endpoint(process) != NULL);
    CHECK(hp_process_descriptor(process) != NULL);
    result = hp_process_shutdown(process, -1, error);
  }
  hp_process_close(process);
  return result;
}

/* Where the plan was made and printed, in allocations. */
static long planned;

static int live(const struct scene *scene, hp_error **error) {
  hp_options *options = NULL;
  hp_context *context = NULL;
  int result = hp_options_new(&options, error);
  if (result == 0)
    result = choose(scene, options, error);
  if (result == 0)
    result = hp_context_new(&context, error);
  if (result == 0)
    result = hp_context_register_platform(context, hp_test_platform(), error);
  if (result == 0)
    result = plan(context, options, error);
  planned = hp_faulty_count();
  if (result == 0)
    result = serve(context, options, error);
  hp_options_free(options);
  CHECK_INT(hp_context_free(context), 0);
  return result;
}

/* ---- All of them ---- */

static void check_error(int result, hp_error *error, const char *what) {
  char text[1000];
  if (result == 0)
    return;
  snprintf(text, sizeof text, "%s: %d %s: %s", what, result, hp_code_name(result),
           error ? hp_error_message(error) : "no error");
  hp_test_check(result == HP_ENOMEM && error && hp_error_code(error) == result, text, __FILE__,
                __LINE__);
}

/* Whether the failure was met at all, and nothing was wrong. */
static bool live_with(const struct scene *scene, long number, bool all) {
  char what[80], text[200];
  hp_error *error = NULL;
  long before = hp_faulty_live(), handles = hp_os_count_handles();
  snprintf(what, sizeof what, "allocation %ld%s", number, all ? " and all after it" : "");
  tell_watch(false, what);
  hp_faulty_arm(number, all);
  int result = live(scene, &error);
  hp_faulty_disarm();
  check_error(result, error, what);
  hp_error_free(error);
  snprintf(text, sizeof text, "%s: left are %ld allocations, %ld handles, %d directories", what,
           hp_faulty_live() - before, hp_os_count_handles() - handles, hp_test_count_directories());
  hp_test_check(hp_faulty_live() == before && hp_os_count_handles() == handles &&
                    !hp_os_has_children() && hp_test_count_directories() == 0,
                text, __FILE__, __LINE__);
  return hp_faulty_count() >= number;
}

/* What is read is the same again and again, and much: there a part is enough. */
static void fail_each(const struct scene *scene, bool all, long loaded, long count) {
  const char *full = getenv("HP_TEST_FULL"), *only = getenv("HP_TEST_ONLY");
  long number = 1, runs = 0;
  bool whole = full && full[0] == '1';
  if (only) {
    live_with(scene, atol(only), all);
    return;
  }
  while (live_with(scene, number, all)) {
    long rest = number < loaded ? loaded : count - loaded;
    number += whole ? 1 : 1 + rest / SHARE;
    runs++;
  }
  printf("%ld allocations, %ld until the plan was printed; %ld failed%s\n", count, loaded, runs,
         all ? ", and all after them" : " alone");
}

static void fail_in(const struct scene *scene) {
  hp_faulty_install();
  hp_context *context = hp_test_context();
  begin_watch();
  if (scene->lines[0])
    yaml_of(scene);
  for (int i = 0; i < 3; i++) /* what is made once, is */
    live_with(scene, 0, false);
  long loaded = planned, count = hp_faulty_count();
  if (!hp_faulty_has_yaml())
    printf("libyaml is linked in: its own allocations do not fail here\n");
  fail_each(scene, false, loaded, count);
  fail_each(scene, true, loaded, count);
  end_watch();
  hp_test_leave(context);
}

#define STOP "stop: [{signal: TERM, wait: 20s}, {kill: true}]"
#define PLAIN "transports: {local: {arguments: []}, tcp: {arguments: []}}"

HP_TEST(echo_on_the_local_transport) {
  static const struct scene scene = {.transport = "local"};
  fail_in(&scene);
}

HP_TEST(echo_on_tcp) {
  static const struct scene scene = {.transport = "tcp"};
  fail_in(&scene);
}

HP_TEST(prepared_with_files_and_secrets) {
  static const struct scene scene = {
      .transport = "tcp",
      .lines = {PLAIN, STOP, "secrets: [password]",
                "files: {conf: {content: 'secret ${secret.password}'}}",
                ("prepare: {creates: cluster, timeout: 30s, command: ['${binary}', "
                 "'mark:${prepare.dir}/half', 'write:made', 'exit:0']}"),
                "arguments: ['write:up', pause, '${files.conf}']",
                "ready: {kind: line, line: up}"}};
  fail_in(&scene);
}

HP_TEST(ready_by_notify) {
  static const struct scene scene = {
      .transport = "local",
      .lines = {PLAIN, STOP, "arguments: ['notify:STATUS=nearly', 'notify:READY=1', pause]",
                "ready: {kind: notify}"}};
  fail_in(&scene);
}

HP_TEST(ready_by_connecting) {
  static const struct scene scene = {
      .transport = "local",
      .lines = {"transports: {local: {arguments: ['listen:${endpoint.url}', serve]}}", STOP,
                "ready: {kind: connect}"}};
  fail_in(&scene);
}
