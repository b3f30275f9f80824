/* SPDX-License-Identifier: MIT */
/* The transports that a user would take: one, or several that are tried in turn; in YAML, and as
 * one text of the command line. */
#include "config/catalog.h"
#include "config/tables.h"

#include <string.h>

/* What of an address the known kinds can have; an embedder's own kind may have all of it. */
static const struct known {
  const char *kind;
  bool host, port, path;
} known_kinds[] = {{"local", false, false, false},
                   {"unix", false, false, true},
                   {"pipe", false, false, true},
                   {"tcp", true, true, false}};

static const struct known *find_known(const char *kind) {
  for (size_t i = 0; i < HP_COUNT(known_kinds); i++)
    if (strcmp(known_kinds[i].kind, kind) == 0)
      return &known_kinds[i];
  return NULL;
}

static int check_port(const struct hp_choice *choice, hp_error *error) {
  static const struct hp_setting port = {.type = HP_SETTING_PORT};
  struct hp_arena arena = {0};
  const char *canonical;
  if (!choice->port || strcmp(choice->port, "auto") == 0)
    return 0;
  int result = hp__setting_read(&arena, &port, choice->port, 0, &canonical, NULL);
  hp__arena_fini(&arena);
  if (result != HP_ECONFIG)
    return result == 0 ? 0 : hp__out_of_memory(error);
  hp__mistake(error, choice->position,
              "'%s' is not a port: auto, or a whole number from 1 to 65535", choice->port);
  if (strcmp(choice->port, "0") == 0)
    hp_error_set_hint(error, "'tcp' alone, or port auto, is any free port");
  return HP_ECONFIG;
}

static int check_choice(const struct hp_choice *choice, hp_error *error) {
  const struct known *known = find_known(choice->kind);
  const char *part = !known                         ? NULL
                     : choice->host && !known->host ? "host"
                     : choice->port && !known->port ? "port"
                     : choice->path && !known->path ? "path"
                                                    : NULL;
  if (part)
    return hp__mistake(error, choice->position, "transport %s has no %s", choice->kind, part);
  return check_port(choice, error);
}

/* ---- one text ---- */

static bool split_address(struct hp_arena *arena, struct hp_choice *choice, const char *address) {
  const char *colon = strrchr(address, ':'), *bracket = strrchr(address, ']');
  if (!colon || (bracket && colon < bracket)) {
    choice->port = hp__arena_copy(arena, address);
    return true;
  }
  size_t length = (size_t)(colon - address);
  bool enclosed = address[0] == '[' && bracket == colon - 1;
  if (length == 0 || (!enclosed && memchr(address, ':', length)))
    return false;
  choice->host = hp__arena_slice(arena, address + enclosed, length - 2 * (size_t)enclosed);
  choice->port = hp__arena_copy(arena, colon + 1);
  return true;
}

/* The name of a pipe is in no directory. */
static const char *place_path(struct hp_arena *arena, const struct hp_choice *choice,
                              const char *path) {
  bool file = strcmp(choice->kind, "unix") == 0;
  return hp__arena_copy(arena, file ? hp__path_beside(arena, choice->position.file, path) : path);
}

static int read_choice(struct hp_arena *arena, struct hp_choice *choice, const char *text,
                       hp_error *error) {
  size_t length = strcspn(text, ":");
  const char *rest = text[length] ? text + length + 1 : NULL;
  choice->kind = hp__arena_slice(arena, text, length);
  if (!choice->kind)
    return hp__out_of_memory(error);
  if (length == 0 || (rest && rest[0] == '\0'))
    return hp__mistake(error, choice->position,
                       "'%s' is not a transport: local, unix, unix:/path, pipe, tcp, tcp:PORT or "
                       "tcp:HOST:PORT",
                       text);
  if (rest && strcmp(choice->kind, "tcp") != 0)
    choice->path = place_path(arena, choice, rest);
  else if (rest && !split_address(arena, choice, rest))
    return hp__mistake(error, choice->position,
                       "'%s' is not an address: PORT, HOST:PORT or [IPv6]:PORT", rest);
  if (arena->failed)
    return hp__out_of_memory(error);
  return check_choice(choice, error);
}

static struct hp_choice *add_choice(struct hp_arena *arena, struct hp_choices *choices,
                                    struct hp_position position, hp_error *error) {
  if (choices->count == HP_CHOICES_MAX) {
    hp__mistake(error, position, "more than %d transports to try", HP_CHOICES_MAX);
    return NULL;
  }
  struct hp_choice *items = hp__arena_grow(arena, choices->items, choices->count, sizeof *items);
  if (!items) {
    hp__out_of_memory(error);
    return NULL;
  }
  choices->items = items;
  items[choices->count] = (struct hp_choice){.position = position};
  return &items[choices->count++];
}

/* What add_choice() has said. */
static int refused(const struct hp_arena *arena) {
  return arena->failed ? HP_ENOMEM : HP_ECONFIG;
}

int hp__transports_read(struct hp_arena *arena, struct hp_choices *choices, const char *text,
                        struct hp_position position, hp_error *error) {
  *choices = (struct hp_choices){0};
  for (const char *at = text;; at++) {
    size_t length = strcspn(at, ",");
    struct hp_choice *choice = add_choice(arena, choices, position, error);
    if (!choice)
      return refused(arena);
    const char *one = hp__arena_slice(arena, at, length);
    int result = one ? read_choice(arena, choice, one, error) : hp__out_of_memory(error);
    at += length;
    if (result != 0 || *at == '\0')
      return result;
  }
}

/* ---- YAML ---- */

#define IN_CHOICE(member) .offset = offsetof(struct hp_choice, member)

static const struct hp_field choice_fields[] = {
    {.key = "kind",
     .description = "unix, tcp, pipe or local.",
     .read = hp__field_string,
     IN_CHOICE(kind),
     .flags = HP_FIELD_REQUIRED | HP_FIELD_FILLED},
    {.key = "port",
     .description = "tcp: auto, or a number.",
     .read = hp__field_string,
     IN_CHOICE(port),
     .flags = HP_FIELD_FILLED},
    {.key = "host",
     .description = "tcp: a literal address.",
     .read = hp__field_string,
     IN_CHOICE(host),
     .flags = HP_FIELD_FILLED},
    {.key = "path",
     .description = "unix: the socket; pipe: its name.",
     .read = hp__field_string,
     IN_CHOICE(path),
     .flags = HP_FIELD_FILLED},
};

const struct hp_table hp__choice_table = {
    .what = "transport", .fields = choice_fields, .field_count = HP_COUNT(choice_fields)};

static int read_mapping(const struct hp_reader *reader, struct hp_choices *choices,
                        const struct hp_node *node) {
  struct hp_choice *choice = add_choice(reader->arena, choices, node->position, reader->error);
  if (!choice)
    return refused(reader->arena);
  int result = hp__read_record(reader, &hp__choice_table, node, choice);
  if (result == 0 && choice->path)
    choice->path = place_path(reader->arena, choice, choice->path);
  return result == 0 ? check_choice(choice, reader->error) : result;
}

static const struct hp_field one_field = {.key = "transport", .flags = HP_FIELD_FILLED};

static int read_text(const struct hp_reader *reader, struct hp_choices *choices,
                     const struct hp_node *node) {
  const char *text;
  struct hp_choice *choice;
  int result = hp__field_string(reader, &one_field, node, &text);
  if (result != 0)
    return result;
  choice = add_choice(reader->arena, choices, node->position, reader->error);
  return choice ? read_choice(reader->arena, choice, text, reader->error) : refused(reader->arena);
}

static int read_node(const struct hp_reader *reader, struct hp_choices *choices,
                     const struct hp_node *node) {
  return node->kind == HP_NODE_MAPPING ? read_mapping(reader, choices, node)
                                       : read_text(reader, choices, node);
}

int hp__field_transports(const struct hp_reader *reader, const struct hp_field *field,
                         const struct hp_node *node, void *record) {
  struct hp_choices *choices = (void *)((char *)record + field->offset);
  int result = 0;
  if (node->kind != HP_NODE_SEQUENCE)
    return read_node(reader, choices, node);
  if (node->count == 0)
    return hp__mistake(reader->error, node->position, "'%s' must not be empty", field->key);
  for (const struct hp_node *child = node->first; result == 0 && child; child = child->next)
    result = read_node(reader, choices, child);
  return result;
}

/* ---- against its server ---- */

static int refuse_kind(const struct hp_reader *reader, const struct hp_choice *choice,
                       const struct hp_node *rules, const struct hp_definition *definition) {
  size_t count = 0;
  const char **names = hp__node_names(reader->arena, rules, &count);
  if (!names)
    return hp__out_of_memory(reader->error);
  names[count] = "local"; /* in the place of the list's end */
  int result =
      hp__unknown(reader->error, choice->position, "transport", choice->kind, names, count + 1);
  hp_error_set_cause(reader->error, "server '%s' has no rule for it", definition->name);
  return result;
}

int hp__transports_check(const struct hp_reader *reader, const struct hp_choices *choices,
                         const struct hp_definition *definition) {
  const struct hp_node *rules = hp__node_find(reader->scope, "transports");
  for (size_t i = 0; i < choices->count; i++) {
    const char *kind = choices->items[i].kind;
    bool passed_over = choices->count > 1 && find_known(kind);
    if (strcmp(kind, "local") != 0 && !passed_over && !hp__node_find(rules, kind))
      return refuse_kind(reader, &choices->items[i], rules, definition);
  }
  return 0;
}
