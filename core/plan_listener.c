/* SPDX-License-Identifier: MIT */
/*
 * The settings of a definition that say in its vendor's words what is also said of the transport:
 * whether and on which port the server listens over TCP, and in which directory its socket is. Both
 * may be said, if they say the same.
 */
#include "core/plan_steps.h"

#include <string.h>

const struct hp_value *hp__plan_said(const struct hp_plan_maker *maker, const char *name) {
  const struct hp_profile *profile = &maker->plan->profile;
  for (size_t i = profile->setting_count; name && i-- > 0;)
    if (strcmp(profile->settings[i].name, name) == 0)
      return &profile->settings[i];
  return NULL;
}

/* ---- the transport ---- */

static bool is_auto(const char *port) {
  return !port || strcmp(port, "auto") == 0;
}

/* A choice that leaves the port open goes with any. */
static bool agrees(const struct hp_choice *choice, const char *value) {
  bool tcp = strcmp(choice->kind, "tcp") == 0;
  if (strcmp(value, "off") == 0)
    return !tcp;
  return tcp && (!choice->port || (strcmp(value, "auto") == 0 ? is_auto(choice->port)
                                                              : strcmp(choice->port, value) == 0));
}

/* The built-in default profile has a transport for whoever says nothing. */
static bool is_said(const struct hp_plan_maker *maker, const struct hp_choice *choice) {
  const char *file = choice->position.file;
  return maker->options->profile || !file || strncmp(file, "built-in ", 9) != 0;
}

static int refuse_both(struct hp_plan_maker *maker, const struct hp_value *said) {
  const struct hp_choice *choice = &maker->plan->profile.transports.items[0];
  struct hp_text place = {0};
  char text[64];
  hp__choice_print(choice, text, sizeof text);
  hp__position_print(&place, choice->position);
  hp_error_set(maker->error, HP_ECONFIG, HP_PHASE_PLAN,
               "setting '%s' is %s, and the transport is %s: they do not agree", said->name,
               said->text, text);
  hp_error_set_hint(maker->error, "%sthe transport is said here; one of the two alone serves",
                    place.data ? place.data : "");
  hp__text_fini(&place);
  return hp__mistake_at(maker->error, said->position, HP_ECONFIG);
}

static const struct hp_choice *find_agreeing(const struct hp_plan_maker *maker, const char *value,
                                             bool *any_said) {
  const struct hp_choices *choices = &maker->plan->profile.transports;
  *any_said = false;
  for (size_t i = 0; i < choices->count; i++) {
    const struct hp_choice *choice = &choices->items[i];
    *any_said = *any_said || is_said(maker, choice);
    if (agrees(choice, value))
      return choice;
  }
  return NULL;
}

/* The one choice that is left; what else was said of the address stays. */
static int choose(struct hp_plan_maker *maker, const struct hp_value *said, const char *value) {
  struct hp_plan *plan = maker->plan;
  bool any_said, tcp = strcmp(value, "off") != 0;
  const struct hp_choice *agreeing = find_agreeing(maker, value, &any_said);
  if (!agreeing && any_said)
    return refuse_both(maker, said);
  struct hp_choice *choice = hp__arena_alloc(&plan->arena, sizeof *choice);
  if (!choice)
    return hp__plan_no_memory(maker);
  *choice = agreeing
                ? *agreeing
                : (struct hp_choice){.kind = tcp ? "tcp" : "local", .position = said->position};
  if (tcp)
    choice->port = value;
  plan->choice = choice;
  maker->choice_count = 1;
  hp__choice_print(choice, maker->choice_name, sizeof maker->choice_name);
  return 0;
}

int hp__plan_choose_listener(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  const struct hp_value *said = hp__plan_said(maker, plan->definition->transport_setting);
  const char *value;
  if (!said)
    return 0;
  const struct hp_setting *setting = hp__setting_find(plan->definition, said->name);
  int result = hp__setting_read(&plan->arena, setting, said->text, 0, &value, maker->error);
  result = hp__mistake_at(maker->error, said->position, result);
  return result == 0 ? choose(maker, said, value) : result;
}

/* ---- the directory of the socket ---- */

static bool is_folder_of(const char *folder, const char *path) {
  const char *slash = strrchr(path, '/');
  size_t length = slash ? (size_t)(slash - path) : 0;
  return strlen(folder) == length && strncmp(folder, path, length) == 0;
}

static int check_folder(struct hp_plan_maker *maker, const struct hp_value *said,
                        const char *folder) {
  const struct hp_plan *plan = maker->plan;
  if (!said || !plan->address.path || is_folder_of(folder, plan->address.path))
    return 0;
  hp_error_set(maker->error, HP_ECONFIG, HP_PHASE_PLAN,
               "setting '%s' is %s, and the socket is %s: they do not agree", said->name, folder,
               plan->address.path);
  hp_error_set_hint(maker->error, "say one of them alone: both say where the server listens");
  return hp__mistake_at(maker->error, said->position, HP_ECONFIG);
}

int hp__plan_find_folder(struct hp_plan_maker *maker, const char **folder) {
  struct hp_plan *plan = maker->plan;
  const struct hp_definition *definition = plan->definition;
  const char *name = definition->directory_setting;
  const struct hp_setting *setting = name ? hp__setting_find(definition, name) : NULL;
  const char *value = setting ? maker->values[setting - definition->settings] : NULL;
  const struct hp_value *said = value ? hp__plan_said(maker, name) : NULL;
  *folder = NULL;
  if (!value)
    return 0;
  if (plan->transport->kind != HP_ENDPOINT_UNIX)
    return said && maker->choice_count < 2
               ? hp__plan_warn_at(plan, said->position,
                                  "setting '%s' has no effect: the server listens over %s", name,
                                  plan->transport->name)
               : 0;
  int result = hp__plan_make_absolute(maker, name, value, folder);
  return result == 0 ? check_folder(maker, said, *folder) : result;
}
