/* SPDX-License-Identifier: MIT */
/*
 * Readiness by a file that appears, if asked with something in it. What an older run has left does
 * not count: it was there before the launch, and is still the same. The folder is watched, from the
 * nearest one that exists; then the file, while it does not say enough. Only where nothing can be
 * watched it is looked for by a schedule.
 */
#include "core/probe.h"

#include "core/alloc.h"

#include <stdlib.h>
#include <string.h>

enum {
  CONTENT_MAX = 65536,
  TYPE_MASK = 0170000, /* of st_mode, in POSIX' and libuv's words */
  PLAIN_FILE = 0100000
};

struct version {
  uint64_t inode, size;
  uv_timespec_t born, modified, changed;
};

struct file {
  struct hp_probe probe;
  const char *path;
  bool was_there;
  struct version before, watched;
  hp_watch *folder_watch, *file_watch;
  size_t watched_length; /* of the folder's path: shorter than the file's while that is missing */
};

static bool is_same_time(const uv_timespec_t *a, const uv_timespec_t *b) {
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool is_same(const struct version *a, const struct version *b) {
  return a->inode == b->inode && a->size == b->size && is_same_time(&a->modified, &b->modified) &&
         is_same_time(&a->changed, &b->changed);
}

/* The number of a file that was removed is given to the next one. */
static bool is_same_file(const struct version *a, const struct version *b) {
  return a->inode == b->inode && is_same_time(&a->born, &b->born);
}

static bool look(const char *path, uv_stat_t *info, struct version *version) {
  uv_fs_t request;
  int status = uv_fs_stat(NULL, &request, path, NULL);
  *info = request.statbuf;
  uv_fs_req_cleanup(&request);
  *version = (struct version){.inode = info->st_ino,
                              .size = info->st_size,
                              .born = info->st_birthtim,
                              .modified = info->st_mtim,
                              .changed = info->st_ctim};
  return status == 0;
}

/* ---- watching ---- */

/* The watch of the first `length` bytes of the path, in the place of a shorter one. */
static bool try_folder(struct file *file, size_t length) {
  const struct hp_readiness_owner *owner = &file->probe.base.owner;
  char *folder = hp__alloc(length + 2);
  if (!folder)
    return false;
  memcpy(folder, length ? file->path : "/", length ? length : 1);
  hp_watch *watch = owner->platform->watch_new(owner->loop, folder, hp__probe_ask, file);
  hp__free(folder);
  if (!watch)
    return false;
  owner->platform->watch_free(file->folder_watch);
  file->folder_watch = watch;
  file->watched_length = length;
  return true;
}

/* The nearest folder that exists; again, for a nearer one may have been made meanwhile: what is
 * made after it was looked for in vain is seen by the watch that there is. */
static void watch_folder(struct file *file) {
  const char *slash = strrchr(file->path, '/');
  size_t wanted = slash ? (size_t)(slash - file->path) : 0;
  for (bool again = slash != NULL; again;) {
    again = false;
    size_t least = file->folder_watch ? file->watched_length + 1 : 0;
    for (size_t length = wanted + 1; !again && length-- > least;)
      if (length == wanted || length == 0 || file->path[length] == '/')
        again = try_folder(file, length);
  }
}

/* Whether that was a new watch. */
static bool watch_file(struct file *file, const struct version *version) {
  const struct hp_readiness_owner *owner = &file->probe.base.owner;
  if (file->file_watch && is_same_file(&file->watched, version))
    return false;
  owner->platform->watch_free(file->file_watch);
  file->file_watch = owner->platform->watch_new(owner->loop, file->path, hp__probe_ask, file);
  file->watched = *version;
  return file->file_watch != NULL;
}

/* ---- judging ---- */

/* What it says, to be freed; NULL: it cannot be read. It is a plain file: reading does not wait. */
static char *read_file(const char *path) {
  uv_fs_t request;
  char *content = hp__alloc(CONTENT_MAX + 1);
  uv_file fd = uv_fs_open(NULL, &request, path, UV_FS_O_RDONLY | UV_FS_O_NONBLOCK, 0, NULL);
  uv_buf_t buffer = uv_buf_init(content, CONTENT_MAX);
  uv_fs_req_cleanup(&request);
  int length = content && fd >= 0 ? uv_fs_read(NULL, &request, fd, &buffer, 1, 0, NULL) : -1;
  uv_fs_req_cleanup(&request);
  if (fd >= 0)
    uv_fs_close(NULL, &request, fd, NULL);
  if (length >= 0)
    return content;
  hp__free(content);
  return NULL;
}

static bool has_line(struct hp_launch *launch, const struct hp_template *pattern, char *content) {
  for (char *line = content, *next; line; line = next) {
    next = strchr(line, '\n');
    if (next)
      *next++ = '\0';
    if (hp__launch_read_line(launch, pattern, line))
      return true;
  }
  return false;
}

/* A file that begins with the number of a process of ours was written by the server: pid files. */
static int find_writer(const struct file *file, const char *content, struct hp_peer *peer) {
  char *end;
  unsigned long long pid = strtoull(content, &end, 10);
  *peer = (struct hp_peer){.pid = -1, .user = -1};
  if (end == content || content[0] < '0' || content[0] > '9' || pid == 0 || pid > INT32_MAX)
    return -1;
  struct hp_peer named = {.pid = (int64_t)pid, .user = -1};
  return hp__readiness_is_ours(&file->probe.base, &named) == 1 ? 1 : -1;
}

static void accept_file(struct file *file, char *content) {
  hp_readiness *readiness = &file->probe.base;
  const struct hp_template *pattern = &readiness->owner.ready->content;
  struct hp_peer peer;
  int ours = find_writer(file, content, &peer);
  if (pattern->count > 0 && !has_line(readiness->owner.launch, pattern, content)) {
    hp__probe_miss(&file->probe, "%s does not say what is waited for", file->path);
    return;
  }
  if (pattern->count > 0)
    hp__readiness_report(readiness, HP_REPORT_ENDPOINT, NULL);
  hp__probe_pass(&file->probe, &peer, ours);
}

static bool is_foreign(const struct file *file, const uv_stat_t *info) {
  struct hp_peer owner = {.pid = -1, .user = (int64_t)info->st_uid};
  return hp__readiness_is_ours(&file->probe.base, &owner) == 0;
}

/* Why it does not count yet; NULL: it does, as far as can be said without reading it. */
static const char *find_fault(struct file *file, bool there, const uv_stat_t *info,
                              const struct version *version) {
  const struct hp_ready *ready = file->probe.base.owner.ready;
  if (!there)
    return "is not there";
  if ((info->st_mode & TYPE_MASK) != PLAIN_FILE)
    return "is not a plain file";
  if (file->was_there && is_same(version, &file->before))
    return "is of an older run";
  if (is_foreign(file, info))
    return "is another user's";
  if ((ready->not_empty || ready->content.count > 0) && info->st_size == 0)
    return "is empty";
  return NULL;
}

static void ask(struct hp_probe *probe) {
  struct file *file = (struct file *)probe;
  uv_stat_t info;
  struct version version;
  watch_folder(file); /* first, so that nothing is missed between */
  bool there = look(file->path, &info, &version);
  if (there && watch_file(file, &version)) /* it may have been written before the watch was there */
    there = look(file->path, &info, &version);
  const char *fault = find_fault(file, there, &info, &version);
  char *content = fault ? NULL : read_file(file->path);
  if (fault)
    hp__probe_miss(probe, "%s %s", file->path, fault);
  else if (content)
    accept_file(file, content);
  else
    hp__probe_miss(probe, "%s cannot be read", file->path);
  hp__free(content);
  hp__probe_end(probe);
}

static void give_up(struct hp_probe *probe) {
  (void)probe; /* an attempt is over before anybody else comes to speak */
}

static bool is_watched(const struct hp_probe *probe) {
  return ((const struct file *)probe)->folder_watch != NULL;
}

static const struct hp_probe_rule rule = {
    .first = 200 * 1000,
    .longest = 100 * 1000 * 1000,
    .share = 16,
    .ask = ask,
    .give_up = give_up,
    .is_watched = is_watched,
};

static int open_file(hp_readiness *readiness, hp_error *error) {
  struct file *file = (struct file *)readiness;
  struct hp_launch *launch = readiness->owner.launch;
  uv_stat_t info;
  int result = hp__launch_text(launch, &readiness->owner.ready->path, &file->path, error);
  if (result < 0)
    return result;
  file->was_there = look(file->path, &info, &file->before);
  return hp__probe_open(&file->probe, &rule, error);
}

static void begin(hp_readiness *readiness) {
  hp__probe_begin((struct hp_probe *)readiness);
}

static void stop_looking(hp_readiness *readiness) {
  struct file *file = (struct file *)readiness;
  readiness->owner.platform->watch_free(file->folder_watch);
  readiness->owner.platform->watch_free(file->file_watch);
  file->folder_watch = file->file_watch = NULL;
  hp__probe_quit(&file->probe);
}

const struct hp_ready_ops hp__ready_file = {
    .kind = HP_READY_FILE,
    .text = "a file to appear",
    .size = sizeof(struct file),
    .open = open_file,
    .begin = begin,
    .settle = stop_looking,
    .rest = stop_looking,
    .close = stop_looking,
};
