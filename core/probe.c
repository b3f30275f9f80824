/* SPDX-License-Identifier: MIT */
#include "core/probe.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

static int64_t timeout_of(const struct hp_probe *probe) {
  int64_t said = probe->base.owner.ready->timeout;
  return said > 0 ? said : probe->rule->timeout;
}

static void schedule(struct hp_probe *probe) {
  const struct hp_probe_rule *rule = probe->rule;
  int64_t interval = probe->base.owner.ready->interval;
  uint64_t longest = interval > 0 ? (uint64_t)interval * 1000000 : rule->longest;
  uint64_t wait = (uv_hrtime() - probe->began) / rule->share;
  if (wait < rule->first)
    wait = rule->first;
  if (wait > longest)
    wait = longest;
  probe->base.owner.platform->alarm_set(probe->alarm, wait);
}

static void due(void *data) {
  struct hp_probe *probe = data;
  int64_t timeout = timeout_of(probe);
  if (!probe->asking) {
    hp__probe_ask(probe);
  } else if (timeout > 0) {
    hp__probe_miss(probe, "no answer within %" PRId64 " ms", timeout);
    probe->rule->give_up(probe);
  }
}

int hp__probe_open(struct hp_probe *probe, const struct hp_probe_rule *rule, hp_error *error) {
  const struct hp_readiness_owner *owner = &probe->base.owner;
  probe->rule = rule;
  int result = owner->platform->alarm_new(owner->loop, &probe->alarm, due, probe);
  if (result == 0)
    return 0;
  return hp_error_set(error, result, HP_PHASE_RESERVE, "no timer for the readiness check");
}

void hp__probe_begin(struct hp_probe *probe) {
  probe->began = uv_hrtime();
  hp__probe_ask(probe);
}

void hp__probe_ask(void *data) {
  struct hp_probe *probe = data;
  int64_t timeout = timeout_of(probe);
  if (probe->asking || !hp__readiness_is_asked(&probe->base))
    return;
  probe->asking = true;
  probe->passed = false;
  probe->base.open++;
  if (timeout > 0)
    probe->base.owner.platform->alarm_set(probe->alarm, (uint64_t)timeout * 1000000);
  probe->rule->ask(probe);
}

void hp__probe_pass(struct hp_probe *probe, const struct hp_peer *peer, int ours) {
  probe->passed = hp__readiness_answered(&probe->base, peer, ours);
  if (!probe->passed)
    hp__probe_miss(probe, "who has answered is not proven");
}

void hp__probe_miss(struct hp_probe *probe, const char *format, ...) {
  va_list list;
  va_start(list, format);
  vsnprintf(probe->why, sizeof probe->why, format, list);
  va_end(list);
}

void hp__probe_end(struct hp_probe *probe) {
  bool asked = hp__readiness_is_asked(&probe->base);
  probe->asking = false;
  if (asked && !probe->passed)
    hp__readiness_report(&probe->base, HP_REPORT_MISSED, probe->why);
  if (hp__readiness_is_asked(&probe->base) && probe->alarm) {
    if (probe->base.owner.once || (probe->rule->is_watched && probe->rule->is_watched(probe)))
      probe->base.owner.platform->alarm_set(probe->alarm, 0);
    else
      schedule(probe);
  }
  hp__readiness_release(&probe->base);
}

void hp__probe_quit(struct hp_probe *probe) {
  if (probe->alarm)
    probe->base.owner.platform->alarm_free(probe->alarm);
  probe->alarm = NULL;
  if (probe->asking)
    probe->rule->give_up(probe);
}
