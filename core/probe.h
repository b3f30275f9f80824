/* SPDX-License-Identifier: MIT */
/*
 * What the kinds of readiness that ask have in common: one attempt at a time, and a wait between
 * two that grows with the time that has passed, so that the answer is late by a small share of the
 * start and never by a fixed step.
 */
#ifndef HP_CORE_PROBE_H
#define HP_CORE_PROBE_H

#include "core/readiness_kinds.h"

struct hp_probe;

struct hp_probe_rule {
  uint64_t first, longest; /* wait, nanoseconds */
  unsigned share;          /* a wait is this part of the time that has passed */
  int64_t timeout;         /* of one attempt, ms; 0: none */
  /* Begins an attempt, which ends in one hp__probe_end(), perhaps from inside. */
  void (*ask)(struct hp_probe *probe);
  /* Ends the attempt that is under way soon; idempotent. */
  void (*give_up)(struct hp_probe *probe);
  /* Whether something else tells when to ask again; NULL: nothing does. */
  bool (*is_watched)(const struct hp_probe *probe);
};

struct hp_probe {
  struct hp_readiness base;
  const struct hp_probe_rule *rule;
  hp_alarm *alarm;
  uint64_t began;
  bool asking; /* an attempt is under way */
  bool passed; /* it was successful */
  char why[160];
};

int hp__probe_open(struct hp_probe *probe, const struct hp_probe_rule *rule, hp_error *error);
void hp__probe_begin(struct hp_probe *probe);
/* The next attempt at once, if none is under way: something has happened. For a watch, too. */
void hp__probe_ask(void *probe);
/* The attempt was successful, as `peer` shows whose `ours` is not 0. */
void hp__probe_pass(struct hp_probe *probe, const struct hp_peer *peer, int ours);
/* Why the attempt was not; the last word counts. */
void hp__probe_miss(struct hp_probe *probe, const char *format, ...) HP_PRINTF(2, 3);
/* Nothing of the attempt is left. */
void hp__probe_end(struct hp_probe *probe);
/* For settle, rest and close of a kind. Idempotent. */
void hp__probe_quit(struct hp_probe *probe);

#endif
