/* SPDX-License-Identifier: MIT */
/*
 * What lies in a directory of ours. It may belong to another user, and we may be root: nothing here
 * follows a link, waits for a pipe, or believes that a name is what it was a moment ago.
 */
#include "platform/posix.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(hp_error *error, int code, const char *what, const char *name) {
  return hp__explain_errno(error, HP_PHASE_PREPARE, code, what, name);
}

static bool is_plain_name(const char *name) {
  return name[0] && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static int write_all(int file, const char *data, size_t size) {
  while (size > 0) {
    ssize_t written = write(file, data, size);
    if (written < 0 && errno != EINTR)
      return errno;
    data += written > 0 ? written : 0;
    size -= written > 0 ? (size_t)written : 0;
  }
  return 0;
}

static int write_file(hp_directory *directory, const char *name, const void *data, size_t size) {
  char beside[NAME_MAX + 1];
  if (!is_plain_name(name) ||
      (size_t)snprintf(beside, sizeof beside, ".%s.new", name) >= sizeof beside)
    return EINVAL;
  unlinkat(directory->fd, beside, 0); /* of a host that was killed in here */
  int file = hp__high(
      openat(directory->fd, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (file < 0)
    return errno;
  int code = write_all(file, data, size);
  if (code == 0)
    code = hp__directory_give(directory, file);
  close(file);
  if (code == 0 && renameat(directory->fd, beside, directory->fd, name) < 0)
    code = errno;
  if (code != 0)
    unlinkat(directory->fd, beside, 0);
  return code;
}

int hp__directory_write_posix(hp_directory *directory, const char *name, const void *data,
                              size_t size, hp_error *error) {
  int code = write_file(directory, name, data, size);
  if (code == 0)
    return 0;
  hp_error_set_detail(error, HP_DETAIL_PLACES, directory->path);
  return fail(error, code, "write file", name);
}

int hp__directory_clear_posix(hp_directory *directory, const char *name, hp_error *error) {
  int code = is_plain_name(name) ? hp__tree_remove(directory->fd, name) : EINVAL;
  return code == 0 ? 0 : fail(error, code, "remove", name);
}

/* A second name would be another's file, with what they may not read in it. */
static int check_file(const hp_directory *directory, int file) {
  struct stat stat;
  if (fstat(file, &stat) < 0)
    return errno;
  bool ours = stat.st_uid == geteuid() ||
              (directory->user.id >= 0 && stat.st_uid == (uid_t)directory->user.id);
  return S_ISREG(stat.st_mode) && stat.st_nlink == 1 && ours ? 0 : EPERM;
}

static int read_all(int file, char *data, size_t size, size_t *length) {
  ssize_t got = 1;
  for (*length = 0; *length < size && got != 0;) {
    got = read(file, data + *length, size - *length);
    if (got < 0 && errno != EINTR)
      return errno;
    *length += got > 0 ? (size_t)got : 0;
  }
  return 0;
}

int hp__directory_read_posix(hp_directory *directory, const char *name, void *data, size_t size,
                             size_t *length, hp_error *error) {
  *length = 0;
  int file = is_plain_name(name)
                 ? hp__high(openat(directory->fd, name,
                                   O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC))
                 : (errno = EINVAL, -1);
  int code = file < 0 ? errno : check_file(directory, file);
  if (code == 0)
    code = read_all(file, data, size, length);
  if (file >= 0)
    close(file);
  if (code == 0)
    return 0;
  if (code == ENOENT)
    return hp_error_set(error, HP_ENOTFOUND, HP_PHASE_PREPARE, "there is no file %s in %s", name,
                        directory->path);
  hp_error_set_detail(error, HP_DETAIL_PLACES, directory->path);
  int result = fail(error, code, "read file", name);
  if (code == EPERM || code == ELOOP)
    hp_error_set_cause(error, "it is no plain file of ours in %s", directory->path);
  return result;
}

static int make_folder(const hp_directory *directory, const char *name) {
  struct stat stat;
  if (!is_plain_name(name))
    return EINVAL;
  if (mkdirat(directory->fd, name, S_IRWXU) < 0)
    return errno;
  int fd = hp__high(openat(directory->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  int code = fd < 0 || fstat(fd, &stat) < 0 ? errno : 0;
  if (code == 0)
    code = stat.st_uid == geteuid() ? hp__directory_give(directory, fd) : EPERM;
  if (fd >= 0)
    close(fd);
  return code;
}

int hp__directory_make_posix(hp_directory *directory, const char *name, hp_error *error) {
  int code = make_folder(directory, name);
  if (code == 0)
    return 0;
  hp_error_set_detail(error, HP_DETAIL_PLACES, directory->path);
  return fail(error, code, "make directory", name);
}

int hp__directory_rename_posix(hp_directory *directory, const char *from, const char *to,
                               hp_error *error) {
  int code = is_plain_name(from) && is_plain_name(to) ? 0 : EINVAL;
  if (code == 0 && renameat(directory->fd, from, directory->fd, to) < 0)
    code = errno;
  if (code == 0)
    return 0;
  hp_error_set_detail(error, HP_DETAIL_PLACES, directory->path);
  char what[NAME_MAX + 32];
  snprintf(what, sizeof what, "give the name %.255s to", to);
  return fail(error, code, what, from);
}
