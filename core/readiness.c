/* SPDX-License-Identifier: MIT */
#include "core/readiness_kinds.h"

#include "core/alloc.h"
#include "core/peer.h"

#include <string.h>

static void begin_none(hp_readiness *readiness) {
  hp__readiness_ready(readiness, true);
}

/* A server of which nothing is known: ready as soon as it runs. */
static const struct hp_ready_ops none = {
    .kind = HP_READY_NONE,
    .text = "its process to run",
    .size = sizeof(struct hp_readiness),
    .begin = begin_none,
};

static const struct hp_ready_ops *const kinds[] = {
    &none, &hp__ready_callback, &hp__ready_notify, &hp__ready_connect, &hp__ready_line,
};

static const struct hp_ready_ops *find(enum hp_ready_kind kind) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (kinds[i]->kind == kind)
      return kinds[i];
  return &none;
}

const char *hp__ready_text(enum hp_ready_kind kind) {
  return find(kind)->text;
}

int hp__readiness_open(hp_readiness **readiness, const struct hp_readiness_owner *owner,
                       hp_error *error) {
  const struct hp_ready_ops *ops = find(owner->launch->plan->ready.kind);
  hp_readiness *new = *readiness = hp__alloc(ops->size);
  if (!new)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_RESERVE, "no memory for the readiness check");
  new->ops = ops;
  new->owner = *owner;
  new->open = 1;
  return ops->open ? ops->open(new, error) : 0;
}

void hp__readiness_begin(hp_readiness *readiness) {
  if (readiness->ops->begin)
    readiness->ops->begin(readiness);
}

void hp__readiness_line(hp_readiness *readiness, const char *line, size_t length) {
  if (!readiness->ops->line || readiness->settled || readiness->closing)
    return;
  char *text = hp__alloc(length + 1);
  if (!text)
    return;
  memcpy(text, line, length);
  readiness->ops->line(readiness, text);
  hp__free(text);
}

void hp__readiness_settle(hp_readiness *readiness) {
  readiness->settled = true;
  if (readiness->ops->settle)
    readiness->ops->settle(readiness);
}

bool hp__readiness_cut_tether(hp_readiness *readiness) {
  return readiness->ops->cut_tether && readiness->ops->cut_tether(readiness);
}

void hp__readiness_close(hp_readiness *readiness) {
  if (readiness->closing)
    return;
  readiness->closing = true;
  if (readiness->ops->close)
    readiness->ops->close(readiness);
  hp__readiness_release(readiness);
}

void hp__readiness_release(hp_readiness *readiness) {
  if (--readiness->open > 0)
    return;
  struct hp_readiness_owner owner = readiness->owner;
  hp__free(readiness);
  owner.closed(owner.data);
}

void hp__readiness_report(hp_readiness *readiness, enum hp_report_kind kind, const char *text) {
  struct hp_report report = {.kind = kind, .text = text};
  if (!readiness->closing)
    readiness->owner.report(readiness->owner.data, &report);
}

void hp__readiness_ready(hp_readiness *readiness, bool verified) {
  struct hp_report report = {.kind = HP_REPORT_READY, .verified = verified};
  if (!readiness->closing && !readiness->settled)
    readiness->owner.report(readiness->owner.data, &report);
}

int hp__readiness_is_ours(const hp_readiness *readiness, const struct hp_peer *peer) {
  const struct hp_readiness_owner *owner = &readiness->owner;
  return hp__peer_judge(peer, owner->platform, owner->child(owner->data),
                        &owner->launch->plan->user);
}
