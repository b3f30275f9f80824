/* SPDX-License-Identifier: MIT */
/* `settings`: what one server can be told, for a person and as JSON. */
#include "cli/settings.h"

#include "cli/catalogue.h"
#include "cli/report.h"
#include "cli/subcommands.h"
#include "core/alloc.h"
#include "core/error.h"
#include "core/listed.h"
#include "core/plan.h"
#include "core/program_version.h"

#include <stdio.h>

/* ---- for a person ---- */

static void print_list(const char *begin, const char *const *words, size_t count) {
  for (size_t i = 0; i < count; i++)
    printf("%s%s", i ? ", " : begin, words[i]);
}

static size_t list_platforms(const struct hp_setting *setting, const char *names[HP_OS_COUNT]) {
  size_t count = 0;
  for (int os = 0; os < HP_OS_COUNT; os++)
    if (setting->platforms & (1u << os))
      names[count++] = hp__os_names[os];
  return count;
}

static void print_values(const struct hp_setting *setting) {
  printf("default: %s", setting->initial ? setting->initial : "the server's own");
  if (setting->minimum)
    printf("; at least %s", setting->minimum);
  if (setting->maximum)
    printf("; at most %s", setting->maximum);
  print_list(setting->type == HP_SETTING_ENUM ? "; one of " : "; also ", setting->values,
             setting->value_count);
  if (setting->unit)
    printf("; in %s", setting->unit);
}

static void print_requirements(const struct hp_setting *setting, const char *indent) {
  for (size_t i = 0; i < setting->requirement_count; i++) {
    const struct hp_requirement *requirement = &setting->requirements[i];
    printf("%s  needs: %s ", indent, requirement->name);
    print_list(requirement->is_not ? "set, and not " : "", requirement->values, requirement->count);
    printf("\n");
  }
}

static void print_deprecation(const struct hp_setting *setting, const char *indent) {
  if (!setting->is_deprecated)
    return;
  printf("%s  deprecated", indent);
  if (setting->deprecated_since)
    printf(" since %s", setting->deprecated_since);
  if (setting->deprecated_reason)
    printf(": %s", setting->deprecated_reason);
  if (setting->replacement)
    printf("; use %s", setting->replacement);
  printf("\n");
}

static void print_notes(const struct hp_setting *setting, const char *indent) {
  const char *platforms[HP_OS_COUNT];
  size_t count = list_platforms(setting, platforms);
  if (count) {
    printf("%s  only on: ", indent);
    print_list("", platforms, count);
    printf("\n");
  }
  print_requirements(setting, indent);
  for (size_t i = 0; i < setting->note_count; i++)
    printf("%s  %s: %s\n", indent, setting->notes[i].value, setting->notes[i].text);
  if (setting->is_required)
    printf("%s  required: there is no default\n", indent);
  if (setting->belongs_to)
    printf("%s  not here: it belongs to %s\n", indent, setting->belongs_to);
  if (setting->discouraged_count) {
    printf("%s  discouraged: %s", indent, setting->all_discouraged_but ? "all but " : "");
    print_list("", setting->discouraged, setting->discouraged_count);
    printf(": %s\n", setting->discouraged_reason);
  }
  print_deprecation(setting, indent);
  if (setting->is_experimental)
    printf("%s  experimental: taken with --allow-experimental\n", indent);
}

void settings_print(const struct hp_definition *definition, const char *indent) {
  for (size_t i = 0; i < definition->setting_count; i++) {
    const struct hp_setting *setting = &definition->settings[i];
    printf("%s%s (%s)%s%s\n%s  ", indent, setting->name, hp__setting_types[setting->type],
           setting->description ? ": " : "", setting->description ? setting->description : "",
           indent);
    print_values(setting);
    printf("\n");
    print_notes(setting, indent);
  }
}

/* ---- as JSON ---- */

static void add_text(struct hp_text *out, const char *name, const char *value) {
  if (!value)
    return;
  hp__text_format(out, ",\"%s\":", name);
  hp__text_add_json(out, value);
}

static void add_list(struct hp_text *out, const char *name, const char *const *words,
                     size_t count) {
  if (count == 0)
    return;
  hp__text_format(out, ",\"%s\":[", name);
  for (size_t i = 0; i < count; i++) {
    hp__text_add(out, i ? "," : "");
    hp__text_add_json(out, words[i]);
  }
  hp__text_add(out, "]");
}

static void add_requirements(struct hp_text *out, const struct hp_setting *setting) {
  if (setting->requirement_count == 0)
    return;
  hp__text_add(out, ",\"requires\":[");
  for (size_t i = 0; i < setting->requirement_count; i++) {
    const struct hp_requirement *requirement = &setting->requirements[i];
    hp__text_add(out, i ? ",{\"setting\":" : "{\"setting\":");
    hp__text_add_json(out, requirement->name);
    add_list(out, requirement->is_not ? "not" : "values", requirement->values, requirement->count);
    hp__text_add(out, "}");
  }
  hp__text_add(out, "]");
}

static void add_value_notes(struct hp_text *out, const struct hp_setting *setting) {
  for (size_t i = 0; i < setting->note_count; i++) {
    hp__text_add(out, i ? "," : ",\"notes\":{");
    hp__text_add_json(out, setting->notes[i].value);
    hp__text_add(out, ":");
    hp__text_add_json(out, setting->notes[i].text);
  }
  if (setting->note_count)
    hp__text_add(out, "}");
}

static void add_notes(struct hp_text *out, const struct hp_setting *setting) {
  const char *platforms[HP_OS_COUNT];
  add_list(out, "platforms", platforms, list_platforms(setting, platforms));
  add_requirements(out, setting);
  add_value_notes(out, setting);
  if (setting->is_required)
    hp__text_add(out, ",\"required\":true");
  add_text(out, "belongs_to", setting->belongs_to);
  add_list(out, setting->all_discouraged_but ? "discouraged_all_but" : "discouraged",
           setting->discouraged, setting->discouraged_count);
  add_text(out, "discouraged_reason", setting->discouraged_reason);
  if (setting->is_deprecated)
    hp__text_add(out, ",\"deprecated\":true");
  add_text(out, "deprecated_since", setting->deprecated_since);
  add_text(out, "deprecated_reason", setting->deprecated_reason);
  add_text(out, "replacement", setting->replacement);
  if (setting->is_experimental)
    hp__text_add(out, ",\"experimental\":true");
}

static void add_setting(struct hp_text *out, const struct hp_setting *setting) {
  hp__text_add(out, "{\"name\":");
  hp__text_add_json(out, setting->name);
  add_text(out, "type", hp__setting_types[setting->type]);
  add_text(out, "description", setting->description);
  add_text(out, "default", setting->initial);
  add_text(out, "minimum", setting->minimum);
  add_text(out, "maximum", setting->maximum);
  add_text(out, "unit", setting->unit);
  add_list(out, "values", setting->values, setting->value_count);
  add_notes(out, setting);
  hp__text_add(out, "}");
}

/* ---- what the server itself knows beside ---- */

/* Its own list; NULL: the definition has none, or there is no binary to be asked. */
static const char *ask_list(const struct catalogue *catalogue, const struct arguments *arguments,
                            const struct hp_definition *definition, struct hp_arena *arena) {
  hp_context *context = catalogue->context;
  const struct hp_platform_ops *platform = context->registry.platform;
  const struct hp_profile none = {0};
  struct hp_candidates found = {0};
  const struct hp_version_wanted wanted = hp__plan_wanted(arguments->options, &none);
  const char *text = NULL;
  if (definition->settings_list.count == 0)
    return NULL;
  if (hp__plan_locate(platform, &context->sources, definition,
                      hp__plan_given(arguments->options, &none, definition), &wanted, &found,
                      NULL) == 0)
    text = hp__ask(&context->sources, platform, arena, found.items[found.count - 1].path,
                   (const char *const *)definition->settings_list.items, true);
  hp_candidates_fini(&found);
  return text;
}

static bool next_listed(const struct hp_definition *definition, struct hp_arena *arena,
                        const char **text, struct hp_listed *listed) {
  while (*text && hp__listed_next(arena, text, listed))
    if (!hp__setting_find(definition, listed->name))
      return true;
  return false;
}

static void print_listed(const struct hp_definition *definition, const char *text) {
  struct hp_arena arena = {0};
  struct hp_listed listed;
  if (text)
    printf("\nNot documented, of the server's own list; taken with --allow-experimental:\n");
  while (next_listed(definition, &arena, &text, &listed))
    printf("%s (default: %s): %s\n", listed.name, listed.initial, listed.description);
  hp__arena_fini(&arena);
}

static void add_listed(struct hp_text *out, const struct hp_definition *definition,
                       const char *text) {
  struct hp_arena arena = {0};
  struct hp_listed listed;
  bool is_first = true, is_listed = text != NULL;
  hp__text_add(out, is_listed ? ",\"listed\":[" : "");
  while (next_listed(definition, &arena, &text, &listed)) {
    hp__text_add(out, is_first ? "{\"name\":" : ",{\"name\":");
    hp__text_add_json(out, listed.name);
    add_text(out, "default", listed.initial);
    add_text(out, "scope", listed.scope);
    add_text(out, "description", listed.description);
    hp__text_add(out, "}");
    is_first = false;
  }
  hp__text_add(out, is_listed ? "]" : "");
  hp__arena_fini(&arena);
}

/* ---- the whole ---- */

static int print_json(const struct hp_definition *definition, const char *listed) {
  struct hp_text out = {0};
  hp__text_add(&out, "{\"server\":");
  hp__text_add_json(&out, definition->name);
  hp__text_add(&out, ",\"settings\":[");
  for (size_t i = 0; i < definition->setting_count; i++) {
    hp__text_add(&out, i ? "," : "");
    add_setting(&out, &definition->settings[i]);
  }
  hp__text_add(&out, "]");
  add_listed(&out, definition, listed);
  hp__text_add(&out, "}");
  int code = out.failed ? EXIT_NOT_STARTED : EXIT_DONE;
  if (!out.failed)
    printf("%s\n", out.data);
  hp__text_fini(&out);
  return code;
}

static void print_all(const struct hp_definition *definition, const char *listed) {
  settings_print(definition, "");
  print_listed(definition, listed);
}

int cli_settings(const struct arguments *arguments) {
  struct catalogue catalogue;
  struct hp_error error = {0};
  const struct hp_definition *definition;
  int code = catalogue_open(&catalogue, arguments);
  if (code != EXIT_DONE) {
    catalogue_close(&catalogue);
    return code;
  }
  if (hp__catalog_definition(catalogue.all, arguments->options->server, &definition, &error) < 0) {
    report_error(&error);
    code = exit_code_of(&error);
  } else {
    struct hp_arena arena = {0};
    const char *listed = ask_list(&catalogue, arguments, definition, &arena);
    if (arguments->json)
      code = print_json(definition, listed);
    else
      print_all(definition, listed);
    hp__arena_fini(&arena);
  }
  hp__error_fini(&error);
  catalogue_close(&catalogue);
  return code;
}
