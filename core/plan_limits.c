/* SPDX-License-Identifier: MIT */
/* What the server may take of the machine. */
#include "core/plan_steps.h"

int hp__plan_limit(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  const struct hp_limits_wanted *wanted = &plan->profile.limits;
  plan->limits = wanted->limits;
  if (plan->limits.set == 0)
    return 0;
  if (plan->platform->caps & HP_PLATFORM_LIMITS) {
    if (wanted->memory_percent > 0)
      plan->limits.values[HP_LIMIT_MEMORY] =
          (int64_t)(plan->platform->memory() / 100 * (uint64_t)wanted->memory_percent);
    return 0;
  }
  hp_error_set(maker->error, HP_EUNSUPPORTED, HP_PHASE_PLAN,
               "limits of a server cannot be set on %s", plan->platform->name);
  hp_error_set_hint(maker->error, "the server's own settings may serve instead; a section "
                                  "'linux: {limits: …}' keeps these for where they can be had");
  return hp__mistake_at(maker->error, wanted->position, HP_EUNSUPPORTED);
}
