/* SPDX-License-Identifier: MIT */
#include "core/log_file.h"

#include "core/alloc.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- policy ---- */

size_t hp__log_fit(uint64_t room, const char *bytes, size_t length) {
  if (length <= room)
    return length;
  size_t part = (size_t)room;
  while (part > 0 && bytes[part - 1] != '\n')
    part--;
  return part;
}

struct date {
  unsigned year, month, day, hour, minute, second, microsecond;
};

/* Years begin in March: the odd day is then the last one. */
static struct date tell_date(uint64_t microseconds) {
  uint64_t seconds = microseconds / 1000000, of_day = seconds % 86400;
  uint64_t days = seconds / 86400 + 719468, era = days / 146097, of_era = days % 146097;
  uint64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  uint64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  uint64_t month = (5 * of_year + 2) / 153, day = of_year - (153 * month + 2) / 5 + 1;
  month = month < 10 ? month + 3 : month - 9;
  year += era * 400 + (month <= 2);
  return (struct date){(unsigned)(year % 10000),
                       (unsigned)month,
                       (unsigned)day,
                       (unsigned)(of_day / 3600),
                       (unsigned)(of_day / 60 % 60),
                       (unsigned)(of_day % 60),
                       (unsigned)(microseconds % 1000000)};
}

void hp__log_time(uint64_t microseconds, char text[HP_LOG_TIME_SIZE]) {
  struct date at = tell_date(microseconds);
  snprintf(text, HP_LOG_TIME_SIZE, "%04u%02u%02uT%02u%02u%02u.%06uZ", at.year, at.month, at.day,
           at.hour, at.minute, at.second, at.microsecond);
}

void hp__log_stamp(uint64_t microseconds, char text[HP_LOG_TIME_SIZE]) {
  struct date at = tell_date(microseconds);
  snprintf(text, HP_LOG_TIME_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", at.year, at.month, at.day,
           at.hour, at.minute, at.second, at.microsecond / 1000);
}

uint64_t hp__log_now(void) {
  uv_timeval64_t now = {0};
  uv_gettimeofday(&now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_usec;
}

/* ---- files ---- */

static int finish(uv_fs_t *request) {
  int result = (int)request->result;
  uv_fs_req_cleanup(request);
  return result;
}

static int make_folder(const char *path) {
  uv_fs_t request;
  uv_fs_mkdir(NULL, &request, path, 0700, NULL);
  return finish(&request);
}

int hp__log_make_folders(const char *path) {
  int status = make_folder(path);
  char *part = status == UV_ENOENT ? hp__strdup(path) : NULL;
  for (char *at = part; at && *at; at++)
    if (at > part && (*at == '/' || *at == '\\')) {
      char kept = *at;
      *at = '\0';
      make_folder(part);
      *at = kept;
    }
  if (part)
    status = make_folder(path);
  hp__free(part);
  return status == UV_EEXIST ? 0 : status;
}

static char *name_file(const struct hp_log_file *file) {
  const struct hp_log_rules *rules = &file->rules;
  char time[HP_LOG_TIME_SIZE] = "";
  size_t size = strlen(rules->folder) + strlen(rules->name) + sizeof time + sizeof "/-.log";
  char *path = hp__alloc(size);
  if (rules->size_limit)
    hp__log_time(file->began, time);
  if (path)
    snprintf(path, size, "%s/%s%s%s.log", rules->folder, rules->name, time[0] ? "-" : "", time);
  return path;
}

static void tell_time(struct hp_log_file *file) {
  uint64_t time = hp__log_now();
  file->began = time > file->began ? time : file->began + 1; /* clocks are set back */
}

/* Over no link, and without waiting for who reads a pipe. */
static int open_one(struct hp_log_file *file, char **path, uv_file *opened) {
  uv_fs_t request;
  int flags =
      file->rules.size_limit ? UV_FS_O_RDWR | UV_FS_O_EXCL : UV_FS_O_WRONLY | UV_FS_O_APPEND;
  tell_time(file);
  *path = name_file(file);
  if (!*path)
    return UV_ENOMEM;
  uv_fs_open(NULL, &request, *path, flags | UV_FS_O_CREAT | UV_FS_O_NOFOLLOW | UV_FS_O_NONBLOCK,
             0600, NULL);
  *opened = finish(&request);
  if (*opened >= 0)
    return 0;
  hp__free(*path);
  *path = NULL;
  return *opened;
}

/* Another instance may have begun one in the same microsecond. */
static int open_new(struct hp_log_file *file, char **path, uv_file *opened) {
  int status = UV_EEXIST;
  for (int i = 0; i < 100 && status == UV_EEXIST; i++)
    status = open_one(file, path, opened);
  return status;
}

static void close_file(uv_file file) {
  uv_fs_t request;
  uv_fs_close(NULL, &request, file, NULL);
  finish(&request);
}

int hp__log_file_open(struct hp_log_file *file, const struct hp_log_rules *rules) {
  *file = (struct hp_log_file){.rules = *rules, .file = -1};
  int status = hp__log_make_folders(rules->folder);
  return status == 0 ? open_new(file, &file->path, &file->file) : status;
}

void hp__log_file_close(struct hp_log_file *file) {
  if (file->path)
    close_file(file->file);
  for (size_t i = 0; i < file->older_count; i++)
    hp__free(file->older[i]);
  hp__free(file->older);
  hp__free(file->path);
  *file = (struct hp_log_file){.file = -1};
}

/* ---- writing ---- */

static int write_some(uv_file file, int64_t offset, const char *bytes, size_t length) {
  uv_fs_t request;
  uv_buf_t buffer = uv_buf_init((char *)(uintptr_t)bytes, (unsigned)length);
  uv_fs_write(NULL, &request, file, &buffer, 1, offset, NULL);
  return finish(&request);
}

static void note(struct hp_log_file *file, const char *bytes, size_t length) {
  for (size_t at = length; at > 0; at--)
    if (bytes[at - 1] == '\n') {
      file->line_start = file->size + at;
      break;
    }
  file->size += length;
}

static int write_part(struct hp_log_file *file, const char *bytes, size_t length, size_t *written) {
  while (length > 0) {
    int64_t offset = file->rules.size_limit ? (int64_t)file->size : -1;
    int count = write_some(file->file, offset, bytes, length);
    if (count <= 0)
      return count < 0 ? count : UV_ENOSPC;
    note(file, bytes, (size_t)count);
    bytes += count;
    length -= (size_t)count;
    *written += (size_t)count;
  }
  return 0;
}

/* The beginning of a line goes with its end. */
static int move_line(struct hp_log_file *file, uv_file to, uint64_t *moved) {
  char bytes[4096];
  uv_fs_t request;
  *moved = 0;
  for (uint64_t at = file->line_start; at > 0 && at < file->size;) {
    uv_buf_t buffer = uv_buf_init(bytes, sizeof bytes);
    uv_fs_read(NULL, &request, file->file, &buffer, 1, (int64_t)at, NULL);
    int count = finish(&request);
    int done = count > 0 ? write_some(to, (int64_t)*moved, bytes, (size_t)count) : count;
    if (done <= 0)
      return done < 0 ? done : UV_EIO;
    at += (uint64_t)done;
    *moved += (uint64_t)done;
  }
  return 0;
}

static void cut_old(const struct hp_log_file *file, uint64_t moved) {
  uv_fs_t request;
  if (moved > 0) {
    uv_fs_ftruncate(NULL, &request, file->file, (int64_t)file->line_start, NULL);
    finish(&request);
  }
  close_file(file->file);
}

static void remove_file(const char *path) {
  uv_fs_t request;
  uv_fs_unlink(NULL, &request, path, NULL);
  finish(&request);
}

/* Before the new one is made, so that there is never one more than may be; the one that is written
 * goes last. */
static int make_place(struct hp_log_file *file) {
  char **grown = hp__realloc(file->older, (file->older_count + 1) * sizeof *grown);
  if (!grown)
    return UV_ENOMEM;
  file->older = grown;
  while (file->rules.max_count && file->older_count > 0 &&
         file->older_count + 2 > file->rules.max_count) {
    remove_file(file->older[0]);
    hp__free(file->older[0]);
    memmove(file->older, file->older + 1, --file->older_count * sizeof *file->older);
  }
  return 0;
}

static int rotate(struct hp_log_file *file) {
  char *path = NULL;
  uv_file next = -1;
  uint64_t moved = 0;
  int status = make_place(file);
  if (status == 0)
    status = open_new(file, &path, &next);
  if (status < 0)
    return status;
  status = move_line(file, next, &moved);
  if (status < 0) { /* the old one still has all of it */
    close_file(next);
    remove_file(path);
    hp__free(path);
    return status;
  }
  cut_old(file, moved);
  file->older[file->older_count++] = file->path;
  file->path = path;
  file->file = next;
  file->size = moved;
  file->line_start = 0;
  if (file->rules.max_count == 1) {
    remove_file(file->older[--file->older_count]);
    hp__free(file->older[file->older_count]);
  }
  return 0;
}

int hp__log_file_write(struct hp_log_file *file, const char *bytes, size_t length,
                       size_t *written) {
  uint64_t limit = file->rules.size_limit ? file->rules.size_limit : UINT64_MAX;
  int status = 0;
  *written = 0;
  while (status == 0 && *written < length) {
    const char *rest = bytes + *written;
    uint64_t room = limit > file->size ? limit - file->size : 0;
    size_t part = hp__log_fit(room, rest, length - *written);
    if (part == 0 && room > 0 && file->line_start == 0)
      part = (size_t)room; /* a line that is longer than a file */
    status = part ? write_part(file, rest, part, written) : rotate(file);
  }
  return status;
}
