/* SPDX-License-Identifier: MIT */
/* Removing a tree by descriptor: no name is followed twice, no mount and no link is crossed. */
#include "platform/posix.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  DEPTH_MAX = 100, /* each level costs a descriptor */
  PASSES = 3       /* a server that is just ending may still make files */
};

int hp__tree_open(int directory, const char *name) {
  struct stat above, below;
  int fd = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return -1;
  if (fstat(directory, &above) == 0 && fstat(fd, &below) == 0 && above.st_dev == below.st_dev)
    return fd;
  close(fd);
  errno = EXDEV;
  return -1;
}

static int empty(int directory, const char *except, int depth);

static int remove_directory(int directory, const char *name, int depth) {
  int fd = hp__high(hp__open_below(directory, name));
  if (fd < 0)
    return errno;
  int code = empty(fd, NULL, depth + 1);
  close(fd);
  if (code != 0)
    return code;
  return unlinkat(directory, name, AT_REMOVEDIR) < 0 && errno != ENOENT ? errno : 0;
}

static int remove_entry(int directory, const char *name, int depth) {
  if (unlinkat(directory, name, 0) == 0 || errno == ENOENT)
    return 0;
  int code = errno;
  if (code != EISDIR && code != EPERM)
    return code;
  int of_directory = remove_directory(directory, name, depth);
  return of_directory == ENOTDIR ? code : of_directory;
}

static int empty_once(int directory, const char *except, int depth, bool *any) {
  struct hp_entries entries;
  int code = 0;
  *any = false;
  hp__entries_rewind(&entries, directory);
  for (const char *name; (name = hp__entries_next(&entries));) {
    if (except && strcmp(name, except) == 0)
      continue;
    *any = true;
    int result = remove_entry(directory, name, depth);
    code = code ? code : result;
  }
  if (code == 0 && hp__entries_failed(&entries))
    code = errno == ENOENT ? 0 : errno; /* itself removed meanwhile */
  return code;
}

/* A directory that was made read-only is made writable first: it goes away as a whole. */
static int empty(int directory, const char *except, int depth) {
  struct stat stat;
  if (depth > DEPTH_MAX)
    return ELOOP;
  if (fstat(directory, &stat) == 0 && (stat.st_mode & S_IRWXU) != S_IRWXU)
    fchmod(directory, S_IRWXU);
  int code = 0;
  bool any = true;
  for (int pass = 0; any && code == 0 && pass < PASSES; pass++)
    code = empty_once(directory, except, depth, &any);
  return code;
}

int hp__tree_empty(int directory, const char *except) {
  return empty(directory, except, 0);
}

int hp__tree_remove(int directory, const char *name) {
  return remove_entry(directory, name, 0);
}
