/* SPDX-License-Identifier: MIT */
/* The keys of a profile, and what of them its server must know. */
#include "config/catalog.h"
#include "config/tables.h"
#include "config/version.h"

#include <string.h>

#define IN_PROFILE(member) .offset = offsetof(struct hp_profile, member)

/* ---- settings ---- */

static const struct hp_field value_field = {.read = hp__field_string,
                                            .offset = offsetof(struct hp_value, text)};

static int field_values(const struct hp_reader *reader, const struct hp_field *field,
                        const struct hp_node *node, void *record) {
  struct hp_profile *profile = record;
  (void)field;
  int result = hp__expect(reader, node, HP_NODE_MAPPING);
  if (result != 0)
    return result;
  profile->settings = hp__arena_alloc(reader->arena, (node->count + 1) * sizeof *profile->settings);
  if (!profile->settings)
    return hp__out_of_memory(reader->error);
  for (const struct hp_node *child = node->first; result == 0 && child; child = child->next) {
    struct hp_value *value = &profile->settings[profile->setting_count++];
    value->name = child->key;
    value->position = child->position;
    result = value_field.read(reader, &value_field, child, value);
  }
  return result;
}

/* ---- log ---- */

static int field_size(const struct hp_reader *reader, const struct hp_field *field,
                      const struct hp_node *node, void *record) {
  uint64_t *slot = (uint64_t *)((char *)record + field->offset);
  int result = hp__expect(reader, node, HP_NODE_SCALAR);
  return result != 0 ? result
                     : hp__mistake_at(reader->error, node->position,
                                      hp__read_size(node->text, slot, reader->error));
}

static int field_count(const struct hp_reader *reader, const struct hp_field *field,
                       const struct hp_node *node, void *record) {
  int result = field_size(reader, field, node, record);
  if (result == 0 && strspn(node->text, "0123456789") != strlen(node->text))
    return hp__mistake(reader->error, node->position, "'%s' is not a whole number", node->text);
  return result;
}

static const struct hp_field log_fields[] = {
    {.key = "dir",
     .description = "The folder of the files, made where it is missing.",
     .read = hp__field_path,
     .offset = offsetof(struct hp_log_choice, dir),
     .flags = HP_FIELD_FILLED},
    {.key = "size_limit",
     .description = "The size at which the next file is begun; 0: never.",
     .read = field_size,
     .schema = "\"type\":[\"integer\",\"string\"]",
     .offset = offsetof(struct hp_log_choice, size_limit)},
    {.key = "max_count",
     .description = "How many files are kept; 0: all.",
     .read = field_count,
     .schema = "\"type\":\"integer\",\"minimum\":0",
     .offset = offsetof(struct hp_log_choice, max_count)},
};

static const struct hp_table log_table = {
    .what = "log", .fields = log_fields, .field_count = HP_COUNT(log_fields)};

static int field_version(const struct hp_reader *reader, const struct hp_field *field,
                         const struct hp_node *node, void *record) {
  struct hp_constraint constraint;
  int result = hp__field_string(reader, field, node, record);
  return result == 0 ? hp__mistake_at(reader->error, node->position,
                                      hp__constraint_read(node->text, &constraint, reader->error))
                     : result;
}

/* ---- the whole ---- */

static const char *const unknown_words[] = {"refuse", "pass", NULL};

static const char *const containments[] = {
#define CONTAINMENT_NAME(name, text) text,
    HP_CONTAINMENTS(CONTAINMENT_NAME)
#undef CONTAINMENT_NAME
        NULL};

static const struct hp_field profile_fields[] = {
    {.key = "extends",
     .description = "Another profile that is the basis of this one.",
     .read = hp__field_extends,
     IN_PROFILE(extends),
     .flags = HP_FIELD_WHOLE},
    {.key = "server",
     .description = "The server, by the name of its definition.",
     .read = hp__field_string,
     IN_PROFILE(server),
     .where = offsetof(struct hp_profile, server_position),
     .flags = HP_FIELD_FILLED},
    {.key = "version",
     .description = "Which version of it: 14, '>=14', '>=14 <17'; of several that are installed "
                    "the first found that is one.",
     .schema = "\"type\":[\"string\",\"number\"]",
     .read = field_version,
     IN_PROFILE(version),
     .where = offsetof(struct hp_profile, version_position),
     .flags = HP_FIELD_FILLED},
    {.key = "transport",
     .description = "Where the server listens: one transport, or several that are tried in turn.",
     .read = hp__field_transports,
     IN_PROFILE(transports),
     .flags = HP_FIELD_FILLED | HP_FIELD_WHOLE},
    {.key = "settings",
     .description = "Values of settings.",
     .schema = "\"type\":\"object\",\"additionalProperties\":{\"type\":[\"string\",\"number\","
               "\"boolean\"]}",
     .read = field_values,
     IN_PROFILE(settings)},
    {.key = "unknown_settings",
     .description =
         "Whether settings that the definition does not declare are refused or passed through.",
     .read = hp__field_bool,
     IN_PROFILE(pass_unknown),
     .words = unknown_words},
    {.key = "allow_experimental",
     .description = "Whether experimental settings are taken.",
     .read = hp__field_bool,
     IN_PROFILE(allow_experimental)},
    {.key = "binary",
     .description = "The binary, or the folder that holds it.",
     .read = hp__field_path,
     IN_PROFILE(binary),
     .flags = HP_FIELD_FILLED},
    {.key = "data_dir",
     .description = "Directory of the data, which is kept; a temporary one without it.",
     .read = hp__field_path,
     IN_PROFILE(data_dir),
     .flags = HP_FIELD_FILLED},
    {.key = "working_dir",
     .description = "Working directory of the server.",
     .read = hp__field_path,
     IN_PROFILE(working_dir),
     .flags = HP_FIELD_FILLED},
    {.key = "user",
     .description = "User that the server runs as.",
     .read = hp__field_string,
     IN_PROFILE(user),
     .flags = HP_FIELD_FILLED},
    {.key = "arguments",
     .description = "Added behind the definition's arguments.",
     .read = hp__field_templates,
     IN_PROFILE(arguments.items),
     .count = offsetof(struct hp_profile, arguments.count)},
    {.key = "environment",
     .description = "Added to the definition's environment.",
     .read = hp__field_variables,
     IN_PROFILE(environment)},
    {.key = "environment_policy",
     .description = "What of our own environment the server gets.",
     .read = hp__field_policy,
     .schema = "\"type\":[\"string\",\"object\"]",
     IN_PROFILE(environment_policy)},
    {.key = "limits",
     .description = "What the server may take of the system.",
     .read = hp__field_table,
     IN_PROFILE(limits),
     .table = &hp__limits_table},
    {.key = "start_timeout",
     .description = "Time to be ready in.",
     .read = hp__field_duration,
     IN_PROFILE(start_timeout),
     .flags = HP_FIELD_FILLED},
    {.key = "stop",
     .description = "The ladder, in place of the definition's.",
     .read = hp__field_rungs,
     IN_PROFILE(stop)},
    {.key = "log",
     .description = "Files for what the server writes.",
     .read = hp__field_table,
     IN_PROFILE(log),
     .table = &log_table},
    {.key = "event_log",
     .description = "File to which the framework's own events are appended, as JSON lines.",
     .read = hp__field_path,
     IN_PROFILE(event_log),
     .flags = HP_FIELD_FILLED},
    {.key = "identity",
     .description = "Whether it must be certain that the server itself answers.",
     .read = hp__field_word,
     IN_PROFILE(identity),
     .words = hp__identity_words},
    {.key = "containment",
     .description = "The least that must be sure of what survives us.",
     .read = hp__field_word,
     IN_PROFILE(containment),
     .words = containments},
    {.key = "after_ready",
     .description = "Programs that run one after another before READY is told.",
     .read = hp__field_list,
     IN_PROFILE(steps),
     .count = offsetof(struct hp_profile, step_count),
     .table = &hp__step_table},
    {.key = "health",
     .description = "How it is looked after while it is ready: its keys over the definition's.",
     .read = hp__field_health,
     IN_PROFILE(health),
     .table = &hp__health_table},
    {.key = "watchdog",
     .description = "Time within which the server must give a sign of life.",
     .read = hp__field_duration,
     IN_PROFILE(watchdog),
     .where = offsetof(struct hp_profile, watchdog_position),
     .flags = HP_FIELD_FILLED},
    HP_SECTIONS(&hp__profile_table),
};

const struct hp_table hp__profile_table = {.what = "profile",
                                           .fields = profile_fields,
                                           .field_count = HP_COUNT(profile_fields),
                                           .size = sizeof(struct hp_profile),
                                           .where = offsetof(struct hp_profile, position)};

/* ---- against its server ---- */

static int check_value(const struct hp_reader *reader, const struct hp_node *node,
                       const struct hp_definition *definition, bool pass_unknown) {
  const char *canonical = NULL;
  size_t count = 0;
  const struct hp_setting *setting = hp__setting_find(definition, node->key);
  if (setting)
    return hp__mistake_at(
        reader->error, node->position,
        hp__setting_read(reader->arena, setting, node->text, 0, &canonical, reader->error));
  if (pass_unknown || definition->settings_list.count) /* then the plan asks the server itself */
    return 0;
  const char **names =
      hp__node_names(reader->arena, hp__node_find(reader->scope, "settings"), &count);
  if (!names)
    return hp__out_of_memory(reader->error);
  return hp__unknown(reader->error, node->key_position, "setting", node->key, names, count);
}

/* The rule itself is made by the plan, whose server may be another one. */
static int check_health(const struct hp_reader *reader, const struct hp_profile *profile,
                        const struct hp_definition *definition) {
  struct hp_health_rule rule;
  return hp__profile_health(reader->arena, profile, definition, &rule, reader->error);
}

int hp__profile_check(const struct hp_reader *reader, const struct hp_node *node,
                      const struct hp_profile *profile, const struct hp_definition *definition) {
  const struct hp_node *settings = hp__node_find(node, "settings");
  int result = hp__transports_check(reader, &profile->transports, definition);
  for (const struct hp_node *child = settings ? settings->first : NULL; result == 0 && child;
       child = child->next)
    result = check_value(reader, child, definition, profile->pass_unknown);
  if (result == 0)
    result = hp__profile_check_watchdog(profile, definition, reader->error);
  return result == 0 ? check_health(reader, profile, definition) : result;
}
