/* SPDX-License-Identifier: MIT */
/* The keys of a server definition. */
#include "config/tables.h"

#include <string.h>

/* ---- transports ---- */

static int check_file_name(const struct hp_reader *reader, const struct hp_node *node) {
  const char *name = node->text;
  if (name[strcspn(name, "/\\")] == '\0' && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
    return 0;
  return hp__mistake(reader->error, node->position, "'%s' must be a name in a folder, not '%s'",
                     node->key, name);
}

static int field_file_name(const struct hp_reader *reader, const struct hp_field *field,
                           const struct hp_node *node, void *record) {
  int result = hp__field_string(reader, field, node, record);
  return result == 0 ? check_file_name(reader, node) : result;
}

#define IN_RULE(member) .offset = offsetof(struct hp_transport_rule, member)

static const struct hp_field rule_fields[] = {
    {.key = "arguments",
     .description = "Added behind the definition's own arguments.",
     .read = hp__field_templates,
     IN_RULE(arguments.items),
     .count = offsetof(struct hp_transport_rule, arguments.count)},
    {.key = "environment",
     .description = "Added to the definition's own environment.",
     .read = hp__field_variables,
     IN_RULE(environment)},
    {.key = "descriptor",
     .description = "The address in the words of the server's clients.",
     .read = hp__field_template,
     IN_RULE(descriptor)},
    {.key = "report",
     .description = "Pattern that finds the address in what the server reports.",
     .read = hp__field_template,
     IN_RULE(report),
     .flags = HP_FIELD_PATTERN},
    {.key = "callback",
     .description = "How ${callback} is written when the server calls back over this transport.",
     .read = hp__field_template,
     IN_RULE(callback)},
    {.key = "socket",
     .description = "Name of the socket in its private directory.",
     .schema = "\"type\":[\"string\",\"number\",\"boolean\"]",
     .read = field_file_name,
     IN_RULE(socket),
     .flags = HP_FIELD_FILLED},
    {.key = "port_auto",
     .description = "The server picks a port itself, and this is written in place of the number.",
     .read = hp__field_string,
     IN_RULE(port_auto),
     .flags = HP_FIELD_FILLED},
    {.key = "reuse_address",
     .description = "Whether the server sets SO_REUSEADDR; yes without it.",
     .read = hp__field_bool,
     IN_RULE(reuse_address)},
};

/* What says how ${callback} is written cannot be written with it. */
static int check_callback(const struct hp_reader *reader, const struct hp_node *node,
                          const struct hp_template *text) {
  for (size_t i = 0; i < text->count; i++)
    if (text->segments[i].variable && strcmp(text->segments[i].variable, "callback") == 0)
      return hp__mistake(reader->error, hp__node_find(node, "callback")->position,
                         "variable 'callback' has no meaning here: its parts have, as "
                         "'callback.path'");
  return 0;
}

static int check_rule(const struct hp_reader *reader, const struct hp_node *node, void *record) {
  static const char *const misplaced[][2] = {{"socket", "tcp"},         {"socket", "pipe"},
                                             {"port_auto", "unix"},     {"port_auto", "pipe"},
                                             {"reuse_address", "unix"}, {"reuse_address", "pipe"}};
  const struct hp_transport_rule *rule = record;
  for (size_t i = 0; i < HP_COUNT(misplaced); i++) {
    const struct hp_node *entry = hp__node_find(node, misplaced[i][0]);
    if (entry && strcmp(node->key, misplaced[i][1]) == 0)
      return hp__mistake(reader->error, entry->key_position, "'%s' has no meaning for transport %s",
                         entry->key, node->key);
  }
  return check_callback(reader, node, &rule->callback);
}

static const struct hp_transport_rule initial_rule = {.reuse_address = true};

static const struct hp_table rule_table = {.what = "transport",
                                           .fields = rule_fields,
                                           .field_count = HP_COUNT(rule_fields),
                                           .size = sizeof(struct hp_transport_rule),
                                           .where = offsetof(struct hp_transport_rule, position),
                                           .initial = &initial_rule,
                                           .check = check_rule};

/* ---- prepare ---- */

static const struct hp_field prepare_fields[] = {
    {.key = "command",
     .description = "Program and arguments; builds in ${prepare.dir}.",
     .read = hp__field_templates,
     .offset = offsetof(struct hp_prepare, command.items),
     .count = offsetof(struct hp_prepare, command.count),
     .flags = HP_FIELD_REQUIRED | HP_FIELD_FILLED | HP_FIELD_PREPARE},
    {.key = "creates",
     .description = "Name in the data directory that the result is renamed to.",
     .schema = "\"type\":[\"string\",\"number\",\"boolean\"]",
     .read = field_file_name,
     .offset = offsetof(struct hp_prepare, creates),
     .flags = HP_FIELD_REQUIRED | HP_FIELD_FILLED},
    {.key = "timeout",
     .description = "Time that the preparation may take; 2 minutes without it.",
     .read = hp__field_duration,
     .offset = offsetof(struct hp_prepare, timeout),
     .flags = HP_FIELD_FILLED},
};

static const struct hp_prepare initial_prepare = {.timeout = 120000};

static const struct hp_table prepare_table = {.what = "prepare",
                                              .fields = prepare_fields,
                                              .field_count = HP_COUNT(prepare_fields),
                                              .size = sizeof(struct hp_prepare),
                                              .initial = &initial_prepare};

/* ---- the whole ---- */

bool hp__strings_add(struct hp_arena *arena, struct hp_strings *list, const char *text) {
  const char **items = hp__arena_alloc(arena, (list->count + 2) * sizeof *items);
  if (!items || !text)
    return false;
  if (list->count)
    memcpy(items, list->items, list->count * sizeof *items);
  list->items = items;
  items[list->count++] = text;
  items[list->count] = NULL;
  return true;
}

#define IN_DEFINITION(member) .offset = offsetof(struct hp_definition, member)

static const struct hp_field folder_fields[] = {
#define FOLDERS(name, os)                                                                          \
  {                                                                                                \
    .key = name, .description = "Folders on " name ".", .read = hp__field_strings,                 \
    IN_DEFINITION(folders[os].items), .count = offsetof(struct hp_definition, folders[os].count),  \
    .flags = HP_FIELD_FILLED | HP_FIELD_FOLDER                                                     \
  }
    FOLDERS("linux", HP_OS_LINUX), FOLDERS("darwin", HP_OS_DARWIN),
    FOLDERS("windows", HP_OS_WINDOWS)
#undef FOLDERS
};

static const struct hp_table folder_table = {
    .what = "folders", .fields = folder_fields, .field_count = HP_COUNT(folder_fields)};

static const struct hp_field binary_fields[] = {
    {.key = "names",
     .description = "File names of the binary, without .exe.",
     .read = hp__field_strings,
     IN_DEFINITION(binary.items),
     .count = offsetof(struct hp_definition, binary.count),
     .flags = HP_FIELD_REQUIRED | HP_FIELD_FILLED},
    {.key = "folders",
     .description = "Known folders by system; * stands for any part of a path.",
     .read = hp__field_table,
     .table = &folder_table},
    {.key = "inside",
     .description =
         "Folders below the one that was named, and below those beside our own files, in "
         "which a bundle has it.",
     .read = hp__field_strings,
     IN_DEFINITION(inside.items),
     .count = offsetof(struct hp_definition, inside.count),
     .flags = HP_FIELD_FILLED},
    {.key = "setting",
     .description = "Setting that names the binary or its folder.",
     .read = hp__field_setting_name,
     IN_DEFINITION(binary_setting)},
};

static const struct hp_table binary_table = {
    .what = "binary", .fields = binary_fields, .field_count = HP_COUNT(binary_fields)};

static const struct hp_field version_fields[] = {
    {.key = "arguments",
     .description = "With which the binary says its version and ends; --version without it.",
     .read = hp__field_strings,
     IN_DEFINITION(version.arguments.items),
     .count = offsetof(struct hp_definition, version.arguments.count)},
    {.key = "match",
     .description = "Pattern of a line of its answer, with ${version}.",
     .read = hp__field_template,
     IN_DEFINITION(version.match),
     .flags = HP_FIELD_REQUIRED | HP_FIELD_VERSION},
};

static int check_version(const struct hp_reader *reader, const struct hp_node *node, void *record) {
  static const char *const usual[] = {"--version", NULL};
  struct hp_version_question *version = &((struct hp_definition *)record)->version;
  size_t count = 0;
  for (size_t i = 0; i < version->match.count; i++)
    count += version->match.segments[i].variable != NULL;
  if (count != 1)
    return hp__mistake(reader->error, hp__node_find(node, "match")->position,
                       "'match' names ${version} once");
  if (!hp__node_find(node, "arguments"))
    version->arguments = (struct hp_strings){(const char **)(uintptr_t)usual, 1};
  return 0;
}

static const struct hp_table version_table = {.what = "version",
                                              .fields = version_fields,
                                              .field_count = HP_COUNT(version_fields),
                                              .check = check_version};

static const struct hp_field user_fields[] = {
    {.key = "as_root",
     .description = "Users, of which the first that exists is taken when we are root.",
     .read = hp__field_strings,
     IN_DEFINITION(user_as_root.items),
     .count = offsetof(struct hp_definition, user_as_root.count),
     .flags = HP_FIELD_REQUIRED | HP_FIELD_FILLED},
};

static const struct hp_table user_table = {
    .what = "user", .fields = user_fields, .field_count = HP_COUNT(user_fields)};

/* `none`: the tether alone tells the server. */
static int field_death_signal(const struct hp_reader *reader, const struct hp_field *field,
                              const struct hp_node *node, void *record) {
  struct hp_definition *definition = record;
  if (node->kind == HP_NODE_SCALAR && strcmp(node->text, "none") == 0) {
    definition->host_death_signal = "";
    return 0;
  }
  int result = hp__field_signal(reader, field, node, record);
  if (result == 0 && hp__is_console_event(definition->host_death_signal))
    return hp__mistake(reader->error, node->position,
                       "'%s' is for a ladder: where we are no more, nobody sends it",
                       definition->host_death_signal);
  return result;
}

static const struct hp_field death_fields[] = {
    {.key = "signal",
     .description = "Signal that the server gets, or none.",
     .schema = "\"type\":\"string\"",
     .read = field_death_signal,
     IN_DEFINITION(host_death_signal),
     .flags = HP_FIELD_REQUIRED},
};

static const struct hp_table death_table = {
    .what = "on_host_death", .fields = death_fields, .field_count = HP_COUNT(death_fields)};

static const struct hp_field definition_fields[] = {
    {.key = "extends",
     .description = "Another definition that is the basis of this one.",
     .read = hp__field_extends,
     IN_DEFINITION(extends),
     .flags = HP_FIELD_WHOLE},
    {.key = "description",
     .description = "One line for lists.",
     .read = hp__field_string,
     IN_DEFINITION(description)},
    {.key = "binary",
     .description = "How the binary is found.",
     .read = hp__field_table,
     .table = &binary_table,
     .flags = HP_FIELD_REQUIRED},
    {.key = "version",
     .description = "How the binary is asked for its version.",
     .read = hp__field_table,
     .table = &version_table,
     .flags = HP_FIELD_WHOLE},
    {.key = "arguments",
     .description = "The command line behind the binary.",
     .read = hp__field_templates,
     IN_DEFINITION(arguments.items),
     .count = offsetof(struct hp_definition, arguments.count)},
    {.key = "environment",
     .description = "Added to our own environment; {unset: true} takes a variable away.",
     .read = hp__field_variables,
     IN_DEFINITION(environment)},
    {.key = "transports",
     .description = "The transports that the server speaks.",
     .read = hp__field_map,
     IN_DEFINITION(transports),
     .count = offsetof(struct hp_definition, transport_count),
     .table = &rule_table,
     .flags = HP_FIELD_REQUIRED | HP_FIELD_FILLED},
    {.key = "settings",
     .description = "The settings of the server.",
     .read = hp__field_map,
     IN_DEFINITION(settings),
     .count = offsetof(struct hp_definition, setting_count),
     .table = &hp__setting_table},
    {.key = "remedies",
     .description = "TEXT: what to do when a server has said that in its end.",
     .schema = "\"type\":\"object\"",
     .read = hp__field_notes,
     IN_DEFINITION(remedies),
     .count = offsetof(struct hp_definition, remedy_count)},
    {.key = "settings_list",
     .description = "What the binary is called with to list all settings that it knows.",
     .read = hp__field_strings,
     IN_DEFINITION(settings_list.items),
     .count = offsetof(struct hp_definition, settings_list.count),
     .flags = HP_FIELD_FILLED},
    {.key = "transport_setting",
     .description = "Setting that says off, auto or a port of TCP in the place of a transport.",
     .read = hp__field_setting_name,
     IN_DEFINITION(transport_setting)},
    {.key = "directory_setting",
     .description = "Setting that names the folder in which the private directory for its socket "
                    "is made.",
     .read = hp__field_setting_name,
     IN_DEFINITION(directory_setting)},
    {.key = "pass_through",
     .description = "How a setting that is not declared is written, with ${name} and ${value}.",
     .read = hp__field_templates,
     IN_DEFINITION(pass_through.items),
     .count = offsetof(struct hp_definition, pass_through.count),
     .flags = HP_FIELD_FILLED | HP_FIELD_PASS},
    {.key = "ready",
     .description =
         "How it is known to be ready; without it, when its address accepts a connection.",
     .read = hp__field_table,
     IN_DEFINITION(ready),
     .table = &hp__ready_table,
     .flags = HP_FIELD_WHOLE},
    {.key = "health",
     .description = "How it is looked after while it is ready.",
     .read = hp__field_table,
     IN_DEFINITION(health),
     .table = &hp__health_table,
     .flags = HP_FIELD_WHOLE},
    {.key = "watchdog",
     .description = "Time within which the server must give a sign of life.",
     .read = hp__field_duration,
     IN_DEFINITION(watchdog),
     .flags = HP_FIELD_FILLED},
    {.key = "identity",
     .description = "Whether it must be certain that the server itself answers.",
     .read = hp__field_word,
     IN_DEFINITION(identity),
     .words = hp__identity_words},
    {.key = "start_timeout",
     .description = "Time to be ready in; 30 s without it.",
     .read = hp__field_duration,
     IN_DEFINITION(start_timeout),
     .flags = HP_FIELD_FILLED},
    {.key = "stop",
     .description = "The ladder by which it is stopped.",
     .read = hp__field_rungs,
     IN_DEFINITION(stop)},
    {.key = "on_host_death",
     .description = "What the server gets when we die without a word.",
     .read = hp__field_table,
     .table = &death_table,
     .flags = HP_FIELD_WHOLE},
    {.key = "user",
     .description = "Whom it runs as.",
     .read = hp__field_table,
     .table = &user_table},
    {.key = "prepare",
     .description = "Makes its data once.",
     .read = hp__field_table,
     IN_DEFINITION(prepare),
     .table = &prepare_table},
    {.key = "files",
     .description = "Private files that are written for the launch.",
     .read = hp__field_files,
     IN_DEFINITION(files)},
    {.key = "secrets",
     .description = "Random secrets, made once for a data directory.",
     .read = hp__field_secrets,
     IN_DEFINITION(secrets)},
    {.key = "port_taken",
     .description = "Text in the output of a server whose port was taken.",
     .read = hp__field_string,
     IN_DEFINITION(port_taken),
     .flags = HP_FIELD_FILLED},
    {.key = "working_dir",
     .description = "Working directory of the server.",
     .read = hp__field_path,
     IN_DEFINITION(working_dir),
     .flags = HP_FIELD_FILLED},
    HP_SECTIONS(&hp__definition_table),
};

/* A tether is the callback's connection: without one there is nothing to close. */
static int check_tether(const struct hp_reader *reader, const struct hp_node *node,
                        const struct hp_definition *definition) {
  const struct hp_node *stop = hp__node_find(node, "stop");
  const struct hp_node *rung = stop ? stop->first : NULL;
  for (; rung && !hp__ready_find(&definition->ready, HP_READY_CALLBACK); rung = rung->next)
    if (hp__node_find(rung, "tether"))
      return hp__mistake(reader->error, rung->position,
                         "'tether' needs a server that calls back (ready: {kind: callback})");
  return 0;
}

/* It is heard on the socket that the server notifies. */
static int check_watchdog(const struct hp_reader *reader, const struct hp_node *node,
                          const struct hp_definition *definition) {
  const struct hp_node *watchdog = hp__node_find(node, "watchdog");
  if (!watchdog || hp__ready_find(&definition->ready, HP_READY_NOTIFY))
    return 0;
  return hp__mistake(reader->error, watchdog->key_position,
                     "'watchdog' needs a server that notifies (ready: {kind: notify})");
}

/* A port is free only until somebody takes it: where it is not held for the server until it has it,
 * its own word is the sign that another one must be tried. */
static int check_port_taken(const struct hp_reader *reader, const struct hp_node *node,
                            struct hp_definition *definition) {
  for (size_t i = 0; i < definition->transport_count && !definition->port_taken; i++) {
    const struct hp_transport_rule *rule = &definition->transports[i];
    const struct hp_node *entry = hp__node_find(hp__node_find(node, "transports"), rule->kind);
    if (strcmp(rule->kind, "tcp") != 0 || rule->port_auto)
      continue;
    if (!rule->reuse_address)
      return hp__mistake(reader->error, hp__node_find(entry, "reuse_address")->key_position,
                         "'reuse_address: no' needs 'port_taken', what the server says when its "
                         "port was taken");
    definition->port_taken = "Address already in use";
  }
  return 0;
}

static int check_definition(const struct hp_reader *reader, const struct hp_node *node,
                            void *record) {
  int result = check_tether(reader, node, record);
  if (result == 0)
    result = check_watchdog(reader, node, record);
  if (result == 0)
    result = hp__settings_check(reader, node, record);
  return result == 0 ? check_port_taken(reader, node, record) : result;
}

static const struct hp_definition initial_definition = {.ready = {.kind = HP_READY_CONNECT}};

const struct hp_table hp__definition_table = {.what = "server",
                                              .fields = definition_fields,
                                              .field_count = HP_COUNT(definition_fields),
                                              .size = sizeof(struct hp_definition),
                                              .where = offsetof(struct hp_definition, position),
                                              .initial = &initial_definition,
                                              .check = check_definition};
