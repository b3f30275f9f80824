/* SPDX-License-Identifier: MIT */
/* What Linux has of its own for descriptors and files. */
#include "platform/linux.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

const int hp__walk_flags = O_PATH;

int hp__pipe_new(int ends[2]) {
  return pipe2(ends, O_CLOEXEC);
}

#ifdef SYS_openat2
#include <linux/openat2.h>

/* Knows a bind mount too, which has the same device. */
int hp__open_below(int directory, const char *name) {
  struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
                         .resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH};
  int fd = (int)syscall(SYS_openat2, directory, name, &how, sizeof how);
  if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
    return fd;
  return hp__tree_open(directory, name);
}
#else
int hp__open_below(int directory, const char *name) {
  return hp__tree_open(directory, name);
}
#endif

bool hp__has_access_list(int fd) {
  return fgetxattr(fd, "system.posix_acl_access", NULL, 0) >= 0;
}

bool hp__is_noexec(const char *path) {
  struct statvfs filesystem;
  return statvfs(path, &filesystem) == 0 && (filesystem.f_flag & ST_NOEXEC);
}
