/* SPDX-License-Identifier: MIT */
/* The settings' values: what was said, checked against what the definition says of them. */
#include "core/plan_steps.h"

#include <string.h>

enum { CANDIDATES_MAX = 256 };

/* ---- unknown ones ---- */

static const char *nearest_setting(const struct hp_definition *definition, const char *name) {
  const char *names[CANDIDATES_MAX];
  size_t count = 0;
  for (; count < definition->setting_count && count < CANDIDATES_MAX; count++)
    names[count] = definition->settings[count].name;
  return hp__nearest(name, names, count);
}

static int refuse_unknown(struct hp_plan_maker *maker, const struct hp_value *value,
                          const char *nearest) {
  const struct hp_definition *definition = maker->plan->definition;
  hp_error_set(maker->error, HP_ECONFIG, HP_PHASE_PLAN, "server '%s' has no setting '%s'%s%s%s",
               definition->name, value->name, nearest ? ", did you mean '" : "",
               nearest ? nearest : "", nearest ? "'?" : "");
  hp_error_set_hint(maker->error, "`hyperprocess settings %s` lists its settings%s",
                    definition->name,
                    definition->pass_through.count
                        ? "; `unknown_settings: pass` in the profile passes others through"
                        : "");
  return hp__mistake_at(maker->error, value->position, HP_ECONFIG);
}

/* What was said last counts. */
static int pass(struct hp_plan_maker *maker, const struct hp_value *value) {
  if (hp__plan_said(maker, value->name) != value)
    return 0;
  struct hp_value *grown =
      hp__arena_grow(&maker->plan->arena, maker->passed, maker->passed_count, sizeof *grown);
  if (!grown)
    return HP_ENOMEM;
  grown[maker->passed_count++] = *value;
  maker->passed = grown;
  return 0;
}

static int pass_unknown(struct hp_plan_maker *maker, const struct hp_value *value) {
  struct hp_plan *plan = maker->plan;
  const struct hp_definition *definition = plan->definition;
  const char *nearest = nearest_setting(definition, value->name);
  if (definition->pass_through.count == 0) {
    hp_error_set(maker->error, HP_ECONFIG, HP_PHASE_PLAN,
                 "server '%s' has no setting '%s', and its definition does not say how others are "
                 "passed through ('pass_through')",
                 definition->name, value->name);
    return hp__mistake_at(maker->error, value->position, HP_ECONFIG);
  }
  return pass(maker, value) < 0
             ? hp__plan_no_memory(maker)
             : hp__plan_warn_at(
                   plan, value->position,
                   "server '%s' declares no setting '%s'%s%s%s; it is passed unchecked",
                   definition->name, value->name, nearest ? " (did you mean '" : "",
                   nearest ? nearest : "", nearest ? "'?)" : "");
}

/* One that the server itself knows is like an experimental one: nobody has promised it. */
static int take_listed(struct hp_plan_maker *maker, const struct hp_value *value,
                       const struct hp_listed *listed) {
  const char *name = maker->plan->definition->name;
  bool is_session = strcmp(listed->scope, "Session") == 0;
  if (maker->plan->profile.allow_experimental)
    return pass(maker, value) < 0
               ? hp__plan_no_memory(maker)
               : hp__plan_warn_at(maker->plan, value->position,
                                  "setting '%s' of server '%s' is not documented: it may change or "
                                  "vanish%s",
                                  value->name, name,
                                  is_session ? "; each connection can say its own" : "");
  hp_error_set(maker->error, HP_ECONFIG, HP_PHASE_PLAN,
               "setting '%s' of server '%s' is not documented: it may change or vanish",
               value->name, name);
  hp_error_set_cause(maker->error, "the server's own list has it: %s (default: %s)",
                     listed->description, listed->initial);
  hp_error_set_hint(maker->error, "`allow_experimental: yes` in the profile, or "
                                  "--allow-experimental, takes it all the same");
  return hp__mistake_at(maker->error, value->position, HP_ECONFIG);
}

static int look_up(struct hp_plan_maker *maker, const struct hp_value *value) {
  const struct hp_definition *definition = maker->plan->definition;
  const char *nearest = nearest_setting(definition, value->name);
  struct hp_listed listed;
  if (definition->pass_through.count && hp__plan_find_listed(maker, value->name, &listed, &nearest))
    return take_listed(maker, value, &listed);
  return refuse_unknown(maker, value, nearest);
}

static int take_unknown(struct hp_plan_maker *maker) {
  const struct hp_plan *plan = maker->plan;
  int result = 0;
  for (size_t i = 0; result == 0 && i < plan->profile.setting_count; i++) {
    const struct hp_value *value = &plan->profile.settings[i];
    if (!hp__setting_find(plan->definition, value->name))
      result = plan->profile.pass_unknown ? pass_unknown(maker, value) : look_up(maker, value);
  }
  return result;
}

/* ---- one of them ---- */

static void list_words(struct hp_text *text, const char *const *words, size_t count) {
  for (size_t i = 0; i < count; i++)
    hp__text_format(text, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", words[i]);
}

/* Asked for only where somebody says a part of it. */
static int find_memory(struct hp_plan_maker *maker, const struct hp_setting *setting,
                       uint64_t *memory) {
  const struct hp_platform_ops *platform = maker->plan->platform;
  *memory = 0;
  if (setting->type != HP_SETTING_PERCENT)
    return 0;
  *memory = platform->memory();
  if (*memory)
    return 0;
  return hp_error_set(maker->error, HP_EUNSUPPORTED, HP_PHASE_PLAN,
                      "setting '%s': how much memory this machine has is not known; say a size",
                      setting->name);
}

static int check_experimental(struct hp_plan_maker *maker, const struct hp_setting *setting,
                              const struct hp_value *said) {
  if (!setting->is_experimental)
    return 0;
  if (maker->plan->profile.allow_experimental)
    return hp__plan_warn_at(maker->plan, said->position,
                            "setting '%s' is experimental: it may change or vanish", setting->name);
  hp_error_set(maker->error, HP_ECONFIG, HP_PHASE_PLAN,
               "setting '%s' is experimental: it may change or vanish", setting->name);
  hp_error_set_hint(maker->error, "`allow_experimental: yes` in the profile, or "
                                  "--allow-experimental, takes it all the same");
  return hp__mistake_at(maker->error, said->position, HP_ECONFIG);
}

static int warn_deprecated(struct hp_plan_maker *maker, const struct hp_setting *setting,
                           const struct hp_value *said) {
  const char *since = setting->deprecated_since, *reason = setting->deprecated_reason;
  const char *other = setting->replacement;
  if (!setting->is_deprecated)
    return 0;
  return hp__plan_warn_at(maker->plan, said->position, "setting '%s' is deprecated%s%s%s%s%s%s%s",
                          setting->name, since ? " since " : "", since ? since : "",
                          reason ? ": " : "", reason ? reason : "", other ? "; use '" : "",
                          other ? other : "", other ? "' instead" : "");
}

static int warn_discouraged(struct hp_plan_maker *maker, const struct hp_setting *setting,
                            const struct hp_value *said, const char *canonical) {
  bool is_named = false;
  for (size_t i = 0; i < setting->discouraged_count; i++) {
    const char *named = setting->discouraged[i];
    is_named =
        is_named || strcmp(said->text, named) == 0 || hp__setting_is(setting, canonical, named);
  }
  if (setting->discouraged_count == 0 || is_named == setting->all_discouraged_but)
    return 0;
  return hp__plan_warn_at(maker->plan, said->position, "setting '%s': %s is discouraged: %s",
                          setting->name, said->text, setting->discouraged_reason);
}

/* All that is accepted, for who must choose. */
static int refuse_unsaid(struct hp_plan_maker *maker, const struct hp_setting *setting) {
  struct hp_text choices = {0};
  if (setting->type == HP_SETTING_BOOL)
    hp__text_add(&choices, setting->value_count ? "on, off, " : "on or off");
  list_words(&choices, setting->values, setting->value_count);
  hp_error_set(maker->error, HP_ECONFIG, HP_PHASE_PLAN,
               "setting '%s' of server '%s' has no default and must be chosen%s%s", setting->name,
               maker->plan->definition->name, choices.data ? ": " : "",
               choices.data ? choices.data : "");
  hp__text_fini(&choices);
  hp_error_set_cause(maker->error, "%s",
                     setting->description ? setting->description : "it is required");
  hp_error_set_hint(maker->error, "--set %s=…, or `settings: {%s: …}` in the profile",
                    setting->name, setting->name);
  return HP_ECONFIG;
}

static int refuse_misplaced(struct hp_plan_maker *maker, const struct hp_setting *setting,
                            const struct hp_value *said) {
  hp_error_set(maker->error, HP_ECONFIG, HP_PHASE_PLAN,
               "setting '%s' is not one of the process: it belongs to %s", setting->name,
               setting->belongs_to);
  return hp__mistake_at(maker->error, said->position, HP_ECONFIG);
}

static int read_setting(struct hp_plan_maker *maker, size_t index) {
  const struct hp_setting *setting = &maker->plan->definition->settings[index];
  const struct hp_value *said = hp__plan_said(maker, setting->name);
  const char *text = said ? said->text : setting->initial;
  uint64_t memory;
  if (said && setting->belongs_to)
    return refuse_misplaced(maker, setting, said);
  if (!text)
    return setting->is_required ? refuse_unsaid(maker, setting) : 0;
  int result = find_memory(maker, setting, &memory);
  if (result == 0)
    result = hp__setting_read(&maker->plan->arena, setting, text, memory, &maker->values[index],
                              maker->error);
  result = hp__mistake_at(maker->error, said ? said->position : setting->position, result);
  if (result == 0 && said)
    result = check_experimental(maker, setting, said);
  if (result == 0 && said)
    result = warn_deprecated(maker, setting, said);
  return result == 0 && said ? warn_discouraged(maker, setting, said, maker->values[index])
                             : result;
}

/* ---- those without effect ---- */

/* Like one of its own default it is left out; that it was said is worth a word. */
static int drop(struct hp_plan_maker *maker, size_t index, struct hp_text *why) {
  const struct hp_setting *setting = &maker->plan->definition->settings[index];
  const struct hp_value *said = hp__plan_said(maker, setting->name);
  int result = 0;
  maker->values[index] = NULL;
  if (said)
    result = hp__plan_warn_at(maker->plan, said->position,
                              "setting '%s' has no effect and is not passed: %s", setting->name,
                              why->data ? why->data : "");
  if (why->failed)
    result = HP_ENOMEM;
  hp__text_fini(why);
  return result < 0 ? hp__plan_no_memory(maker) : 0;
}

static int check_platform(struct hp_plan_maker *maker, size_t index) {
  const struct hp_setting *setting = &maker->plan->definition->settings[index];
  const char *names[HP_OS_COUNT];
  size_t count = 0;
  bool is_here = setting->platforms == 0;
  for (int os = 0; os < HP_OS_COUNT; os++)
    if (setting->platforms & (1u << os)) {
      names[count++] = hp__os_names[os];
      is_here = is_here || strcmp(hp__os_names[os], maker->plan->platform->name) == 0;
    }
  if (is_here || !maker->values[index])
    return 0;
  struct hp_text why = {0};
  hp__text_add(&why, "it is for ");
  list_words(&why, names, count);
  return drop(maker, index, &why);
}

static bool is_met(const struct hp_plan_maker *maker, const struct hp_requirement *requirement) {
  const struct hp_setting *other = hp__setting_find(maker->plan->definition, requirement->name);
  const char *value = maker->values[other - maker->plan->definition->settings];
  bool is_one = false;
  for (size_t i = 0; value && i < requirement->count; i++)
    is_one = is_one || hp__setting_is(other, value, requirement->values[i]);
  return value && is_one != requirement->is_not;
}

static int check_requirements(struct hp_plan_maker *maker, size_t index, bool *is_changed) {
  const struct hp_setting *setting = &maker->plan->definition->settings[index];
  for (size_t i = 0; maker->values[index] && i < setting->requirement_count; i++) {
    const struct hp_requirement *requirement = &setting->requirements[i];
    if (is_met(maker, requirement))
      continue;
    struct hp_text why = {0};
    hp__text_format(&why, "it needs '%s' to be %s", requirement->name,
                    requirement->is_not ? "set, and not " : "");
    list_words(&why, requirement->values, requirement->count);
    *is_changed = true;
    return drop(maker, index, &why);
  }
  return 0;
}

/* One that is left out may be what another one needs. */
static int check_effects(struct hp_plan_maker *maker) {
  size_t count = maker->plan->definition->setting_count;
  bool is_changed = true;
  int result = 0;
  for (size_t i = 0; result == 0 && i < count; i++)
    result = check_platform(maker, i);
  while (result == 0 && is_changed) {
    is_changed = false;
    for (size_t i = 0; result == 0 && i < count; i++)
      result = check_requirements(maker, i, &is_changed);
  }
  return result;
}

/* Of what the server writes they are to be kept out, too. */
static int note_secrets(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  bool noted = true;
  for (size_t i = 0; noted && i < plan->definition->setting_count; i++)
    if (plan->definition->settings[i].type == HP_SETTING_SECRET && maker->values[i])
      noted = hp__strings_add(&plan->arena, &plan->secret_values, maker->values[i]);
  return noted ? 0 : hp__plan_no_memory(maker);
}

/* ---- the whole ---- */

int hp__plan_read_settings(struct hp_plan_maker *maker) {
  size_t count = maker->plan->definition->setting_count;
  maker->values = hp__arena_alloc(&maker->plan->arena, (count + 1) * sizeof *maker->values);
  maker->passed = NULL;
  maker->passed_count = 0;
  maker->plan->profile.allow_experimental |= maker->options->allow_experimental;
  if (!maker->values)
    return hp__plan_no_memory(maker);
  int result = take_unknown(maker);
  for (size_t i = 0; result == 0 && i < count; i++)
    result = read_setting(maker, i);
  if (result == 0)
    result = check_effects(maker);
  if (result == 0)
    result = note_secrets(maker);
  return result == HP_ENOMEM ? hp__plan_no_memory(maker) : result;
}
