/* SPDX-License-Identifier: MIT */
/* Makes the plan: one step a function, in the order of `steps`. */
#include "core/plan.h"

#include "core/alloc.h"
#include "core/plan_steps.h"
#include "core/program_version.h"
#include "core/variable.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
  START_TIMEOUT_MS = 30000,
  PREPARE_TIMEOUT_MS = 120000,
  RESERVATION_RETRIES = 8 /* a port may be lost to a stranger, but hardly so often in a row */
};

/* ---- profile and definition ---- */

static int override_settings(struct hp_plan_maker *maker) {
  struct hp_profile *profile = &maker->plan->profile;
  const struct hp_option_list *said = &maker->options->settings;
  for (size_t i = 0; i < said->count; i++) {
    struct hp_value *grown = hp__arena_grow(&maker->plan->arena, profile->settings,
                                            profile->setting_count, sizeof *grown);
    if (!grown)
      return hp__plan_no_memory(maker);
    grown[profile->setting_count++] =
        (struct hp_value){said->items[i].name, said->items[i].value, {"--set", 0, 0}};
    profile->settings = grown;
  }
  return 0;
}

static void override_text(struct hp_arena *arena, const char **slot, const char *value) {
  if (value)
    *slot = hp__arena_copy(arena, value);
}

static int apply_overrides(struct hp_plan_maker *maker) {
  struct hp_arena *arena = &maker->plan->arena;
  struct hp_profile *profile = &maker->plan->profile;
  const hp_options *options = maker->options;
  override_text(arena, &profile->server, options->server);
  override_text(arena, &profile->binary, options->binary);
  override_text(arena, &profile->data_dir, options->data_dir);
  override_text(arena, &profile->working_dir, options->working_dir);
  override_text(arena, &profile->log.dir, options->log_dir);
  override_text(arena, &profile->event_log, options->event_log);
  if (options->has_log_size_limit)
    profile->log.size_limit = options->log_size_limit;
  if (options->has_log_max_count)
    profile->log.max_count = options->log_max_count;
  if (options->start_timeout > 0)
    profile->start_timeout = options->start_timeout;
  if (options->transport) {
    struct hp_position position = {"--transport", 0, 0};
    const char *text = hp__arena_copy(arena, options->transport);
    if (!text)
      return hp__plan_no_memory(maker);
    int result = hp__transports_read(arena, &profile->transports, text, position, maker->error);
    if (result < 0)
      return result;
  }
  if (maker->choice < profile->transports.count)
    maker->plan->choice = &profile->transports.items[maker->choice];
  hp__choice_print(maker->plan->choice, maker->choice_name, sizeof maker->choice_name);
  maker->choice_count = profile->transports.count;
  return override_settings(maker);
}

bool hp__plan_needs_profile(const hp_options *options) {
  return !options->program.argv || options->profile;
}

static int choose_profile(struct hp_plan_maker *maker, const char *wanted) {
  struct hp_plan *plan = maker->plan;
  const struct hp_profile *profile;
  if (hp__plan_needs_profile(maker->options)) {
    int result = hp__catalog_profile(&plan->source->catalog, wanted, &profile, maker->error);
    if (result < 0)
      return result;
    plan->profile = *profile;
  }
  return apply_overrides(maker);
}

static int read_program(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  const struct hp_option_list *said = &maker->options->environment;
  struct hp_program program = maker->options->program;
  program.values = hp__arena_alloc(&plan->arena, (said->count + 1) * sizeof *program.values);
  if (!program.values)
    return hp__plan_no_memory(maker);
  for (size_t i = 0, count = 0; i < said->count; i++)
    if (said->items[i].value)
      program.values[count++] = said->items[i].value;
  if (!plan->choice)
    plan->choice = hp__program_choice(&program);
  return hp__program_read(&plan->arena, &program, plan->choice ? plan->choice->kind : NULL,
                          &plan->definition, maker->error);
}

static int refuse_ready(struct hp_plan_maker *maker) {
  const struct hp_program *program = &maker->options->program;
  if (program->argv || !(program->ready || program->stop))
    return 0;
  return hp_error_set(maker->error, HP_EUSAGE, HP_PHASE_PLAN,
                      "how it is %s is for a program to say that has no definition",
                      program->ready ? "ready" : "stopped");
}

static int choose_definition(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  const char *wanted = maker->options->profile ? maker->options->profile : "default";
  int result = refuse_ready(maker);
  if (result == 0)
    result = choose_profile(maker, wanted);
  if (result < 0)
    return result;
  if (maker->options->program.argv)
    return read_program(maker);
  if (!plan->profile.server) {
    hp_error_set(maker->error, HP_ECONFIG, HP_PHASE_PLAN, "profile '%s' names no server", wanted);
    return hp__mistake_at(maker->error, plan->profile.position, HP_ECONFIG);
  }
  result = hp__catalog_definition(&plan->source->catalog, plan->profile.server, &plan->definition,
                                  maker->error);
  return result < 0 && !maker->options->server
             ? hp__mistake_at(maker->error, plan->profile.server_position, result)
             : result;
}

/* ---- the binary ---- */

/* NULL-terminated; none for a platform that definitions have no word for. */
static const char *const *find_folders(const struct hp_platform_ops *platform,
                                       const struct hp_definition *definition) {
  static const char *const none[] = {NULL};
  for (int i = 0; i < HP_OS_COUNT; i++)
    if (strcmp(platform->name, hp__os_names[i]) == 0 && definition->folders[i].count)
      return (const char *const *)definition->folders[i].items;
  return none;
}

static void name_variable(char *variable, size_t size, const char *server) {
  snprintf(variable, size, "HYPERPROCESS_BINARY_%s", server);
  for (char *c = variable; *c; c++)
    *c = isalnum((unsigned char)*c) ? (char)toupper((unsigned char)*c) : '_';
}

int hp__plan_locate(const struct hp_platform_ops *platform, struct hp_sources *sources,
                    const struct hp_definition *definition, const char *given,
                    const struct hp_version_wanted *wanted, struct hp_candidates *found,
                    hp_error *error) {
  char variable[128];
  name_variable(variable, sizeof variable, definition->name);
  struct hp_locate_request request = {
      .given = given,
      .variable = definition->is_program ? NULL : variable,
      .path_only = definition->is_program,
      .names = (const char *const *)definition->binary.items,
      .folders = find_folders(platform, definition),
      .inside = (const char *const *)definition->inside.items,
  };
  return hp__version_locate(sources, platform, &request, definition, wanted, found, error);
}

struct hp_version_wanted hp__plan_wanted(const hp_options *options,
                                         const struct hp_profile *profile) {
  if (options->version)
    return (struct hp_version_wanted){.text = options->version,
                                      .position = {.file = "--server-version"}};
  return (struct hp_version_wanted){.text = profile->version,
                                    .position = profile->version_position};
}

static const char *given_by_setting(const hp_options *options, const struct hp_profile *profile,
                                    const struct hp_definition *definition) {
  const char *name = definition->binary_setting;
  const struct hp_option_list *said = &options->settings;
  for (size_t i = said->count; name && i-- > 0;)
    if (strcmp(said->items[i].name, name) == 0)
      return said->items[i].value;
  for (size_t i = profile->setting_count; name && i-- > 0;)
    if (strcmp(profile->settings[i].name, name) == 0)
      return profile->settings[i].text;
  const struct hp_setting *setting = name ? hp__setting_find(definition, name) : NULL;
  return setting ? setting->initial : NULL;
}

const char *hp__plan_given(const hp_options *options, const struct hp_profile *profile,
                           const struct hp_definition *definition) {
  const char *given = given_by_setting(options, profile, definition);
  if (definition->is_program && strpbrk(definition->binary.items[0], "/\\"))
    return definition->binary.items[0];
  if (given)
    return given;
  return options->binary ? options->binary : profile->binary;
}

/* A setting that names the binary is made for its folder, as the server's vendor has it. */
static void note_given(struct hp_plan_maker *maker, const char *given) {
  struct hp_plan *plan = maker->plan;
  const char *setting = plan->definition->binary_setting;
  const char *by_setting = given_by_setting(maker->options, &plan->profile, plan->definition);
  size_t length = given ? strlen(given) : 0;
  size_t whole = plan->executable ? strlen(plan->executable) : 0;
  if (!setting || !by_setting || by_setting != given || whole < length ||
      strcmp(plan->executable + whole - length, given) != 0)
    return;
  hp__plan_warn(plan, "setting '%s' names the binary itself; the folder that holds it is meant: %s",
                setting, hp__folder_of(&plan->arena, plan->executable));
}

static int locate_binary(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  struct hp_candidates found = {0};
  const char *given = hp__plan_given(maker->options, &plan->profile, plan->definition);
  struct hp_version_wanted wanted = hp__plan_wanted(maker->options, &plan->profile);
  wanted.must_not_block = maker->must_not_block;
  plan->version = wanted.text ? hp__arena_copy(&plan->arena, wanted.text) : NULL;
  int result = hp__plan_locate(plan->platform, maker->sources, plan->definition, given, &wanted,
                               &found, maker->error);
  if (result == 0) {
    const struct hp_candidate *best = &found.items[found.count - 1];
    plan->executable = hp__arena_copy(&plan->arena, best->path);
    plan->executable_source = best->source;
    note_given(maker, given);
  }
  hp_candidates_fini(&found);
  return result;
}

/* ---- the user ---- */

static int choose_user(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  plan->user = (struct hp_user){.id = -1, .group = -1};
  if (plan->profile.user)
    return plan->platform->find_user(plan->profile.user, &plan->user, maker->error);
  const struct hp_strings *names = &plan->definition->user_as_root;
  if (names->count == 0 || !plan->platform->is_privileged())
    return 0;
  for (size_t i = 0; i < names->count; i++)
    if (plan->platform->find_user(names->items[i], &plan->user, NULL) == 0)
      return 0;
  return hp_error_set(maker->error, HP_ENOTFOUND, HP_PHASE_PLAN,
                      "server '%s' must not run as root, and none of its users exists here",
                      plan->definition->name);
}

/* ---- stop and deadlines ---- */

static const struct hp_rung default_rungs[] = {
    {.kind = HP_RUNG_TETHER, .wait = 10000},
    {.kind = HP_RUNG_SIGNAL, .signal = "TERM", .wait = 10000},
    {.kind = HP_RUNG_KILL},
};

/* The default one, in the words of this platform. */
static struct hp_rungs make_ladder(struct hp_plan *plan) {
  size_t skipped = hp__ready_find(&plan->ready, HP_READY_CALLBACK) ? 0 : 1; /* no tether without */
  struct hp_rung *rungs = hp__arena_alloc(&plan->arena, sizeof default_rungs);
  if (!rungs)
    return (struct hp_rungs){0};
  memcpy(rungs, default_rungs, sizeof default_rungs);
  if (plan->platform->stop_signal)
    rungs[1].signal = plan->platform->stop_signal;
  return (struct hp_rungs){rungs + skipped, sizeof default_rungs / sizeof *default_rungs - skipped};
}

static void choose_ladder(struct hp_plan *plan) {
  if (plan->profile.stop.count)
    plan->stop = plan->profile.stop;
  else if (plan->definition->stop.count)
    plan->stop = plan->definition->stop;
  else
    plan->stop = make_ladder(plan);
}

static int64_t first_positive(int64_t a, int64_t b, int64_t c) {
  return a > 0 ? a : b > 0 ? b : c;
}

static int check_containment(struct hp_plan_maker *maker) {
  const struct hp_plan *plan = maker->plan;
  if (plan->required_containment <= plan->platform->containment)
    return 0;
  hp_error_set(maker->error, HP_ECONTAINMENT, HP_PHASE_PLAN,
               "containment '%s' was required, '%s' is what can be had here",
               plan->profile.containment, hp_containment_name(plan->platform->containment));
  return hp__mistake_at(maker->error, plan->profile.position, HP_ECONTAINMENT);
}

static int choose_containment(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  plan->required_containment = HP_CONTAINMENT_NONE;
  if (!plan->profile.containment)
    return 0;
  for (int level = HP_CONTAINMENT_NONE; level <= HP_CONTAINMENT_TREE_CRASH; level++)
    if (strcmp(hp_containment_name((enum hp_containment)level), plan->profile.containment) == 0) {
      plan->required_containment = (enum hp_containment)level;
      return check_containment(maker);
    }
  return hp_error_set(maker->error, HP_ECONFIG, HP_PHASE_PLAN, "unknown containment '%s'",
                      plan->profile.containment);
}

static int choose_health(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  const struct hp_profile *profile = &plan->profile;
  plan->watchdog = profile->watchdog > 0 ? profile->watchdog : plan->definition->watchdog;
  int result = hp__profile_check_watchdog(profile, plan->definition, maker->error);
  return result == 0 ? hp__profile_health(&plan->arena, profile, plan->definition, &plan->health,
                                          maker->error)
                     : result;
}

static int choose_policy(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  const struct hp_definition *definition = plan->definition;
  struct hp_policy *policy = &plan->policy;
  plan->ready = definition->ready;
  choose_ladder(plan);
  policy->start_timeout =
      first_positive(plan->profile.start_timeout, definition->start_timeout, START_TIMEOUT_MS);
  policy->prepare_timeout =
      first_positive(definition->prepare.timeout, PREPARE_TIMEOUT_MS, PREPARE_TIMEOUT_MS);
  policy->rung_count = (int)plan->stop.count;
  for (int i = 0; i < policy->rung_count; i++)
    policy->ladder[i] =
        (struct hp_ladder_step){plan->stop.items[i].wait, plan->stop.items[i].force};
  policy->reservation_retries = RESERVATION_RETRIES;
  policy->restart = HP_RESTART_NEVER;
  const char *signal = definition->host_death_signal;
  plan->host_death_signal = !signal ? "TERM" : signal[0] ? signal : NULL;
  int result = choose_health(maker);
  return result == 0 ? choose_containment(maker) : result;
}

/* ---- the whole ---- */

static const struct step {
  int (*make)(struct hp_plan_maker *);
  bool is_about_transport;
} steps[] = {
    {choose_definition, false},      {hp__plan_choose_listener, false},
    {hp__plan_read_settings, false}, {choose_user, false},
    {hp__plan_limit, false},         {locate_binary, false},
    {hp__plan_check_build, false},   {choose_policy, false},
    {hp__plan_choose_address, true}, {hp__plan_fill_texts, false},
    {hp__plan_wrap, false},          {hp__plan_check_ready, false},
    {hp__plan_choose_places, true},
};

int hp__plan_no_memory(struct hp_plan_maker *maker) {
  return hp_error_set(maker->error, HP_ENOMEM, HP_PHASE_PLAN, "no memory for the plan");
}

/* A mistake stays one, whatever else would serve. */
static bool may_pass_over(const struct step *step, int code) {
  return step->is_about_transport && code != HP_ECONFIG && code != HP_ENOMEM;
}

int hp__plan_make_one(struct hp_plan **out, struct hp_plan_maker *maker) {
  struct hp_plan *plan = *out = maker->plan = hp__alloc(sizeof *plan);
  int result = 0;
  if (!plan)
    return hp__plan_no_memory(maker);
  plan->platform = maker->registry->platform;
  plan->source = maker->source ? hp__source_hold(maker->source) : NULL;
  for (size_t i = 0; result == 0 && i < sizeof steps / sizeof *steps; i++) {
    result = steps[i].make(maker);
    maker->is_passed_over = result < 0 && may_pass_over(&steps[i], result);
  }
  if (plan->arena.failed) { /* a mistake, too, may only be a text that is missing */
    result = hp__plan_no_memory(maker);
    maker->is_passed_over = false;
  }
  if (result < 0) {
    hp_plan_free(plan);
    *out = NULL;
  }
  return result;
}

void hp_plan_free(hp_plan *plan) {
  while (plan) {
    hp_plan *next = plan->next;
    hp__source_release(plan->source);
    hp__arena_fini(&plan->arena);
    hp__free(plan);
    plan = next;
  }
}
