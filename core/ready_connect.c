/* SPDX-License-Identifier: MIT */
/*
 * Readiness by connecting, for a server that says nothing. The wait between two attempts grows with
 * the time that has passed, so that the answer is late by a small share of the start and never by
 * a fixed step; where a directory can be watched, its event comes first.
 */
#include "core/readiness_kinds.h"

#include <string.h>

enum {
  FIRST_WAIT_NS = 100 * 1000,
  LONGEST_WAIT_NS = 100 * 1000 * 1000,
  SHARE = 16 /* a wait is this part of the time that has passed */
};

struct connector {
  struct hp_readiness base;
  hp_connect_request request;
  hp_alarm *alarm;
  hp_watch *watch;
  uint64_t began;
  bool waiting, open; /* for the callback of a connection; for its handle to be closed */
};

static void attempt(void *data);

static void schedule(struct connector *connector) {
  uint64_t wait = (uv_hrtime() - connector->began) / SHARE;
  if (wait < FIRST_WAIT_NS)
    wait = FIRST_WAIT_NS;
  if (wait > LONGEST_WAIT_NS)
    wait = LONGEST_WAIT_NS;
  connector->base.owner.platform->alarm_set(connector->alarm, wait);
}

static struct connector *connector_of(const hp_connect_request *request) {
  return request->data;
}

static void end_attempt(struct connector *connector) {
  if (connector->waiting || connector->open)
    return;
  if (!connector->base.settled && !connector->base.closing)
    schedule(connector);
  hp__readiness_release(&connector->base);
}

static void connection_closed(uv_handle_t *handle) {
  struct connector *connector =
      (struct connector *)((char *)handle - offsetof(struct connector, request.as));
  connector->open = false;
  end_attempt(connector);
}

static void close_connection(struct connector *connector) {
  uv_handle_t *handle = &connector->request.as.handle;
  if (connector->open && !uv_is_closing(handle))
    uv_close(handle, connection_closed);
}

/* Who answered: by the connection where the OS tells, else by the port. */
static int judge(struct connector *connector) {
  const struct hp_readiness_owner *owner = &connector->base.owner;
  struct hp_peer peer = {.pid = -1, .user = -1};
  if (owner->launch->endpoint.kind == HP_ENDPOINT_TCP)
    owner->platform->port_owner(&owner->launch->endpoint, &peer);
  else
    owner->platform->stream_peer(&connector->request.as.stream, &peer);
  return hp__readiness_is_ours(&connector->base, &peer);
}

static void connected(hp_connect_request *request, int status) {
  struct connector *connector = connector_of(request);
  int ours = status == 0 && !connector->base.closing ? judge(connector) : 0;
  if (status == 0 && ours == 0)
    hp__readiness_report(&connector->base, HP_REPORT_STATUS,
                         "its address was answered by a process that is not ours");
  if (ours != 0)
    hp__readiness_ready(&connector->base, ours == 1);
  connector->waiting = false;
  close_connection(connector);
  end_attempt(connector);
}

static void attempt(void *data) {
  struct connector *connector = data;
  const struct hp_readiness_owner *owner = &connector->base.owner;
  if (connector->waiting || connector->open || connector->base.settled || connector->base.closing)
    return;
  memset(&connector->request, 0, sizeof connector->request);
  connector->request.data = connector;
  connector->request.callback = connected;
  int status = owner->launch->plan->transport->connect(owner->loop, &connector->request,
                                                       &owner->launch->endpoint);
  if (status < 0) {
    schedule(connector);
    return;
  }
  connector->waiting = connector->open = true;
  connector->base.open++;
}

static int open_connector(hp_readiness *readiness, hp_error *error) {
  struct connector *connector = (struct connector *)readiness;
  const struct hp_readiness_owner *owner = &readiness->owner;
  int result = owner->platform->alarm_new(owner->loop, &connector->alarm, attempt, connector);
  return result == 0
             ? 0
             : hp_error_set(error, HP_EIO, HP_PHASE_RESERVE, "no timer for the readiness check");
}

static void begin(hp_readiness *readiness) {
  struct connector *connector = (struct connector *)readiness;
  const struct hp_readiness_owner *owner = &readiness->owner;
  const char *path = owner->launch->endpoint.path;
  connector->began = uv_hrtime();
  if (owner->launch->endpoint.kind == HP_ENDPOINT_UNIX && strrchr(path, '/')) {
    char folder[HP_PATH_SIZE];
    size_t length = (size_t)(strrchr(path, '/') - path);
    memcpy(folder, path, length);
    folder[length] = '\0';
    connector->watch = owner->platform->watch_new(owner->loop, folder, attempt, connector);
  }
  attempt(connector);
}

/* Idempotent: both when the race is won and at the end. A connection that is neither accepted nor
 * refused, as by a server that is stuck, would hold up the end for minutes. */
static void stop_asking(hp_readiness *readiness) {
  struct connector *connector = (struct connector *)readiness;
  if (connector->watch)
    readiness->owner.platform->watch_free(connector->watch);
  if (connector->alarm)
    readiness->owner.platform->alarm_free(connector->alarm);
  connector->watch = NULL;
  connector->alarm = NULL;
  close_connection(connector);
}

const struct hp_ready_ops hp__ready_connect = {
    .kind = HP_READY_CONNECT,
    .text = "a connection to its address",
    .size = sizeof(struct connector),
    .open = open_connector,
    .begin = begin,
    .settle = stop_asking,
    .close = stop_asking,
};
