/* SPDX-License-Identifier: MIT */
#include "config/catalog.h"

#include "config/tables.h"

#include <string.h>

/* One server or profile as it stands in a file. */
struct entry {
  const struct hp_node *node;
  bool builtin;
  enum { UNREAD, OPEN, MERGED } state;
  const struct hp_node *merged; /* with what it extends */
  size_t parent;                /* while OPEN: what it extends */
};

struct entries { /* of the user's file, then the built-in ones */
  const struct hp_table *table;
  struct entry *items;
  size_t count, builtin; /* index of the first built-in one */
};

struct load {
  struct hp_catalog *catalog;
  struct hp_reader reader;
  struct entries servers, profiles;
};

/* ---- Files ---- */

struct root {
  const char *version;
  const struct hp_node *servers, *profiles;
};

static int field_version(const struct hp_reader *reader, const struct hp_field *field,
                         const struct hp_node *node, void *record) {
  int result = hp__field_string(reader, field, node, record);
  if (result == 0 && strcmp(node->text, "1") != 0)
    return hp__mistake(reader->error, node->position,
                       "version '%s' is not known; this library reads version 1", node->text);
  return result;
}

static const struct hp_field root_fields[] = {
    {.key = "version", .read = field_version, .offset = offsetof(struct root, version)},
    {.key = "servers", .read = hp__field_node, .offset = offsetof(struct root, servers)},
    {.key = "profiles", .read = hp__field_node, .offset = offsetof(struct root, profiles)},
};

static int check_root(const struct hp_reader *reader, const struct hp_node *node, void *record) {
  const struct root *root = record;
  if (root->version)
    return 0;
  return hp__mistake(reader->error, node->position, "the file needs 'version: 1'");
}

static const struct hp_table root_table = {.what = "file",
                                           .fields = root_fields,
                                           .field_count = HP_COUNT(root_fields),
                                           .check = check_root};

static int add_entries(const struct hp_reader *reader, struct entries *entries,
                       const struct hp_node *map, bool builtin) {
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
    items[entries->count++] = (struct entry){.node = node, .builtin = builtin};
    entries->builtin += !builtin;
  }
  return 0;
}

static int add_root(struct load *load, const struct hp_node *node, bool builtin) {
  struct root root = {0};
  if (node->kind != HP_NODE_MAPPING)
    return hp__mistake(load->reader.error, node->position, "a file begins with 'version: 1'");
  int result = hp__read_record(&load->reader, &root_table, node, &root);
  if (result == 0)
    result = add_entries(&load->reader, &load->servers, root.servers, builtin);
  if (result == 0)
    result = add_entries(&load->reader, &load->profiles, root.profiles, builtin);
  return result;
}

static int read_files(struct load *load, const char *file) {
  struct hp_catalog *catalog = load->catalog;
  const struct hp_node *root = NULL;
  int result = 0;
  if (file) {
    catalog->file = hp__arena_copy(&catalog->arena, file);
    if (!catalog->file)
      return hp__out_of_memory(load->reader.error);
    result = hp__document_load(&catalog->arena, catalog->file, &root, load->reader.error);
    if (result == 0)
      result = add_root(load, root, false);
  }
  for (size_t i = 0; result == 0 && i < hp__builtin_count; i++) {
    const struct hp_builtin *builtin = &hp__builtins[i];
    result = hp__document_parse(&catalog->arena, builtin->name, builtin->text,
                                strlen(builtin->text), &root, load->reader.error);
    if (result == 0)
      result = add_root(load, root, true);
  }
  return result;
}

/* ---- `extends` ---- */

enum { EXTENDS_MAX = 32 };

static size_t find_entry(const struct entries *entries, const char *name, size_t from) {
  for (size_t i = from; i < entries->count; i++)
    if (strcmp(entries->items[i].node->key, name) == 0)
      return i;
  return entries->count;
}

/* A built-in one knows only built-in ones; one that names itself means the built-in one that it
 * takes the place of. */
static size_t find_parent(const struct entries *entries, size_t index, const char *name) {
  const struct entry *entry = &entries->items[index];
  if (!entry->builtin && strcmp(entry->node->key, name) == 0) {
    size_t other = find_entry(entries, name, entries->builtin);
    return other < entries->count ? other : index;
  }
  return find_entry(entries, name, entry->builtin ? entries->builtin : 0);
}

static int refuse_parent(struct load *load, const struct entries *entries,
                         const struct hp_node *extends) {
  const char **names = hp__arena_alloc(load->reader.arena, (entries->count + 1) * sizeof *names);
  if (!names)
    return hp__out_of_memory(load->reader.error);
  for (size_t i = 0; i < entries->count; i++)
    names[i] = entries->items[i].node->key;
  return hp__unknown(load->reader.error, extends->position, entries->table->what, extends->text,
                     names, entries->count);
}

static int refuse_cycle(struct load *load, const struct entries *entries, size_t index,
                        const struct hp_node *extends) {
  struct hp_text chain = {0};
  size_t at = index;
  do {
    hp__text_format(&chain, "%s -> ", entries->items[at].node->key);
    at = entries->items[at].parent;
  } while (at != index);
  hp__text_add(&chain, entries->items[index].node->key);
  int result = chain.failed ? hp__out_of_memory(load->reader.error)
                            : hp__mistake(load->reader.error, extends->position,
                                          "%s '%s' extends itself: %s", entries->table->what,
                                          entries->items[index].node->key, chain.data);
  hp__text_fini(&chain);
  return result;
}

static int merge_entry(struct load *load, struct entries *entries, size_t index, int depth);

static int merge_parent(struct load *load, struct entries *entries, size_t index,
                        const struct hp_node *extends, int depth) {
  struct entry *entry = &entries->items[index];
  int result = hp__expect(&load->reader, extends, HP_NODE_SCALAR);
  if (result != 0)
    return result;
  if (depth == EXTENDS_MAX)
    return hp__mistake(load->reader.error, extends->position,
                       "a chain of more than %d that extend each other", EXTENDS_MAX);
  entry->parent = find_parent(entries, index, extends->text);
  if (entry->parent == entries->count)
    return refuse_parent(load, entries, extends);
  struct entry *parent = &entries->items[entry->parent];
  if (parent->state == OPEN)
    return refuse_cycle(load, entries, entry->parent, extends);
  result = merge_entry(load, entries, entry->parent, depth + 1);
  if (result != 0)
    return result;
  entry->merged = hp__merge(load->reader.arena, entries->table, parent->merged, entry->node);
  return entry->merged ? 0 : hp__out_of_memory(load->reader.error);
}

static int merge_entry(struct load *load, struct entries *entries, size_t index, int depth) {
  struct entry *entry = &entries->items[index];
  const struct hp_node *extends = hp__node_find(entry->node, "extends");
  if (entry->state == MERGED)
    return 0;
  entry->state = OPEN;
  entry->merged = entry->node;
  int result = extends ? merge_parent(load, entries, index, extends, depth) : 0;
  entry->state = MERGED;
  return result;
}

static int merge_all(struct load *load, struct entries *entries) {
  int result = 0;
  for (size_t i = 0; result == 0 && i < entries->count; i++)
    result = merge_entry(load, entries, i, 0);
  return result;
}

/* ---- Nodes to values ---- */

/* A built-in one that the user's file replaces is only there to be extended. */
static bool is_replaced(const struct entries *entries, size_t index) {
  return find_entry(entries, entries->items[index].node->key, 0) < index;
}

static int read_definitions(struct load *load) {
  struct hp_catalog *catalog = load->catalog;
  const struct entries *servers = &load->servers;
  catalog->definitions =
      hp__arena_alloc(&catalog->arena, (servers->count + 1) * sizeof *catalog->definitions);
  if (!catalog->definitions)
    return hp__out_of_memory(load->reader.error);
  for (size_t i = 0; i < servers->count; i++) {
    const struct hp_node *node = servers->items[i].merged;
    struct hp_definition *definition = &catalog->definitions[catalog->definition_count];
    struct hp_reader reader = load->reader;
    reader.scope = node;
    if (is_replaced(servers, i))
      continue;
    int result = hp__read_record(&reader, &hp__definition_table, node, definition);
    if (result != 0)
      return result;
    definition->name = node->key;
    catalog->definition_count++;
  }
  return 0;
}

static const struct hp_definition *find_definition(const struct hp_catalog *catalog,
                                                   const char *name) {
  for (size_t i = 0; i < catalog->definition_count; i++)
    if (strcmp(catalog->definitions[i].name, name) == 0)
      return &catalog->definitions[i];
  return NULL;
}

/* A profile may leave its server to the one who takes it: then only the plan can check the rest. */
static int read_profile(struct load *load, const struct hp_node *node, struct hp_profile *profile) {
  struct hp_reader reader = load->reader;
  const struct hp_node *server = hp__node_find(node, "server");
  const struct hp_definition *definition = NULL;
  if (server) {
    int result = hp__expect(&reader, server, HP_NODE_SCALAR);
    if (result == 0)
      result = hp__mistake_at(
          reader.error, server->position,
          hp__catalog_definition(load->catalog, server->text, &definition, reader.error));
    if (result != 0)
      return result;
    reader.scope = load->servers.items[find_entry(&load->servers, server->text, 0)].merged;
  }
  int result = hp__read_record(&reader, &hp__profile_table, node, profile);
  profile->name = node->key;
  return result == 0 && definition ? hp__profile_check(&reader, node, profile, definition) : result;
}

static int read_profiles(struct load *load) {
  struct hp_catalog *catalog = load->catalog;
  const struct entries *profiles = &load->profiles;
  int result = 0;
  catalog->profiles =
      hp__arena_alloc(&catalog->arena, (profiles->count + 1) * sizeof *catalog->profiles);
  if (!catalog->profiles)
    return hp__out_of_memory(load->reader.error);
  for (size_t i = 0; result == 0 && i < profiles->count; i++) {
    if (is_replaced(profiles, i))
      continue;
    result =
        read_profile(load, profiles->items[i].merged, &catalog->profiles[catalog->profile_count++]);
  }
  return result;
}

int hp__catalog_load(struct hp_catalog *catalog, const char *file, hp_error *error) {
  struct load load = {.catalog = catalog,
                      .reader = {.arena = &catalog->arena, .error = error},
                      .servers = {.table = &hp__definition_table},
                      .profiles = {.table = &hp__profile_table}};
  *catalog = (struct hp_catalog){0};
  int result = read_files(&load, file);
  if (result == 0)
    result = merge_all(&load, &load.servers);
  if (result == 0)
    result = merge_all(&load, &load.profiles);
  if (result == 0)
    result = read_definitions(&load);
  if (result == 0)
    result = read_profiles(&load);
  if (catalog->arena.failed)
    result = hp__out_of_memory(error);
  if (result != 0)
    hp__catalog_fini(catalog);
  return result;
}

void hp__catalog_fini(struct hp_catalog *catalog) {
  hp__arena_fini(&catalog->arena);
  *catalog = (struct hp_catalog){0};
}

/* ---- By name ---- */

enum { CANDIDATES_MAX = 256 }; /* as many as a message can make use of */

int hp__catalog_definition(const struct hp_catalog *catalog, const char *name,
                           const struct hp_definition **definition, hp_error *error) {
  const char *names[CANDIDATES_MAX];
  size_t count = 0;
  *definition = find_definition(catalog, name);
  if (*definition)
    return 0;
  for (; count < catalog->definition_count && count < CANDIDATES_MAX; count++)
    names[count] = catalog->definitions[count].name;
  return hp__unknown(error, (struct hp_position){0}, "server", name, names, count);
}

int hp__catalog_profile(const struct hp_catalog *catalog, const char *name,
                        const struct hp_profile **profile, hp_error *error) {
  const char *names[CANDIDATES_MAX];
  size_t count = 0;
  for (size_t i = 0; i < catalog->profile_count; i++)
    if (strcmp(catalog->profiles[i].name, name) == 0) {
      *profile = &catalog->profiles[i];
      return 0;
    }
  for (; count < catalog->profile_count && count < CANDIDATES_MAX; count++)
    names[count] = catalog->profiles[count].name;
  return hp__unknown(error, (struct hp_position){0}, "profile", name, names, count);
}
