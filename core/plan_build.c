/* SPDX-License-Identifier: MIT */
/* The part of the plan that this very build of the server is asked for. */
#include "core/plan_steps.h"
#include "core/program_version.h"

#include <stdlib.h>
#include <string.h>

/* ---- a setting that the definition does not know ---- */

/* Its binary is looked for before its turn, and what is wrong with that is said when it comes. */
static const char *find_binary(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  struct hp_candidates found = {0};
  const char *given = hp__plan_given(maker->options, &plan->profile, plan->definition);
  struct hp_version_wanted wanted = hp__plan_wanted(maker->options, &plan->profile);
  const char *path = NULL;
  wanted.must_not_block = maker->must_not_block;
  if (hp__plan_locate(plan->platform, maker->sources, plan->definition, given, &wanted, &found,
                      NULL) == 0)
    path = hp__arena_copy(&plan->arena, found.items[found.count - 1].path);
  hp_candidates_fini(&found);
  return path;
}

static const char *find_list(struct hp_plan_maker *maker) {
  const struct hp_plan *plan = maker->plan;
  const struct hp_strings *arguments = &plan->definition->settings_list;
  const char *binary = arguments->count ? find_binary(maker) : NULL;
  if (!binary)
    return NULL;
  return hp__ask(maker->sources, plan->platform, &maker->plan->arena, binary,
                 (const char *const *)arguments->items, !maker->must_not_block);
}

bool hp__plan_find_listed(struct hp_plan_maker *maker, const char *name, struct hp_listed *listed,
                          const char **nearest) {
  struct hp_arena *arena = &maker->plan->arena;
  const char *text = find_list(maker);
  while (text && hp__listed_next(arena, &text, listed)) {
    if (strcmp(listed->name, name) == 0)
      return true;
    const char *pair[] = {*nearest ? *nearest : listed->name, listed->name};
    *nearest = hp__nearest(name, pair, 2);
  }
  return false;
}

/* ---- the greatest value ---- */

/* What it says; -1: nothing that can be understood. */
static long long ask_maximum(struct hp_plan_maker *maker, const struct hp_build_limit *limit) {
  struct hp_plan *plan = maker->plan;
  const char *text = hp__ask(maker->sources, plan->platform, &plan->arena, plan->executable,
                             (const char *const *)limit->arguments, !maker->must_not_block);
  const char *place = text ? strstr(text, limit->after) : NULL;
  char *end = NULL;
  long long maximum = place ? strtoll(place + strlen(limit->after), &end, 10) : -1;
  return place && end != place + strlen(limit->after) ? maximum : -1;
}

static int check_value(struct hp_plan_maker *maker, const struct hp_setting *setting,
                       const char *value) {
  const struct hp_value *said = hp__plan_said(maker, setting->name);
  const struct hp_build_limit *limit = &setting->build;
  long long number = strtoll(value, NULL, 10);
  if (limit->unasked && number <= strtoll(limit->unasked, NULL, 10))
    return 0;
  long long maximum = ask_maximum(maker, limit);
  if (maximum < 0 || number <= maximum)
    return 0;
  hp_error_set(maker->error, HP_ECONFIG, HP_PHASE_PLAN,
               "setting '%s': this build of the server takes at most %lld, not %s", setting->name,
               maximum, value);
  hp_error_set_cause(maker->error, "%s says so", maker->plan->executable);
  hp_error_set_hint(maker->error, "a lesser value, or a newer build, serves");
  return said ? hp__mistake_at(maker->error, said->position, HP_ECONFIG) : HP_ECONFIG;
}

int hp__plan_check_build(struct hp_plan_maker *maker) {
  const struct hp_definition *definition = maker->plan->definition;
  int result = 0;
  for (size_t i = 0; result == 0 && i < definition->setting_count; i++)
    if (definition->settings[i].build.count && maker->values[i])
      result = check_value(maker, &definition->settings[i], maker->values[i]);
  return result;
}
