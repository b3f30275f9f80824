/* SPDX-License-Identifier: MIT */
/* The part of the plan that is text: what is known is filled in, the rest stays a variable. */
#include "core/alloc.h"
#include "core/plan_steps.h"

#include <stdio.h>
#include <string.h>

struct scope { /* what a variable can mean while the plan is made */
  struct hp_plan_maker *maker;
  const char *value; /* ${value} of the setting at hand */
};

static const char *suffix(const char *variable, const char *prefix) {
  size_t length = strlen(prefix);
  return strncmp(variable, prefix, length) == 0 ? variable + length : NULL;
}

static const char *inherited_value(const struct hp_plan *plan, const char *name) {
  size_t length = strlen(name);
  for (size_t i = 0; i < plan->inherited.count; i++)
    if (strncmp(plan->inherited.items[i], name, length) == 0 &&
        plan->inherited.items[i][length] == '=')
      return plan->inherited.items[i] + length + 1;
  return "";
}

static const char *setting_value(const struct hp_plan_maker *maker, const char *name) {
  const struct hp_definition *definition = maker->plan->definition;
  for (size_t i = 0; i < definition->setting_count; i++)
    if (strcmp(definition->settings[i].name, name) == 0)
      return maker->values[i] ? maker->values[i] : "";
  return "";
}

static const char *folder_of(struct hp_arena *arena, const char *path) {
  const char *end = path + strlen(path);
  while (end > path && *end != '/' && *end != '\\')
    end--;
  return hp__arena_slice(arena, path, (size_t)(end - path));
}

static const char *known_port(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  if (plan->address.child_picks)
    return maker->rule->port_auto;
  return plan->known.port ? hp__arena_format(&plan->arena, "%u", plan->known.port) : NULL;
}

static const char *known_path(const char *text) {
  return text[0] ? text : NULL;
}

static const char *look_up(void *data, const char *variable, bool *secret) {
  const struct scope *scope = data;
  struct hp_plan *plan = scope->maker->plan;
  const char *name;
  *secret = false;
  if ((name = suffix(variable, "setting.")))
    return setting_value(scope->maker, name);
  if ((name = suffix(variable, "env.")))
    return inherited_value(plan, name);
  if (strcmp(variable, "value") == 0)
    return scope->value;
  if (strcmp(variable, "binary") == 0)
    return plan->executable;
  if (strcmp(variable, "binary.folder") == 0)
    return folder_of(&plan->arena, plan->executable);
  if (strcmp(variable, "data_dir") == 0)
    return plan->data_dir;
  if (strcmp(variable, "endpoint.host") == 0)
    return known_path(plan->known.host);
  if (strcmp(variable, "endpoint.port") == 0)
    return known_port(scope->maker);
  if (strcmp(variable, "endpoint.path") == 0)
    return known_path(plan->known.path);
  return NULL;
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

static int add_setting(struct scope *scope, size_t index) {
  const struct hp_setting *setting = &scope->maker->plan->definition->settings[index];
  struct hp_templates texts = {setting->arguments, setting->argument_count};
  scope->value = scope->maker->values[index];
  int result = scope->value ? add_all(scope, &scope->maker->plan->arguments, &texts) : 0;
  scope->value = NULL;
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

/* Words that were meant for the host by its own supervisor, or for a command by our tool: a server
 * that got them would answer to the wrong one. */
static bool is_private_variable(const char *name) {
  static const char *const names[] = {"NOTIFY_SOCKET",  "LISTEN_FDS",   "LISTEN_PID",
                                      "LISTEN_FDNAMES", "WATCHDOG_PID", "WATCHDOG_USEC"};
  if (suffix(name, "HYPERPROCESS_"))
    return true;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (strcmp(names[i], name) == 0)
      return true;
  return false;
}

static int inherit_environment(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  uv_env_item_t *items;
  int count;
  if (uv_os_environ(&items, &count) != 0)
    return hp__plan_no_memory(maker);
  plan->inherited.items =
      hp__arena_alloc(&plan->arena, ((size_t)count + 1) * sizeof *plan->inherited.items);
  for (int i = 0; plan->inherited.items && i < count; i++)
    if (!is_private_variable(items[i].name))
      plan->inherited.items[plan->inherited.count++] =
          hp__arena_format(&plan->arena, "%s=%s", items[i].name, items[i].value);
  uv_os_free_environ(items, count);
  return plan->arena.failed ? hp__plan_no_memory(maker) : 0;
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

static const char *choose_working_dir(const struct hp_plan *plan) {
  if (plan->profile.working_dir)
    return plan->profile.working_dir;
  return plan->definition->working_dir ? plan->definition->working_dir : "/";
}

int hp__plan_fill_texts(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  struct scope scope = {maker, NULL};
  int result = inherit_environment(maker);
  if (result == 0)
    result = fill_arguments(&scope);
  if (result == 0)
    result = fill_environment(&scope);
  if (result == 0)
    result = fill_files(&scope);
  if (result == 0)
    result = add_all(&scope, &plan->prepare, &plan->definition->prepare.command);
  if (result == 0)
    result = fill_ladder(&scope);
  plan->creates = plan->definition->prepare.creates;
  plan->descriptor = fill(&scope, &maker->rule->descriptor);
  plan->report = maker->rule->report;
  plan->working_dir = choose_working_dir(plan);
  return result;
}

/* `variable` itself, or with a '.' at its end any that begins with it. */
static bool is_in(const struct hp_template *text, const char *variable) {
  size_t length = strlen(variable);
  bool prefix = variable[length - 1] == '.';
  for (size_t i = 0; i < text->count; i++) {
    const char *name = text->segments[i].variable;
    if (name && (prefix ? strncmp(name, variable, length) : strcmp(name, variable)) == 0)
      return true;
  }
  return false;
}

static bool is_in_any(const struct hp_templates *texts, const char *variable) {
  for (size_t i = 0; i < texts->count; i++)
    if (is_in(&texts->items[i], variable))
      return true;
  return false;
}

bool hp__plan_uses(const struct hp_plan *plan, const char *variable) {
  for (size_t i = 0; i < plan->environment.count; i++)
    if (is_in(&plan->environment.items[i].value, variable))
      return true;
  for (size_t i = 0; i < plan->file_count; i++)
    if (is_in(&plan->files[i].content, variable))
      return true;
  return is_in_any(&plan->arguments, variable) || is_in_any(&plan->prepare, variable) ||
         is_in(&plan->descriptor, variable);
}
