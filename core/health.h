/* SPDX-License-Identifier: MIT */
/*
 * Health of a server that is READY: a probe of the kinds of readiness at an interval, and the
 * watchdog of sd_notify(3). Without either there is no timer and no wake-up.
 */
#ifndef HP_CORE_HEALTH_H
#define HP_CORE_HEALTH_H

#include "core/readiness.h"

typedef struct hp_health hp_health;

struct hp_health_owner {
  void *data;
  void (*news)(void *data, const char *text); /* a probe failed, or is well again */
  void (*lost)(void *data, const char *why);  /* at most once */
  void (*closed)(void *data);
};

/* Begins at once. `asked` is as for a readiness; its `data`, `ready`, `once`, `report` and `closed`
 * are filled in here, but for `child`, which is asked with the owner's data. Like a readiness:
 * *health is NULL only without memory; else close is owed, also after a failure. */
int hp__health_open(hp_health **health, const struct hp_health_owner *owner,
                    const struct hp_readiness_owner *asked, hp_error *error);
/* It has said that it lives. */
void hp__health_hear(hp_health *health);
/* It is to say so that often from now on, ms; 0: never more. */
void hp__health_set_watchdog(hp_health *health, int64_t milliseconds);
/* It says itself that it does not feel well. */
void hp__health_give_up(hp_health *health, const char *why);
/* `closed` is called once, never from inside; then it is freed. */
void hp__health_close(hp_health *health);

#endif
