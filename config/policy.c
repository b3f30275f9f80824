/* SPDX-License-Identifier: MIT */
/* What of the host's environment a server gets. */
#include "config/tables.h"

#include <string.h>

/* all, none, or a list of names. */
static int field_inherit(const struct hp_reader *reader, const struct hp_field *field,
                         const struct hp_node *node, void *record) {
  static const char *const words[] = {"all", "none", NULL};
  static const struct hp_field names = {
      .key = "inherit",
      .offset = offsetof(struct hp_environment_policy, names.items),
      .count = offsetof(struct hp_environment_policy, names.count)};
  const struct hp_field word = {.key = field->key, .words = words, .what = "environment policy"};
  struct hp_environment_policy *policy = record;
  unsigned index = 0;
  if (node->kind == HP_NODE_SEQUENCE) {
    policy->limited = true;
    return hp__field_strings(reader, &names, node, record);
  }
  int result = hp__field_enum(reader, &word, node, &index);
  policy->limited = index == 1;
  return result;
}

static const struct hp_field policy_fields[] = {
    {.key = "inherit", .read = field_inherit},
    {.key = "unbundle",
     .read = hp__field_bool,
     .offset = offsetof(struct hp_environment_policy, unbundle)},
};

static const struct hp_table policy_table = {
    .what = "environment_policy", .fields = policy_fields, .field_count = HP_COUNT(policy_fields)};

int hp__field_policy(const struct hp_reader *reader, const struct hp_field *field,
                     const struct hp_node *node, void *record) {
  void *policy = (char *)record + field->offset;
  if (node->kind == HP_NODE_MAPPING)
    return hp__read_record(reader, &policy_table, node, policy);
  return field_inherit(reader, field, node, policy);
}
