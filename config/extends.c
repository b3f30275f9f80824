/* SPDX-License-Identifier: MIT */
/*
 * `extends`, and sections for one system. An entry's own section is laid over the entry before that
 * is laid over what it extends: what somebody says here and for this system counts more than what
 * he says for all, and both count more than what another one says.
 */
#include "config/entries.h"

#include <string.h>

enum { EXTENDS_MAX = 32 };

/* ---- what is written ---- */

struct reference {
  const char *file; /* NULL: the same one */
  const char *name; /* NULL: its own */
};

static const struct hp_field reference_fields[] = {
    {.key = "file",
     .read = hp__field_path,
     .offset = offsetof(struct reference, file),
     .flags = HP_FIELD_REQUIRED | HP_FIELD_FILLED},
    {.key = "name",
     .read = hp__field_string,
     .offset = offsetof(struct reference, name),
     .flags = HP_FIELD_FILLED},
};

static const struct hp_table reference_table = {
    .what = "extends", .fields = reference_fields, .field_count = HP_COUNT(reference_fields)};

static int read_reference(const struct hp_reader *reader, const struct hp_node *node,
                          struct reference *reference) {
  static const struct hp_field name = {
      .key = "extends", .offset = offsetof(struct reference, name), .flags = HP_FIELD_FILLED};
  *reference = (struct reference){0};
  if (node->kind == HP_NODE_MAPPING)
    return hp__read_record(reader, &reference_table, node, reference);
  return hp__field_string(reader, &name, node, reference);
}

int hp__field_extends(const struct hp_reader *reader, const struct hp_field *field,
                      const struct hp_node *node, void *record) {
  struct reference reference;
  int result = read_reference(reader, node, &reference);
  if (result != 0)
    return result;
  const char *text = reference.name;
  if (reference.file)
    text = hp__arena_format(reader->arena, "%s%s%s", text ? text : "", text ? " of " : "",
                            reference.file);
  memcpy((char *)record + field->offset, &text, sizeof text);
  return text ? 0 : hp__out_of_memory(reader->error);
}

/* ---- entries ---- */

int hp__entries_add(const struct hp_reader *reader, struct entries *entries,
                    const struct hp_node *map, size_t file) {
  for (const struct hp_node *node = map ? map->first : NULL; node; node = node->next) {
    int result = hp__check_name(reader, node->key_position, entries->table->what, node->key);
    if (result == 0)
      result = hp__expect(reader, node, HP_NODE_MAPPING);
    if (result != 0)
      return result;
    struct entry *items =
        hp__arena_grow(reader->arena, entries->items, entries->count, sizeof *items);
    if (!items)
      return hp__out_of_memory(reader->error);
    entries->items = items;
    items[entries->count++] = (struct entry){.node = node, .file = file};
  }
  return 0;
}

bool hp__entries_has_file(const struct hp_catalog *catalog, const char *path) {
  for (size_t i = 0; i < catalog->files.count; i++)
    if (strcmp(catalog->files.items[i], path) == 0)
      return true;
  return false;
}

int hp__entry_extends_file(const struct hp_reader *reader, const struct entries *entries,
                           size_t index, const char **path) {
  const struct hp_node *extends = hp__node_find(entries->items[index].node, "extends");
  struct reference reference = {0};
  int result = extends ? read_reference(reader, extends, &reference) : 0;
  *path = reference.file;
  return result;
}

/* ---- the parent ---- */

static size_t find_in(const struct entries *entries, const char *name, size_t file) {
  for (size_t i = 0; i < entries->count; i++)
    if (entries->items[i].file == file && strcmp(entries->items[i].node->key, name) == 0)
      return i;
  return entries->count;
}

static size_t find_file(const struct hp_catalog *catalog, const char *path) {
  size_t i = 0;
  while (i < catalog->files.count && strcmp(catalog->files.items[i], path) != 0)
    i++;
  return i;
}

/* A built-in one knows only built-in ones; one that names itself means the built-in one that it
 * takes the place of. */
static size_t find_parent(const struct load *load, const struct entries *entries, size_t index,
                          const struct reference *reference) {
  const struct entry *entry = &entries->items[index];
  const char *name = reference->name ? reference->name : entry->node->key;
  if (reference->file)
    return find_in(entries, name, find_file(load->catalog, reference->file));
  bool itself = entry->file != HP_FILE_BUILTIN && strcmp(entry->node->key, name) == 0;
  size_t found = find_in(entries, name, itself ? HP_FILE_BUILTIN : entry->file);
  if (found == entries->count)
    found = itself ? index : find_in(entries, name, HP_FILE_BUILTIN);
  return found;
}

static int refuse_parent(struct load *load, const struct entries *entries, size_t index,
                         const struct hp_node *extends, const struct reference *reference) {
  const struct entry *entry = &entries->items[index];
  size_t count = 0, file = entry->file;
  const char **names = hp__arena_alloc(load->reader.arena, (entries->count + 1) * sizeof *names);
  if (!names)
    return hp__out_of_memory(load->reader.error);
  if (reference->file)
    file = find_file(load->catalog, reference->file);
  for (size_t i = 0; i < entries->count; i++)
    if (entries->items[i].file == file ||
        (!reference->file && entries->items[i].file == HP_FILE_BUILTIN))
      names[count++] = entries->items[i].node->key;
  int result = hp__unknown(load->reader.error, extends->position, entries->table->what,
                           reference->name ? reference->name : entry->node->key, names, count);
  if (reference->file)
    hp_error_set_cause(load->reader.error, "it is looked for in %s", reference->file);
  return result;
}

static void add_to_chain(struct hp_text *chain, const struct load *load,
                         const struct entry *entry) {
  bool other = entry->file != 0 && entry->file != HP_FILE_BUILTIN;
  hp__text_format(chain, "%s%s%s", entry->node->key, other ? " of " : "",
                  other ? load->catalog->files.items[entry->file] : "");
}

static int refuse_cycle(struct load *load, const struct entries *entries, size_t index,
                        const struct hp_node *extends) {
  struct hp_text chain = {0};
  size_t at = index;
  do {
    add_to_chain(&chain, load, &entries->items[at]);
    hp__text_add(&chain, " -> ");
    at = entries->items[at].parent;
  } while (at != index);
  add_to_chain(&chain, load, &entries->items[index]);
  int result = chain.failed ? hp__out_of_memory(load->reader.error)
                            : hp__mistake(load->reader.error, extends->position,
                                          "%s '%s' extends itself: %s", entries->table->what,
                                          entries->items[index].node->key, chain.data);
  hp__text_fini(&chain);
  return result;
}

/* ---- sections ---- */

static int check_section_key(const struct hp_reader *reader, const struct hp_table *table,
                             const struct hp_node *entry) {
  const struct hp_field *field;
  int result = hp__find_field(reader, table, entry, &field);
  if (result != 0)
    return result;
  if (field->read == hp__field_section || field->read == hp__field_extends)
    return hp__mistake(reader->error, entry->key_position,
                       "a section for one system cannot have '%s'", entry->key);
  return 0;
}

int hp__field_section(const struct hp_reader *reader, const struct hp_field *field,
                      const struct hp_node *node, void *record) {
  (void)record;
  int result = hp__expect(reader, node, HP_NODE_MAPPING);
  for (const struct hp_node *entry = node->first; result == 0 && entry; entry = entry->next)
    result = check_section_key(reader, field->table, entry);
  return result;
}

/* Without the section itself: its keys are now the entry's own. */
static const struct hp_node *lay_over(struct load *load, const struct hp_table *table,
                                      const struct hp_node *node, const struct hp_node *section) {
  struct hp_arena *arena = load->reader.arena;
  const struct hp_node *merged = hp__merge(arena, table, node, section);
  struct hp_node *result = merged ? hp__arena_alloc(arena, sizeof *result) : NULL;
  if (!result)
    return NULL;
  *result = *node;
  result->first = NULL;
  result->count = 0;
  struct hp_node **end = &result->first;
  for (const struct hp_node *child = merged->first; child; child = child->next) {
    if (child->key && strcmp(child->key, section->key) == 0)
      continue;
    struct hp_node *kept = hp__arena_alloc(arena, sizeof *kept);
    if (!kept)
      return NULL;
    *kept = *child;
    kept->next = NULL;
    *end = kept;
    end = &kept->next;
    result->count++;
  }
  return result;
}

static int apply_section(struct load *load, struct entries *entries, size_t index) {
  struct entry *entry = &entries->items[index];
  const struct hp_node *section = load->os ? hp__node_find(entry->node, load->os) : NULL;
  const struct hp_field check = {.table = entries->table};
  if (!section)
    return 0;
  int result = hp__field_section(&load->reader, &check, section, NULL);
  if (result != 0)
    return result;
  entry->node = lay_over(load, entries->table, entry->node, section);
  return entry->node ? 0 : hp__out_of_memory(load->reader.error);
}

/* ---- merging ---- */

static int merge_entry(struct load *load, struct entries *entries, size_t index, int depth);

static int merge_parent(struct load *load, struct entries *entries, size_t index,
                        const struct hp_node *extends, int depth) {
  struct entry *entry = &entries->items[index];
  struct reference reference;
  int result = read_reference(&load->reader, extends, &reference);
  if (result != 0)
    return result;
  if (depth == EXTENDS_MAX)
    return hp__mistake(load->reader.error, extends->position,
                       "a chain of more than %d that extend each other", EXTENDS_MAX);
  entry->parent = find_parent(load, entries, index, &reference);
  if (entry->parent == entries->count)
    return refuse_parent(load, entries, index, extends, &reference);
  struct entry *parent = &entries->items[entry->parent];
  if (parent->state == HP_ENTRY_OPEN)
    return refuse_cycle(load, entries, entry->parent, extends);
  result = merge_entry(load, entries, entry->parent, depth + 1);
  if (result != 0)
    return result;
  entry->merged = hp__merge(load->reader.arena, entries->table, parent->merged, entry->node);
  return entry->merged ? 0 : hp__out_of_memory(load->reader.error);
}

static int merge_entry(struct load *load, struct entries *entries, size_t index, int depth) {
  struct entry *entry = &entries->items[index];
  if (entry->state == HP_ENTRY_MERGED)
    return 0;
  entry->state = HP_ENTRY_OPEN;
  int result = apply_section(load, entries, index);
  if (result != 0)
    return result;
  const struct hp_node *extends = hp__node_find(entry->node, "extends");
  entry->merged = entry->node;
  if (extends)
    result = merge_parent(load, entries, index, extends, depth);
  entry->state = HP_ENTRY_MERGED;
  return result;
}

int hp__entries_merge(struct load *load, struct entries *entries) {
  int result = 0;
  for (size_t i = 0; result == 0 && i < entries->count; i++)
    result = merge_entry(load, entries, i, 0);
  return result;
}
