/* SPDX-License-Identifier: MIT */
/* What a key may be: one reader for each kind of value. */
#include "config/schema.h"

#include <string.h>

static void *at(void *record, size_t offset) {
  return (char *)record + offset;
}

/* What follows the folder that a variable of the environment names. */
static const char *skip_folder(const char *text) {
  static const char begin[] = "${env.";
  const char *end = strncmp(text, begin, sizeof begin - 1) == 0 ? strchr(text, '}') : NULL;
  return end ? end + 1 : text;
}

int hp__field_string(const struct hp_reader *reader, const struct hp_field *field,
                     const struct hp_node *node, void *record) {
  bool filled = field->flags & HP_FIELD_FILLED;
  if (filled && node->kind == HP_NODE_SCALAR && (node->text[0] == '\0' || hp__node_is_null(node)))
    return hp__mistake(reader->error, node->position, "'%s' must not be empty", field->key);
  int result = hp__expect(reader, node, HP_NODE_SCALAR);
  if (result != 0)
    return result;
  const char *text = field->flags & HP_FIELD_FOLDER ? skip_folder(node->text) : node->text;
  if (filled && strstr(text, "${"))
    return hp__mistake(reader->error, node->position, "'%s' takes no variables: '%s'", field->key,
                       node->text);
  *(const char **)at(record, field->offset) = node->text;
  return 0;
}

const char *hp__path_beside(struct hp_arena *arena, const char *file, const char *path) {
  bool absolute = path[0] == '/' || path[0] == '\\' || (path[0] && path[1] == ':');
  size_t folder = file ? strlen(file) : 0;
  while (folder > 0 && file[folder - 1] != '/' && file[folder - 1] != '\\')
    folder--;
  if (absolute || folder == 0)
    return path;
  while (path[0] == '.' && path[1] == '/')
    path += 2;
  return hp__arena_format(arena, "%.*s%s", (int)folder, file, path);
}

int hp__field_path(const struct hp_reader *reader, const struct hp_field *field,
                   const struct hp_node *node, void *record) {
  const char **slot = at(record, field->offset);
  int result = hp__field_string(reader, field, node, record);
  if (result == 0)
    *slot = hp__path_beside(reader->arena, node->position.file, *slot);
  return result != 0 || *slot ? result : hp__out_of_memory(reader->error);
}

static int find_word(const struct hp_reader *reader, const struct hp_field *field,
                     const struct hp_node *node, size_t *index) {
  size_t count = 0;
  int result = hp__expect(reader, node, HP_NODE_SCALAR);
  if (result != 0)
    return result;
  for (; field->words[count]; count++)
    if (strcmp(field->words[count], node->text) == 0) {
      *index = count;
      return 0;
    }
  return hp__unknown(reader->error, node->position, field->what ? field->what : field->key,
                     node->text, field->words, count);
}

int hp__field_word(const struct hp_reader *reader, const struct hp_field *field,
                   const struct hp_node *node, void *record) {
  size_t index = 0;
  int result = find_word(reader, field, node, &index);
  if (result == 0)
    *(const char **)at(record, field->offset) = field->words[index];
  return result;
}

int hp__field_enum(const struct hp_reader *reader, const struct hp_field *field,
                   const struct hp_node *node, void *record) {
  size_t index = 0;
  int result = find_word(reader, field, node, &index);
  unsigned value = (unsigned)index; /* every enum here is counted from 0, as wide as an int */
  if (result == 0)
    memcpy(at(record, field->offset), &value, sizeof value);
  return result;
}

int hp__field_bool(const struct hp_reader *reader, const struct hp_field *field,
                   const struct hp_node *node, void *record) {
  size_t index = 0;
  bool value = false;
  int result = hp__expect(reader, node, HP_NODE_SCALAR);
  if (result != 0)
    return result;
  if (field->words) {
    result = find_word(reader, field, node, &index);
    value = index == 1;
  } else {
    result = hp__mistake_at(reader->error, node->position,
                            hp__read_bool(node->text, &value, reader->error));
  }
  if (result == 0)
    *(bool *)at(record, field->offset) = value;
  return result;
}

int hp__field_true(const struct hp_reader *reader, const struct hp_field *field,
                   const struct hp_node *node, void *record) {
  int result = hp__expect(reader, node, HP_NODE_SCALAR);
  if (result != 0)
    return result;
  if (strcmp(node->text, "true") != 0)
    return hp__mistake(reader->error, node->position, "'%s' can only be true, not '%s'", field->key,
                       node->text);
  *(bool *)at(record, field->offset) = true;
  return 0;
}

int hp__field_duration(const struct hp_reader *reader, const struct hp_field *field,
                       const struct hp_node *node, void *record) {
  int64_t value = 0;
  int result = hp__expect(reader, node, HP_NODE_SCALAR);
  if (result == 0)
    result = hp__mistake_at(reader->error, node->position,
                            hp__read_duration(node->text, &value, reader->error));
  if (result == 0 && (field->flags & HP_FIELD_FILLED) && value == 0)
    return hp__mistake(reader->error, node->position, "'%s' must be more than 0", field->key);
  *(int64_t *)at(record, field->offset) = value;
  return result;
}

int hp__read_template(const struct hp_reader *reader, const struct hp_field *field,
                      const struct hp_node *node, struct hp_template *text) {
  int result = hp__expect(reader, node, HP_NODE_SCALAR);
  if (result == 0)
    result = hp__mistake_at(reader->error, node->position,
                            hp__template_parse(reader->arena, text, node->text, reader->error));
  if (result == 0)
    result = hp__check_variables(reader, node, text, field->flags);
  return result;
}

int hp__field_template(const struct hp_reader *reader, const struct hp_field *field,
                       const struct hp_node *node, void *record) {
  return hp__read_template(reader, field, node, at(record, field->offset));
}

/* A scalar is a list of one. */
static int begin_list(const struct hp_reader *reader, const struct hp_field *field,
                      const struct hp_node *node, const struct hp_node **first, size_t *count) {
  bool single = node->kind == HP_NODE_SCALAR && !hp__node_is_null(node);
  int result = single ? 0 : hp__expect(reader, node, HP_NODE_SEQUENCE);
  *first = single ? node : node->first;
  *count = single ? 1 : node->count;
  if (result == 0 && *count == 0 && (field->flags & HP_FIELD_FILLED))
    return hp__mistake(reader->error, node->position, "'%s' must not be empty", field->key);
  return result;
}

int hp__field_strings(const struct hp_reader *reader, const struct hp_field *field,
                      const struct hp_node *node, void *record) {
  const struct hp_node *item;
  size_t count;
  int result = begin_list(reader, field, node, &item, &count);
  if (result != 0)
    return result;
  const char **items = hp__arena_alloc(reader->arena, (count + 1) * sizeof *items);
  if (!items)
    return hp__out_of_memory(reader->error);
  for (size_t i = 0; result == 0 && i < count; i++, item = item->next) {
    struct hp_field element = {.key = field->key, .flags = field->flags};
    result = hp__field_string(reader, &element, item, &items[i]);
  }
  *(const char ***)at(record, field->offset) = items;
  *(size_t *)at(record, field->count) = count;
  return result;
}

int hp__field_templates(const struct hp_reader *reader, const struct hp_field *field,
                        const struct hp_node *node, void *record) {
  const struct hp_node *item;
  size_t count;
  int result = begin_list(reader, field, node, &item, &count);
  if (result != 0)
    return result;
  struct hp_template *items = hp__arena_alloc(reader->arena, (count + 1) * sizeof *items);
  if (!items)
    return hp__out_of_memory(reader->error);
  for (size_t i = 0; result == 0 && i < count; i++, item = item->next)
    result = hp__read_template(reader, field, item, &items[i]);
  *(struct hp_template **)at(record, field->offset) = items;
  *(size_t *)at(record, field->count) = count;
  return result;
}

static const struct hp_field unset_fields[] = {{.key = "unset",
                                                .read = hp__field_true,
                                                .offset = offsetof(struct hp_variable, remove),
                                                .flags = HP_FIELD_REQUIRED}};
static const struct hp_table unset_table = {.what = "variable",
                                            .fields = unset_fields,
                                            .field_count = 1,
                                            .size = sizeof(struct hp_variable)};

static int read_variable(const struct hp_reader *reader, const struct hp_field *field,
                         const struct hp_node *node, struct hp_variable *variable) {
  variable->name = node->key;
  if (strchr(node->key, '='))
    return hp__mistake(reader->error, node->key_position, "'%s' is not a name of a variable",
                       node->key);
  if (hp__node_is_null(node))
    return hp__mistake(reader->error, node->key_position,
                       "'%s' has no value; write '' for an empty one, {unset: true} to remove it",
                       node->key);
  if (node->kind == HP_NODE_MAPPING)
    return hp__read_record(reader, &unset_table, node, variable);
  return hp__read_template(reader, field, node, &variable->value);
}

int hp__field_variables(const struct hp_reader *reader, const struct hp_field *field,
                        const struct hp_node *node, void *record) {
  int result = hp__expect(reader, node, HP_NODE_MAPPING);
  if (result != 0)
    return result;
  struct hp_variable *item = hp__arena_alloc(reader->arena, (node->count + 1) * sizeof *item);
  if (!item)
    return hp__out_of_memory(reader->error);
  *(struct hp_variables *)at(record, field->offset) = (struct hp_variables){item, node->count};
  for (const struct hp_node *child = node->first; result == 0 && child; child = child->next)
    result = read_variable(reader, field, child, item++);
  return result;
}
