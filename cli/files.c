/* SPDX-License-Identifier: MIT */
#include "cli/files.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

enum { PATH_ROOM = 4096, PRIVATE = 0700 };

static int finish(uv_fs_t *request) {
  int status = (int)request->result;
  uv_fs_req_cleanup(request);
  return status < 0 ? status : 0;
}

static int make_one(const char *path) {
  uv_fs_t request;
  uv_fs_mkdir(NULL, &request, path, PRIVATE, NULL);
  int status = finish(&request);
  return status == UV_EEXIST ? 0 : status;
}

int files_make_directory(const char *path) {
  char part[PATH_ROOM];
  int status = 0;
  size_t length = strlen(path);
  if (length >= sizeof part)
    return UV_ENAMETOOLONG;
  memcpy(part, path, length + 1);
  for (char *c = part + 1; *c; c++) {
    if (*c != '/' && *c != '\\')
      continue;
    char separator = *c;
    *c = '\0';
    make_one(part); /* what is wrong shows at the end */
    *c = separator;
  }
  status = make_one(part);
  return status;
}

int files_write(const char *path, const char *text) {
  FILE *file = fopen(path, "wb");
  if (!file)
    return UV_EIO;
  bool whole = fputs(text, file) >= 0;
  return fclose(file) == 0 && whole ? 0 : UV_EIO;
}

/* ---- Trees ---- */

typedef int (*visit)(const char *path, uv_dirent_type_t type, const void *data);

/* Each entry of a directory; the first code that was not 0. */
static int for_each(const char *folder, visit visitor, const void *data) {
  uv_fs_t request;
  uv_dirent_t entry;
  int first = 0;
  if (uv_fs_scandir(NULL, &request, folder, 0, NULL) < 0)
    return finish(&request);
  while (uv_fs_scandir_next(&request, &entry) == 0) {
    char path[PATH_ROOM];
    int length = snprintf(path, sizeof path, "%s/%s", folder, entry.name);
    int status = length < PATH_ROOM ? visitor(path, entry.type, data) : UV_ENAMETOOLONG;
    first = first ? first : status;
  }
  uv_fs_req_cleanup(&request);
  return first;
}

static int remove_entry(const char *path, uv_dirent_type_t type, const void *data) {
  uv_fs_t request;
  (void)data;
  if (type == UV_DIRENT_DIR)
    return files_remove_tree(path);
  uv_fs_unlink(NULL, &request, path, NULL);
  return finish(&request);
}

int files_remove_tree(const char *path) {
  uv_fs_t request;
  int status = for_each(path, remove_entry, NULL);
  if (status == UV_ENOENT)
    return 0;
  uv_fs_rmdir(NULL, &request, path, NULL);
  int last = finish(&request);
  return status ? status : last;
}

struct copy {
  const char *to, *skip;
};

static int copy_link(const char *from, const char *to) {
  uv_fs_t request;
  char target[PATH_ROOM];
  int status = uv_fs_readlink(NULL, &request, from, NULL);
  snprintf(target, sizeof target, "%s", status == 0 ? (const char *)request.ptr : "");
  status = finish(&request);
  if (status < 0)
    return status;
  uv_fs_symlink(NULL, &request, target, to, 0, NULL);
  return finish(&request);
}

/* Sockets and FIFOs are nobody's without their server. */
static int copy_entry(const char *path, uv_dirent_type_t type, const void *data) {
  const struct copy *copy = data;
  const char *name = strrchr(path, '/') + 1;
  char to[PATH_ROOM];
  uv_fs_t request;
  if (copy->skip && strncmp(name, copy->skip, strlen(copy->skip)) == 0)
    return 0;
  if (snprintf(to, sizeof to, "%s/%s", copy->to, name) >= PATH_ROOM)
    return UV_ENAMETOOLONG;
  if (type == UV_DIRENT_DIR)
    return files_copy_tree(path, to, NULL);
  if (type == UV_DIRENT_LINK)
    return copy_link(path, to);
  if (type != UV_DIRENT_FILE && type != UV_DIRENT_UNKNOWN)
    return 0;
  uv_fs_copyfile(NULL, &request, path, to, 0, NULL);
  return finish(&request);
}

int files_copy_tree(const char *from, const char *to, const char *skip) {
  struct copy copy = {to, skip};
  int status = files_make_directory(to);
  return status < 0 ? status : for_each(from, copy_entry, &copy);
}
