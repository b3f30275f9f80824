/* SPDX-License-Identifier: MIT */
/* The table itself, registration, and what needs no process. */
#include "tests/conformance/platform.h"

#include "tests/conformance/platform_scene.h"

#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FUNCTION_SIZE = sizeof(void (*)(void)) };

static const struct {
  const char *name;
  size_t offset;
} functions[] = {
#define ROW(name)                                                                                  \
  { #name, offsetof(struct hp_platform_ops, name) }
    ROW(locate),
    ROW(find_user),
    ROW(is_privileged),
    ROW(spawn),
    ROW(watch),
    ROW(signal),
    ROW(reap),
    ROW(close),
    ROW(contains),
    ROW(stream_cut),
    ROW(stream_peer),
    ROW(port_owner),
    ROW(place),
    ROW(directory_new),
    ROW(directory_open),
    ROW(directory_path),
    ROW(directory_use),
    ROW(directory_write),
    ROW(directory_read),
    ROW(directory_make),
    ROW(directory_rename),
    ROW(directory_clear),
    ROW(directory_free),
    ROW(sweep),
    ROW(alarm_new),
    ROW(alarm_set),
    ROW(alarm_free),
    ROW(watch_new),
    ROW(watch_free),
    ROW(notify_new),
    ROW(notify_free),
    ROW(stdio_hold),
    ROW(stdio_release),
    ROW(explain_exit),
    ROW(stream_take),
    ROW(memory),
    ROW(processor),
    ROW(environment),
#undef ROW
};

enum { FUNCTION_COUNT = sizeof functions / sizeof *functions };

_Static_assert(FUNCTION_COUNT *FUNCTION_SIZE ==
                   sizeof(struct hp_platform_ops) - offsetof(struct hp_platform_ops, locate),
               "a function of struct hp_platform_ops has no row here");

void hp_conform_platform_table(const struct hp_platform_subject *subject) {
  const struct hp_platform_ops *ops = subject->ops;
  static const char none[FUNCTION_SIZE];
  CHECK(ops->version >= 1 && ops->version <= HP_PLATFORM_VERSION);
  CHECK(ops->name && ops->name[0]);
  CHECK_TEXT(ops->local, subject->local->name);
  CHECK(ops->child_size >= sizeof(struct hp_child));
  for (size_t i = 0; i < FUNCTION_COUNT; i++)
    if (memcmp((const char *)ops + functions[i].offset, none, FUNCTION_SIZE) == 0)
      CHECK_TEXT(functions[i].name, "");
}

/* ---- Registration ---- */

/* A wrapped copy: its places are all in the test's directory, so what is left can be seen. */
static int place_of_test(enum hp_place place, char path[HP_PATH_SIZE]) {
  if (place != HP_PLACE_RUNTIME && place != HP_PLACE_SHORT && place != HP_PLACE_TEMPORARY)
    return HP_ENOTFOUND;
  snprintf(path, HP_PATH_SIZE, "%s", hp_test_directory());
  return 0;
}

static struct hp_platform_ops wrap(const struct hp_platform_subject *subject) {
  struct hp_platform_ops ops = *subject->ops;
  ops.name = "wrapped";
  ops.place = place_of_test;
  return ops;
}

static hp_context *new_context(void) {
  hp_context *context = NULL;
  CHECK_INT(hp_context_new(&context, NULL), 0);
  return context;
}

static void expect_refused(hp_context *context, const struct hp_platform_ops *ops, int code,
                           const char *what) {
  hp_error *error = NULL;
  if (hp_context_register_platform(context, ops, &error) != code)
    CHECK_TEXT(what, "refused");
  else
    CHECK(hp_conform_is_line(hp_error_message(error)));
  hp_error_free(error);
}

void hp_conform_platform_register(const struct hp_platform_subject *subject) {
  hp_context *context = new_context();
  struct hp_platform_ops ops = wrap(subject);
  CHECK_INT(hp_context_register_platform(context, &ops, NULL), 0);
  CHECK_INT(hp_context_register_platform(context, subject->ops, NULL), 0); /* the last one holds */
  CHECK_INT(hp_context_free(context), 0);
}

void hp_conform_platform_refuse(const struct hp_platform_subject *subject) {
  hp_context *context = new_context();
  struct hp_platform_ops ops = wrap(subject);
  ops.version = HP_PLATFORM_VERSION + 1;
  expect_refused(context, &ops, HP_EPLUGIN, "a later version");
  ops.version = 0;
  expect_refused(context, &ops, HP_EPLUGIN, "version 0");
  for (size_t i = 0; i < FUNCTION_COUNT; i++) {
    ops = wrap(subject);
    memset((char *)&ops + functions[i].offset, 0, FUNCTION_SIZE);
    expect_refused(context, &ops, HP_EPLUGIN, functions[i].name);
  }
  ops = wrap(subject);
  ops.name = NULL;
  expect_refused(context, &ops, HP_EPLUGIN, "no name");
  ops = wrap(subject);
  ops.local = NULL;
  expect_refused(context, &ops, HP_EPLUGIN, "no local transport");
  ops = wrap(subject);
  ops.child_size = sizeof(struct hp_child) - 1;
  expect_refused(context, &ops, HP_EPLUGIN, "no room for a child");
  CHECK_INT(hp_context_free(context), 0);
}

static hp_options *sample_server(const struct hp_platform_subject *subject) {
  hp_options *options = NULL;
  CHECK_INT(hp_options_new(&options, NULL), 0);
  CHECK_INT(hp_options_set_server(options, "echo", NULL), 0);
  CHECK_INT(hp_options_set_transport(options, "local", NULL), 0);
  CHECK_INT(
      hp_options_set_binary(options, hp_conform_program(subject->ops, "hyperprocess-echod"), NULL),
      0);
  return options;
}

void hp_conform_platform_serve(const struct hp_platform_subject *subject) {
  hp_context *context = new_context();
  struct hp_platform_ops ops = wrap(subject);
  hp_options *options = sample_server(subject);
  hp_process *process = NULL;
  hp_error *error = NULL;
  CHECK_INT(hp_context_register_platform(context, &ops, NULL), 0);
  int names = hp_conform_count_names(hp_test_directory());
  CHECK_INT(hp_process_start(context, options, &process, &error), 0);
  CHECK_TEXT(error ? hp_error_message(error) : NULL, NULL);
  hp_error_free(error);
  hp_options_free(options);
  if (process) {
    CHECK_TEXT(hp_process_transport(process), subject->local->name);
    CHECK(hp_process_pid(process) > 0 && hp_process_is_alive(process));
    if (subject->local->kind == HP_ENDPOINT_UNIX) /* by our place() */
      CHECK(hp_conform_count_names(hp_test_directory()) > names);
    expect_refused(context, &ops, HP_ESTATE, "after the first start");
    CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
    CHECK_INT(hp_process_state(process), HP_STATE_STOPPED);
    hp_process_close(process);
  }
  CHECK_INT(hp_context_free(context), 0);
  CHECK_INT(hp_conform_count_names(hp_test_directory()), names);
}

/* ---- Where a program is ---- */

/* The last place is fit and no other; each is told whole. */
static void check_found(const struct hp_candidates *found, const char *source) {
  CHECK(found->count > 0);
  for (size_t i = 0; i < found->count; i++) {
    CHECK(found->items[i].path && found->items[i].path[0]);
    CHECK_INT(found->items[i].verdict == HP_VERDICT_OK, i + 1 == found->count);
    if (source)
      CHECK_TEXT(found->items[i].source, source);
    CHECK(!found->items[i].note || found->items[i].note[0]);
  }
}

static void expect_found(const struct hp_platform_subject *subject,
                         const struct hp_locate_request *request, const char *path,
                         const char *source) {
  struct hp_candidates found = {0};
  CHECK_INT(subject->ops->locate(request, &found, NULL), 0);
  check_found(&found, source);
  if (found.count > 0)
    CHECK(hp_os_same_path(found.items[found.count - 1].path, path));
  hp_candidates_fini(&found);
  CHECK_INT(found.count, 0);
}

static const char *const child[] = {"hp-child", NULL};
static const char *const absent_then_child[] = {"hp-no-such-program", "hp-child", NULL};

void hp_conform_platform_locate(const struct hp_platform_subject *subject) {
  const char *path = hp_conform_program(subject->ops, "hp-child"), *folder = getenv("HP_TEST_BIN");
  folder = folder ? folder : "bin";
  expect_found(subject, &(struct hp_locate_request){.given = path, .names = child}, path, "given");
  expect_found(subject, &(struct hp_locate_request){.given = folder, .names = child}, path,
               "given");
  expect_found(subject, &(struct hp_locate_request){.given = folder, .names = absent_then_child},
               path, "given");
}

void hp_conform_platform_locate_ways(const struct hp_platform_subject *subject) {
  const char *folder = getenv("HP_TEST_BIN"), *path;
  char before[8192];
  size_t size = sizeof before;
  if (!folder || uv_os_getenv("PATH", before, &size) != 0)
    SKIP("HP_TEST_BIN or PATH is not set");
  const char *const folders[] = {folder, NULL};
  path = hp_conform_program(subject->ops, "hp-child");
  expect_found(subject, &(struct hp_locate_request){.folders = folders, .names = child}, path,
               NULL);
  uv_os_setenv("HP_CONFORM_BINARY", folder);
  expect_found(subject,
               &(struct hp_locate_request){.variable = "HP_CONFORM_BINARY", .names = child}, path,
               "environment");
  uv_os_unsetenv("HP_CONFORM_BINARY");
  uv_os_setenv("PATH", folder);
  expect_found(subject, &(struct hp_locate_request){.path_only = true, .names = child}, path,
               "PATH");
  uv_os_setenv("PATH", before);
}

static void expect_nothing(const struct hp_platform_subject *subject, const char *given,
                           enum hp_verdict verdict) {
  struct hp_candidates found = {0};
  struct hp_error error = {0};
  struct hp_locate_request request = {.given = given, .names = child};
  CHECK_INT(subject->ops->locate(&request, &found, &error), HP_ENOTFOUND);
  CHECK(found.count > 0);
  for (size_t i = 0; i < found.count; i++) {
    CHECK(found.items[i].verdict != HP_VERDICT_OK);
    CHECK_TEXT(found.items[i].source, "given");
  }
  if (found.count > 0 && verdict != HP_VERDICT_OK)
    CHECK_INT(found.items[found.count - 1].verdict, verdict);
  const char *places = hp_error_detail(&error, HP_DETAIL_PLACES);
  CHECK_HAS(places, found.count > 0 ? found.items[0].path : given);
  hp_conform_error(&error, HP_ENOTFOUND, given);
  hp_candidates_fini(&found);
}

void hp_conform_platform_locate_nothing(const struct hp_platform_subject *subject) {
  const char *folder = hp_test_directory();
  expect_nothing(subject, hp_conform_path(folder, "missing"), HP_VERDICT_MISSING);
  expect_nothing(subject, folder, HP_VERDICT_MISSING); /* a folder that does not hold it */
  expect_nothing(subject, hp_test_file("text", "no program\n"), HP_VERDICT_OK /* any but that */);
}

/* ---- Facts ---- */

void hp_conform_platform_users(const struct hp_platform_subject *subject) {
  static const char nobody[] = "no such user here";
  const struct hp_platform_ops *ops = subject->ops;
  struct hp_user user = {0};
  struct hp_error error = {0};
  uv_passwd_t passwd;
  char endless[300];
  memset(endless, 'x', sizeof endless - 1);
  endless[sizeof endless - 1] = '\0';
  CHECK_INT(ops->find_user(nobody, &user, &error), HP_ENOTFOUND);
  hp_conform_error(&error, HP_ENOTFOUND, nobody);
  CHECK_INT(ops->find_user(endless, &user, NULL), HP_ENOTFOUND);
  CHECK_INT(ops->find_user("", &user, NULL), HP_ENOTFOUND);
  CHECK_INT(ops->is_privileged(), ops->is_privileged());
  if (uv_os_get_passwd(&passwd) != 0)
    return;
  CHECK_INT(ops->find_user(passwd.username, &user, NULL), 0);
  CHECK_TEXT(user.name, passwd.username);
  if (hp_conform_own_user() >= 0)
    CHECK_INT(user.id, hp_conform_own_user());
  uv_os_free_passwd(&passwd);
}

static bool is_told(const char *block, const char *name, const char *value) {
  size_t length = strlen(name);
  for (; *block; block += strlen(block) + 1)
    if (strncmp(block, name, length) == 0 && block[length] == '=' &&
        strcmp(block + length + 1, value) == 0)
      return true;
  return false;
}

void hp_conform_platform_own_environment(const struct hp_platform_subject *subject) {
  static const char name[] = "HP_CONFORM_VARIABLE", value[] = "a = b, \xc3\xa4";
  uv_env_item_t *items;
  int count;
  CHECK_INT(uv_os_setenv(name, value), 0);
  CHECK_INT(uv_os_setenv("HP_CONFORM_EMPTY", ""), 0);
  char *block = subject->ops->environment();
  CHECK_INT(uv_os_environ(&items, &count), 0);
  CHECK(is_told(block, name, value));
  for (int i = 0; i < count; i++)
    if (!is_told(block, items[i].name, items[i].value))
      CHECK_TEXT(items[i].name, "told");
  uv_os_free_environ(items, count);
  hp_free(block);
  uv_os_unsetenv("HP_CONFORM_EMPTY");
  uv_os_unsetenv(name);
  block = subject->ops->environment();
  CHECK(!is_told(block, name, value));
  hp_free(block);
}

static bool gives_place(const struct hp_platform_ops *ops, enum hp_place place) {
  char path[HP_PATH_SIZE + 1];
  memset(path, 'x', sizeof path);
  int code = ops->place(place, path);
  CHECK(code == 0 || code == HP_ENOTFOUND);
  CHECK_INT(path[HP_PATH_SIZE], 'x');
  if (code == 0)
    CHECK(memchr(path, '\0', HP_PATH_SIZE) && path[0]);
  return code == 0;
}

void hp_conform_platform_places(const struct hp_platform_subject *subject) {
  bool runtime = gives_place(subject->ops, HP_PLACE_RUNTIME);
  bool brief = gives_place(subject->ops, HP_PLACE_SHORT);
  CHECK(runtime || brief); /* or no socket could be anywhere */
  CHECK(gives_place(subject->ops, HP_PLACE_TEMPORARY));
  gives_place(subject->ops, HP_PLACE_CONFIG);
  gives_place(subject->ops, HP_PLACE_SYSTEM_CONFIG);
  char path[HP_PATH_SIZE];
  CHECK_INT(subject->ops->place((enum hp_place)(HP_PLACE_SYSTEM_CONFIG + 1), path), HP_ENOTFOUND);
}

static void explain(const struct hp_platform_ops *ops, enum hp_exit_kind kind, int value) {
  struct hp_error error = {0};
  ops->explain_exit(&(struct hp_exit){kind, value}, NULL, &error);
  ops->explain_exit(&(struct hp_exit){kind, value}, NULL, NULL);
  if (!CHECK(!error.cause || hp_conform_is_line(error.cause)) ||
      !CHECK(!error.hint || hp_conform_is_line(error.hint)))
    printf("of exit kind %d, value %d\n", (int)kind, value);
  hp__error_fini(&error);
}

void hp_conform_platform_explain(const struct hp_platform_subject *subject) {
  static const int extremes[] = {INT_MIN, INT_MIN + 1, INT_MAX - 128, INT_MAX};
  for (int kind = HP_EXIT_NONE; kind <= HP_EXIT_SIGNAL; kind++) {
    for (int value = -1100; value <= 1100; value++)
      explain(subject->ops, (enum hp_exit_kind)kind, value);
    for (size_t i = 0; i < sizeof extremes / sizeof *extremes; i++)
      explain(subject->ops, (enum hp_exit_kind)kind, extremes[i]);
  }
}

static int open_any(void) {
  uv_fs_t request;
  int file = uv_fs_open(NULL, &request, hp_test_file("any", ""), UV_FS_O_RDONLY, 0, NULL);
  uv_fs_req_cleanup(&request);
  return file;
}

static void close_file(int file) {
  uv_fs_t request;
  CHECK_INT(uv_fs_close(NULL, &request, file, NULL), 0);
  uv_fs_req_cleanup(&request);
}

void hp_conform_platform_stdio_hold(const struct hp_platform_subject *subject) {
  const struct hp_platform_ops *ops = subject->ops;
  unsigned before = ops->stdio_hold(); /* what whoever started us has closed */
  CHECK_INT(ops->stdio_hold(), 0);     /* nothing is free now */
  ops->stdio_release(0);
  if (CLAIMS(subject, HP_CLAIM_STDIO)) {
    close_file(0);
    unsigned held = ops->stdio_hold();
    CHECK_INT(held, 1);
    int file = open_any();
    CHECK(file > 2);
    close_file(file);
    ops->stdio_release(held);
    CHECK_INT(open_any(), 0); /* free again, and ours from now on */
  }
  ops->stdio_release(before & ~1U);
}
