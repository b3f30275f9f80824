/* SPDX-License-Identifier: MIT */
/* What of our environment a server gets: all, some or nothing; without what was meant for us. */
#include "core/plan_steps.h"

#include "core/alloc.h"

#include <ctype.h>
#include <string.h>

/* Words that were meant for the host by its own supervisor, or for a command by our tool: a server
 * that got them would answer to the wrong one. */
const char *const hp__private_variables[] = {
    "HYPERPROCESS_*", "NOTIFY_SOCKET", "LISTEN_FDS",    "LISTEN_PID",
    "LISTEN_FDNAMES", "WATCHDOG_PID",  "WATCHDOG_USEC", NULL};

/* Up to the '=' or the end, in any case of letters where the system makes no difference. */
static bool is_named(const char *variable, const char *pattern, bool any_case) {
  size_t same = 0;
  while (
      pattern[same] && variable[same] != '=' &&
      (variable[same] == pattern[same] || (any_case && tolower((unsigned char)variable[same]) ==
                                                           tolower((unsigned char)pattern[same]))))
    same++;
  bool over = variable[same] == '=' || variable[same] == '\0';
  return (pattern[same] == '*' && pattern[same + 1] == '\0') || (over && pattern[same] == '\0');
}

static bool is_in_list(const char *variable, const char *const *patterns, bool any_case) {
  for (; patterns && *patterns; patterns++) {
    bool differs = **patterns != *variable && **patterns != '*' && !any_case;
    if (!differs && is_named(variable, *patterns, any_case))
      return true;
  }
  return false;
}

/* ---- bundles ---- */

/* What they say of themselves; the folders among it are theirs. */
static const char *const bundle_variables[] = {"APPDIR", "APPIMAGE",  "ARGV0",  "OWD", "SNAP",
                                               "SNAP_*", "_MEIPASS2", "_PYI_*", NULL};
static const char *const bundle_folders[] = {"APPDIR", "SNAP", "_MEIPASS2",
                                             "_PYI_APPLICATION_HOME_DIR", NULL};

/* What was there before, as they have kept it. */
static const char *const kept[][2] = {
    {"LD_LIBRARY_PATH", "LD_LIBRARY_PATH_ORIG"},
    {"LD_PRELOAD", "LD_PRELOAD_ORIG"},
    {"LIBPATH", "LIBPATH_ORIG"},
    {"DYLD_LIBRARY_PATH", "DYLD_LIBRARY_PATH_ORIG"},
    {"DYLD_FRAMEWORK_PATH", "DYLD_FRAMEWORK_PATH_ORIG"},
    {"PYTHONHOME", "PYTHONHOME_ORIG"},
    {"PYTHONPATH", "PYTHONPATH_ORIG"},
    {"HOME", "SNAP_REAL_HOME"},
};
enum { KEPT = sizeof kept / sizeof *kept };

static const char *value_of(const struct hp_strings *list, const char *name) {
  for (size_t i = 0; i < list->count; i++)
    if (is_named(list->items[i], name, false))
      return strchr(list->items[i], '=') + 1;
  return NULL;
}

static bool is_below(const char *path, size_t length, const char *folder) {
  size_t own = folder ? strlen(folder) : 0;
  while (own > 0 && (folder[own - 1] == '/' || folder[own - 1] == '\\'))
    own--;
  return own > 0 && length >= own && strncmp(path, folder, own) == 0 &&
         (length == own || path[own] == '/' || path[own] == '\\');
}

static bool is_bundled(const struct hp_strings *all, const char *part, size_t length) {
  for (const char *const *name = bundle_folders; *name; name++)
    if (is_below(part, length, value_of(all, *name)))
      return true;
  return false;
}

/* Without the parts that lie in the bundle; *changed: there were some. */
static void strip(const struct hp_strings *all, const char *value, char separator,
                  struct hp_text *text, bool *changed) {
  const char separators[] = {separator, '\0'};
  *changed = false;
  for (bool first = true;; value++) {
    size_t length = strcspn(value, separators);
    if (is_bundled(all, value, length)) {
      *changed = true;
    } else {
      hp__text_add(text, first ? "" : separators);
      hp__text_add_slice(text, value, length);
      first = false;
    }
    value += length;
    if (*value == '\0')
      return;
  }
}

/* The variable as it was before the bundle; NULL: there was none. */
static const char *unbundle(struct hp_plan_maker *maker, const char *variable) {
  struct hp_plan *plan = maker->plan;
  struct hp_text text = {0};
  bool changed;
  if (is_in_list(variable, bundle_variables, false))
    return NULL;
  for (size_t i = 0; i < KEPT; i++) {
    const char *before = value_of(&plan->ours, kept[i][1]);
    if (is_named(variable, kept[i][1], false))
      return NULL;
    if (before && is_named(variable, kept[i][0], false))
      return before[0] ? hp__arena_pair(&plan->arena, kept[i][0], before) : NULL;
  }
  const char *value = strchr(variable, '=') + 1;
  char separator = strcmp(plan->platform->name, "windows") == 0 ? ';' : ':';
  strip(&plan->ours, value, separator, &text, &changed);
  if (changed && text.data && text.data[0])
    variable =
        hp__arena_format(&plan->arena, "%.*s%s", (int)(value - variable), variable, text.data);
  else if (changed)
    variable = NULL;
  hp__text_fini(&text);
  return variable;
}

/* ---- the whole ---- */

int hp__our_environment(const struct hp_platform_ops *platform, struct hp_arena *arena,
                        struct hp_strings *list) {
  char *told = platform->environment();
  size_t size = 0, count = 0;
  *list = (struct hp_strings){0};
  if (!told)
    return HP_ENOMEM;
  for (; told[size]; size += strlen(told + size) + 1)
    count++;
  const char *copy = hp__arena_slice(arena, told, size);
  hp__free(told);
  list->items = hp__arena_alloc(arena, (count + 1) * sizeof *list->items);
  for (; list->items && copy && *copy; copy += strlen(copy) + 1)
    if (strchr(copy, '=') && !is_in_list(copy, hp__private_variables, false))
      list->items[list->count++] = copy;
  return arena->failed ? HP_ENOMEM : 0;
}

int hp__plan_inherit(struct hp_plan_maker *maker) {
  struct hp_plan *plan = maker->plan;
  const struct hp_environment_policy *policy = &plan->profile.environment_policy;
  bool any_case = strcmp(plan->platform->name, "windows") == 0;
  int result = hp__our_environment(plan->platform, &plan->arena, &plan->ours);
  if (result < 0)
    return hp__plan_no_memory(maker);
  plan->inherited = plan->ours;
  if (!policy->limited && !policy->unbundle)
    return 0;
  const char **items = hp__arena_alloc(&plan->arena, (plan->ours.count + 1) * sizeof *items);
  plan->inherited = (struct hp_strings){items, 0};
  for (size_t i = 0; items && i < plan->ours.count; i++) {
    const char *variable = plan->ours.items[i];
    if (policy->limited &&
        !is_in_list(variable, (const char *const *)policy->names.items, any_case))
      continue;
    if (policy->unbundle)
      variable = unbundle(maker, variable);
    if (variable)
      items[plan->inherited.count++] = variable;
  }
  return plan->arena.failed ? hp__plan_no_memory(maker) : 0;
}
