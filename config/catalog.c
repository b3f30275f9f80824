/* SPDX-License-Identifier: MIT */
#include "config/catalog.h"

#include "config/entries.h"

#include <string.h>

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
    {.key = "version",
     .description = "Version of the format: 1.",
     .schema = "\"enum\":[1,\"1\"]",
     .read = field_version,
     .offset = offsetof(struct root, version)},
    {.key = "servers",
     .description = "Server definitions by name.",
     .read = hp__field_node,
     .offset = offsetof(struct root, servers),
     .table = &hp__definition_table},
    {.key = "profiles",
     .description = "Profiles by name; `default` is taken where none is named.",
     .read = hp__field_node,
     .offset = offsetof(struct root, profiles),
     .table = &hp__profile_table},
};

static int check_root(const struct hp_reader *reader, const struct hp_node *node, void *record) {
  const struct root *root = record;
  if (root->version)
    return 0;
  return hp__mistake(reader->error, node->position, "the file needs 'version: 1'");
}

const struct hp_table hp__root_table = {.what = "file",
                                        .fields = root_fields,
                                        .field_count = HP_COUNT(root_fields),
                                        .check = check_root};

static int add_root(struct load *load, const struct hp_node *node, size_t file) {
  struct root root = {0};
  if (node->kind != HP_NODE_MAPPING)
    return hp__mistake(load->reader.error, node->position, "a file begins with 'version: 1'");
  int result = hp__read_record(&load->reader, &hp__root_table, node, &root);
  if (result == 0)
    result = hp__entries_add(&load->reader, &load->servers, root.servers, file);
  if (result == 0)
    result = hp__entries_add(&load->reader, &load->profiles, root.profiles, file);
  return result;
}

static int read_file(struct load *load, const char *path) {
  struct hp_catalog *catalog = load->catalog;
  const struct hp_node *root = NULL;
  if (catalog->files.count == HP_FILES_MAX)
    return hp__mistake(load->reader.error, (struct hp_position){path, 0, 0},
                       "more than %d files that extend each other", HP_FILES_MAX);
  if (!hp__strings_add(&catalog->arena, &catalog->files, path))
    return hp__out_of_memory(load->reader.error);
  int result = hp__document_load(&catalog->arena, path, &root, load->reader.error);
  return result == 0 ? add_root(load, root, catalog->files.count - 1) : result;
}

static int read_builtins(struct load *load) {
  struct hp_catalog *catalog = load->catalog;
  const struct hp_node *root = NULL;
  int result = 0;
  for (size_t i = 0; result == 0 && i < hp__builtin_count; i++) {
    const struct hp_builtin *builtin = &hp__builtins[i];
    result = hp__document_parse(&catalog->arena, builtin->name, builtin->text,
                                strlen(builtin->text), &root, load->reader.error);
    if (result == 0)
      result = add_root(load, root, HP_FILE_BUILTIN);
  }
  return result;
}

/* Those that are extended too, and what they extend: the list grows while it is walked. */
static int read_further(struct load *load, struct entries *entries, size_t *at) {
  int result = 0;
  for (; result == 0 && *at < entries->count; ++*at) {
    const char *path = NULL;
    result = hp__entry_extends_file(&load->reader, entries, *at, &path);
    if (result == 0 && path && !hp__entries_has_file(load->catalog, path))
      result = read_file(load, path);
  }
  return result;
}

static int read_files(struct load *load, const char *file) {
  struct hp_catalog *catalog = load->catalog;
  size_t server = 0, profile = 0;
  int result = 0;
  if (file) {
    catalog->file = hp__arena_copy(&catalog->arena, file);
    if (!catalog->file)
      return hp__out_of_memory(load->reader.error);
    result = read_file(load, catalog->file);
  }
  while (result == 0 && (server < load->servers.count || profile < load->profiles.count)) {
    result = read_further(load, &load->servers, &server);
    if (result == 0)
      result = read_further(load, &load->profiles, &profile);
  }
  return result == 0 ? read_builtins(load) : result;
}

/* ---- Nodes to values ---- */

/* A profile of a file that is extended is only there for that. */
static bool is_visible(const struct entries *entries, size_t index) {
  size_t file = entries->items[index].file;
  return file == 0 || file == HP_FILE_BUILTIN || entries->table == &hp__definition_table;
}

static size_t find_visible(const struct entries *entries, const char *name) {
  size_t i = 0;
  while (i < entries->count &&
         !(is_visible(entries, i) && strcmp(entries->items[i].node->key, name) == 0))
    i++;
  return i;
}

/* One that another one of its name stands before is only there to be extended. */
static bool is_hidden(const struct entries *entries, size_t index) {
  return find_visible(entries, entries->items[index].node->key) != index;
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
    if (is_hidden(servers, i))
      continue;
    int result = hp__read_record(&reader, &hp__definition_table, node, definition);
    if (result != 0)
      return result;
    definition->name = node->key;
    definition->node = node;
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
    reader.scope = load->servers.items[find_visible(&load->servers, server->text)].merged;
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
    if (is_hidden(profiles, i))
      continue;
    result =
        read_profile(load, profiles->items[i].merged, &catalog->profiles[catalog->profile_count++]);
  }
  return result;
}

int hp__catalog_load(struct hp_catalog *catalog, const char *file, const char *os,
                     hp_error *error) {
  struct load load = {.catalog = catalog,
                      .os = os,
                      .reader = {.arena = &catalog->arena, .error = error},
                      .servers = {.table = &hp__definition_table},
                      .profiles = {.table = &hp__profile_table}};
  *catalog = (struct hp_catalog){0};
  int result = read_files(&load, file);
  if (result == 0)
    result = hp__entries_merge(&load, &load.servers);
  if (result == 0)
    result = hp__entries_merge(&load, &load.profiles);
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
