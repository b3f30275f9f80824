/* SPDX-License-Identifier: MIT */
/* From one transport of the list to the next, when an address cannot be had after all. */
#include "core/process.h"

/* A list that others may be reading is replaced, never changed. */
static void note(hp_process *process, const char *text) {
  struct hp_strings list = process->view.fallbacks;
  if (!hp__strings_add(&process->arena, &list, text))
    return;
  uv_mutex_lock(&process->lock);
  process->view.fallbacks = list;
  uv_mutex_unlock(&process->lock);
}

static void note_all(hp_process *process, const struct hp_strings *texts) {
  for (size_t i = 0; i < texts->count; i++) {
    note(process, texts->items[i]);
    hp__process_inform(process, texts->items[i]);
  }
}

void hp__process_note_plan(hp_process *process) {
  if (process->view.fallbacks.count == 0)
    note_all(process, &process->plan->fallbacks);
}

static void note_failure(hp_process *process) {
  char name[64];
  const struct hp_error *error = &process->attempt;
  hp__choice_print(process->plan->choice, name, sizeof name);
  const char *cause = hp_error_cause(error);
  const char *text = hp__arena_format(&process->arena, "%s: %s%s%s", name, hp_error_message(error),
                                      cause ? ": " : "", cause ? cause : "");
  struct hp_strings one = {&text, text ? 1 : 0};
  note_all(process, &one);
}

static void give_back(hp_process *process) {
  process->plan->transport->release(process->reservation);
  process->plan->platform->directory_free(process->runtime);
  process->runtime = NULL;
  process->launch.runtime_dir = NULL;
}

static void refuse_all(hp_process *process, int code) {
  note_all(process, &process->plan->no_fallbacks);
  hp__plan_refuse_all(&process->attempt, code, HP_PHASE_RESERVE, &process->view.fallbacks);
}

bool hp__process_fall_back(hp_process *process, int code) {
  hp_plan *next = process->plan->next;
  bool is_lost = code == HP_EADDRINUSE || code == HP_EACCESS;
  if (!is_lost || process->plan->profile.transports.count < 2)
    return false;
  note_failure(process);
  if (!next) {
    refuse_all(process, code);
    return false;
  }
  give_back(process);
  uv_mutex_lock(&process->lock);
  process->plan = next;
  uv_mutex_unlock(&process->lock);
  process->launch.plan = next;
  note_all(process, &next->fallbacks);
  return true;
}
