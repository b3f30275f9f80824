/* SPDX-License-Identifier: MIT */
/*
 * A plan for each transport of the list that could serve, the first one first: each knows the next,
 * to be taken when its address turns out to be another's. Of one that cannot be had the reason is
 * kept.
 */
#include "core/error.h"
#include "core/plan_steps.h"

#include <stdio.h>

void hp__choice_print(const struct hp_choice *choice, char *text, size_t size) {
  const char *rest = !choice ? NULL : choice->port ? choice->port : choice->path;
  snprintf(text, size, "%s%s%s", choice ? choice->kind : "local", rest ? ":" : "",
           rest ? rest : "");
}

void hp__plan_refuse_all(hp_error *error, int code, enum hp_phase phase,
                         const struct hp_strings *reasons) {
  struct hp_text all = {0};
  for (size_t i = 0; i < reasons->count; i++)
    hp__text_format(&all, "%s%s", i ? "; " : "", reasons->items[i]);
  hp_error_set(error, code, phase, "none of the transports can be had: %s",
               all.data ? all.data : "");
  hp__text_fini(&all);
}

/* ---- the chain ---- */

struct chain {
  struct hp_plan_maker maker;
  struct hp_plan *first, *last;
  struct hp_arena arena;     /* for the reasons */
  struct hp_strings reasons; /* since the last one that can be had */
};

static int move_reasons(struct chain *chain, struct hp_plan *plan, struct hp_strings *list) {
  bool kept = true;
  for (size_t i = 0; kept && i < chain->reasons.count; i++)
    kept =
        hp__strings_add(&plan->arena, list, hp__arena_copy(&plan->arena, chain->reasons.items[i]));
  chain->reasons.count = 0;
  return kept ? 0 : hp__plan_no_memory(&chain->maker);
}

static int append(struct chain *chain, struct hp_plan *plan) {
  if (chain->last)
    chain->last->next = plan;
  else
    chain->first = plan;
  chain->last = plan;
  return move_reasons(chain, plan, &plan->fallbacks);
}

static int keep_reason(struct chain *chain) {
  struct hp_arena *arena = &chain->arena;
  const struct hp_plan_maker *maker = &chain->maker;
  const char *reason =
      hp__arena_format(arena, "%s: %s", maker->choice_name, hp_error_message(maker->error));
  return hp__strings_add(arena, &chain->reasons, reason) ? 0 : hp__plan_no_memory(&chain->maker);
}

/* 0 also where it cannot be had and there are others; *code is then why. */
static int try_choice(struct chain *chain, int *code) {
  struct hp_plan_maker *maker = &chain->maker;
  struct hp_plan *plan;
  int result = hp__plan_make_one(&plan, maker);
  if (result == 0)
    return append(chain, plan);
  *code = result;
  return maker->choice_count > 1 && maker->is_passed_over ? keep_reason(chain) : result;
}

/* What one of them needs is there for all: it is made before the choice is final. */
static void share_needs(struct hp_plan *plan) {
  struct hp_plan *next = plan->next;
  if (!next)
    return;
  share_needs(next);
  plan->needs_secrets |= next->needs_secrets;
  plan->needs_data_dir |= next->needs_data_dir;
  if (!plan->temporary_base)
    plan->temporary_base = next->temporary_base;
}

static int make_chain(struct chain *chain) {
  struct hp_plan_maker *maker = &chain->maker;
  hp_error *error = maker->error;
  int code = 0, result = 0;
  do {
    struct hp_error reason = {0};
    maker->error = &reason;
    result = try_choice(chain, &code);
    if (result < 0 && error)
      hp__error_move(error, &reason);
    hp__error_fini(&reason);
  } while (result == 0 && ++maker->choice < maker->choice_count);
  maker->error = error;
  if (result == 0 && chain->last)
    result = move_reasons(chain, chain->last, &chain->last->no_fallbacks);
  else if (result == 0)
    hp__plan_refuse_all(error, result = code, HP_PHASE_PLAN, &chain->reasons);
  return result;
}

int hp__plan_make(struct hp_plan **out, const struct hp_registry *registry,
                  struct hp_sources *sources, const hp_options *options, bool must_not_block,
                  hp_error *error) {
  struct chain chain = {.maker = {.registry = registry,
                                  .sources = sources,
                                  .options = options,
                                  .must_not_block = must_not_block,
                                  .error = error}};
  *out = NULL;
  int result = 0;
  if (hp__plan_needs_profile(options) || options->file)
    result =
        hp__sources_acquire(sources, registry->platform, options->file, &chain.maker.source, error);
  if (result < 0)
    return result;
  result = make_chain(&chain);
  if (result == 0)
    share_needs(chain.first);
  if (result == 0 && hp__plan_share_warnings(chain.first) < 0)
    result = hp__plan_no_memory(&chain.maker);
  if (result == 0)
    *out = chain.first;
  else
    hp_plan_free(chain.first);
  hp__arena_fini(&chain.arena);
  hp__source_release(chain.maker.source);
  return result;
}
