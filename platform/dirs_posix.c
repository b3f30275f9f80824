/* SPDX-License-Identifier: MIT */
/*
 * A directory of ours, or one that the user named, held by a lock. Against a sweep at the same
 * moment: ours is made with the sticky bit, which says "not yet marked", then locked, marked, and
 * looked at once more; the bit goes last. See sweep_posix.c for the other side.
 */
#include "platform/posix.h"

#include "core/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ATTEMPTS = 100 };

static int fail(hp_error *error, int code, const char *what, const char *name) {
  return hp__explain_errno(error, HP_PHASE_RESERVE, code, what, name);
}

static hp_directory *make(const struct hp_user *user) {
  hp_directory *directory = hp__alloc(sizeof *directory);
  if (!directory)
    return NULL;
  directory->fd = directory->lock = -1;
  directory->user.id = -1;
  if (user && user->id >= 0 && (uid_t)user->id != geteuid())
    directory->user = *user;
  return directory;
}

static void release(hp_directory *directory) {
  hp__lock_close(directory->lock);
  if (directory->fd >= 0)
    close(directory->fd);
  hp__free(directory);
}

int hp__directory_give(const hp_directory *directory, int fd) {
  if (directory->user.id < 0)
    return 0;
  return fchown(fd, (uid_t)directory->user.id, (gid_t)directory->user.group) < 0 ? errno : 0;
}

static int choose_name(char *name) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  unsigned char random[8];
  int result = uv_random(NULL, NULL, random, sizeof random, 0, NULL);
  memcpy(name, "hp-", 3);
  for (size_t i = 0; i < sizeof random; i++)
    name[3 + i] = letters[random[i] % (sizeof letters - 1)];
  name[HP_DIRECTORY_NAME] = '\0';
  return -result;
}

static bool still_named(const hp_directory *directory, int base, const char *name) {
  struct stat by_name, of_lock;
  return fstatat(base, name, &by_name, AT_SYMLINK_NOFOLLOW) == 0 &&
         fstat(directory->lock, &of_lock) == 0 && of_lock.st_nlink == 1 &&
         by_name.st_dev == directory->stat.st_dev && by_name.st_ino == directory->stat.st_ino;
}

/* 0, an errno, or EAGAIN: a sweep took it away between two steps. */
static int make_named(hp_directory *new) {
  if (mkdir(new->path, HP_UNMARKED) < 0)
    return errno == EEXIST ? EAGAIN : errno;
  new->fd = hp__high(open(new->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (new->fd < 0 || fstat(new->fd, &new->stat) < 0)
    return errno == ENOENT ? EAGAIN : errno;
  if ((S_ISVTX & new->stat.st_mode) == 0 && fchmod(new->fd, HP_UNMARKED) < 0)
    return errno; /* some systems leave that bit out when they make one */
  new->lock = hp__lock_open(new->fd, HP_LOCK_NAME, O_CREAT | O_EXCL);
  if (new->lock < 0)
    return new->lock == -ENOENT || new->lock == -EWOULDBLOCK ? EAGAIN : -new->lock;
  if (!still_named(new, AT_FDCWD, new->path))
    return EAGAIN;
  int code = hp__lock_write(new->lock, &new->stat, 0 /* it is locked: nobody reads who holds it */);
  if (code == 0)
    code = fchmod(new->fd, S_IRWXU) < 0 ? errno : 0;
  new->made = code == 0;
  return code == 0 ? hp__directory_give(new, new->fd) : code;
}

static void forget(hp_directory *new) {
  if (new->lock >= 0) {
    unlinkat(new->fd, HP_LOCK_NAME, 0);
    hp__lock_close(new->lock);
  }
  if (new->fd >= 0) {
    close(new->fd);
    rmdir(new->path);
  }
  new->fd = new->lock = -1;
  new->made = false;
}

static int make_in(hp_directory *new, const char *base, size_t length) {
  int code = EAGAIN;
  memcpy(new->path, base, length);
  new->path[length] = '/';
  for (int i = 0; code == EAGAIN && i < ATTEMPTS; i++) {
    code = choose_name(new->path + length + 1);
    if (code == 0)
      code = make_named(new);
    if (code != 0)
      forget(new);
  }
  return code;
}

int hp__directory_new_posix(hp_directory **directory, const char *base, const struct hp_user *user,
                            hp_error *error) {
  size_t length = strlen(base);
  *directory = NULL;
  if (length + 1 + HP_DIRECTORY_NAME >= HP_PATH_SIZE)
    return fail(error, ENAMETOOLONG, "make a directory in", base);
  hp_directory *new = make(user);
  if (!new)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_RESERVE, "no memory for a directory in %s",
                        base);
  int code = make_in(new, base, length);
  if (code != 0) {
    release(new);
    return fail(error, code, "make a directory in", base);
  }
  *directory = new;
  return 0;
}

/* What was missing is the user's: nobody else could enter it. By descriptor, since the user may
 * exchange what lies in a directory of theirs. */
static int make_missing(const hp_directory *directory, int base, const char *name) {
  if (mkdirat(base, name, S_IRWXU) < 0)
    return errno == EEXIST ? 0 : errno;
  int fd = hp__high(openat(base, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  int code = fd < 0 ? errno : hp__directory_give(directory, fd);
  if (fd >= 0)
    close(fd);
  return code;
}

/* From `base`, which it closes, to what is below it. A descriptor or a negative errno. */
static int enter(const hp_directory *directory, int base, const char *name, int flags) {
  int fd = hp__high(openat(base, name, flags | O_DIRECTORY | O_CLOEXEC));
  int code = fd < 0 ? errno : 0;
  if (code == ENOENT) {
    code = make_missing(directory, base, name);
    if (code == 0 && (fd = hp__high(openat(base, name, flags | O_DIRECTORY | O_CLOEXEC))) < 0)
      code = errno;
  }
  close(base);
  return code == 0 ? fd : -code;
}

static int open_path(hp_directory *new) {
  char path[HP_PATH_SIZE], *rest = NULL;
  memcpy(path, new->path, sizeof path);
  int fd = hp__high(open("/", hp__walk_flags | O_DIRECTORY | O_CLOEXEC));
  if (fd < 0)
    return errno;
  for (char *name = strtok_r(path, "/", &rest); name && fd >= 0; name = strtok_r(NULL, "/", &rest))
    fd = enter(new, fd, name, hp__walk_flags);
  if (fd >= 0)
    fd = enter(new, fd, ".", O_RDONLY);
  new->fd = fd < 0 ? -1 : fd;
  return fd < 0 ? -fd : fstat(fd, &new->stat) < 0 ? errno : 0;
}

/* ---- May the server write there? ---- */

static bool is_in_group(const struct hp_user *user, gid_t group) {
  bool found = group == (gid_t)user->group;
  for (int i = 0; i < user->group_count && !found; i++)
    found = group == user->groups[i];
  return found || user->group_count < 0; /* too many to know */
}

/* What its mode says; a list of access rights may say more, so only without one is it believed. */
static bool is_closed_to(const struct hp_user *user, int fd) {
  struct stat stat;
  if (user->id <= 0 || fstat(fd, &stat) < 0 || hp__has_access_list(fd))
    return false;
  int shift = stat.st_uid == (uid_t)user->id ? 6 : is_in_group(user, stat.st_gid) ? 3 : 0;
  return (stat.st_mode >> shift & (S_IWOTH | S_IXOTH)) != (S_IWOTH | S_IXOTH);
}

static int check_writable(const hp_directory *directory, hp_error *error) {
  const struct hp_user *user = &directory->user;
  if (!is_closed_to(user, directory->fd))
    return 0;
  int code = hp_error_set(error, HP_EACCESS, HP_PHASE_PREPARE,
                          "directory %s cannot be written by user '%s' (uid %lld)", directory->path,
                          user->name, (long long)user->id);
  hp_error_set_cause(error, "the server runs as that user and could not save its data");
  hp_error_set_hint(error, "give the directory to that user (chown), or name a missing one: it is "
                           "then made for them");
  return code;
}

static int say_in_use(const hp_directory *directory, const struct hp_mark *mark, hp_error *error) {
  char owner[64] = "another process";
  struct hp_process_stat process;
  if (mark->pid > 0)
    snprintf(owner, sizeof owner, "process %lld (%s)", (long long)mark->pid,
             hp__process_stat((int64_t)mark->pid, &process) == 0 ? process.command : "not visible");
  hp_error_set(error, HP_EINUSE, HP_PHASE_PREPARE, "directory %s is in use by %s", directory->path,
               owner);
  hp_error_set_detail(error, HP_DETAIL_OWNER, owner);
  hp_error_set_cause(error, "two servers on the same data would destroy it");
  hp_error_set_hint(error, "stop that one first, or name another directory");
  return HP_EINUSE;
}

static int find_holder(const hp_directory *directory, struct hp_mark *mark) {
  memset(mark, 0, sizeof *mark);
  int lock = openat(directory->fd, HP_DATA_LOCK_NAME,
                    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (lock < 0)
    return -1;
  int result = hp__lock_read(lock, mark);
  close(lock);
  return result;
}

/* The lock is free when its host was killed; the server may live on. */
static int lock_path(hp_directory *new, hp_error *error) {
  struct hp_mark mark;
  new->lock = hp__lock_open(new->fd, HP_DATA_LOCK_NAME, O_CREAT);
  if (new->lock == -EWOULDBLOCK) {
    find_holder(new, &mark);
    return say_in_use(new, &mark, error);
  }
  if (new->lock < 0)
    return fail(error, -new->lock, "lock directory", new->path);
  if (hp__lock_read(new->lock, &mark) == 1 && mark.pid != getpid() &&
      hp__process_is_alive(mark.pid, mark.seen))
    return say_in_use(new, &mark, error);
  int code = hp__lock_write(new->lock, &new->stat, getpid());
  return code == 0 ? 0 : fail(error, code, "write the lock file of", new->path);
}

static int make_absolute(char path[HP_PATH_SIZE], const char *given) {
  size_t size = HP_PATH_SIZE;
  if (given[0] == '/')
    size = 0;
  else if (uv_cwd(path, &size) != 0)
    return errno ? errno : ENOENT;
  int length = snprintf(path + size, HP_PATH_SIZE - size, "%s%s", size ? "/" : "", given);
  if (length >= (int)(HP_PATH_SIZE - size))
    return ENAMETOOLONG;
  for (size_t end = size + (size_t)length; end > 1 && path[end - 1] == '/';)
    path[--end] = '\0';
  return 0;
}

int hp__directory_open_posix(hp_directory **directory, const char *path, const struct hp_user *user,
                             hp_error *error) {
  *directory = NULL;
  hp_directory *new = make(user);
  if (!new)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_PREPARE, "no memory for directory %s", path);
  int code = make_absolute(new->path, path);
  if (code == 0)
    code = open_path(new);
  int result = code == 0 ? check_writable(new, error) : fail(error, code, "open directory", path);
  if (result == 0)
    result = lock_path(new, error);
  if (result < 0)
    release(new);
  else
    *directory = new;
  return result;
}

const char *hp__directory_path_posix(const hp_directory *directory) {
  return directory->path;
}

void hp__directory_use_posix(hp_directory *directory, int64_t pid) {
  hp__lock_write(directory->lock, &directory->stat, pid > 0 ? pid : getpid());
}

static void remove_made(hp_directory *directory) {
  const char *name = strrchr(directory->path, '/') + 1;
  int base = openat(directory->fd, "..", hp__walk_flags | O_DIRECTORY | O_CLOEXEC);
  bool empty = hp__tree_empty(directory->fd, HP_LOCK_NAME) == 0;
  if (base < 0)
    return;
  if (empty && still_named(directory, base, name))
    hp__directory_remove(base, name, directory->fd);
  close(base);
}

void hp__directory_free_posix(hp_directory *directory) {
  if (!directory)
    return;
  if (directory->made)
    remove_made(directory);
  else if (ftruncate(directory->lock, 0) < 0)
    hp__lock_write(directory->lock, &directory->stat, 0); /* either says: used by nobody */
  release(directory);
}
