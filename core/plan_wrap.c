/* SPDX-License-Identifier: MIT */
/* A program that runs the server: a debugger, a tracer. Its words come first in the command line;
 * who waits for a person has no deadline. */
#include "config/words.h"
#include "core/plan_steps.h"

#include <string.h>

static int locate_wrapper(struct hp_plan_maker *maker, const char **path) {
  const struct hp_platform_ops *platform = maker->plan->platform;
  const char *names[] = {*path, NULL};
  struct hp_locate_request request = {
      .names = names, .path_only = true, .given = strpbrk(*path, "/\\") ? *path : NULL};
  struct hp_candidates found = {0};
  int result = hp__sources_locate(maker->sources, platform, &request, &found, maker->error);
  if (result == 0)
    *path = hp__arena_copy(&maker->plan->arena, found.items[found.count - 1].path);
  else
    hp_error_prefix(maker->error, "--wrap: ");
  hp_candidates_fini(&found);
  return result == 0 && !*path ? hp__plan_no_memory(maker) : result;
}

static int put_first(struct hp_plan_maker *maker, const struct hp_strings *words) {
  struct hp_arena *arena = &maker->plan->arena;
  struct hp_templates *list = &maker->plan->arguments;
  struct hp_template *items = hp__arena_alloc(arena, (words->count + list->count) * sizeof *items);
  struct hp_segment *segments = hp__arena_alloc(arena, words->count * sizeof *segments);
  if (!items || !segments)
    return hp__plan_no_memory(maker);
  for (size_t i = 0; i < words->count; i++) {
    segments[i].literal = words->items[i];
    items[i] = (struct hp_template){&segments[i], 1};
  }
  memcpy(items + words->count, list->items, list->count * sizeof *items);
  *list = (struct hp_templates){items, words->count + list->count};
  return 0;
}

/* What it writes on the terminal, nobody else reads. */
static int check_terminal(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  plan->has_terminal = maker->options->terminal;
  if (!plan->has_terminal || !hp__ready_find(&plan->ready, HP_READY_LINE))
    return 0;
  hp_error_set(maker->error, HP_ECONFIG, HP_PHASE_PLAN,
               "server '%s' says that it is ready by a line of its output, which goes to the "
               "terminal",
               plan->definition->name);
  hp_error_set_hint(maker->error, "without a terminal of its own the output is read: `… | cat`, or "
                                  "a standard input that is none");
  return HP_ECONFIG;
}

int hp__plan_wrap(struct hp_plan_maker *maker) {
  struct hp_strings words = {0};
  int result = check_terminal(maker);
  if (result < 0 || !maker->options->wrap)
    return result;
  result =
      hp__words_split(&maker->plan->arena, "--wrap", maker->options->wrap, &words, maker->error);
  if (result == 0)
    result = locate_wrapper(maker, &words.items[0]);
  if (result == 0)
    result = put_first(maker, &words);
  maker->plan->policy.start_timeout = HP_NEVER;
  maker->plan->is_wrapped = true;
  return result;
}
