/* SPDX-License-Identifier: MIT */
#include "config/schema.h"

#include <string.h>

static const char *const kind_names[] = {
    [HP_NODE_SCALAR] = "a text", [HP_NODE_SEQUENCE] = "a list", [HP_NODE_MAPPING] = "a mapping"};

static const char *const empty_forms[] = {
    [HP_NODE_SCALAR] = "''", [HP_NODE_SEQUENCE] = "[]", [HP_NODE_MAPPING] = "{}"};

int hp__expect(const struct hp_reader *reader, const struct hp_node *node, enum hp_node_kind kind) {
  const char *key = node->key ? node->key : "an item";
  const char *quote = node->key ? "'" : "";
  if (hp__node_is_null(node))
    return hp__mistake(reader->error, node->key ? node->key_position : node->position,
                       "%s%s%s has no value; write %s for an empty one", quote, key, quote,
                       empty_forms[kind]);
  if (node->kind == kind)
    return 0;
  return hp__mistake(reader->error, node->position, "%s%s%s must be %s, not %s", quote, key, quote,
                     kind_names[kind], kind_names[node->kind]);
}

int hp__check_name(const struct hp_reader *reader, struct hp_position position, const char *what,
                   const char *name) {
  static const char first[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  static const char rest[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  if (name[0] && strchr(first, name[0]) && name[strspn(name, rest)] == '\0')
    return 0;
  return hp__mistake(reader->error, position,
                     "'%s' is not a name of a %s: letters, digits, '_', '-' and '.'", name, what);
}

const char **hp__node_names(struct hp_arena *arena, const struct hp_node *node, size_t *count) {
  *count = 0;
  const char **names = hp__arena_alloc(arena, ((node ? node->count : 0) + 2) * sizeof *names);
  if (!names || !node)
    return names;
  if (node->kind == HP_NODE_SCALAR) /* a list of one */
    names[(*count)++] = node->text;
  for (const struct hp_node *child = node->first; child; child = child->next)
    if (child->key || child->kind == HP_NODE_SCALAR)
      names[(*count)++] = child->key ? child->key : child->text;
  return names;
}

/* ---- A record ---- */

static void set_position(void *record, size_t where, struct hp_position position) {
  if (where)
    *(struct hp_position *)((char *)record + where) = position;
}

static const struct hp_field *find_field(const struct hp_table *table, const char *key) {
  for (size_t i = 0; i < table->field_count; i++)
    if (strcmp(table->fields[i].key, key) == 0)
      return &table->fields[i];
  return NULL;
}

static int refuse_key(const struct hp_reader *reader, const struct hp_table *table,
                      const struct hp_node *entry) {
  const char **keys = hp__arena_alloc(reader->arena, (table->field_count + 1) * sizeof *keys);
  if (!keys)
    return hp__out_of_memory(reader->error);
  for (size_t i = 0; i < table->field_count; i++)
    keys[i] = table->fields[i].key;
  return hp__unknown(reader->error, entry->key_position, "key", entry->key, keys,
                     table->field_count);
}

int hp__find_field(const struct hp_reader *reader, const struct hp_table *table,
                   const struct hp_node *entry, const struct hp_field **field) {
  *field = find_field(table, entry->key);
  return *field ? 0 : refuse_key(reader, table, entry);
}

static int refuse_missing(const struct hp_reader *reader, const struct hp_table *table,
                          const struct hp_node *node, const char *key) {
  bool named = node->key && strcmp(node->key, table->what) != 0;
  struct hp_position position = node->key ? node->key_position : node->position;
  if (named)
    return hp__mistake(reader->error, position, "'%s' is missing in %s '%s'", key, table->what,
                       node->key);
  return hp__mistake(reader->error, position, "'%s' is missing in '%s'", key, table->what);
}

static int read_entries(const struct hp_reader *reader, const struct hp_table *table,
                        const struct hp_node *node, void *record) {
  for (const struct hp_node *entry = node->first; entry; entry = entry->next) {
    const struct hp_field *field;
    int found = hp__find_field(reader, table, entry, &field);
    if (found != 0)
      return found;
    set_position(record, field->where, entry->position);
    int result = field->read(reader, field, entry, record);
    if (result != 0)
      return result;
  }
  return 0;
}

int hp__read_record(const struct hp_reader *reader, const struct hp_table *table,
                    const struct hp_node *node, void *record) {
  int result = hp__expect(reader, node, HP_NODE_MAPPING);
  if (result == 0 && table->initial)
    memcpy(record, table->initial, table->size);
  if (result == 0)
    set_position(record, table->where, node->key ? node->key_position : node->position);
  if (result == 0)
    result = read_entries(reader, table, node, record);
  for (size_t i = 0; result == 0 && i < table->field_count; i++)
    if ((table->fields[i].flags & HP_FIELD_REQUIRED) && !hp__node_find(node, table->fields[i].key))
      return refuse_missing(reader, table, node, table->fields[i].key);
  if (result == 0 && table->check)
    result = table->check(reader, node, record);
  return result;
}

/* ---- Records in records ---- */

int hp__field_table(const struct hp_reader *reader, const struct hp_field *field,
                    const struct hp_node *node, void *record) {
  return hp__read_record(reader, field->table, node, (char *)record + field->offset);
}

static int make_items(const struct hp_reader *reader, const struct hp_field *field,
                      const struct hp_node *node, void *record, char **items) {
  if ((field->flags & HP_FIELD_FILLED) && node->count == 0)
    return hp__mistake(reader->error, node->position, "'%s' must not be empty", field->key);
  *items = hp__arena_alloc(reader->arena, (node->count + 1) * field->table->size);
  if (!*items)
    return hp__out_of_memory(reader->error);
  memcpy((char *)record + field->offset, items, sizeof *items);
  *(size_t *)((char *)record + field->count) = node->count;
  return 0;
}

int hp__field_list(const struct hp_reader *reader, const struct hp_field *field,
                   const struct hp_node *node, void *record) {
  char *item = NULL;
  int result = hp__expect(reader, node, HP_NODE_SEQUENCE);
  if (result == 0)
    result = make_items(reader, field, node, record, &item);
  for (const struct hp_node *child = node->first; result == 0 && child; child = child->next) {
    result = hp__read_record(reader, field->table, child, item);
    item += field->table->size;
  }
  return result;
}

int hp__field_map(const struct hp_reader *reader, const struct hp_field *field,
                  const struct hp_node *node, void *record) {
  char *item = NULL;
  int result = hp__expect(reader, node, HP_NODE_MAPPING);
  if (result == 0)
    result = make_items(reader, field, node, record, &item);
  for (const struct hp_node *child = node->first; result == 0 && child; child = child->next) {
    result = hp__check_name(reader, child->key_position, field->table->what, child->key);
    if (result == 0)
      result = hp__read_record(reader, field->table, child, item);
    memcpy(item, &child->key, sizeof child->key);
    item += field->table->size;
  }
  return result;
}

int hp__field_node(const struct hp_reader *reader, const struct hp_field *field,
                   const struct hp_node *node, void *record) {
  memcpy((char *)record + field->offset, &node, sizeof node);
  return hp__expect(reader, node, HP_NODE_MAPPING);
}

/* ---- `extends` ---- */

static struct hp_node *copy(struct hp_arena *arena, const struct hp_node *node) {
  struct hp_node *made = hp__arena_alloc(arena, sizeof *made);
  if (!made)
    return NULL;
  *made = *node;
  made->next = NULL;
  return made;
}

static bool is_whole(const struct hp_table *table, const char *key) {
  const struct hp_field *field = table ? find_field(table, key) : NULL;
  return field && (field->flags & HP_FIELD_WHOLE);
}

static bool append_child(struct hp_node *node, struct hp_node ***end, struct hp_node *child) {
  if (!child)
    return false;
  **end = child;
  *end = &child->next;
  node->count++;
  return true;
}

static struct hp_node *merge(struct hp_arena *arena, const struct hp_table *table,
                             const struct hp_node *base, const struct hp_node *over) {
  struct hp_node *node = copy(arena, over);
  if (!node || base->kind != HP_NODE_MAPPING || over->kind != HP_NODE_MAPPING)
    return node;
  node->first = NULL;
  node->count = 0;
  struct hp_node **end = &node->first;
  for (const struct hp_node *child = base->first; child; child = child->next) {
    const struct hp_node *other = hp__node_find(over, child->key);
    bool merged = other && !is_whole(table, child->key);
    if (!append_child(node, &end,
                      merged ? merge(arena, NULL, child, other)
                             : copy(arena, other ? other : child)))
      return NULL;
  }
  for (const struct hp_node *child = over->first; child; child = child->next)
    if (!hp__node_find(base, child->key) && !append_child(node, &end, copy(arena, child)))
      return NULL;
  return node;
}

const struct hp_node *hp__merge(struct hp_arena *arena, const struct hp_table *table,
                                const struct hp_node *base, const struct hp_node *over) {
  return merge(arena, table, base, over);
}
