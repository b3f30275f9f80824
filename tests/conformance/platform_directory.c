/* SPDX-License-Identifier: MIT */
/* Directories of ours and of the user's, and what hosts that were killed have left. */
#include "tests/conformance/platform_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static hp_directory *make(const struct hp_platform_ops *ops, const char *base) {
  hp_directory *directory = NULL;
  struct hp_error error = {0};
  CHECK_INT(ops->directory_new(&directory, base, &hp_conform_ourselves, &error), 0);
  hp__error_fini(&error);
  return directory;
}

static hp_directory *open_again(const struct hp_platform_ops *ops, const char *path) {
  hp_directory *directory = NULL;
  CHECK_INT(ops->directory_open(&directory, path, &hp_conform_ourselves, NULL), 0);
  return directory;
}

static void expect_private(const struct hp_platform_subject *subject, const char *path,
                           unsigned mode) {
  uv_fs_t request;
  CHECK_INT(uv_fs_stat(NULL, &request, path, NULL), 0);
  if (CLAIMS(subject, HP_CLAIM_MODES))
    CHECK_INT(request.statbuf.st_mode & 07777, mode);
  uv_fs_req_cleanup(&request);
}

static void make_folder(const char *path) {
  uv_fs_t request;
  CHECK_INT(uv_fs_mkdir(NULL, &request, path, 0700, NULL), 0);
  uv_fs_req_cleanup(&request);
}

static void put(const char *path, const char *text) {
  FILE *file = fopen(path, "wb");
  if (!CHECK(file != NULL))
    return;
  fputs(text, file);
  fclose(file);
}

void hp_conform_platform_directory_new(const struct hp_platform_subject *subject) {
  const struct hp_platform_ops *ops = subject->ops;
  const char *base = hp_test_directory();
  hp_directory *first = make(ops, base), *second = make(ops, base);
  REQUIRE(first && second);
  char path[HP_PATH_SIZE];
  snprintf(path, sizeof path, "%s", ops->directory_path(first));
  CHECK(strcmp(path, ops->directory_path(second)) != 0);
  CHECK_INT(strlen(path), strlen(base) + 1 + HP_DIRECTORY_NAME);
  CHECK(strncmp(path, base, strlen(base)) == 0 && strncmp(path + strlen(base) + 1, "hp-", 3) == 0);
  expect_private(subject, path, 0700);
  make_folder(hp_conform_path(path, "a"));
  make_folder(hp_conform_path(path, "a/b"));
  put(hp_conform_path(path, "a/b/file"), "x");
  ops->directory_free(first);
  CHECK(!hp_conform_exists(path));
  CHECK(hp_conform_exists(ops->directory_path(second)));
  ops->directory_free(second);
  ops->directory_free(NULL);
  CHECK_INT(hp_conform_count_names(base), 0);
}

/* ---- One that the user named ---- */

static void expect_in_use(const struct hp_platform_ops *ops, const char *path, int64_t holder) {
  hp_directory *directory = NULL;
  struct hp_error error = {0};
  char pid[32];
  snprintf(pid, sizeof pid, "%lld", (long long)holder);
  CHECK_INT(ops->directory_open(&directory, path, &hp_conform_ourselves, &error), HP_EINUSE);
  CHECK(directory == NULL);
  CHECK_HAS(hp_error_message(&error), path);
  CHECK_HAS(hp_error_detail(&error, HP_DETAIL_OWNER), pid);
  hp_conform_error(&error, HP_EINUSE, pid);
}

void hp_conform_platform_directory_open(const struct hp_platform_subject *subject) {
  const struct hp_platform_ops *ops = subject->ops;
  const char *path = hp_conform_path(hp_test_directory(), "x/y/data");
  hp_directory *directory = open_again(ops, path);
  REQUIRE(directory);
  CHECK_TEXT(ops->directory_path(directory), path);
  expect_private(subject, path, 0700);
  expect_in_use(ops, path, uv_os_getpid());
  put(hp_conform_path(path, "precious"), "gold");
  ops->directory_free(directory);
  CHECK_TEXT(hp_conform_read(hp_conform_path(path, "precious")), "gold"); /* never removed */
  ops->directory_free(open_again(ops, path));
  CHECK_TEXT(hp_conform_read(hp_conform_path(path, "precious")), "gold");
}

/* ---- Files in it ---- */

static void write_and_read(const struct hp_platform_subject *subject, hp_directory *directory,
                           const char *text) {
  const char *path = hp_conform_path(subject->ops->directory_path(directory), "conf");
  CHECK_INT(subject->ops->directory_write(directory, "conf", text, strlen(text), NULL), 0);
  CHECK_TEXT(hp_conform_read(path), text);
  expect_private(subject, path, 0600);
}

/* Bytes are bytes, and as many as there are. */
static void write_much(const struct hp_platform_ops *ops, hp_directory *directory) {
  enum { SIZE = 3 << 20 };
  char *bytes = malloc(SIZE), *again = malloc(SIZE);
  for (size_t i = 0; i < SIZE; i++)
    bytes[i] = (char)(i * 31 + i / 256);
  CHECK_INT(ops->directory_write(directory, "much", bytes, SIZE, NULL), 0);
  FILE *file = fopen(hp_conform_path(ops->directory_path(directory), "much"), "rb");
  CHECK(file && fread(again, 1, SIZE, file) == SIZE && fgetc(file) == EOF);
  CHECK(memcmp(bytes, again, SIZE) == 0);
  if (file)
    fclose(file);
  free(bytes);
  free(again);
}

static const char *const outside[] = {"..", "../escaped", "a/../../escaped", ".", "", "a/b"};

void hp_conform_platform_directory_write(const struct hp_platform_subject *subject) {
  const struct hp_platform_ops *ops = subject->ops;
  const char *base = hp_test_directory();
  hp_directory *directory = make(ops, base);
  REQUIRE(directory);
  int names = hp_conform_count_names(ops->directory_path(directory));
  write_and_read(subject, directory, "a first text");
  write_and_read(subject, directory, "shorter");
  write_and_read(subject, directory, "");
  CHECK_INT(hp_conform_count_names(ops->directory_path(directory)), names + 1); /* nothing beside */
  write_much(ops, directory);
  for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
    struct hp_error error = {0};
    int code = ops->directory_write(directory, outside[i], "x", 1, &error);
    CHECK(code < 0);
    hp_conform_error(&error, code, outside[i]);
  }
  CHECK_INT(hp_conform_count_names(base), 1);
  ops->directory_free(directory);
  CHECK_INT(hp_conform_count_names(base), 0);
}

static int read_some(const struct hp_platform_ops *ops, hp_directory *directory, const char *name,
                     size_t size, char text[16]) {
  size_t length = 0;
  memset(text, 0, 16);
  int code = ops->directory_read(directory, name, text, size, &length, NULL);
  CHECK_INT(code == 0 ? length : 0, strlen(text));
  CHECK(length <= size);
  return code;
}

/* Whoever may write in it could lead us elsewhere. Not every OS lets us make a link. */
static void expect_no_link(const struct hp_platform_ops *ops, hp_directory *directory) {
  char text[16];
  uv_fs_t request;
  const char *link = hp_conform_path(ops->directory_path(directory), "link");
  if (uv_fs_symlink(NULL, &request, hp_test_file("stranger", "secret"), link, 0, NULL) == 0)
    CHECK(read_some(ops, directory, "link", sizeof text - 1, text) < 0);
  uv_fs_req_cleanup(&request);
}

void hp_conform_platform_directory_read(const struct hp_platform_subject *subject) {
  const struct hp_platform_ops *ops = subject->ops;
  hp_directory *directory = make(ops, hp_test_directory());
  struct hp_error error = {0};
  char text[16];
  size_t length;
  REQUIRE(directory);
  CHECK_INT(ops->directory_write(directory, "conf", "0123456789", 10, NULL), 0);
  CHECK_INT(ops->directory_write(directory, "empty", "", 0, NULL), 0);
  CHECK_INT(read_some(ops, directory, "conf", sizeof text - 1, text), 0);
  CHECK_TEXT(text, "0123456789");
  CHECK_INT(read_some(ops, directory, "conf", 4, text), 0);
  CHECK_TEXT(text, "0123");
  CHECK_INT(read_some(ops, directory, "empty", sizeof text - 1, text), 0);
  CHECK_TEXT(text, "");
  CHECK_INT(ops->directory_read(directory, "missing", text, 1, &length, &error), HP_ENOTFOUND);
  hp_conform_error(&error, HP_ENOTFOUND, "missing");
  make_folder(hp_conform_path(ops->directory_path(directory), "folder"));
  CHECK(read_some(ops, directory, "folder", 4, text) < 0);
  for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
    CHECK(read_some(ops, directory, outside[i], 4, text) < 0);
  expect_no_link(ops, directory);
  ops->directory_free(directory);
}

void hp_conform_platform_directory_make(const struct hp_platform_subject *subject) {
  const struct hp_platform_ops *ops = subject->ops;
  hp_directory *directory = make(ops, hp_test_directory());
  struct hp_error error = {0};
  REQUIRE(directory);
  const char *path = ops->directory_path(directory);
  CHECK_INT(ops->directory_make(directory, "new", NULL), 0);
  expect_private(subject, hp_conform_path(path, "new"), 0700);
  put(hp_conform_path(path, "new/file"), "x");
  int code = ops->directory_make(directory, "new", &error); /* it is there */
  CHECK(code < 0);
  hp_conform_error(&error, code, "new");
  CHECK_INT(ops->directory_rename(directory, "new", "good", NULL), 0);
  CHECK_TEXT(hp_conform_read(hp_conform_path(path, "good/file")), "x");
  CHECK(!hp_conform_exists(hp_conform_path(path, "new")));
  code = ops->directory_rename(directory, "new", "other", &error);
  CHECK(code < 0);
  hp_conform_error(&error, code, "new");
  for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
    CHECK(ops->directory_make(directory, outside[i], NULL) < 0);
    CHECK(ops->directory_rename(directory, "good", outside[i], NULL) < 0);
    CHECK(ops->directory_rename(directory, outside[i], "other", NULL) < 0);
  }
  CHECK_TEXT(hp_conform_read(hp_conform_path(path, "good/file")), "x");
  ops->directory_free(directory);
  CHECK_INT(hp_conform_count_names(hp_test_directory()), 0);
}

void hp_conform_platform_directory_clear(const struct hp_platform_subject *subject) {
  const struct hp_platform_ops *ops = subject->ops;
  hp_directory *directory = make(ops, hp_test_directory());
  REQUIRE(directory);
  const char *path = ops->directory_path(directory);
  put(hp_conform_path(hp_test_directory(), "stranger"), "x");
  make_folder(hp_conform_path(path, "tree"));
  make_folder(hp_conform_path(path, "tree/below"));
  put(hp_conform_path(path, "tree/below/file"), "x");
  put(hp_conform_path(path, "kept"), "x");
  CHECK_INT(ops->directory_clear(directory, "tree", NULL), 0);
  CHECK(!hp_conform_exists(hp_conform_path(path, "tree")));
  CHECK_INT(ops->directory_clear(directory, "tree", NULL), 0); /* a missing one is no error */
  for (size_t i = 0; i < sizeof outside / sizeof *outside; i++)
    CHECK(ops->directory_clear(directory, outside[i], NULL) < 0);
  CHECK(ops->directory_clear(directory, "../stranger", NULL) < 0);
  CHECK(hp_conform_exists(hp_conform_path(path, "kept")));
  CHECK(hp_conform_exists(hp_conform_path(hp_test_directory(), "stranger")));
  ops->directory_free(directory);
}

void hp_conform_platform_directory_failures(const struct hp_platform_subject *subject) {
  const struct hp_platform_ops *ops = subject->ops;
  struct hp_error error = {0};
  hp_directory *directory = NULL;
  char path[2 * HP_PATH_SIZE], longest[2 * HP_PATH_SIZE];
  snprintf(path, sizeof path, "%s", hp_conform_path(hp_test_directory(), "missing"));
  int code = ops->directory_new(&directory, path, &hp_conform_ourselves, &error);
  CHECK(code < 0 && directory == NULL);
  hp_conform_error(&error, code, path);
  snprintf(path, sizeof path, "%s", hp_test_file("file", "x"));
  code = ops->directory_open(&directory, path, &hp_conform_ourselves, &error);
  CHECK(code < 0 && directory == NULL);
  hp_conform_error(&error, code, path);
  memset(longest, 'x', sizeof longest - 1);
  memcpy(longest, path, strlen(path));
  longest[HP_PATH_SIZE + 10] = '\0';
  CHECK(ops->directory_open(&directory, longest, &hp_conform_ourselves, NULL) < 0);
  CHECK(ops->directory_new(&directory, longest, &hp_conform_ourselves, NULL) < 0);
  CHECK(directory == NULL);
  CHECK_TEXT(hp_conform_read(path), "x");
}

/* ---- What a killed host leaves ---- */

/* Starts a host that holds a directory in `base`; where, in `path`. */
static bool start_holder(struct hp_actor *host, struct hp_scene *scene, const char *role,
                         const char *argument, char path[HP_PATH_SIZE]) {
  hp_actor_host(host, scene, role, argument);
  path[0] = '\0';
  if (!hp_actor_start(host) || !hp_actor_says(host, "held"))
    return false;
  const char *at = strstr(host->text[0], "holds ") + strlen("holds ");
  snprintf(path, HP_PATH_SIZE, "%.*s", (int)strcspn(at, "\r\n"), at);
  return CHECK(hp_conform_exists(path));
}

struct sweep {
  const struct hp_platform_ops *ops;
  const char *base;
  int count;
};

static void sweep_now(void *data) {
  struct sweep *sweep = data;
  sweep->count = sweep->ops->sweep(sweep->base);
}

/* On a thread, as any may. */
static int sweep(const struct hp_platform_ops *ops, const char *base) {
  struct sweep sweep = {ops, base, -1};
  uv_thread_t thread;
  CHECK_INT(uv_thread_create(&thread, sweep_now, &sweep), 0);
  CHECK_INT(uv_thread_join(&thread), 0);
  return sweep.count;
}

void hp_conform_platform_sweep(const struct hp_platform_subject *subject) {
  const struct hp_platform_ops *ops = subject->ops;
  const char *base = hp_test_directory(), *thesis = hp_conform_path(base, "hp-abcdefgh/thesis");
  struct hp_scene scene;
  struct hp_actor host;
  char left[HP_PATH_SIZE];
  hp_directory *held = make(ops, base);
  REQUIRE(held);
  hp_scene_begin(&scene, subject);
  make_folder(hp_conform_path(base, "hp-abcdefgh")); /* somebody else's */
  put(thesis, "x");
  make_folder(hp_conform_path(base, "hp-01234567"));
  if (start_holder(&host, &scene, "hold", base, left)) {
    CHECK_INT(sweep(ops, base), 0); /* its host lives */
    CHECK(hp_conform_exists(left));
    expect_in_use(ops, hp_conform_path(base, "data"), host.child->pid);
    hp_actor_kill(&host);
    CHECK_INT(sweep(ops, base), 1);
    CHECK(!hp_conform_exists(left));
    CHECK_INT(sweep(ops, base), 0);
    ops->directory_free(open_again(ops, hp_conform_path(base, "data")));
    CHECK_TEXT(hp_conform_read(hp_conform_path(base, "data/file")), "x");
  }
  CHECK(hp_conform_exists(ops->directory_path(held)) && hp_conform_exists(thesis));
  CHECK(hp_conform_exists(hp_conform_path(base, "hp-01234567")));
  ops->directory_free(held);
  CHECK_INT(sweep(ops, hp_conform_path(base, "missing")), 0);
  hp_actor_fini(&host);
  hp_scene_end(&scene);
}

/* A server that outlived its host keeps what it uses, until it ends too. */
void hp_conform_platform_directory_use(const struct hp_platform_subject *subject) {
  const struct hp_platform_ops *ops = subject->ops;
  const char *base = hp_test_directory();
  struct hp_scene scene;
  struct hp_actor server, host;
  char left[HP_PATH_SIZE], argument[2 * HP_PATH_SIZE];
  hp_scene_begin(&scene, subject);
  hp_actor_init(&server, &scene, "pause", NULL);
  hp_actor_start(&server);
  snprintf(argument, sizeof argument, "%lld %s", (long long)server.child->pid, base);
  if (start_holder(&host, &scene, "use", argument, left)) {
    hp_actor_kill(&host);
    CHECK_INT(sweep(ops, base), 0);
    CHECK(hp_conform_exists(hp_conform_path(left, "file")));
    expect_in_use(ops, hp_conform_path(base, "data"), server.child->pid);
    hp_actor_kill(&server);
    CHECK_INT(sweep(ops, base), 1);
    CHECK(!hp_conform_exists(left));
    ops->directory_free(open_again(ops, hp_conform_path(base, "data")));
  }
  hp_actor_fini(&host);
  hp_actor_fini(&server);
  hp_scene_end(&scene);
}
