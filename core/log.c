/* SPDX-License-Identifier: MIT */
#include "core/log.h"

#include "core/alloc.h"
#include "core/status.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { RING_SIZE = 256 * 1024, ROOM_MIN = 4096 };

static void lose(struct hp_log *log, size_t length, const char *why) {
  char text[256];
  bool is_first = log->lost == 0;
  log->lost += length;
  log->unmarked += length;
  if (!is_first || length == 0)
    return;
  snprintf(text, sizeof text, "its log cannot be written, what it says is lost meanwhile: %s", why);
  log->owner.told(log->owner.data, text);
}

static void say_found(struct hp_log *log) {
  char text[128];
  snprintf(text, sizeof text, "its log is written again, %" PRIu64 " bytes were lost", log->lost);
  log->lost = 0;
  log->owner.told(log->owner.data, text);
}

static void say_end(struct hp_log *log) {
  char text[128];
  snprintf(text, sizeof text, "its log lacks its end, %" PRIu64 " bytes were lost", log->lost);
  log->lost = 0;
  log->owner.told(log->owner.data, text);
}

/* ---- beside the loop ---- */

static void open_file(uv_work_t *work) {
  struct hp_log *log = work->data;
  struct hp_log_rules rules = log->file.rules;
  log->status = hp__log_file_open(&log->file, &rules);
}

/* What follows may be the end of a line whose beginning is lost: it is not taken for a whole one.
 */
static int write_mark(struct hp_log *log) {
  struct hp_log_file *file = &log->file;
  char text[80];
  size_t written;
  bool begins = file->line_start == file->size;
  int length = snprintf(text, sizeof text, "%s[hyperprocess: %" PRIu64 " bytes are missing here]\n",
                        begins ? "" : "\n", log->gap);
  int status = hp__log_file_write(file, text, (size_t)length, &written);
  log->marked = status == 0;
  return status;
}

static void write_batch(uv_work_t *work) {
  struct hp_log *log = work->data;
  log->status = log->gap ? write_mark(log) : 0;
  if (log->status == 0 && log->batch)
    log->status = hp__log_file_write(&log->file, log->ring + log->begin, log->batch, &log->written);
}

static void go_on(struct hp_log *log);

static void account(struct hp_log *log) {
  size_t lost = log->batch - log->written;
  if (log->marked)
    log->unmarked -= log->gap;
  if (log->marked && lost == 0)
    say_found(log);
  if (lost)
    lose(log, lost, hp__status_text(log->status).text);
}

static void batch_over(uv_work_t *work, int status) {
  struct hp_log *log = work->data;
  (void)status;
  log->writing = false;
  log->begin = (log->begin + log->batch) % RING_SIZE;
  log->length -= log->batch;
  account(log);
  if (log->file.path)
    log->owner.moved(log->owner.data, log->file.path);
  if (!log->closing && hp__log_room(log) > 0) /* a read without room would look like the end */
    log->owner.resume(log->owner.data);
  go_on(log);
}

static void release(struct hp_log *log) {
  hp__log_file_close(&log->file);
  hp__redactor_fini(&log->redactor);
  hp__free(log->ring);
  hp__free(log);
}

static void end(struct hp_log *log) {
  struct hp_log_owner owner = log->owner;
  if (log->lost)
    say_end(log);
  release(log);
  owner.closed(owner.data);
}

/* At the end what is missing may be said once more, although nothing follows it. */
static bool is_done(struct hp_log *log) {
  if (log->length > 0)
    return false;
  bool last = log->closing && log->unmarked && !log->tried_last;
  log->tried_last = log->tried_last || last;
  return !last;
}

/* uv_queue_work() refuses nothing but a missing callback. */
static void go_on(struct hp_log *log) {
  if (log->writing)
    return;
  if (is_done(log)) {
    if (log->closing)
      end(log);
    return;
  }
  size_t whole = RING_SIZE - log->begin;
  log->batch = log->length < whole ? log->length : whole;
  log->written = 0;
  log->gap = log->unmarked;
  log->marked = false;
  log->writing = true;
  uv_queue_work(log->owner.loop, &log->work, write_batch, batch_over);
}

/* ---- on the loop ---- */

static void keep(void *data, const char *bytes, size_t length) {
  struct hp_log *log = data;
  if (!log->ring)
    log->ring = hp__alloc(RING_SIZE);
  size_t room = log->ring ? RING_SIZE - log->length : 0;
  size_t count = length < room ? length : room;
  if (count < length)
    lose(log, length - count, "no memory");
  for (size_t done = 0; done < count;) {
    size_t at = (log->begin + log->length) % RING_SIZE;
    size_t part = RING_SIZE - at < count - done ? RING_SIZE - at : count - done;
    memcpy(log->ring + at, bytes + done, part);
    log->length += part;
    done += part;
  }
}

size_t hp__log_room(const struct hp_log *log) {
  size_t room = RING_SIZE - log->length, scale = log->redactor.secrets ? 3 : 1;
  size_t held = log->redactor.held_length;
  size_t fits = room / scale > held ? room / scale - held : 0;
  return fits < ROOM_MIN ? 0 : fits;
}

void hp__log_feed(struct hp_log *log, const char *bytes, size_t length) {
  if (!log->redactor.secrets && log->owner.secrets && log->owner.secrets->count)
    hp__redactor_init(&log->redactor, log->owner.secrets, keep, log);
  hp__redactor_feed(&log->redactor, bytes, length);
  go_on(log);
}

static void file_opened(uv_work_t *work, int cancelled) {
  struct hp_log *log = work->data;
  struct hp_log_owner owner = log->owner;
  int status = log->status;
  (void)cancelled;
  log->writing = false;
  if (status == 0)
    owner.moved(owner.data, log->file.path);
  else
    release(log);
  owner.opened(owner.data, status);
}

int hp__log_open(struct hp_log **out, const struct hp_log_owner *owner,
                 const struct hp_log_rules *rules, hp_error *error) {
  struct hp_log *log = *out = hp__alloc(sizeof *log);
  if (!log)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_PREPARE, "no memory for a log");
  log->owner = *owner;
  log->file.rules = *rules;
  log->work.data = log;
  log->writing = true;
  hp__redactor_init(&log->redactor, owner->secrets, keep, log);
  uv_queue_work(owner->loop, &log->work, open_file, file_opened);
  return 0;
}

int hp__log_refuse(const struct hp_log_rules *rules, int status, hp_error *error) {
  bool denied = status == UV_EACCES || status == UV_EPERM || status == UV_EROFS;
  int code = status == UV_ENOMEM ? HP_ENOMEM : denied ? HP_EACCESS : HP_EIO;
  hp_error_set(error, code, HP_PHASE_PREPARE, "no log of '%s' in %s: %s", rules->name,
               rules->folder, hp__status_text(status).text);
  hp_error_set_hint(error, "name another directory (log: {dir: …}, --log-dir)");
  return code;
}

void hp__log_close(struct hp_log *log) {
  log->closing = true;
  hp__redactor_end(&log->redactor);
  go_on(log);
}
