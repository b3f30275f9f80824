/* SPDX-License-Identifier: MIT */
/*
 * A lock file and its mark. The lock says whether a host holds the directory; the mark says that
 * the directory is one of ours and which process uses it. It has one length, so that one write
 * replaces it.
 */
#include "platform/posix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* What we have just made is what we want, and a sweep that takes it away is seen afterwards. */
static int take(int lock, bool made) {
  struct stat stat = {.st_mode = S_IFREG, .st_nlink = 1};
  if (!made && fstat(lock, &stat) < 0)
    return errno;
  if (stat.st_nlink == 0)
    return ENOENT; /* a sweep has just taken it away */
  if (!S_ISREG(stat.st_mode) || stat.st_nlink != 1)
    return EPERM;
  return flock(lock, LOCK_EX | LOCK_NB) < 0 ? errno : 0;
}

int hp__lock_open(int directory, const char *name, int flags) {
  int lock = hp__high(openat(
      directory, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags, 0600));
  if (lock < 0)
    return -errno;
  int code = take(lock, flags & O_EXCL);
  if (code == 0)
    return lock;
  close(lock); /* it is not ours to unlock */
  return -code;
}

void hp__lock_close(int lock) {
  if (lock < 0)
    return;
  flock(lock, LOCK_UN);
  close(lock);
}

/* The digits that end there. */
static void put(char *end, uint64_t value, unsigned base) {
  do
    *--end = "0123456789abcdef"[value % base];
  while (value /= base);
}

/* Twice in each start: by hand, for printf() takes ten times as long. */
int hp__lock_write(int lock, const struct stat *directory, int64_t pid) {
  char text[] = "hyperprocess 1\n"
                "0000000000000000:0000000000000000\n"
                "                   0                    0\n";
  enum { LENGTH = sizeof text - 1 };
  put(text + 31, (uint64_t)directory->st_dev, 16);
  put(text + 48, (uint64_t)directory->st_ino, 16);
  if (pid > 0) {
    put(text + 69, (uint64_t)pid, 10);
    put(text + 90, hp__process_seen(pid), 10);
  }
  ssize_t written = pwrite(lock, text, LENGTH, 0);
  return written == LENGTH ? 0 : written < 0 ? errno : EIO;
}

int hp__lock_read(int lock, struct hp_mark *mark) {
  char text[256];
  unsigned long long device, inode, seen;
  long long pid;
  ssize_t length = pread(lock, text, sizeof text - 1, 0);
  if (length <= 0)
    return length < 0 ? -1 : 0;
  text[length] = '\0';
  memset(mark, 0, sizeof *mark);
  if (sscanf(text, "hyperprocess 1 %llx:%llx %lld %llu", &device, &inode, &pid, &seen) != 4)
    return -1;
  mark->device = device;
  mark->inode = inode;
  mark->pid = pid;
  mark->seen = seen;
  return 1;
}
