/* SPDX-License-Identifier: MIT */
/* What a definition says of its settings. */
#include "config/tables.h"

#include <string.h>

#define IN_SETTING(member) .offset = offsetof(struct hp_setting, member)

/* ---- platforms ---- */

static int field_platforms(const struct hp_reader *reader, const struct hp_field *field,
                           const struct hp_node *node, void *record) {
  struct hp_setting *setting = record;
  struct hp_strings names = {0};
  struct hp_field list = {.key = field->key,
                          .offset = offsetof(struct hp_strings, items),
                          .count = offsetof(struct hp_strings, count),
                          .flags = HP_FIELD_FILLED};
  int result = hp__field_strings(reader, &list, node, &names);
  for (size_t i = 0; result == 0 && i < names.count; i++) {
    size_t os = 0;
    while (os < HP_OS_COUNT && strcmp(names.items[i], hp__os_names[os]) != 0)
      os++;
    if (os == HP_OS_COUNT)
      return hp__unknown(reader->error, node->position, "platform", names.items[i], hp__os_names,
                         HP_OS_COUNT);
    setting->platforms |= 1u << os;
  }
  return result;
}

/* ---- another setting ---- */

/* One that the same definition declares. */
static int check_declared(const struct hp_reader *reader, struct hp_position position,
                          const char *name) {
  size_t count = 0;
  const struct hp_node *settings = hp__node_find(reader->scope, "settings");
  if (hp__node_find(settings, name))
    return 0;
  const char **names = hp__node_names(reader->arena, settings, &count);
  if (!names)
    return hp__out_of_memory(reader->error);
  return hp__unknown(reader->error, position, "setting", name, names, count);
}

int hp__field_setting_name(const struct hp_reader *reader, const struct hp_field *field,
                           const struct hp_node *node, void *record) {
  int result = hp__field_string(reader, field, node, record);
  return result == 0 ? check_declared(reader, node->position, node->text) : result;
}

#define REQUIRED_VALUES                                                                            \
  .read = hp__field_strings, .offset = offsetof(struct hp_requirement, values),                    \
  .count = offsetof(struct hp_requirement, count)

static const struct hp_field not_fields[] = {
    {.key = "not",
     .description = "The other setting has a value, and none of these.",
     REQUIRED_VALUES,
     .flags = HP_FIELD_REQUIRED}};
static const struct hp_table not_table = {
    .what = "requires", .fields = not_fields, .field_count = HP_COUNT(not_fields)};

/* NAME: value, NAME: [value…] or NAME: {not: value}. */
static int read_requirement(const struct hp_reader *reader, const struct hp_node *node,
                            struct hp_requirement *requirement) {
  static const struct hp_field values = {.key = "requires", REQUIRED_VALUES};
  requirement->name = node->key;
  requirement->is_not = node->kind == HP_NODE_MAPPING;
  int result = check_declared(reader, node->key_position, node->key);
  if (result != 0)
    return result;
  return requirement->is_not ? hp__read_record(reader, &not_table, node, requirement)
                             : values.read(reader, &values, node, requirement);
}

static int field_requirements(const struct hp_reader *reader, const struct hp_field *field,
                              const struct hp_node *node, void *record) {
  struct hp_setting *setting = record;
  (void)field;
  int result = hp__expect(reader, node, HP_NODE_MAPPING);
  if (result != 0)
    return result;
  setting->requirements =
      hp__arena_alloc(reader->arena, (node->count + 1) * sizeof *setting->requirements);
  if (!setting->requirements)
    return hp__out_of_memory(reader->error);
  for (const struct hp_node *child = node->first; result == 0 && child; child = child->next)
    result = read_requirement(reader, child, &setting->requirements[setting->requirement_count++]);
  return result;
}

/* ---- what single values are ---- */

int hp__field_notes(const struct hp_reader *reader, const struct hp_field *field,
                    const struct hp_node *node, void *record) {
  struct hp_note **notes = (struct hp_note **)((char *)record + field->offset);
  size_t *count = (size_t *)((char *)record + field->count);
  int result = hp__expect(reader, node, HP_NODE_MAPPING);
  if (result != 0)
    return result;
  *notes = hp__arena_alloc(reader->arena, (node->count + 1) * sizeof **notes);
  if (!*notes)
    return hp__out_of_memory(reader->error);
  for (const struct hp_node *child = node->first; result == 0 && child; child = child->next) {
    result = hp__expect(reader, child, HP_NODE_SCALAR);
    (*notes)[(*count)++] = (struct hp_note){child->key, child->text};
  }
  return result;
}

/* ---- discouraged, deprecated ---- */

static int field_all_but(const struct hp_reader *reader, const struct hp_field *field,
                         const struct hp_node *node, void *record) {
  struct hp_setting *setting = record;
  setting->all_discouraged_but = true;
  return hp__field_strings(reader, field, node, record);
}

static const struct hp_field discouraged_fields[] = {
    {.key = "values",
     .description = "The values that are advised against.",
     .read = hp__field_strings,
     IN_SETTING(discouraged),
     .count = offsetof(struct hp_setting, discouraged_count)},
    {.key = "all_but",
     .description = "The values that are not: all others are advised against.",
     .schema = "\"type\":[\"array\",\"string\",\"number\",\"boolean\"]",
     .read = field_all_but,
     IN_SETTING(discouraged),
     .count = offsetof(struct hp_setting, discouraged_count)},
    {.key = "reason",
     .description = "Why they are advised against.",
     .read = hp__field_string,
     IN_SETTING(discouraged_reason),
     .flags = HP_FIELD_REQUIRED | HP_FIELD_FILLED},
};

static int check_discouraged(const struct hp_reader *reader, const struct hp_node *node,
                             void *record) {
  (void)record;
  bool some = hp__node_find(node, "values") != NULL,
       others = hp__node_find(node, "all_but") != NULL;
  if (some != others)
    return 0;
  return hp__mistake(reader->error, node->key_position,
                     "'discouraged' needs one of 'values' and 'all_but'");
}

static const struct hp_table discouraged_table = {.what = "discouraged",
                                                  .fields = discouraged_fields,
                                                  .field_count = HP_COUNT(discouraged_fields),
                                                  .check = check_discouraged};

static const struct hp_field deprecated_fields[] = {
    {.key = "since",
     .description = "Version of the server since which it is deprecated.",
     .read = hp__field_string,
     IN_SETTING(deprecated_since),
     .flags = HP_FIELD_FILLED},
    {.key = "replacement",
     .description = "The setting to use instead.",
     .read = hp__field_setting_name,
     IN_SETTING(replacement)},
    {.key = "reason",
     .description = "Why it is deprecated.",
     .read = hp__field_string,
     IN_SETTING(deprecated_reason),
     .flags = HP_FIELD_FILLED},
};

static int check_deprecated(const struct hp_reader *reader, const struct hp_node *node,
                            void *record) {
  (void)reader;
  (void)node;
  struct hp_setting *setting = record;
  setting->is_deprecated = true;
  return 0;
}

static const struct hp_table deprecated_table = {.what = "deprecated",
                                                 .fields = deprecated_fields,
                                                 .field_count = HP_COUNT(deprecated_fields),
                                                 .check = check_deprecated};

/* ---- what the binary itself says ---- */

static const struct hp_field build_fields[] = {
    {.key = "arguments",
     .description = "What the binary is called with.",
     .read = hp__field_strings,
     IN_SETTING(build.arguments),
     .count = offsetof(struct hp_setting, build.count),
     .flags = HP_FIELD_REQUIRED | HP_FIELD_FILLED},
    {.key = "after",
     .description = "The text before the number in its answer.",
     .read = hp__field_string,
     IN_SETTING(build.after),
     .flags = HP_FIELD_REQUIRED | HP_FIELD_FILLED},
    {.key = "unasked",
     .description = "Up to this value every build takes it, and none is asked.",
     .read = hp__field_string,
     IN_SETTING(build.unasked),
     .flags = HP_FIELD_FILLED},
};
static const struct hp_table build_table = {
    .what = "build_maximum", .fields = build_fields, .field_count = HP_COUNT(build_fields)};

/* ---- the whole ---- */

static const struct hp_field setting_fields[] = {
    {.key = "type",
     .description = "What values are.",
     .read = hp__field_enum,
     IN_SETTING(type),
     .words = hp__setting_types,
     .flags = HP_FIELD_REQUIRED},
    {.key = "description",
     .description = "One line for lists.",
     .read = hp__field_string,
     IN_SETTING(description)},
    {.key = "default",
     .description = "Taken as if it had been said; without it, an unset setting adds nothing.",
     .read = hp__field_string,
     IN_SETTING(initial)},
    {.key = "minimum",
     .description = "The least value, as values are written.",
     .read = hp__field_string,
     IN_SETTING(minimum)},
    {.key = "maximum",
     .description = "The greatest value, as values are written.",
     .read = hp__field_string,
     IN_SETTING(maximum)},
    {.key = "unit",
     .description = "What the server counts in: K, M, G or T of a size, ms, s, m, h or d of a "
                    "duration; of an int a word for lists.",
     .read = hp__field_string,
     IN_SETTING(unit),
     .flags = HP_FIELD_FILLED},
    {.key = "values",
     .description = "An enum: all that are accepted; other types: words that are accepted besides.",
     .read = hp__field_strings,
     IN_SETTING(values),
     .count = offsetof(struct hp_setting, value_count)},
    {.key = "words",
     .description =
         "A bool: what is written for false and for true; without it, what the user wrote.",
     .read = hp__field_strings,
     IN_SETTING(words),
     .count = offsetof(struct hp_setting, word_count)},
    {.key = "arguments",
     .description = "Added to the command line when the setting has a value, which is ${value}.",
     .read = hp__field_templates,
     IN_SETTING(arguments),
     .count = offsetof(struct hp_setting, argument_count),
     .flags = HP_FIELD_SETTING},
    {.key = "only_for",
     .description = "Values for which the arguments are added: a switch that is there or is not.",
     .read = hp__field_strings,
     IN_SETTING(only_for),
     .count = offsetof(struct hp_setting, only_for_count)},
    {.key = "platforms",
     .description = "Systems on which it has an effect; elsewhere it is left out with a warning.",
     .schema = "\"anyOf\":[{\"enum\":[\"linux\",\"darwin\",\"windows\"]},{\"type\":\"array\","
               "\"items\":{\"enum\":[\"linux\",\"darwin\",\"windows\"]}}]",
     .read = field_platforms},
    {.key = "requires",
     .description = "Values that other settings need for this one to have an effect; else it is "
                    "left out with a warning.",
     .schema = "\"type\":\"object\"",
     .read = field_requirements},
    {.key = "discouraged",
     .description = "Values that are accepted with a warning.",
     .read = hp__field_table,
     .table = &discouraged_table},
    {.key = "deprecated",
     .description = "It is accepted with a warning.",
     .read = hp__field_table,
     .table = &deprecated_table},
    {.key = "build_maximum",
     .description = "How the greatest value that this build of the server takes is asked of it.",
     .read = hp__field_table,
     .table = &build_table},
    {.key = "required",
     .description = "Somebody must say it: a start without it is refused.",
     .read = hp__field_bool,
     IN_SETTING(is_required)},
    {.key = "belongs_to",
     .description = "What it is said to instead, for the error of who says it here.",
     .read = hp__field_string,
     IN_SETTING(belongs_to),
     .flags = HP_FIELD_FILLED},
    {.key = "notes",
     .description = "What single values mean, for lists: VALUE: text.",
     .schema = "\"type\":\"object\"",
     .read = hp__field_notes,
     IN_SETTING(notes),
     .count = offsetof(struct hp_setting, note_count)},
    {.key = "experimental",
     .description = "It is refused unless the profile or the caller allows experimental settings.",
     .read = hp__field_bool,
     IN_SETTING(is_experimental)},
};

static int refuse_key(const struct hp_reader *reader, const struct hp_node *entry,
                      const struct hp_setting *setting, const char *types) {
  return hp__mistake(reader->error, entry->key_position, "'%s' is for %s, not for %s", entry->key,
                     types, hp__setting_types[setting->type]);
}

static int check_value(const struct hp_reader *reader, const struct hp_setting *setting,
                       const struct hp_node *node, const char *key) {
  const char *canonical = NULL;
  const struct hp_node *value = hp__node_find(node, key);
  if (!value)
    return 0;
  if (strcmp(key, "default") != 0 && !hp__setting_has_range(setting))
    return refuse_key(reader, value, setting, "the types int, size, duration, percent and port");
  return hp__mistake_at(
      reader->error, value->position,
      hp__setting_read(reader->arena, setting, value->text, 0, &canonical, reader->error));
}

static int check_values(const struct hp_reader *reader, const struct hp_node *node,
                        const struct hp_setting *setting) {
  struct hp_setting bare = *setting; /* a limit is not measured by itself, nor is it a word */
  bare.minimum = bare.maximum = NULL;
  bare.value_count = 0;
  int result = check_value(reader, &bare, node, "minimum");
  bare.minimum = setting->minimum;
  if (result == 0)
    result = check_value(reader, &bare, node, "maximum");
  return result == 0 ? check_value(reader, setting, node, "default") : result;
}

/* Of keys that only some types have. */
static int check_keys(const struct hp_reader *reader, const struct hp_node *node,
                      const struct hp_setting *setting) {
  static const char *const untold[] = {"default", "values", "discouraged", "arguments"};
  const struct hp_node *words = hp__node_find(node, "words"), *unit = hp__node_find(node, "unit");
  if (words && setting->type != HP_SETTING_BOOL)
    return refuse_key(reader, words, setting, "type bool");
  if (words && setting->word_count != 2)
    return hp__mistake(reader->error, words->position, "'words' are two, for false and for true");
  if (unit && !hp__setting_has_range(setting))
    return refuse_key(reader, unit, setting, "the types int, size, duration, percent and port");
  if (unit && hp__setting_scale(setting) == 0)
    return hp__mistake(reader->error, unit->position, "'%s' is not a unit of %s", unit->text,
                       setting->type == HP_SETTING_DURATION ? "time: ms, s, m, h or d"
                                                            : "sizes: K, M, G or T");
  for (size_t i = 0; setting->type == HP_SETTING_SECRET && i < HP_COUNT(untold); i++) {
    const struct hp_node *entry = hp__node_find(node, untold[i]);
    if (entry)
      return hp__mistake(reader->error, entry->key_position,
                         "a secret has no '%s': it is passed by ${setting.%s} in 'environment' or "
                         "'files'",
                         entry->key, setting->name);
  }
  return 0;
}

static int check_setting(const struct hp_reader *reader, const struct hp_node *node, void *record) {
  struct hp_setting *setting = record;
  setting->name = node->key;
  if (node->key[strspn(node->key, "abcdefghijklmnopqrstuvwxyz0123456789_")])
    return hp__mistake(reader->error, node->key_position,
                       "setting '%s': names of settings are snake_case", node->key);
  if (setting->type == HP_SETTING_ENUM && setting->value_count == 0)
    return hp__mistake(reader->error, node->key_position, "'values' is missing in setting '%s'",
                       node->key);
  int result = check_keys(reader, node, setting);
  return result == 0 ? check_values(reader, node, setting) : result;
}

const struct hp_table hp__setting_table = {.what = "setting",
                                           .fields = setting_fields,
                                           .field_count = HP_COUNT(setting_fields),
                                           .size = sizeof(struct hp_setting),
                                           .where = offsetof(struct hp_setting, position),
                                           .check = check_setting};

/* ---- among each other ---- */

const struct hp_setting *hp__setting_find(const struct hp_definition *definition,
                                          const char *name) {
  for (size_t i = 0; i < definition->setting_count; i++)
    if (strcmp(definition->settings[i].name, name) == 0)
      return &definition->settings[i];
  return NULL;
}

static int check_all(const struct hp_reader *reader, const struct hp_node *node,
                     const struct hp_setting *setting, const char **values, size_t count) {
  const char *canonical = NULL;
  int result = 0;
  for (size_t i = 0; result == 0 && i < count; i++)
    result = hp__mistake_at(
        reader->error, node->position,
        hp__setting_read(reader->arena, setting, values[i], 0, &canonical, reader->error));
  return result;
}

int hp__settings_check(const struct hp_reader *reader, const struct hp_node *node,
                       const struct hp_definition *definition) {
  int result = 0;
  for (size_t i = 0; result == 0 && i < definition->setting_count; i++) {
    const struct hp_setting *setting = &definition->settings[i];
    const struct hp_node *own = hp__node_find(hp__node_find(node, "settings"), setting->name);
    const struct hp_node *requires = hp__node_find(own, "requires");
    result = setting->discouraged_count
                 ? check_all(reader, hp__node_find(own, "discouraged"), setting,
                             setting->discouraged, setting->discouraged_count)
                 : 0;
    for (size_t j = 0; result == 0 && j < setting->requirement_count; j++) {
      const struct hp_requirement *requirement = &setting->requirements[j];
      result = check_all(reader, hp__node_find(requires, requirement->name),
                         hp__setting_find(definition, requirement->name), requirement->values,
                         requirement->count);
    }
  }
  return result;
}
