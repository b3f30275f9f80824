/* SPDX-License-Identifier: MIT */
#include "core/health.h"

#include "core/alloc.h"

#include <inttypes.h>
#include <stdio.h>

struct hp_health {
  struct hp_health_owner owner;
  struct hp_readiness_owner asked;
  const struct hp_health_rule *rule;
  hp_readiness *probe; /* NULL: none was asked for */
  uv_timer_t next, watchdog;
  int64_t patience; /* of the watchdog, ms */
  int64_t failures; /* in a row */
  int open;         /* the timers, the probe */
  bool lost, closing;
};

static void lose(hp_health *health, const char *why) {
  if (health->lost || health->closing)
    return;
  health->lost = true;
  uv_timer_stop(&health->next);
  uv_timer_stop(&health->watchdog);
  health->owner.lost(health->owner.data, why);
}

/* ---- the probe ---- */

static void recover(hp_health *health) {
  if (health->failures > 0)
    health->owner.news(health->owner.data, "it is healthy again");
  health->failures = 0;
}

static void miss(hp_health *health, const char *why) {
  char text[320];
  const char *kind = hp__ready_word(health->rule->probe.kind);
  health->failures++;
  snprintf(text, sizeof text, "its %s probe failed (%" PRId64 " of %" PRId64 "): %s", kind,
           health->failures, health->rule->failures, why);
  if (health->failures < health->rule->failures) {
    health->owner.news(health->owner.data, text);
    return;
  }
  snprintf(text, sizeof text,
           "its %s probe failed %" PRId64 " times in a row, the last time because: %s", kind,
           health->failures, why);
  lose(health, text);
}

static void take_report(void *data, const struct hp_report *report) {
  hp_health *health = data;
  if (health->closing || health->lost)
    return;
  if (report->kind == HP_REPORT_READY)
    recover(health);
  else if (report->kind == HP_REPORT_MISSED)
    miss(health, report->text);
}

static const hp_child *child_of(void *data) {
  const hp_health *health = data;
  return health->asked.child(health->owner.data);
}

/* One that is still under way is not doubled. */
static void probe_due(uv_timer_t *timer) {
  hp_health *health = timer->data;
  hp__readiness_begin(health->probe);
}

static void release(hp_health *health) {
  if (--health->open > 0)
    return;
  struct hp_health_owner owner = health->owner;
  hp__free(health);
  owner.closed(owner.data);
}

static void probe_closed(void *data) {
  release(data);
}

static int open_probe(hp_health *health, hp_error *error) {
  struct hp_readiness_owner owner = health->asked;
  const struct hp_health_rule *rule = health->rule;
  if (rule->probe.kind == HP_READY_NONE)
    return 0;
  owner.data = health;
  owner.ready = &rule->probe;
  owner.once = true;
  owner.child = child_of;
  owner.report = take_report;
  owner.closed = probe_closed;
  int result = hp__readiness_open(&health->probe, &owner, error);
  if (health->probe)
    health->open++;
  if (result == 0)
    uv_timer_start(&health->next, probe_due, (uint64_t)rule->interval, (uint64_t)rule->interval);
  return result;
}

/* ---- the watchdog ---- */

static void watchdog_due(uv_timer_t *timer) {
  hp_health *health = timer->data;
  char text[96];
  snprintf(text, sizeof text, "it did not send WATCHDOG=1 for %" PRId64 " ms", health->patience);
  lose(health, text);
}

void hp__health_set_watchdog(hp_health *health, int64_t milliseconds) {
  health->patience = milliseconds;
  uv_timer_stop(&health->watchdog);
  hp__health_hear(health);
}

/* The loop's time may be of the beginning of a long round. */
void hp__health_hear(hp_health *health) {
  if (health->patience <= 0 || health->lost || health->closing)
    return;
  uv_update_time(health->asked.loop);
  uv_timer_start(&health->watchdog, watchdog_due, (uint64_t)health->patience, 0);
}

void hp__health_give_up(hp_health *health, const char *why) {
  lose(health, why);
}

/* ---- the whole ---- */

int hp__health_open(hp_health **out, const struct hp_health_owner *owner,
                    const struct hp_readiness_owner *asked, hp_error *error) {
  const struct hp_plan *plan = asked->launch->plan;
  hp_health *health = *out = hp__alloc(sizeof *health);
  if (!health)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_RUN, "no memory to watch the server's health");
  health->owner = *owner;
  health->asked = *asked;
  health->rule = &plan->health;
  health->open = 2;
  uv_timer_init(asked->loop, &health->next);
  uv_timer_init(asked->loop, &health->watchdog);
  health->next.data = health->watchdog.data = health;
  hp__health_set_watchdog(health, plan->watchdog);
  return open_probe(health, error);
}

static void timer_closed(uv_handle_t *handle) {
  release(handle->data);
}

void hp__health_close(hp_health *health) {
  if (health->closing)
    return;
  health->closing = true;
  if (health->probe)
    hp__readiness_close(health->probe);
  uv_close((uv_handle_t *)&health->next, timer_closed);
  uv_close((uv_handle_t *)&health->watchdog, timer_closed);
}
