/* SPDX-License-Identifier: MIT */
/* The part of the plan that is about how the server says that it is ready: what can be had here. */
#include "core/plan_steps.h"

#include <string.h>

static int refuse(struct hp_plan_maker *maker, const struct hp_ready *ready, int code,
                  const char *why) {
  const struct hp_plan *plan = maker->plan;
  hp_error_set(maker->error, code, HP_PHASE_PLAN,
               "server '%s' says that it is ready by '%s', which %s%s", plan->definition->name,
               hp__ready_word(ready->kind), why,
               code == HP_EUNSUPPORTED ? plan->platform->name : "");
  return code;
}

/* What the server would say, nobody could hear. */
static int check_notify(struct hp_plan_maker *maker) {
  const struct hp_plan *plan = maker->plan;
  const struct hp_ready *ready = hp__ready_find(&plan->ready, HP_READY_NOTIFY);
  if (!ready || (plan->platform->caps & HP_PLATFORM_NOTIFY))
    return 0;
  refuse(maker, ready, HP_EUNSUPPORTED, "cannot be had on ");
  hp_error_set_cause(maker->error,
                     "this system has no datagram sockets that tell who has sent to them");
  hp_error_set_hint(maker->error,
                    "ready: {kind: callback} serves instead, or {kind: connect} for a "
                    "server that says nothing");
  return hp__mistake_at(maker->error, ready->position, HP_EUNSUPPORTED);
}

/* Whoever is told the number of a descriptor must find its own number beside it, which only the
 * process itself can know before it begins. */
static int check_inherit(struct hp_plan_maker *maker) {
  const struct hp_plan *plan = maker->plan;
  const struct hp_ready *ready = hp__ready_find(&plan->ready, HP_READY_INHERIT);
  bool can_spawn = plan->platform->caps & HP_PLATFORM_HANDS_DOWN;
  if (!ready || (can_spawn && (plan->transport->caps & HP_TRANSPORT_INHERITS_LISTENER)))
    return 0;
  if (can_spawn)
    hp_error_set(maker->error, HP_EUNSUPPORTED, HP_PHASE_PLAN,
                 "server '%s' inherits its listener, which cannot be had over transport '%s'",
                 plan->definition->name, plan->transport->name);
  else
    refuse(maker, ready, HP_EUNSUPPORTED, "cannot be had on ");
  if (!can_spawn)
    hp_error_set_cause(maker->error,
                       "here no process can be given a listener together with its own "
                       "number (LISTEN_PID)");
  hp_error_set_hint(maker->error, "ready: {kind: callback} serves instead: the server listens "
                                  "itself and says where");
  return hp__mistake_at(maker->error, ready->position, HP_EUNSUPPORTED);
}

/* ---- who answers ---- */

/* Whether an answer can be proven to come from the server. */
static bool can_prove(const struct hp_ready *ready) {
  size_t count = 0;
  for (size_t i = 0; i < ready->item_count; i++)
    count += can_prove(&ready->items[i]);
  if (ready->kind == HP_READY_ALL)
    return count == ready->item_count;
  if (ready->kind == HP_READY_ANY)
    return count > 0;
  return ready->kind != HP_READY_EXEC && ready->kind != HP_READY_INHERIT;
}

static int check_identity(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  const char *said = plan->profile.identity ? plan->profile.identity : plan->definition->identity;
  plan->requires_identity = said && strcmp(said, "required") == 0;
  if (!plan->requires_identity || can_prove(&plan->ready))
    return 0;
  refuse(maker, &plan->ready, HP_ECONFIG, "can never prove who has answered");
  hp_error_set_cause(maker->error, "'identity: required' was asked for");
  hp_error_set_hint(maker->error, "callback, notify, connect, http and line tell who has answered");
  return hp__mistake_at(maker->error, plan->ready.position, HP_ECONFIG);
}

/* ---- commands ---- */

/* A plain name is looked for in PATH, now: what is missing is known before anything runs. */
static int locate_command(struct hp_plan_maker *maker, struct hp_templates *command,
                          struct hp_position position, const char *what) {
  struct hp_plan *plan = maker->plan;
  const struct hp_template *first = &command->items[0];
  const char *name = first->count == 1 ? first->segments[0].literal : NULL;
  if (!name || strpbrk(name, "/\\"))
    return 0;
  const char *names[] = {name, NULL};
  struct hp_locate_request request = {.names = names, .path_only = true};
  struct hp_candidates found = {0};
  int result = hp__sources_locate(maker->sources, plan->platform, &request, &found, maker->error);
  struct hp_segment *segment = hp__arena_alloc(&plan->arena, sizeof *segment);
  if (result == 0 && segment) {
    segment->literal = hp__arena_copy(&plan->arena, found.items[found.count - 1].path);
    command->items[0] = (struct hp_template){segment, 1};
  } else if (result < 0) {
    hp_error_prefix(maker->error, "%s: ", what ? what : "a command");
    hp__mistake_at(maker->error, position, result);
  }
  hp_candidates_fini(&found);
  return segment ? result : hp__plan_no_memory(maker);
}

static int locate_commands(struct hp_plan_maker *maker, struct hp_ready *ready) {
  struct hp_plan *plan = maker->plan;
  int result =
      ready->kind != HP_READY_EXEC
          ? 0
          : locate_command(maker, &ready->command, ready->position,
                           hp__arena_format(&plan->arena, "the command that asks how '%s' is",
                                            plan->definition->name));
  for (size_t i = 0; result == 0 && i < ready->item_count; i++)
    result = locate_commands(maker, &ready->items[i]);
  return result;
}

static int locate_step(struct hp_plan_maker *maker, struct hp_step *step) {
  return locate_command(maker, &step->command, step->position,
                        hp__arena_format(&maker->plan->arena, "step '%s'", step->name));
}

int hp__plan_check_ready(struct hp_plan_maker *maker) {
  int result = check_notify(maker);
  if (result == 0)
    result = check_inherit(maker);
  if (result == 0)
    result = check_identity(maker);
  if (result == 0)
    result = locate_commands(maker, &maker->plan->ready);
  if (result == 0)
    result = locate_commands(maker, &maker->plan->health.probe);
  for (size_t i = 0; result == 0 && i < maker->plan->step_count; i++)
    result = locate_step(maker, &maker->plan->steps[i]);
  return result;
}
