/* SPDX-License-Identifier: MIT */
#include "core/event_log.h"

#include "core/alloc.h"
#include "core/log_file.h"
#include "core/status.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { WAITING_MAX = 1 << 20 /* bytes, while the disk is slow */ };

/* ---- beside the loop ---- */

static int finish(uv_fs_t *request) {
  int result = (int)request->result;
  uv_fs_req_cleanup(request);
  return result;
}

static int make_folder_of(const char *path) {
  size_t length = strlen(path);
  while (length > 0 && path[length - 1] != '/' && path[length - 1] != '\\')
    length--;
  char *folder = length > 1 ? hp__strdup(path) : NULL;
  if (!folder)
    return length > 1 ? UV_ENOMEM : 0;
  folder[length - 1] = '\0';
  int status = hp__log_make_folders(folder);
  hp__free(folder);
  return status;
}

/* Over no link, and without waiting for who reads a pipe. */
static int open_file(const char *path) {
  uv_fs_t request;
  uv_fs_open(NULL, &request, path,
             UV_FS_O_WRONLY | UV_FS_O_APPEND | UV_FS_O_CREAT | UV_FS_O_NOFOLLOW | UV_FS_O_NONBLOCK,
             0600, NULL);
  return finish(&request);
}

static int be_open(struct hp_event_log *log) {
  if (log->file >= 0)
    return 0;
  int file = open_file(log->owner.path);
  if (file == UV_ENOENT && make_folder_of(log->owner.path) == 0)
    file = open_file(log->owner.path);
  log->file = file;
  return file < 0 ? file : 0;
}

/* After a part of a line another one begins anew: whoever reads it loses no more than that. */
static int write_line(struct hp_event_log *log, char *line, size_t length) {
  uv_fs_t request;
  char newline[] = "\n";
  uv_buf_t parts[] = {uv_buf_init(newline, 1), uv_buf_init(line, (unsigned)length)};
  int skipped = log->torn ? 0 : 1;
  size_t whole = length + (log->torn ? 1 : 0);
  uv_fs_write(NULL, &request, log->file, parts + skipped, 2 - (unsigned)skipped, -1, NULL);
  int written = finish(&request);
  if (written > 0)
    log->torn = (size_t)written < whole && !(log->torn && written == 1);
  return written < 0 ? written : (size_t)written < whole ? UV_ENOSPC : 0;
}

static void close_file(struct hp_event_log *log) {
  uv_fs_t request;
  if (log->file < 0)
    return;
  uv_fs_close(NULL, &request, log->file, NULL);
  finish(&request);
  log->file = -1;
}

static void write_batch(uv_work_t *work) {
  struct hp_event_log *log = work->data;
  char *line = log->batch.data, *end;
  int opened = line ? be_open(log) : 0;
  for (log->missing = 0; line && (end = strchr(line, '\n')); line = end + 1) {
    log->status = opened < 0 ? opened : write_line(log, line, (size_t)(end + 1 - line));
    log->missing += log->status < 0;
  }
  if (log->is_last)
    close_file(log);
}

/* ---- on the loop ---- */

static void go_on(struct hp_event_log *log);

static void lose(struct hp_event_log *log, uint64_t count, int status) {
  char text[256];
  bool is_first = log->lost == 0;
  log->lost += count;
  if (!is_first || count == 0)
    return;
  snprintf(text, sizeof text,
           "its event log %.120s cannot be written, what happens is missing there meanwhile: %s",
           log->owner.path, hp__status_text(status).text);
  log->owner.told(log->owner.data, text);
}

static void say_found(struct hp_event_log *log) {
  char text[128];
  snprintf(text, sizeof text, "its event log is written again, %" PRIu64 " lines are missing",
           log->lost);
  log->lost = 0;
  log->owner.told(log->owner.data, text);
}

/* What is told becomes a line, too. */
static void batch_over(uv_work_t *work, int status) {
  struct hp_event_log *log = work->data;
  (void)status;
  bool had_lines = log->batch.length > 0;
  hp__text_fini(&log->batch);
  log->writing = false;
  int last = log->status;
  lose(log, log->missing, last < 0 ? last : UV_ENOSPC);
  if (log->lost && had_lines && last == 0)
    say_found(log);
  go_on(log);
}

static void end(struct hp_event_log *log) {
  struct hp_event_log_owner owner = log->owner;
  hp__text_fini(&log->waiting);
  hp__free(log);
  owner.closed(owner.data);
}

/* uv_queue_work() refuses nothing but a missing callback. */
static void go_on(struct hp_event_log *log) {
  if (log->writing)
    return;
  bool is_over = log->is_last;
  if (is_over && log->waiting.length == 0) {
    end(log);
    return;
  }
  if (log->waiting.length == 0 && !log->closing)
    return;
  log->batch = log->waiting;
  log->waiting = (struct hp_text){0};
  log->is_last = log->closing;
  log->writing = true;
  uv_queue_work(log->owner.loop, &log->work, write_batch, batch_over);
}

struct hp_event_log *hp__event_log_new(const struct hp_event_log_owner *owner) {
  struct hp_event_log *log = hp__alloc(sizeof *log);
  if (!log)
    return NULL;
  log->owner = *owner;
  log->work.data = log;
  log->file = -1;
  return log;
}

static bool append(struct hp_event_log *log, const char *line) {
  struct hp_text *waiting = &log->waiting;
  size_t length = line ? strlen(line) : 0, before = waiting->length;
  if (!line || before + length > WAITING_MAX)
    return false;
  hp__text_add_slice(waiting, line, length);
  hp__text_add(waiting, "\n");
  if (!waiting->failed)
    return true;
  waiting->failed = false;
  waiting->length = before;
  if (waiting->data)
    waiting->data[before] = '\0';
  return false;
}

void hp__event_log_add(struct hp_event_log *log, const char *line) {
  if (!append(log, line))
    lose(log, 1, line ? UV_ENOBUFS : UV_ENOMEM);
  go_on(log);
}

void hp__event_log_close(struct hp_event_log *log, const char *line) {
  log->closing = true;
  append(log, line);
  go_on(log);
}
