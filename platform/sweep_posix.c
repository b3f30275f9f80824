/* SPDX-License-Identifier: MIT */
/*
 * What hosts that were killed have left. A name proves nothing: a directory is removed when it is
 * ours, its lock is free, the mark in it names that very directory, and the process in the mark is
 * gone. One whose maker was killed before the mark was written still has the sticky bit of its
 * making, one whose remover was killed has it again: those go only if they are empty.
 */
#include "platform/posix.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool looks_like_ours(const char *name) {
  if (strlen(name) != HP_DIRECTORY_NAME || strncmp(name, "hp-", 3) != 0)
    return false;
  for (const char *c = name + 3; *c; c++)
    if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c))
      return false;
  return true;
}

/* Root has given some of its directories to other users; the lock in them is still root's. */
static bool is_private(const struct stat *stat) {
  return (stat->st_uid == geteuid() || geteuid() == 0) &&
         (stat->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static bool names_it(const struct hp_mark *mark, const struct stat *stat) {
  return mark->device == (uint64_t)stat->st_dev && mark->inode == (uint64_t)stat->st_ino;
}

static bool is_named(int base, const char *name, const struct stat *stat) {
  struct stat by_name;
  return fstatat(base, name, &by_name, AT_SYMLINK_NOFOLLOW) == 0 &&
         by_name.st_dev == stat->st_dev && by_name.st_ino == stat->st_ino;
}

static bool holds_only_lock(int directory) {
  struct hp_entries entries;
  hp__entries_rewind(&entries, directory);
  for (const char *name; (name = hp__entries_next(&entries));)
    if (strcmp(name, HP_LOCK_NAME) != 0)
      return false;
  return !hp__entries_failed(&entries);
}

static bool is_unmarked(const struct stat *stat) {
  return (stat->st_mode & 07777 & ~(mode_t)S_ISGID) == HP_UNMARKED; /* that one is inherited */
}

static bool may_go(int directory, int lock, const struct stat *stat) {
  struct hp_mark mark;
  struct stat of_lock;
  if (fstat(lock, &of_lock) < 0 || of_lock.st_uid != geteuid())
    return false;
  switch (hp__lock_read(lock, &mark)) {
  case 0:
    return is_unmarked(stat) && holds_only_lock(directory);
  case 1:
    return names_it(&mark, stat) && !hp__process_is_alive(mark.pid, mark.seen);
  default:
    return false;
  }
}

/* We may be killed in here: without its lock a directory would be nobody's. */
bool hp__directory_remove(int base, const char *name, int directory) {
  return fchmod(directory, HP_UNMARKED) == 0 && unlinkat(directory, HP_LOCK_NAME, 0) == 0 &&
         unlinkat(base, name, AT_REMOVEDIR) == 0;
}

static bool sweep_opened(int base, const char *name, int directory) {
  struct stat stat;
  if (fstat(directory, &stat) < 0 || !is_private(&stat))
    return false;
  int lock = hp__lock_open(directory, HP_LOCK_NAME, 0);
  if (lock == -ENOENT)
    return is_unmarked(&stat) && is_named(base, name, &stat) &&
           unlinkat(base, name, AT_REMOVEDIR) == 0;
  if (lock < 0)
    return false;
  bool gone = may_go(directory, lock, &stat) && hp__tree_empty(directory, HP_LOCK_NAME) == 0 &&
              is_named(base, name, &stat) && hp__directory_remove(base, name, directory);
  hp__lock_close(lock);
  return gone;
}

int hp__sweep_posix(const char *base) {
  struct hp_entries entries;
  int fd = hp__high(open(base, O_RDONLY | O_DIRECTORY | O_CLOEXEC)), count = 0;
  if (fd < 0)
    return 0;
  hp__entries_rewind(&entries, fd);
  for (const char *name; (name = hp__entries_next(&entries));) {
    if (!looks_like_ours(name))
      continue;
    int directory = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0)
      continue;
    count += sweep_opened(fd, name, directory);
    close(directory);
  }
  close(fd);
  return count;
}
