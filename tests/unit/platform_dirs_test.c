/* SPDX-License-Identifier: MIT */
/* Directories of ours, directories of the user's, and what a sweep may take away. */
#include "tests/support/spawned.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct hp_platform_ops *const platform = &hp__platform_linux;
static const struct hp_user ourselves = {.id = -1};

static bool exists(const char *path) {
  struct stat stat_of;
  return lstat(path, &stat_of) == 0;
}

static mode_t mode_of(const char *path) {
  struct stat stat_of;
  return stat(path, &stat_of) == 0 ? stat_of.st_mode & 07777 : 0;
}

static const char *below(const char *folder, const char *name) {
  static char paths[8][2048];
  static int next;
  char joined[2048], *path = paths[next++ % 8];
  snprintf(joined, sizeof joined, "%s/%s", folder, name);
  return strcpy(path, joined);
}

static void put(const char *path, const char *text) {
  FILE *file = fopen(path, "we");
  CHECK(file != NULL);
  fputs(text, file);
  fclose(file);
}

static hp_directory *make(const char *base) {
  hp_directory *directory = NULL;
  CHECK_INT(platform->directory_new(&directory, base, &ourselves, NULL), 0);
  return directory;
}

HP_TEST(a_new_directory_comes_and_goes) {
  const char *base = hp_test_directory();
  long fds = hp_os_count_handles();
  hp_directory *directory = make(base);
  char path[HP_PATH_SIZE];
  snprintf(path, sizeof path, "%s", platform->directory_path(directory));
  CHECK_INT(strlen(path), strlen(base) + 1 + HP_DIRECTORY_NAME);
  CHECK_INT(mode_of(path), 0700);
  mkdir(below(path, "a"), 0700);
  mkdir(below(path, "a/b"), 0700);
  put(below(path, "a/b/file"), "x");
  chmod(below(path, "a/b"), 0500);
  CHECK_INT(symlink("/etc", below(path, "a/link")), 0);
  platform->directory_free(directory);
  CHECK(!exists(path));
  CHECK(exists("/etc/passwd"));
  CHECK_INT(hp_os_count_handles(), fds);
  platform->directory_free(NULL);
}

HP_TEST(a_new_directory_where_there_is_no_place) {
  struct hp_error error = {0};
  hp_directory *directory;
  CHECK_INT(platform->directory_new(&directory, "/nonexistent/base", &ourselves, &error), HP_EIO);
  CHECK_HAS(hp_error_message(&error), "/nonexistent/base");
  CHECK(directory == NULL);
  hp__error_fini(&error);
}

HP_TEST(a_file_is_written_whole) {
  hp_directory *directory = make(hp_test_directory());
  const char *path = below(platform->directory_path(directory), "conf");
  char text[16] = "";
  CHECK_INT(platform->directory_write(directory, "conf", "first", 5, NULL), 0);
  CHECK_INT(platform->directory_write(directory, "conf", "two", 3, NULL), 0);
  FILE *file = fopen(path, "re");
  CHECK(file && fgets(text, sizeof text, file));
  CHECK_TEXT(text, "two");
  CHECK_INT(mode_of(path), 0600);
  CHECK(!exists(below(platform->directory_path(directory), ".conf.new")));
  if (file)
    fclose(file);
  struct hp_error error = {0};
  CHECK(platform->directory_write(directory, "../escaped", "x", 1, &error) < 0);
  CHECK_HAS(hp_error_message(&error), "../escaped");
  hp__error_fini(&error);
  platform->directory_free(directory);
}

HP_TEST(a_tree_is_cleared_by_name) {
  hp_directory *directory = make(hp_test_directory());
  const char *path = platform->directory_path(directory);
  mkdir(below(path, "tree"), 0700);
  put(below(path, "tree/file"), "x");
  put(below(path, "kept"), "x");
  CHECK_INT(platform->directory_clear(directory, "tree", NULL), 0);
  CHECK_INT(platform->directory_clear(directory, "tree", NULL), 0); /* missing is no error */
  CHECK(!exists(below(path, "tree")) && exists(below(path, "kept")));
  CHECK(platform->directory_clear(directory, "..", NULL) < 0);
  CHECK(platform->directory_clear(directory, "a/b", NULL) < 0);
  platform->directory_free(directory);
}

HP_TEST(another_users_directory) {
  if (geteuid() != 0)
    SKIP("not root");
  struct hp_user nobody = {.id = 65534, .group = 65534, .name = "nobody"};
  hp_directory *directory;
  struct stat stat_of;
  char data[1024];
  CHECK_INT(platform->directory_new(&directory, hp_test_directory(), &nobody, NULL), 0);
  const char *path = platform->directory_path(directory);
  CHECK(stat(path, &stat_of) == 0 && stat_of.st_uid == 65534 && stat_of.st_gid == 65534);
  CHECK(stat(below(path, HP_LOCK_NAME), &stat_of) == 0 && stat_of.st_uid == 0);
  CHECK_INT(platform->directory_write(directory, "f", "x", 1, NULL), 0);
  CHECK(stat(below(path, "f"), &stat_of) == 0 && stat_of.st_uid == 65534);
  snprintf(data, sizeof data, "%s", path);
  platform->directory_free(directory);
  CHECK(!exists(data));
  snprintf(data, sizeof data, "%s/a/b", hp_test_directory());
  CHECK_INT(platform->directory_open(&directory, data, &nobody, NULL), 0);
  CHECK(stat(data, &stat_of) == 0 && stat_of.st_uid == 65534);
  CHECK(stat(below(hp_test_directory(), "a"), &stat_of) == 0 && stat_of.st_uid == 65534);
  CHECK(stat(hp_test_directory(), &stat_of) == 0 && stat_of.st_uid == 0);
  platform->directory_free(directory);
}

HP_TEST(a_users_directory_is_made_kept_and_locked) {
  char path[1024];
  hp_directory *first, *second;
  struct hp_error error = {0};
  snprintf(path, sizeof path, "%s/x/y/data/", hp_test_directory());
  CHECK_INT(platform->directory_open(&first, path, &ourselves, NULL), 0);
  path[strlen(path) - 1] = '\0';
  CHECK_TEXT(platform->directory_path(first), path);
  CHECK_INT(mode_of(path), 0700);
  CHECK_INT(platform->directory_open(&second, path, &ourselves, &error), HP_EINUSE);
  char owner[64];
  snprintf(owner, sizeof owner, "in use by process %d (test_platform_d", getpid());
  CHECK_HAS(hp_error_message(&error), owner);
  CHECK(hp_error_hint(&error) && hp_error_detail(&error, HP_DETAIL_OWNER));
  put(below(path, "precious"), "x");
  platform->directory_free(first);
  CHECK(exists(below(path, "precious")));
  CHECK_INT(platform->directory_open(&second, path, &ourselves, NULL), 0);
  platform->directory_free(second);
  hp__error_fini(&error);
}

/* As Python's multiprocessing does. */
HP_TEST(a_fork_of_the_host_keeps_no_lock) {
  char path[1024];
  int ends[2];
  hp_directory *directory;
  snprintf(path, sizeof path, "%s/data", hp_test_directory());
  CHECK_INT(platform->directory_open(&directory, path, &ourselves, NULL), 0);
  CHECK_INT(pipe(ends), 0);
  pid_t pid = fork();
  if (pid == 0) {
    char end;
    close(ends[1]);
    _exit(read(ends[0], &end, 1) == 0 ? 0 : 1);
  }
  platform->directory_free(directory);
  CHECK_INT(platform->directory_open(&directory, path, &ourselves, NULL), 0);
  platform->directory_free(directory);
  close(ends[0]);
  close(ends[1]);
  CHECK_INT(waitpid(pid, NULL, 0), pid);
}

static int open_as(const char *path, const struct hp_user *user, struct hp_error *error) {
  hp_directory *directory;
  int code = platform->directory_open(&directory, path, user, error);
  platform->directory_free(directory);
  return code;
}

HP_TEST(a_directory_that_its_server_could_not_write) {
  if (geteuid() != 0)
    SKIP("not root");
  static const struct {
    uid_t user;
    gid_t group;
    mode_t mode;
    int code;
  } cases[] = {{0, 0, 0700, HP_EACCESS},
               {0, 0, 0755, HP_EACCESS},
               {0, 0, 0777, 0},
               {65534, 0, 0700, 0},
               {65534, 65534, 0577, HP_EACCESS},
               {0, 65534, 0770, 0},
               {0, 65534, 0757, HP_EACCESS},
               {0, 4711, 0770, 0}};
  struct hp_user nobody = {
      .id = 65534, .group = 65534, .name = "nobody", .group_count = 2, .groups = {65534, 4711}};
  const char *path = below(hp_test_directory(), "data");
  mkdir(path, 0700);
  for (size_t i = 0; i < HP__COUNT(cases); i++) {
    struct hp_error error = {0};
    CHECK(chown(path, cases[i].user, cases[i].group) == 0 && chmod(path, cases[i].mode) == 0);
    CHECK_INT(open_as(path, &nobody, &error), cases[i].code);
    if (cases[i].code < 0) {
      CHECK_HAS(hp_error_message(&error), "'nobody'");
      CHECK_HAS(hp_error_message(&error), path);
      CHECK_HAS(hp_error_hint(&error), "chown");
      CHECK(!exists(below(path, HP_DATA_LOCK_NAME)) || i > 1);
    }
    hp__error_fini(&error);
  }
}

static int read_in(hp_directory *directory, const char *name, char *text, struct hp_error *error) {
  size_t length;
  int code = platform->directory_read(directory, name, text, 15, &length, error);
  text[length] = '\0';
  return code;
}

HP_TEST(only_a_plain_file_of_ours_is_read) {
  hp_directory *directory = make(hp_test_directory());
  struct hp_error error = {0};
  char path[1024], text[16];
  snprintf(path, sizeof path, "%s", platform->directory_path(directory));
  const char *precious = hp_test_file("precious", "gold");
  CHECK_INT(platform->directory_write(directory, "own", "word", 4, NULL), 0);
  CHECK_INT(read_in(directory, "own", text, NULL), 0);
  CHECK_TEXT(text, "word");
  CHECK_INT(read_in(directory, "none", text, NULL), HP_ENOTFOUND);
  CHECK_INT(symlink(precious, below(path, "symbolic")), 0);
  CHECK_INT(link(precious, below(path, "hard")), 0);
  CHECK_INT(mkfifo(below(path, "pipe"), 0600), 0);
  static const char nested[] = HP_LOCK_NAME "/x";
  static const char *const others[] = {"symbolic", "hard", "pipe", nested, "..", ""};
  for (size_t i = 0; i < HP__COUNT(others); i++) {
    CHECK(read_in(directory, others[i], text, &error) < 0);
    CHECK_TEXT(text, "");
    CHECK(hp_error_message(&error) != NULL);
    hp__error_fini(&error);
  }
  unlink(below(path, "hard"));
  platform->directory_free(directory);
}

HP_TEST(a_folder_is_made_and_put_in_its_place) {
  hp_directory *directory = make(hp_test_directory());
  struct hp_error error = {0};
  char path[1024];
  snprintf(path, sizeof path, "%s", platform->directory_path(directory));
  CHECK_INT(platform->directory_make(directory, "new", NULL), 0);
  CHECK_INT(mode_of(below(path, "new")), 0700);
  CHECK(platform->directory_make(directory, "new", &error) < 0);
  CHECK_HAS(hp_error_message(&error), "new");
  hp__error_fini(&error);
  CHECK(platform->directory_make(directory, "../out", NULL) < 0);
  CHECK(platform->directory_rename(directory, "new", "../out", NULL) < 0);
  CHECK(platform->directory_rename(directory, "../precious", "in", NULL) < 0);
  CHECK(platform->directory_rename(directory, "missing", "in", NULL) < 0);
  CHECK_INT(platform->directory_rename(directory, "new", "in", NULL), 0);
  CHECK(exists(below(path, "in")) && !exists(below(path, "new")));
  CHECK(!exists(below(hp_test_directory(), "out")));
  platform->directory_free(directory);
}

static const char *exchanged; /* by a link to it, as soon as a folder was made */

int mkdirat(int base, const char *name, mode_t mode) {
  int result = (int)syscall(SYS_mkdirat, base, name, mode);
  if (exchanged && (unlinkat(base, name, AT_REMOVEDIR) != 0 || symlinkat(exchanged, base, name)))
    abort();
  return result;
}

HP_TEST(a_folder_that_is_exchanged_gives_nothing_away) {
  if (geteuid() != 0)
    SKIP("not root");
  struct hp_user nobody = {.id = 65534, .group = 65534, .name = "nobody"};
  hp_directory *directory;
  struct stat stat_of;
  char precious[1024], data[1024];
  snprintf(precious, sizeof precious, "%s/precious", hp_test_directory());
  snprintf(data, sizeof data, "%s/data", hp_test_directory());
  mkdir(precious, 0700);
  CHECK_INT(platform->directory_new(&directory, hp_test_directory(), &nobody, NULL), 0);
  exchanged = precious;
  CHECK(platform->directory_make(directory, "new", NULL) < 0);
  CHECK(open_as(data, &nobody, NULL) < 0);
  exchanged = NULL;
  CHECK(stat(precious, &stat_of) == 0 && stat_of.st_uid == 0);
  platform->directory_free(directory);
}

HP_TEST(a_directory_whose_server_outlived_its_host) {
  struct hp_spawned server;
  struct hp_error error = {0};
  char path[1024], owner[64];
  hp_directory *directory;
  snprintf(path, sizeof path, "%s/data", hp_test_directory());
  hp_spawned_init(&server, "write:up", "pause", NULL);
  CHECK_INT(hp_spawned_start(&server), 0);
  CHECK(hp_spawned_until(&server, "up"));
  pid_t host = fork();
  if (host == 0) {
    if (platform->directory_open(&directory, path, &ourselves, NULL) != 0)
      _exit(1);
    platform->directory_use(directory, server.child.base.pid);
    _exit(0); /* without a word, as one that was killed */
  }
  int status = -1;
  CHECK(waitpid(host, &status, 0) == host && status == 0);
  CHECK_INT(platform->directory_open(&directory, path, &ourselves, &error), HP_EINUSE);
  snprintf(owner, sizeof owner, "process %d (hp-child)", (int)server.child.base.pid);
  CHECK_HAS(hp_error_message(&error), owner);
  platform->signal(&server.child.base, HP_SCOPE_TREE, "KILL", NULL);
  CHECK(hp_spawned_end(&server));
  hp_spawned_fini(&server);
  CHECK_INT(platform->directory_open(&directory, path, &ourselves, NULL), 0);
  platform->directory_free(directory);
  hp__error_fini(&error);
}

HP_TEST(a_directory_below_a_file) {
  char path[1100];
  struct hp_error error = {0};
  hp_directory *directory;
  snprintf(path, sizeof path, "%s/sub", hp_test_file("file", "x"));
  CHECK_INT(platform->directory_open(&directory, path, &ourselves, &error), HP_EIO);
  CHECK_INT(hp_error_os_code(&error), ENOTDIR);
  CHECK_HAS(hp_error_message(&error), path);
  hp__error_fini(&error);
}

/* Leaves a directory as a killed host does: marked with `pid` of a process, its lock free. */
static void leave_behind(const char *base, char path[HP_PATH_SIZE], int64_t used_by) {
  int ends[2];
  CHECK_INT(pipe(ends), 0);
  pid_t host = fork();
  if (host == 0) {
    hp_directory *directory;
    if (platform->directory_new(&directory, base, &ourselves, NULL) != 0)
      _exit(1);
    if (used_by)
      platform->directory_use(directory, used_by);
    put(below(platform->directory_path(directory), "s"), "x");
    ssize_t size = write(ends[1], platform->directory_path(directory), HP_PATH_SIZE);
    _exit(size == HP_PATH_SIZE ? 0 : 1);
  }
  close(ends[1]);
  CHECK_INT(read(ends[0], path, HP_PATH_SIZE), HP_PATH_SIZE);
  close(ends[0]);
  int status = -1;
  CHECK(waitpid(host, &status, 0) == host && status == 0);
}

HP_TEST(a_sweep_takes_what_a_killed_host_left) {
  const char *base = hp_test_directory();
  char first[HP_PATH_SIZE], second[HP_PATH_SIZE];
  leave_behind(base, first, 0);
  leave_behind(base, second, 0);
  CHECK(exists(first) && exists(second));
  long fds = hp_os_count_handles();
  CHECK_INT(platform->sweep(base), 2);
  CHECK(!exists(first) && !exists(second));
  CHECK_INT(platform->sweep(base), 0);
  CHECK_INT(hp_os_count_handles(), fds);
  CHECK_INT(platform->sweep("/nonexistent"), 0);
}

HP_TEST(a_sweep_leaves_what_is_in_use) {
  if (hp_test_is_emulated())
    SKIP("qemu-user makes up /proc/self/stat: a process began at another time there");
  const char *base = hp_test_directory();
  char used[HP_PATH_SIZE];
  hp_directory *held = make(base);
  leave_behind(base, used, getpid()); /* a process that lives */
  CHECK_INT(platform->sweep(base), 0);
  CHECK(exists(platform->directory_path(held)) && exists(below(used, "s")));
  platform->directory_free(held);
}

HP_TEST(a_pid_that_was_used_again_is_another_process) {
  if (hp_test_is_emulated())
    SKIP("qemu-user makes up /proc/self/stat: a process began at another time there");
  const char *base = hp_test_directory();
  char path[HP_PATH_SIZE];
  leave_behind(base, path, getpid());
  int lock = open(below(path, HP_LOCK_NAME), O_RDWR | O_CLOEXEC);
  struct hp_mark mark;
  char text[64];
  CHECK_INT(hp__lock_read(lock, &mark), 1);
  CHECK_INT(mark.pid, getpid());
  off_t line = (off_t)(strlen("hyperprocess 1\n") + 34 + 21);
  snprintf(text, sizeof text, "%20llu", 1ULL); /* seen before this process began */
  CHECK_INT(pwrite(lock, text, 20, line), 20);
  close(lock);
  CHECK_INT(platform->sweep(base), 1);
}

HP_TEST(a_sweep_leaves_a_users_own) {
  const char *base = hp_test_directory();
  const char *mine = below(base, "hp-abcdefgh");
  mkdir(mine, 0700);
  CHECK_INT(platform->sweep(base), 0); /* empty, without a lock */
  put(below(mine, "thesis"), "x");
  CHECK_INT(platform->sweep(base), 0);
  put(below(mine, HP_LOCK_NAME), "");
  CHECK_INT(platform->sweep(base), 0); /* an empty lock file */
  unlink(below(mine, "thesis"));
  CHECK_INT(platform->sweep(base), 0);
  put(below(mine, HP_LOCK_NAME), "123\n");
  put(below(mine, "thesis"), "x");
  CHECK_INT(platform->sweep(base), 0); /* somebody else's */
  CHECK(exists(below(mine, "thesis")));
  mkdir(below(base, "hp-toolongname"), 01700);
  mkdir(below(base, "hp-ABCDEFGH"), 01700);
  CHECK_INT(platform->sweep(base), 0);
  CHECK(exists(below(base, "hp-toolongname")) && exists(below(base, "hp-ABCDEFGH")));
}

HP_TEST(a_sweep_leaves_a_copy_and_a_link) {
  const char *base = hp_test_directory();
  char left[HP_PATH_SIZE], command[2048];
  mkdir(below(base, "elsewhere"), 0700);
  leave_behind(below(base, "elsewhere"), left, 0);
  CHECK_INT(symlink(left, below(base, "hp-linklink")), 0);
  snprintf(command, sizeof command, "cp -a %s %s/hp-copycopy", left, base);
  CHECK_INT(system(command), 0);
  CHECK_INT(platform->sweep(base), 0); /* the mark names another directory */
  CHECK(exists(below(left, "s")) && exists(below(base, "hp-copycopy/s")));
  CHECK(exists(below(base, "hp-linklink")));
}

HP_TEST(a_sweep_leaves_what_others_may_write_to) {
  const char *base = hp_test_directory();
  char left[HP_PATH_SIZE];
  leave_behind(base, left, 0);
  chmod(left, 0770);
  CHECK_INT(platform->sweep(base), 0);
  chmod(left, 0700);
  if (geteuid() == 0) {
    CHECK_INT(chown(below(left, HP_LOCK_NAME), 65534, 65534), 0);
    CHECK_INT(platform->sweep(base), 0); /* not locked by us */
    CHECK_INT(chown(below(left, HP_LOCK_NAME), 0, 0), 0);
    CHECK_INT(chown(left, 65534, 65534), 0); /* given to a server's user */
  }
  CHECK_INT(platform->sweep(base), 1);
}

HP_TEST(a_sweep_follows_no_link_inside) {
  const char *base = hp_test_directory();
  char left[HP_PATH_SIZE];
  mkdir(below(base, "outside"), 0700);
  put(below(base, "outside/kept"), "x");
  leave_behind(base, left, 0);
  CHECK_INT(symlink(below(base, "outside"), below(left, "link")), 0);
  CHECK_INT(platform->sweep(base), 1);
  CHECK(exists(below(base, "outside/kept")));
}

HP_TEST(what_was_begun_and_never_marked_goes_when_empty) {
  const char *base = hp_test_directory();
  mkdir(below(base, "hp-00000000"), 01700);
  mkdir(below(base, "hp-00000001"), 01700);
  put(below(base, "hp-00000001/" HP_LOCK_NAME), "");
  mkdir(below(base, "hp-00000002"), 01700);
  put(below(base, "hp-00000002/" HP_LOCK_NAME), "");
  put(below(base, "hp-00000002/other"), "x");
  CHECK_INT(platform->sweep(base), 2);
  CHECK(exists(below(base, "hp-00000002/other")));
}

/* In a child that is no root, whose base lets no entry go at the last moment. */
static int remove_half(const char *base) {
  if (geteuid() == 0 && (chown(base, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0))
    return 2;
  hp_directory *directory = make(base);
  chmod(base, 0500);
  platform->directory_free(directory);
  chmod(base, 0700);
  return platform->sweep(base) == 1 ? 0 : 1;
}

HP_TEST(what_was_removed_by_half_goes_with_the_next_sweep) {
  char base[1024];
  int status = -1;
  snprintf(base, sizeof base, "%s", below(hp_test_directory(), "base"));
  mkdir(base, 0700);
  chmod(hp_test_directory(), 0711);
  pid_t child = fork();
  if (child == 0)
    _exit(remove_half(base));
  CHECK_INT(waitpid(child, &status, 0), child);
  CHECK_INT(status, 0);
}

static atomic_bool sweeping;

static void *sweep_all_the_time(void *base) {
  while (sweeping)
    platform->sweep(base);
  return NULL;
}

HP_TEST(a_sweep_never_takes_one_that_is_being_made) {
  char base[1024];
  pthread_t sweeper;
  snprintf(base, sizeof base, "%s", hp_test_directory());
  sweeping = true;
  CHECK_INT(pthread_create(&sweeper, NULL, sweep_all_the_time, base), 0);
  for (int i = 0; i < 2000; i++) {
    hp_directory *directory = make(base);
    REQUIRE(directory);
    CHECK(exists(platform->directory_path(directory)));
    CHECK_INT(platform->directory_write(directory, "f", "x", 1, NULL), 0);
    platform->directory_free(directory);
  }
  sweeping = false;
  pthread_join(sweeper, NULL);
  CHECK_INT(rmdir(base), 0); /* nothing was left */
}

HP_TEST(places) {
  char path[HP_PATH_SIZE], *before = getenv("XDG_RUNTIME_DIR");
  char kept[1024];
  snprintf(kept, sizeof kept, "%s", before ? before : "");
  setenv("XDG_RUNTIME_DIR", hp_test_directory(), 1);
  CHECK_INT(platform->place(HP_PLACE_RUNTIME, path), 0);
  CHECK_TEXT(path, hp_test_directory());
  setenv("XDG_RUNTIME_DIR", "relative", 1);
  CHECK_INT(platform->place(HP_PLACE_RUNTIME, path), HP_ENOTFOUND);
  setenv("XDG_RUNTIME_DIR", "/nonexistent", 1);
  CHECK_INT(platform->place(HP_PLACE_RUNTIME, path), HP_ENOTFOUND);
  setenv("XDG_RUNTIME_DIR", geteuid() == 0 ? "/proc/1/root/nonexistent" : "/", 1);
  CHECK_INT(platform->place(HP_PLACE_RUNTIME, path), HP_ENOTFOUND);
  CHECK_INT(platform->place(HP_PLACE_SHORT, path), 0);
  CHECK_TEXT(path, "/tmp");
  setenv("TMPDIR", "/var/tmp", 1);
  CHECK_INT(platform->place(HP_PLACE_TEMPORARY, path), 0);
  CHECK_TEXT(path, "/var/tmp");
  unsetenv("TMPDIR");
  CHECK_INT(platform->place(HP_PLACE_TEMPORARY, path), 0);
  CHECK_TEXT(path, "/tmp");
  setenv("XDG_CONFIG_HOME", "/c", 1);
  CHECK_INT(platform->place(HP_PLACE_CONFIG, path), 0);
  CHECK_TEXT(path, "/c/hyperprocess");
  unsetenv("XDG_CONFIG_HOME");
  setenv("HOME", "/h", 1);
  CHECK_INT(platform->place(HP_PLACE_CONFIG, path), 0);
  CHECK_TEXT(path, "/h/.config/hyperprocess");
  CHECK_INT(platform->place(HP_PLACE_SYSTEM_CONFIG, path), 0);
  CHECK_TEXT(path, "/etc/hyperprocess");
  if (kept[0])
    setenv("XDG_RUNTIME_DIR", kept, 1);
  else
    unsetenv("XDG_RUNTIME_DIR");
}
