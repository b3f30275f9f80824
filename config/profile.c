/* SPDX-License-Identifier: MIT */
/* The keys of a profile, and what of them its server must know. */
#include "config/catalog.h"
#include "config/tables.h"

#include <string.h>

/* ---- transport ---- */

static int check_port(struct hp_profile *profile, struct hp_position position, hp_error *error) {
  static const struct hp_setting port = {.type = HP_SETTING_PORT};
  struct hp_arena arena = {0};
  const char *canonical;
  if (!profile->port || strcmp(profile->port, "auto") == 0)
    return 0;
  int result = hp__setting_read(&arena, &port, profile->port, &canonical, NULL);
  hp__arena_fini(&arena);
  if (result != HP_ECONFIG)
    return result == 0 ? 0 : hp__out_of_memory(error);
  return hp__mistake(error, position, "'%s' is not a port: auto, or a whole number from 1 to 65535",
                     profile->port);
}

/* What of an address the known kinds can have; an embedder's own kind may have all of it. */
static int check_parts(const struct hp_profile *profile, struct hp_position position,
                       hp_error *error) {
  static const struct {
    const char *kind;
    bool host, port, path;
  } kinds[] = {{"local", false, false, false},
               {"unix", false, false, true},
               {"pipe", false, false, true},
               {"tcp", true, true, false}};
  for (size_t i = 0; i < HP_COUNT(kinds); i++) {
    if (strcmp(kinds[i].kind, profile->transport) != 0)
      continue;
    const char *part = profile->host && !kinds[i].host   ? "host"
                       : profile->port && !kinds[i].port ? "port"
                       : profile->path && !kinds[i].path ? "path"
                                                         : NULL;
    if (part)
      return hp__mistake(error, position, "transport %s has no %s", profile->transport, part);
  }
  return 0;
}

static int check_transport(struct hp_profile *profile, struct hp_position position,
                           hp_error *error) {
  int result = check_parts(profile, position, error);
  return result == 0 ? check_port(profile, position, error) : result;
}

static bool split_address(struct hp_arena *arena, struct hp_profile *profile, const char *address) {
  const char *colon = strrchr(address, ':'), *bracket = strrchr(address, ']');
  if (!colon || (bracket && colon < bracket)) {
    profile->port = hp__arena_copy(arena, address);
    return true;
  }
  size_t length = (size_t)(colon - address);
  bool enclosed = address[0] == '[' && bracket == colon - 1;
  if (length == 0 || (!enclosed && memchr(address, ':', length)))
    return false;
  profile->host = hp__arena_slice(arena, address + enclosed, length - 2 * (size_t)enclosed);
  profile->port = hp__arena_copy(arena, colon + 1);
  return true;
}

int hp__transport_read(struct hp_arena *arena, struct hp_profile *profile, const char *text,
                       struct hp_position position, hp_error *error) {
  size_t length = strcspn(text, ":");
  const char *rest = text[length] ? text + length + 1 : NULL;
  profile->transport = hp__arena_slice(arena, text, length);
  profile->host = profile->port = profile->path = NULL;
  profile->transport_position = position;
  if (!profile->transport)
    return hp__out_of_memory(error);
  if (length == 0 || (rest && rest[0] == '\0'))
    return hp__mistake(error, position,
                       "'%s' is not a transport: local, unix, unix:/path, pipe, tcp, tcp:PORT or "
                       "tcp:HOST:PORT",
                       text);
  if (rest && strcmp(profile->transport, "tcp") != 0)
    profile->path = hp__arena_copy(arena, rest);
  else if (rest && !split_address(arena, profile, rest))
    return hp__mistake(error, position, "'%s' is not an address: PORT, HOST:PORT or [IPv6]:PORT",
                       rest);
  if (arena->failed)
    return hp__out_of_memory(error);
  return check_transport(profile, position, error);
}

#define IN_PROFILE(member) .offset = offsetof(struct hp_profile, member)

static const struct hp_field transport_fields[] = {
    {.key = "kind",
     .read = hp__field_string,
     IN_PROFILE(transport),
     .flags = HP_FIELD_REQUIRED | HP_FIELD_FILLED},
    {.key = "port", .read = hp__field_string, IN_PROFILE(port), .flags = HP_FIELD_FILLED},
    {.key = "host", .read = hp__field_string, IN_PROFILE(host), .flags = HP_FIELD_FILLED},
    {.key = "path", .read = hp__field_string, IN_PROFILE(path), .flags = HP_FIELD_FILLED},
};

static const struct hp_table transport_table = {
    .what = "transport", .fields = transport_fields, .field_count = HP_COUNT(transport_fields)};

static int field_transport(const struct hp_reader *reader, const struct hp_field *field,
                           const struct hp_node *node, void *record) {
  struct hp_profile *profile = record;
  if (node->kind == HP_NODE_MAPPING) {
    int result = hp__read_record(reader, &transport_table, node, record);
    return result == 0 ? check_transport(profile, node->position, reader->error) : result;
  }
  int result = hp__field_string(reader, field, node, record);
  if (result != 0)
    return result;
  return hp__transport_read(reader->arena, profile, node->text, node->position, reader->error);
}

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

/* ---- the whole ---- */

static const char *const containments[] = {
#define CONTAINMENT_NAME(name, text) text,
    HP_CONTAINMENTS(CONTAINMENT_NAME)
#undef CONTAINMENT_NAME
        NULL};

static const struct hp_field profile_fields[] = {
    {.key = "extends", .read = hp__field_string, IN_PROFILE(extends), .flags = HP_FIELD_FILLED},
    {.key = "server",
     .read = hp__field_string,
     IN_PROFILE(server),
     .where = offsetof(struct hp_profile, server_position),
     .flags = HP_FIELD_FILLED},
    {.key = "transport",
     .read = field_transport,
     IN_PROFILE(transport),
     .where = offsetof(struct hp_profile, transport_position),
     .flags = HP_FIELD_FILLED | HP_FIELD_WHOLE},
    {.key = "settings", .read = field_values, IN_PROFILE(settings)},
    {.key = "binary", .read = hp__field_string, IN_PROFILE(binary), .flags = HP_FIELD_FILLED},
    {.key = "data_dir", .read = hp__field_string, IN_PROFILE(data_dir), .flags = HP_FIELD_FILLED},
    {.key = "working_dir",
     .read = hp__field_string,
     IN_PROFILE(working_dir),
     .flags = HP_FIELD_FILLED},
    {.key = "user", .read = hp__field_string, IN_PROFILE(user), .flags = HP_FIELD_FILLED},
    {.key = "arguments",
     .read = hp__field_templates,
     IN_PROFILE(arguments.items),
     .count = offsetof(struct hp_profile, arguments.count)},
    {.key = "environment", .read = hp__field_variables, IN_PROFILE(environment)},
    {.key = "start_timeout",
     .read = hp__field_duration,
     IN_PROFILE(start_timeout),
     .flags = HP_FIELD_FILLED},
    {.key = "stop", .read = hp__field_rungs, IN_PROFILE(stop)},
    {.key = "containment", .read = hp__field_word, IN_PROFILE(containment), .words = containments},
};

const struct hp_table hp__profile_table = {.what = "profile",
                                           .fields = profile_fields,
                                           .field_count = HP_COUNT(profile_fields),
                                           .size = sizeof(struct hp_profile),
                                           .where = offsetof(struct hp_profile, position)};

/* ---- against its server ---- */

static int check_value(const struct hp_reader *reader, const struct hp_node *node,
                       const struct hp_definition *definition) {
  const char *canonical = NULL;
  for (size_t i = 0; i < definition->setting_count; i++)
    if (strcmp(definition->settings[i].name, node->key) == 0)
      return hp__mistake_at(reader->error, node->position,
                            hp__setting_read(reader->arena, &definition->settings[i], node->text,
                                             &canonical, reader->error));
  size_t count = 0;
  const char **names =
      hp__node_names(reader->arena, hp__node_find(reader->scope, "settings"), &count);
  if (!names)
    return hp__out_of_memory(reader->error);
  return hp__unknown(reader->error, node->key_position, "setting", node->key, names, count);
}

static int check_kind(const struct hp_reader *reader, const struct hp_profile *profile,
                      const struct hp_definition *definition) {
  size_t count = 0;
  const struct hp_node *rules = hp__node_find(reader->scope, "transports");
  if (!profile->transport || strcmp(profile->transport, "local") == 0 ||
      hp__node_find(rules, profile->transport))
    return 0;
  const char **names = hp__node_names(reader->arena, rules, &count);
  if (!names)
    return hp__out_of_memory(reader->error);
  names[count] = "local"; /* in the place of the list's end */
  int result = hp__unknown(reader->error, profile->transport_position, "transport",
                           profile->transport, names, count + 1);
  hp_error_set_cause(reader->error, "server '%s' has no rule for it", definition->name);
  return result;
}

int hp__profile_check(const struct hp_reader *reader, const struct hp_node *node,
                      const struct hp_profile *profile, const struct hp_definition *definition) {
  const struct hp_node *settings = hp__node_find(node, "settings");
  int result = check_kind(reader, profile, definition);
  for (const struct hp_node *child = settings ? settings->first : NULL; result == 0 && child;
       child = child->next)
    result = check_value(reader, child, definition);
  return result;
}
