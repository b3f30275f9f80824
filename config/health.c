/* SPDX-License-Identifier: MIT */
/* How a server is looked after, where its definition and a profile both have a say in it. */
#include "config/tables.h"

#include <string.h>

int hp__field_health(const struct hp_reader *reader, const struct hp_field *field,
                     const struct hp_node *node, void *record) {
  const struct hp_field *known;
  int result = hp__field_node(reader, field, node, record);
  for (const struct hp_node *entry = node->first; result == 0 && entry; entry = entry->next)
    result = hp__find_field(reader, field->table, entry, &known);
  return result;
}

/* Another kind of probe has nothing to do with the definition's keys. */
static bool begins_anew(const struct hp_node *ours, const struct hp_node *theirs) {
  const struct hp_node *kind = hp__node_find(ours, "kind");
  const struct hp_node *other = hp__node_find(theirs, "kind");
  return !other || (kind && kind->kind == HP_NODE_SCALAR && strcmp(kind->text, other->text) != 0);
}

int hp__profile_health(struct hp_arena *arena, const struct hp_profile *profile,
                       const struct hp_definition *definition, struct hp_health_rule *rule,
                       hp_error *error) {
  const struct hp_reader reader = {arena, error, definition->node};
  const struct hp_node *theirs = hp__node_find(definition->node, "health");
  const struct hp_node *node = profile->health;
  *rule = definition->health;
  if (!node)
    return 0;
  if (!begins_anew(node, theirs))
    node = hp__merge(arena, &hp__health_table, theirs, node);
  return node ? hp__read_record(&reader, &hp__health_table, node, rule) : hp__out_of_memory(error);
}

int hp__profile_check_watchdog(const struct hp_profile *profile,
                               const struct hp_definition *definition, hp_error *error) {
  if (profile->watchdog <= 0 || hp__ready_find(&definition->ready, HP_READY_NOTIFY))
    return 0;
  return hp__mistake(error, profile->watchdog_position,
                     "'watchdog' needs a server that notifies (ready: {kind: notify})");
}
