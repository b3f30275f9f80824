/* SPDX-License-Identifier: MIT */
/* Whether a server that is READY is still well, and what follows when it is not. */
#include "core/process.h"

#include <stdio.h>

static void tell_news(void *data, const char *text) {
  hp__process_inform(data, text);
}

static void lose(void *data, const char *why) {
  hp_process *process = data;
  struct hp_machine_event event = {.type = HP_ON_HEALTH_LOST, .now = hp__process_now(process)};
  snprintf(process->missed, sizeof process->missed, "%s", why);
  hp__process_inform(process, why);
  hp__process_post(process, event);
}

static void closed(void *data) {
  hp__process_release(data);
}

static bool is_wanted(const hp_process *process) {
  enum hp_state state = process->machine.state; /* WAITING: READY is on its way */
  const struct hp_plan *plan = process->plan;
  return !plan->is_wrapped && (plan->health.probe.kind != HP_READY_NONE || plan->watchdog > 0) &&
         (state == HP_STATE_WAITING || state == HP_STATE_READY) && !process->health;
}

void hp__process_watch_health(hp_process *process) {
  struct hp_health_owner owner = {process, tell_news, lose, closed};
  struct hp_readiness_owner asked = hp__process_ask_as(process);
  struct hp_error error = {0};
  if (!is_wanted(process))
    return;
  int result = hp__health_open(&process->health, &owner, &asked, &error);
  if (process->health)
    process->open++;
  if (result < 0)
    hp__process_inform(process, hp_error_message(&error));
  hp__error_fini(&error);
}

void hp__process_hear_health(hp_process *process, const struct hp_report *report) {
  if (!process->health)
    return;
  if (report->kind == HP_REPORT_ALIVE)
    hp__health_hear(process->health);
  else if (report->kind == HP_REPORT_WATCHDOG)
    hp__health_set_watchdog(process->health, report->milliseconds);
  else
    hp__health_give_up(process->health, report->text);
}

void hp__process_end_health(hp_process *process) {
  if (process->health)
    hp__health_close(process->health);
  process->health = NULL;
}
