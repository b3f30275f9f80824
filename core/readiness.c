/* SPDX-License-Identifier: MIT */
#include "core/readiness_kinds.h"

#include "core/alloc.h"
#include "core/peer.h"

#include <stdio.h>
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
    &none,           &hp__ready_callback, &hp__ready_notify, &hp__ready_connect, &hp__ready_line,
    &hp__ready_file, &hp__ready_exec,     &hp__ready_http,   &hp__ready_inherit, &hp__ready_all,
    &hp__ready_any,
};

static const struct hp_ready_ops *find(enum hp_ready_kind kind) {
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (kinds[i]->kind == kind)
      return kinds[i];
  return &none;
}

static void describe(const struct hp_ready *ready, struct hp_text *text) {
  hp__text_add(text, find(ready->kind)->text);
  if (ready->count > 1)
    hp__text_format(text, ", %d times", (int)ready->count);
  for (size_t i = 0; i < ready->item_count; i++) {
    hp__text_add(text, i ? "; " : "(");
    describe(&ready->items[i], text);
  }
  hp__text_add(text, ready->item_count ? ")" : "");
}

void hp__ready_describe(const struct hp_ready *ready, char text[HP_READY_TEXT_SIZE]) {
  struct hp_text all = {0};
  describe(ready, &all);
  snprintf(text, HP_READY_TEXT_SIZE, "%s", all.data ? all.data : find(ready->kind)->text);
  hp__text_fini(&all);
}

int hp__readiness_open(hp_readiness **readiness, const struct hp_readiness_owner *owner,
                       hp_error *error) {
  const struct hp_ready_ops *ops = find(owner->ready->kind);
  hp_readiness *new = *readiness = hp__alloc(ops->size);
  if (!new)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_RESERVE, "no memory for the readiness check");
  new->ops = ops;
  new->owner = *owner;
  new->open = 1;
  return ops->open ? ops->open(new, error) : 0;
}

bool hp__readiness_is_asked(const hp_readiness *readiness) {
  return !readiness->settled && !readiness->resting && !readiness->closing;
}

void hp__readiness_begin(hp_readiness *readiness) {
  if (readiness->ops->begin && hp__readiness_is_asked(readiness))
    readiness->ops->begin(readiness);
}

void hp__readiness_text(hp_readiness *readiness, const char *line) {
  if (readiness->ops->line && !readiness->settled && !readiness->closing)
    readiness->ops->line(readiness, line);
}

void hp__readiness_line(hp_readiness *readiness, const char *line, size_t length) {
  if (!readiness->ops->line || readiness->settled || readiness->closing)
    return;
  char usual[512]; /* the line that is waited for is seldom long, and needs no memory that fails */
  char *text = length < sizeof usual ? usual : hp__alloc(length + 1);
  if (!text)
    return;
  memcpy(text, line, length);
  text[length] = '\0';
  hp__readiness_text(readiness, text);
  if (text != usual)
    hp__free(text);
}

void hp__readiness_settle(hp_readiness *readiness) {
  readiness->settled = true;
  if (readiness->ops->settle)
    readiness->ops->settle(readiness);
}

void hp__readiness_rest(hp_readiness *readiness) {
  readiness->resting = true;
  if (readiness->ops->rest)
    readiness->ops->rest(readiness);
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
  if (readiness->ops->fini)
    readiness->ops->fini(readiness);
  hp__free(readiness);
  owner.closed(owner.data);
}

void hp__readiness_report(hp_readiness *readiness, enum hp_report_kind kind, const char *text) {
  struct hp_report report = {.kind = kind, .text = text};
  if (!readiness->closing)
    readiness->owner.report(readiness->owner.data, &report);
}

/* Where identity is required an answer without it is a stranger's. */
static bool report_ready(hp_readiness *readiness, bool verified, const char *who) {
  bool counts = verified || !readiness->owner.launch->plan->requires_identity;
  struct hp_report report = {
      .kind = counts ? HP_REPORT_READY : HP_REPORT_STRANGER, .verified = verified, .text = who};
  if (!readiness->closing && !readiness->settled)
    readiness->owner.report(readiness->owner.data, &report);
  return counts;
}

void hp__readiness_ready(hp_readiness *readiness, bool verified) {
  report_ready(readiness, verified, verified ? NULL : readiness->ops->text);
}

static void describe_peer(const struct hp_peer *peer, char *text, size_t size) {
  if (peer->pid > 0)
    snprintf(text, size, "process %lld", (long long)peer->pid);
  else if (peer->user >= 0)
    snprintf(text, size, "a process of user %lld", (long long)peer->user);
  else
    snprintf(text, size, "a process that cannot be seen");
}

bool hp__readiness_answered(hp_readiness *readiness, const struct hp_peer *peer, int ours) {
  char who[64];
  describe_peer(peer, who, sizeof who);
  return report_ready(readiness, ours == 1, ours == 1 ? NULL : who);
}

void hp__readiness_refuse(hp_readiness *readiness, const struct hp_peer *peer) {
  char who[64];
  describe_peer(peer, who, sizeof who);
  hp__readiness_report(readiness, HP_REPORT_STRANGER, who);
}

int hp__readiness_is_ours(const hp_readiness *readiness, const struct hp_peer *peer) {
  const struct hp_readiness_owner *owner = &readiness->owner;
  return hp__peer_judge(peer, owner->platform, owner->child(owner->data),
                        &owner->launch->plan->user);
}
