/* SPDX-License-Identifier: MIT */
/* The part of the plan that is text: what is known is filled in, the rest stays a variable. */
#include "core/plan_steps.h"
#include "core/variable.h"

#include <stdio.h>
#include <string.h>

struct scope { /* what a variable can mean while the plan is made */
  struct hp_plan_maker *maker;
  const char *name, *value; /* ${name}, ${value} of the setting at hand */
  bool is_seen;             /* what is filled becomes a command line, which every user can read */
  const char *leak;         /* a secret setting that would be seen so */
  bool afterwards;          /* what is filled is used once the server has said where it listens */
};

static const char *inherited_value(const struct hp_plan *plan, const char *name) {
  size_t length = strlen(name);
  for (size_t i = 0; i < plan->ours.count; i++)
    if (strncmp(plan->ours.items[i], name, length) == 0 && plan->ours.items[i][length] == '=')
      return plan->ours.items[i] + length + 1;
  return "";
}

static const char *setting_value(struct scope *scope, const char *name, bool *secret) {
  const struct hp_plan_maker *maker = scope->maker;
  const struct hp_definition *definition = maker->plan->definition;
  const struct hp_setting *setting = hp__setting_find(definition, name);
  const char *value = setting ? maker->values[setting - definition->settings] : NULL;
  *secret = value && setting->type == HP_SETTING_SECRET;
  if (*secret && scope->is_seen)
    scope->leak = setting->name;
  return value ? value : "";
}

static const char *picked_authority(struct hp_plan_maker *maker) {
  const char *host = maker->plan->known.host;
  bool brackets = strchr(host, ':') != NULL;
  return hp__arena_format(&maker->plan->arena, brackets ? "[%s]:%s" : "%s:%s", host,
                          maker->rule->port_auto);
}

/* What is said before the server runs names its port by the word for "pick one"; what is said
 * afterwards by the number. */
static const char *endpoint_part(const struct scope *scope, const char *part) {
  struct hp_plan_maker *maker = scope->maker;
  const struct hp_plan *plan = maker->plan;
  bool names_it = hp__after(part, "path") || strcmp(part, "name") == 0;
  bool url = strcmp(part, "url") == 0; /* has a number even while it is 0: for the launch */
  if (!scope->afterwards && (names_it || url))
    maker->tells_name = true;
  if (plan->address.child_picks && !scope->afterwards && strcmp(part, "port") == 0)
    return maker->rule->port_auto;
  if (plan->address.child_picks && !scope->afterwards && strcmp(part, "authority") == 0)
    return picked_authority(maker);
  return url ? NULL : hp__endpoint_part(&maker->plan->arena, &plan->known, part);
}

static const char *look_up(void *data, const char *variable, bool *secret) {
  struct scope *scope = data;
  struct hp_plan *plan = scope->maker->plan;
  const char *name;
  *secret = false;
  if ((name = hp__after(variable, "setting.")))
    return setting_value(scope, name, secret);
  if ((name = hp__after(variable, "env.")))
    return inherited_value(plan, name);
  if (strcmp(variable, "value") == 0)
    return scope->value;
  if (strcmp(variable, "name") == 0)
    return scope->name;
  if (strcmp(variable, "binary") == 0)
    return plan->executable;
  if (strcmp(variable, "binary.folder") == 0)
    return hp__folder_of(&plan->arena, plan->executable);
  if (strcmp(variable, "data_dir") == 0)
    return plan->data_dir;
  return (name = hp__after(variable, "endpoint.")) ? endpoint_part(scope, name) : NULL;
}

static struct hp_template fill(struct scope *scope, const struct hp_template *text) {
  struct hp_template result = {0};
  hp__template_resolve(&scope->maker->plan->arena, &result, text, look_up, scope);
  return result;
}

static int add(struct scope *scope, struct hp_templates *list, const struct hp_template *text) {
  struct hp_template *grown =
      hp__arena_grow(&scope->maker->plan->arena, list->items, list->count, sizeof *grown);
  if (!grown)
    return hp__plan_no_memory(scope->maker);
  list->items = grown;
  list->items[list->count++] = fill(scope, text);
  return 0;
}

static int add_all(struct scope *scope, struct hp_templates *list,
                   const struct hp_templates *texts) {
  int result = 0;
  for (size_t i = 0; result == 0 && i < texts->count; i++)
    result = add(scope, list, &texts->items[i]);
  return result;
}

static int add_literal(struct scope *scope, struct hp_templates *list, const char *text) {
  struct hp_segment segment = {.literal = text};
  struct hp_template literal = {&segment, 1};
  return add(scope, list, &literal);
}

static bool is_passed(const struct hp_setting *setting, const char *value) {
  bool passed = value && setting->only_for_count == 0;
  for (size_t i = 0; value && i < setting->only_for_count; i++)
    passed = passed || hp__setting_is(setting, value, setting->only_for[i]);
  return passed;
}

static int add_setting(struct scope *scope, size_t index) {
  const struct hp_setting *setting = &scope->maker->plan->definition->settings[index];
  struct hp_templates texts = {setting->arguments, setting->argument_count};
  const char *value = scope->value = scope->maker->values[index];
  int result =
      is_passed(setting, value) ? add_all(scope, &scope->maker->plan->arguments, &texts) : 0;
  scope->value = NULL;
  return result;
}

static int add_passed(struct scope *scope, const struct hp_value *passed) {
  struct hp_plan *plan = scope->maker->plan;
  scope->name = passed->name;
  scope->value = passed->text;
  int result = add_all(scope, &plan->arguments, &plan->definition->pass_through);
  scope->name = scope->value = NULL;
  return result;
}

static int fill_arguments(struct scope *scope) {
  struct hp_plan *plan = scope->maker->plan;
  struct hp_templates *list = &plan->arguments;
  const struct hp_option_list *said = &scope->maker->options->arguments;
  int result = add_literal(scope, list, plan->executable);
  if (result == 0)
    result = add_all(scope, list, &plan->definition->arguments);
  if (result == 0)
    result = add_all(scope, list, &scope->maker->rule->arguments);
  for (size_t i = 0; result == 0 && i < plan->definition->setting_count; i++)
    result = add_setting(scope, i);
  for (size_t i = 0; result == 0 && i < scope->maker->passed_count; i++)
    result = add_passed(scope, &scope->maker->passed[i]);
  if (result == 0)
    result = add_all(scope, list, &plan->profile.arguments);
  for (size_t i = 0; result == 0 && i < said->count; i++)
    result = add_literal(scope, list, hp__arena_copy(&plan->arena, said->items[i].name));
  return result;
}

/* Later words replace earlier ones of the same name. */
static int set_variable(struct scope *scope, const struct hp_variable *variable) {
  struct hp_plan *plan = scope->maker->plan;
  struct hp_variables *list = &plan->environment;
  struct hp_variable filled = {variable->name, fill(scope, &variable->value), variable->remove};
  for (size_t i = 0; i < list->count; i++)
    if (strcmp(list->items[i].name, variable->name) == 0) {
      list->items[i] = filled;
      return 0;
    }
  struct hp_variable *grown = hp__arena_grow(&plan->arena, list->items, list->count, sizeof *grown);
  if (!grown)
    return hp__plan_no_memory(scope->maker);
  grown[list->count++] = filled;
  list->items = grown;
  return 0;
}

static int set_variables(struct scope *scope, const struct hp_variables *variables) {
  int result = 0;
  for (size_t i = 0; result == 0 && i < variables->count; i++)
    result = set_variable(scope, &variables->items[i]);
  return result;
}

static int set_said_variables(struct scope *scope) {
  struct hp_arena *arena = &scope->maker->plan->arena;
  const struct hp_option_list *said = &scope->maker->options->environment;
  int result = 0;
  for (size_t i = 0; result == 0 && i < said->count; i++) {
    const char *value = said->items[i].value;
    struct hp_segment segment = {.literal = hp__arena_copy(arena, value ? value : "")};
    struct hp_variable variable = {
        hp__arena_copy(arena, said->items[i].name), {&segment, 1}, !value};
    if (!variable.name || !segment.literal)
      return hp__plan_no_memory(scope->maker);
    if (scope->maker->plan->definition->is_program)
      result = hp__program_text(arena, hp__arena_format(arena, "--env %s", variable.name),
                                segment.literal, &variable.value, scope->maker->error);
    if (result == 0)
      result = set_variable(scope, &variable);
  }
  return result;
}

static int fill_environment(struct scope *scope) {
  const struct hp_plan *plan = scope->maker->plan;
  int result = set_variables(scope, &plan->definition->environment);
  if (result == 0)
    result = set_variables(scope, &scope->maker->rule->environment);
  if (result == 0)
    result = set_variables(scope, &plan->profile.environment);
  return result == 0 ? set_said_variables(scope) : result;
}

static int fill_files(struct scope *scope) {
  struct hp_plan *plan = scope->maker->plan;
  for (size_t i = 0; i < plan->definition->file_count; i++) {
    const struct hp_file *file = &plan->definition->files[i];
    if (file->transport && strcmp(file->transport, plan->transport->name) != 0)
      continue;
    struct hp_file *grown =
        hp__arena_grow(&plan->arena, plan->files, plan->file_count, sizeof *grown);
    if (!grown)
      return hp__plan_no_memory(scope->maker);
    grown[plan->file_count] = *file;
    grown[plan->file_count++].content = fill(scope, &file->content);
    plan->files = grown;
  }
  return 0;
}

/* A copy: the definition's own ladder is shared by all plans. */
static int fill_ladder(struct scope *scope) {
  struct hp_plan *plan = scope->maker->plan;
  size_t size = plan->stop.count * sizeof *plan->stop.items;
  struct hp_rung *rungs = hp__arena_alloc(&plan->arena, size);
  int result = rungs ? 0 : hp__plan_no_memory(scope->maker);
  for (size_t i = 0; result == 0 && i < plan->stop.count; i++) {
    rungs[i] = plan->stop.items[i];
    rungs[i].command = (struct hp_templates){0};
    result = add_all(scope, &rungs[i].command, &plan->stop.items[i].command);
  }
  if (result == 0)
    plan->stop.items = rungs;
  return result;
}

static int fill_step(struct scope *scope, struct hp_step *step) {
  struct hp_arena *arena = &scope->maker->plan->arena;
  const struct hp_templates command = step->command;
  const struct hp_variables variables = step->environment;
  struct hp_variable *filled = hp__arena_alloc(arena, (variables.count + 1) * sizeof *filled);
  step->command = (struct hp_templates){0};
  step->environment.items = filled;
  if (!filled)
    return hp__plan_no_memory(scope->maker);
  scope->is_seen = false;
  for (size_t i = 0; i < variables.count; i++)
    filled[i] = (struct hp_variable){
        variables.items[i].name, fill(scope, &variables.items[i].value), variables.items[i].remove};
  scope->is_seen = true;
  return add_all(scope, &step->command, &command);
}

static int fill_steps(struct scope *scope) {
  struct hp_plan *plan = scope->maker->plan;
  const struct hp_profile *profile = &plan->profile;
  if (profile->step_count == 0)
    return 0;
  plan->steps = hp__arena_alloc(&plan->arena, profile->step_count * sizeof *plan->steps);
  int result = plan->steps ? 0 : hp__plan_no_memory(scope->maker);
  for (size_t i = 0; result == 0 && i < profile->step_count; i++) {
    plan->steps[i] = profile->steps[i];
    result = fill_step(scope, &plan->steps[i]);
    plan->step_count++;
  }
  return result;
}

/* A copy: patterns are read backwards and stay as they are. */
static int fill_ready(struct scope *scope, struct hp_ready *ready) {
  struct hp_arena *arena = &scope->maker->plan->arena;
  struct hp_templates command = ready->command;
  const struct hp_ready *items = ready->items;
  ready->path = fill(scope, &ready->path);
  ready->port = fill(scope, &ready->port);
  ready->command = (struct hp_templates){0};
  int result = add_all(scope, &ready->command, &command);
  if (result < 0 || ready->item_count == 0)
    return result;
  ready->items = hp__arena_alloc(arena, ready->item_count * sizeof *items);
  if (!ready->items)
    return hp__plan_no_memory(scope->maker);
  for (size_t i = 0; result == 0 && i < ready->item_count; i++) {
    ready->items[i] = items[i];
    result = fill_ready(scope, &ready->items[i]);
  }
  return result;
}

/* By the rule of the transport that the server calls back over, whatever it serves over itself. */
static void fill_callback(struct scope *scope) {
  struct hp_plan *plan = scope->maker->plan;
  const struct hp_definition *definition = plan->definition;
  for (size_t i = 0; plan->callback && i < definition->transport_count; i++)
    if (strcmp(definition->transports[i].kind, plan->callback->name) == 0)
      plan->callback_text = fill(scope, &definition->transports[i].callback);
}

static const char *choose_working_dir(const struct hp_plan *plan) {
  if (plan->profile.working_dir)
    return plan->profile.working_dir;
  if (plan->definition->working_dir)
    return plan->definition->working_dir;
  return plan->definition->is_program ? NULL : "/";
}

/* ---- what is left open ---- */

typedef bool (*visit)(void *data, const struct hp_template *text);

static bool visit_list(const struct hp_templates *texts, visit visitor, void *data) {
  for (size_t i = 0; i < texts->count; i++)
    if (visitor(data, &texts->items[i]))
      return true;
  return false;
}

static bool visit_ready(const struct hp_ready *ready, visit visitor, void *data) {
  for (size_t i = 0; i < ready->item_count; i++)
    if (visit_ready(&ready->items[i], visitor, data))
      return true;
  return visit_list(&ready->command, visitor, data) || visitor(data, &ready->path) ||
         visitor(data, &ready->port);
}

static bool visit_steps(const struct hp_plan *plan, visit visitor, void *data) {
  for (size_t i = 0; i < plan->step_count; i++) {
    const struct hp_step *step = &plan->steps[i];
    if (visit_list(&step->command, visitor, data))
      return true;
    for (size_t k = 0; k < step->environment.count; k++)
      if (visitor(data, &step->environment.items[k].value))
        return true;
  }
  return false;
}

/* All texts, until the visitor says true. */
static bool visit_all(const struct hp_plan *plan, visit visitor, void *data) {
  for (size_t i = 0; i < plan->environment.count; i++)
    if (visitor(data, &plan->environment.items[i].value))
      return true;
  for (size_t i = 0; i < plan->file_count; i++)
    if (visitor(data, &plan->files[i].content))
      return true;
  for (size_t i = 0; i < plan->stop.count; i++)
    if (visit_list(&plan->stop.items[i].command, visitor, data))
      return true;
  return visit_list(&plan->arguments, visitor, data) || visit_list(&plan->prepare, visitor, data) ||
         visitor(data, &plan->descriptor) || visitor(data, &plan->callback_text) ||
         visit_ready(&plan->ready, visitor, data) ||
         visit_ready(&plan->health.probe, visitor, data) || visit_steps(plan, visitor, data);
}

static bool has_file(const struct hp_plan *plan, const char *name) {
  for (size_t i = 0; i < plan->file_count; i++)
    if (strcmp(plan->files[i].name, name) == 0)
      return true;
  return false;
}

static bool will_be_known(const struct hp_plan *plan, const char *variable) {
  enum hp_endpoint_kind kind = plan->transport->kind;
  const char *name;
  if ((name = hp__after(variable, "endpoint.")))
    return kind == HP_ENDPOINT_NONE || hp__endpoint_can_have(kind, name);
  if ((name = hp__after(variable, "callback.")))
    return plan->callback && hp__endpoint_can_have(plan->callback->kind, name);
  if (strcmp(variable, "callback") == 0 || strcmp(variable, "nonce") == 0)
    return plan->callback != NULL;
  return (name = hp__after(variable, "files.")) ? has_file(plan, name) : true;
}

struct open_text {
  const struct hp_plan *plan;
  const char *variable;
};

static bool find_open(void *data, const struct hp_template *text) {
  struct open_text *open = data;
  for (size_t i = 0; i < text->count; i++) {
    const char *variable = text->segments[i].variable;
    if (!variable || will_be_known(open->plan, variable))
      continue;
    open->variable = variable;
    return true;
  }
  return false;
}

/* An empty argument in the place of a variable would be taken for something else. */
static int check_open(struct hp_plan_maker *maker) {
  const struct hp_plan *plan = maker->plan;
  struct open_text open = {plan, NULL};
  if (!visit_all(plan, find_open, &open))
    return 0;
  hp_error_set(maker->error, HP_ECONFIG, HP_PHASE_PLAN,
               "server '%s': ${%s} has no value over transport '%s'", plan->definition->name,
               open.variable, plan->transport->name);
  return hp__mistake_at(maker->error, plan->definition->position, HP_ECONFIG);
}

static bool is_in(void *data, const struct hp_template *text) {
  const char *variable = data;
  size_t length = strlen(variable);
  bool prefix = variable[length - 1] == '.';
  for (size_t i = 0; i < text->count; i++) {
    const char *name = text->segments[i].variable;
    if (name && (prefix ? strncmp(name, variable, length) : strcmp(name, variable)) == 0)
      return true;
  }
  return false;
}

bool hp__plan_uses(const struct hp_plan *plan, const char *variable) {
  return visit_all(plan, is_in, (void *)(uintptr_t)variable);
}

static int check_leak(const struct scope *scope) {
  const struct hp_definition *definition = scope->maker->plan->definition;
  if (!scope->leak)
    return 0;
  hp_error_set(scope->maker->error, HP_ECONFIG, HP_PHASE_PLAN,
               "server '%s': the secret setting '%s' would stand in a command line, which every "
               "user of this system can read",
               definition->name, scope->leak);
  hp_error_set_hint(scope->maker->error, "pass ${setting.%s} in 'environment' or 'files'",
                    scope->leak);
  return hp__mistake_at(scope->maker->error, definition->position, HP_ECONFIG);
}

/* ---- the whole ---- */

int hp__plan_fill_texts(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  struct scope scope = {.maker = maker};
  int result = hp__plan_inherit(maker);
  if (result == 0)
    result = fill_environment(&scope);
  if (result == 0)
    result = fill_files(&scope);
  scope.is_seen = true;
  if (result == 0)
    result = fill_arguments(&scope);
  if (result == 0)
    result = add_all(&scope, &plan->prepare, &plan->definition->prepare.command);
  fill_callback(&scope);
  scope.afterwards = true;
  if (result == 0)
    result = fill_ladder(&scope);
  if (result == 0)
    result = fill_ready(&scope, &plan->ready);
  if (result == 0)
    result = fill_ready(&scope, &plan->health.probe);
  if (result == 0)
    result = fill_steps(&scope);
  if (result == 0)
    result = check_leak(&scope);
  scope.is_seen = false;
  plan->creates = plan->definition->prepare.creates;
  plan->descriptor = fill(&scope, &maker->rule->descriptor);
  plan->report = maker->rule->report;
  plan->working_dir = choose_working_dir(plan);
  return result == 0 ? check_open(maker) : result;
}
