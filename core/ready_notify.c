/* SPDX-License-Identifier: MIT */
/* Readiness by the sd_notify(3) protocol: datagrams of NAME=value lines. ENDPOINT is ours. */
#include "core/messages.h"
#include "core/readiness_kinds.h"

#include <string.h>

struct notify {
  struct hp_readiness base;
  hp_notify *socket;
};

struct news {
  hp_readiness *readiness;
  const struct hp_peer *peer;
  int ours;
};

static void on_ready(const struct news *news, const char *value) {
  if (strcmp(value, "1") == 0)
    hp__readiness_answered(news->readiness, news->peer, news->ours);
}

static void on_status(const struct news *news, const char *value) {
  hp__readiness_report(news->readiness, HP_REPORT_STATUS, value);
}

static void on_stopping(const struct news *news, const char *value) {
  if (strcmp(value, "1") == 0)
    hp__readiness_report(news->readiness, HP_REPORT_STATUS, "it says that it is stopping");
}

static void on_endpoint(const struct news *news, const char *value) {
  if (hp__launch_read_report(news->readiness->owner.launch, value))
    hp__readiness_report(news->readiness, HP_REPORT_ENDPOINT, value);
}

static void report_time(const struct news *news, enum hp_report_kind kind, const char *value) {
  const struct hp_readiness_owner *owner = &news->readiness->owner;
  struct hp_report report = {.kind = kind, .milliseconds = hp__notify_milliseconds(value)};
  if (report.milliseconds >= 0)
    owner->report(owner->data, &report);
}

static void on_extend(const struct news *news, const char *value) {
  report_time(news, HP_REPORT_EXTEND, value);
}

static void on_watchdog_time(const struct news *news, const char *value) {
  report_time(news, HP_REPORT_WATCHDOG, value);
}

static void on_watchdog(const struct news *news, const char *value) {
  if (strcmp(value, "1") == 0)
    hp__readiness_report(news->readiness, HP_REPORT_ALIVE, NULL);
  else if (strcmp(value, "trigger") == 0)
    hp__readiness_report(news->readiness, HP_REPORT_SICK, "it has triggered its own watchdog");
}

/* It may name a stranger, and then a stranger would be taken for it. */
static void on_main(const struct news *news, const char *value) {
  const struct hp_readiness_owner *owner = &news->readiness->owner;
  struct hp_report report = {.kind = HP_REPORT_MAIN};
  struct hp_peer named = {.user = -1};
  unsigned long long pid;
  if (!hp__notify_number(value, &pid) || pid == 0 || pid > INT32_MAX)
    return;
  named.pid = report.pid = (int64_t)pid;
  if (hp__readiness_is_ours(news->readiness, &named) == 1)
    owner->report(owner->data, &report);
}

/* In this order: a datagram may say ENDPOINT after READY and means both. */
static const struct {
  const char *name;
  void (*take)(const struct news *, const char *value);
} fields[] = {
    {"ENDPOINT=", on_endpoint},
    {"STATUS=", on_status},
    {"EXTEND_TIMEOUT_USEC=", on_extend},
    {"MAINPID=", on_main},
    {"READY=", on_ready},
    {"STOPPING=", on_stopping},
    {"WATCHDOG_USEC=", on_watchdog_time},
    {"WATCHDOG=", on_watchdog},
};

static void receive(void *data, const char *text, const struct hp_peer *peer) {
  hp_readiness *readiness = data;
  int ours = hp__readiness_is_ours(readiness, peer);
  struct news news = {readiness, peer, ours};
  char value[1024];
  if (ours == 0 && hp__notify_field(text, "READY=", value, sizeof value))
    hp__readiness_refuse(readiness, peer);
  for (size_t i = 0; ours != 0 && i < sizeof fields / sizeof *fields; i++)
    if (!readiness->closing && hp__notify_field(text, fields[i].name, value, sizeof value))
      fields[i].take(&news, value);
}

static int open_socket(hp_readiness *readiness, hp_error *error) {
  struct notify *notify = (struct notify *)readiness;
  struct hp_launch *launch = readiness->owner.launch;
  launch->notify_path =
      hp__arena_format(&launch->arena, "%s/%s", launch->runtime_dir, HP_NOTIFY_NAME);
  if (!launch->notify_path)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_RESERVE, "no memory for the launch");
  return readiness->owner.platform->notify_new(readiness->owner.loop, &notify->socket,
                                               launch->notify_path, &launch->plan->user, receive,
                                               readiness, error);
}

static void close_socket(hp_readiness *readiness) {
  struct notify *notify = (struct notify *)readiness;
  if (notify->socket)
    readiness->owner.platform->notify_free(notify->socket);
  notify->socket = NULL;
}

const struct hp_ready_ops hp__ready_notify = {
    .kind = HP_READY_NOTIFY,
    .text = "READY=1 on its notify socket",
    .size = sizeof(struct notify),
    .open = open_socket,
    .close = close_socket,
};
