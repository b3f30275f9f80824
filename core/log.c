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

/* ---- beside the loop ---- */

static void write_batch(uv_work_t *work) {
  struct hp_log *log = work->data;
  log->status = hp__log_file_write(&log->file, log->ring + log->begin, log->batch, &log->written);
}

static void go_on(struct hp_log *log);

static void batch_over(uv_work_t *work, int status) {
  struct hp_log *log = work->data;
  size_t lost = log->batch - log->written;
  (void)status;
  log->writing = false;
  log->begin = (log->begin + log->batch) % RING_SIZE;
  log->length -= log->batch;
  if (log->lost && log->written)
    say_found(log);
  if (lost)
    lose(log, lost, hp__status_text(log->status).text);
  if (log->file.path)
    log->owner.moved(log->owner.data, log->file.path);
  if (!log->closing)
    log->owner.resume(log->owner.data);
  go_on(log);
}

static void end(struct hp_log *log) {
  struct hp_log_owner owner = log->owner;
  hp__log_file_close(&log->file);
  hp__redactor_fini(&log->redactor);
  hp__free(log->ring);
  hp__free(log);
  owner.closed(owner.data);
}

static void go_on(struct hp_log *log) {
  if (log->writing)
    return;
  if (log->length == 0) {
    if (log->closing)
      end(log);
    return;
  }
  size_t whole = RING_SIZE - log->begin;
  log->batch = log->length < whole ? log->length : whole;
  log->written = 0;
  log->writing = true;
  int status = uv_queue_work(log->owner.loop, &log->work, write_batch, batch_over);
  if (status == 0)
    return;
  write_batch(&log->work); /* rather late than lost */
  batch_over(&log->work, 0);
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

int hp__log_open(struct hp_log **out, const struct hp_log_owner *owner,
                 const struct hp_log_rules *rules, hp_error *error) {
  struct hp_log *log = *out = hp__alloc(sizeof *log);
  if (!log)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_PREPARE, "no memory for a log");
  log->owner = *owner;
  log->work.data = log;
  hp__redactor_init(&log->redactor, owner->secrets, keep, log);
  int status = hp__log_file_open(&log->file, rules);
  if (status == 0) {
    owner->moved(owner->data, log->file.path);
    return 0;
  }
  hp__log_file_close(&log->file);
  hp__free(log);
  *out = NULL;
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
