/* SPDX-License-Identifier: MIT */
/* Readiness by connecting, for a server that says nothing. Where a directory can be watched, its
 * event comes before the next attempt of the schedule. */
#include "core/dial.h"

#include <string.h>

struct connector {
  struct hp_dial dial;
  hp_watch *watch;
};

static void take(struct hp_dial *dial) {
  hp__probe_pass(&dial->probe, &dial->peer, dial->ours);
  hp__dial_close(dial);
}

static void ask(struct hp_probe *probe) {
  struct hp_launch *launch = probe->base.owner.launch;
  hp__dial_connect((struct hp_dial *)probe, launch->plan->transport, &launch->endpoint);
}

/* A connection that is neither accepted nor refused, as by a server that is stuck, would hold up
 * the end for minutes. */
static void give_up(struct hp_probe *probe) {
  hp__dial_close((struct hp_dial *)probe);
}

static const struct hp_probe_rule rule = {
    .first = 100 * 1000,
    .longest = 100 * 1000 * 1000,
    .share = 16,
    .ask = ask,
    .give_up = give_up,
};

static int open_connector(hp_readiness *readiness, hp_error *error) {
  struct connector *connector = (struct connector *)readiness;
  connector->dial.connected = take;
  return hp__probe_open(&connector->dial.probe, &rule, error);
}

static void begin(hp_readiness *readiness) {
  struct connector *connector = (struct connector *)readiness;
  const struct hp_readiness_owner *owner = &readiness->owner;
  const char *path = owner->launch->endpoint.path;
  if (!owner->once && owner->launch->endpoint.kind == HP_ENDPOINT_UNIX && strrchr(path, '/')) {
    char folder[HP_PATH_SIZE];
    size_t length = (size_t)(strrchr(path, '/') - path);
    memcpy(folder, path, length);
    folder[length] = '\0';
    connector->watch = owner->platform->watch_new(owner->loop, folder, hp__probe_ask, connector);
  }
  hp__probe_begin(&connector->dial.probe);
}

static void stop_asking(hp_readiness *readiness) {
  struct connector *connector = (struct connector *)readiness;
  if (connector->watch)
    readiness->owner.platform->watch_free(connector->watch);
  connector->watch = NULL;
  hp__probe_quit(&connector->dial.probe);
}

const struct hp_ready_ops hp__ready_connect = {
    .kind = HP_READY_CONNECT,
    .text = "a connection to its address",
    .size = sizeof(struct connector),
    .open = open_connector,
    .begin = begin,
    .settle = stop_asking,
    .rest = stop_asking,
    .close = stop_asking,
};
