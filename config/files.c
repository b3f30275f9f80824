/* SPDX-License-Identifier: MIT */
/* What a definition has written for a launch: files and secrets. */
#include "config/tables.h"

#include <string.h>

static int check_transport(const struct hp_reader *reader, const struct hp_node *node) {
  size_t count = 0;
  const struct hp_node *transports = hp__node_find(reader->scope, "transports");
  if (hp__node_find(transports, node->key))
    return 0;
  const char **words = hp__node_names(reader->arena, transports, &count);
  if (!words)
    return hp__out_of_memory(reader->error);
  words[count] = "content"; /* in the place of the list's end */
  return hp__unknown(reader->error, node->key_position, "transport", node->key, words, count + 1);
}

/* Of one file: its content for each transport, or the one for all. */
static int read_file(const struct hp_reader *reader, const struct hp_node *node,
                     struct hp_file *file) {
  static const struct hp_field field = {.key = "content"};
  for (const struct hp_node *child = node->first; child; child = child->next, file++) {
    bool all = strcmp(child->key, field.key) == 0;
    if (all && node->count > 1)
      return hp__mistake(reader->error, child->key_position,
                         "'content' is for all transports: no other key beside it");
    file->name = node->key;
    file->transport = all ? NULL : child->key;
    int result = all ? 0 : check_transport(reader, child);
    if (result == 0)
      result = hp__read_template(reader, &field, child, &file->content);
    if (result != 0)
      return result;
  }
  return 0;
}

int hp__field_files(const struct hp_reader *reader, const struct hp_field *field,
                    const struct hp_node *node, void *record) {
  struct hp_definition *definition = record;
  size_t count = 0;
  int result = hp__expect(reader, node, HP_NODE_MAPPING);
  for (const struct hp_node *child = node->first; result == 0 && child; child = child->next) {
    result = hp__check_name(reader, child->key_position, "file", child->key);
    if (result == 0)
      result = hp__expect(reader, child, HP_NODE_MAPPING);
    if (result == 0 && child->count == 0)
      result = hp__mistake(reader->error, child->position, "'%s' has no content", child->key);
    count += child->count;
  }
  if (result != 0)
    return result;
  (void)field;
  definition->files = hp__arena_alloc(reader->arena, (count + 1) * sizeof *definition->files);
  if (!definition->files)
    return hp__out_of_memory(reader->error);
  for (const struct hp_node *child = node->first; result == 0 && child; child = child->next) {
    result = read_file(reader, child, definition->files + definition->file_count);
    definition->file_count += child->count;
  }
  return result;
}

int hp__field_secrets(const struct hp_reader *reader, const struct hp_field *field,
                      const struct hp_node *node, void *record) {
  struct hp_definition *definition = record;
  struct hp_strings names = {0};
  struct hp_field list = {.key = field->key,
                          .offset = offsetof(struct hp_strings, items),
                          .count = offsetof(struct hp_strings, count),
                          .flags = HP_FIELD_FILLED};
  int result = hp__field_strings(reader, &list, node, &names);
  for (size_t i = 0; result == 0 && i < names.count; i++)
    result = hp__check_name(reader, node->position, "secret", names.items[i]);
  if (result != 0)
    return result;
  definition->secrets = hp__arena_alloc(reader->arena, names.count * sizeof *definition->secrets);
  if (!definition->secrets)
    return hp__out_of_memory(reader->error);
  for (size_t i = 0; i < names.count; i++)
    definition->secrets[i].name = names.items[i];
  definition->secret_count = names.count;
  return 0;
}
