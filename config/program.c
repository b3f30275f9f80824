/* SPDX-License-Identifier: MIT */
/*
 * The words become the nodes that a file would have become, and are read by the same tables: what
 * can be said, and what is refused, is the same. A node's place is the name of its word.
 */
#include "config/program.h"

#include "config/tables.h"
#include "core/text.h"

#include <string.h>

static const char DEFAULT_WAIT[] = "10s";
static const char WORD_READY[] = "--ready", WORD_STOP[] = "--stop";

/* ---- nodes ---- */

static struct hp_node *new_node(struct hp_arena *arena, enum hp_node_kind kind, const char *file,
                                const char *text) {
  struct hp_node *node = hp__arena_alloc(arena, sizeof *node);
  if (node)
    *node = (struct hp_node){
        .kind = kind, .text = text, .position = {file, 0, 0}, .key_position = {file, 0, 0}};
  return node;
}

/* NULL for a parent or a child that there was no memory for: the arena remembers. */
static struct hp_node *add(struct hp_node *parent, const char *key, struct hp_node *child) {
  if (!parent || !child)
    return NULL;
  struct hp_node **end = &parent->first;
  while (*end)
    end = &(*end)->next;
  *end = child;
  child->key = key;
  parent->count++;
  return child;
}

static struct hp_node *add_text(struct hp_arena *arena, struct hp_node *parent, const char *key,
                                const char *file, const char *text) {
  return add(parent, key, new_node(arena, HP_NODE_SCALAR, file, text));
}

static struct hp_node *add_mapping(struct hp_arena *arena, struct hp_node *parent, const char *key,
                                   const char *file) {
  return add(parent, key, new_node(arena, HP_NODE_MAPPING, file, NULL));
}

/* ---- binary, arguments ---- */

static void add_words(struct hp_arena *arena, struct hp_node *root, const char *const *argv) {
  struct hp_node *binary = add_mapping(arena, root, "binary", "the program");
  add_text(arena, binary, "names", "the program", argv[0]);
  struct hp_node *list =
      add(root, "arguments", new_node(arena, HP_NODE_SEQUENCE, "the program", NULL));
  for (size_t i = 1; argv[i]; i++)
    add_text(arena, list, NULL, hp__arena_format(arena, "argument %zu of the program", i), argv[i]);
}

/* ---- transports ---- */

static const struct {
  const char *kind, *variables[3][2];
} known_kinds[] = {
    {"unix", {{"HYPERPROCESS_PATH", "${endpoint.path}"}}},
    {"pipe", {{"HYPERPROCESS_PATH", "${endpoint.path}"}}},
    {"tcp", {{"HYPERPROCESS_HOST", "${endpoint.host}"}, {"HYPERPROCESS_PORT", "${endpoint.port}"}}},
};

static struct hp_node *add_kind(struct hp_arena *arena, struct hp_node *transports,
                                const char *kind) {
  struct hp_node *rule = add_mapping(arena, transports, kind, "--transport");
  struct hp_node *environment = add_mapping(arena, rule, "environment", "--transport");
  add_text(arena, environment, "HYPERPROCESS_ENDPOINT", "--transport", "${endpoint.url}");
  add_text(arena, environment, "HYPERPROCESS_TRANSPORT", "--transport", kind);
  return rule;
}

/* Nothing is known of the program: that it could bind a port which is held for it would be a guess,
 * and where it says its port itself it is not told one. */
static void fill_tcp(struct hp_arena *arena, struct hp_node *rule, bool picks) {
  if (picks)
    add_text(arena, rule, "port_auto", "--transport", "0");
  else
    add_text(arena, rule, "reuse_address", "--transport", "no");
}

static void add_transports(struct hp_arena *arena, struct hp_node *root, const char *wanted,
                           bool picks) {
  struct hp_node *transports = add_mapping(arena, root, "transports", "--transport");
  for (size_t i = 0; i < HP_COUNT(known_kinds); i++) {
    struct hp_node *rule = add_kind(arena, transports, known_kinds[i].kind);
    const struct hp_node *found = hp__node_find(rule, "environment");
    struct hp_node *environment = (struct hp_node *)(uintptr_t)found;
    bool tcp = strcmp(known_kinds[i].kind, "tcp") == 0;
    for (size_t j = 0; known_kinds[i].variables[j][0] && !(tcp && picks); j++)
      add_text(arena, environment, known_kinds[i].variables[j][0], "--transport",
               known_kinds[i].variables[j][1]);
    if (tcp)
      fill_tcp(arena, rule, picks);
  }
  if (wanted && strcmp(wanted, "local") != 0 && !hp__node_find(transports, wanted))
    add_kind(arena, transports, wanted);
}

/* ---- ready ---- */

/* "line:TEXT" is {kind: line, line: TEXT}; a mapping may be written as in a file. */
static int read_ready(struct hp_arena *arena, struct hp_node *root, const char *text,
                      hp_error *error) {
  static const char *const own_keys[][2] = {
      {"file", "path"}, {"http", "path"}, {"exec", "command"}};
  const struct hp_node *mapping = NULL;
  if (text[0] == '{') {
    int result = hp__document_parse(arena, WORD_READY, text, strlen(text), &mapping, error);
    if (result == 0)
      add(root, "ready", (struct hp_node *)(uintptr_t)mapping);
    return result;
  }
  size_t length = strcspn(text, ":");
  const char *kind = hp__arena_slice(arena, text, length), *key = kind;
  struct hp_node *ready = add_mapping(arena, root, "ready", WORD_READY);
  add_text(arena, ready, "kind", WORD_READY, kind);
  for (size_t i = 0; kind && i < HP_COUNT(own_keys); i++)
    if (strcmp(kind, own_keys[i][0]) == 0)
      key = own_keys[i][1];
  if (text[length])
    add_text(arena, ready, key, WORD_READY, hp__arena_copy(arena, text + length + 1));
  return 0;
}

/* ---- stop ---- */

static void add_rung(struct hp_arena *arena, struct hp_node *list, const char *word,
                     size_t length) {
  size_t name = 0;
  while (name < length && word[name] != ':')
    name++;
  const char *action = hp__arena_slice(arena, word, name);
  const char *wait =
      name < length ? hp__arena_slice(arena, word + name + 1, length - name - 1) : DEFAULT_WAIT;
  struct hp_node *rung = add_mapping(arena, list, NULL, WORD_STOP);
  if (!action || !rung)
    return;
  bool kill = strcmp(action, "kill") == 0, tether = strcmp(action, "tether") == 0;
  if (kill || tether)
    add_text(arena, rung, action, WORD_STOP, "true");
  else
    add_text(arena, rung, "signal", WORD_STOP, action);
  if (!kill || name < length)
    add_text(arena, rung, "wait", WORD_STOP, wait);
}

/* "INT:5s,TERM:10s": the kill at the end may be left out. */
static void read_stop(struct hp_arena *arena, struct hp_node *root, const char *text) {
  struct hp_node *list = add(root, "stop", new_node(arena, HP_NODE_SEQUENCE, WORD_STOP, NULL));
  const char *last = text;
  while (*text) {
    size_t length = strcspn(text, ",");
    add_rung(arena, list, text, length);
    last = text;
    text += length + (text[length] == ',');
  }
  if (strcmp(last, "kill") != 0)
    add_rung(arena, list, "kill", strlen("kill"));
}

/* ---- what the words speak of ---- */

static bool is_about(const char *text, const char *const *variables) {
  for (; *variables; variables++)
    if (strstr(text, *variables))
      return true;
  return false;
}

static bool is_told(const struct hp_program *program, const char *const *variables) {
  for (size_t i = 1; program->argv[i]; i++)
    if (is_about(program->argv[i], variables))
      return true;
  for (size_t i = 0; program->values[i]; i++)
    if (is_about(program->values[i], variables))
      return true;
  return false;
}

const struct hp_choice *hp__program_choice(const struct hp_program *program) {
  static const struct hp_choice tcp = {.kind = "tcp"};
  static const char *const variables[] = {"${endpoint.port}", "${endpoint.host}",
                                          "${endpoint.authority}", NULL};
  bool found =
      is_told(program, variables) || (program->ready && is_about(program->ready, variables));
  return found ? &tcp : NULL;
}

/* It says its port, and was told none. */
static bool picks_its_port(const struct hp_program *program) {
  static const char *const said[] = {"${endpoint.port}", NULL};
  static const char *const told[] = {"${endpoint.port}", "${endpoint.authority}", "${endpoint.url}",
                                     NULL};
  return program->ready && is_about(program->ready, said) && !is_told(program, told);
}

/* ---- the whole ---- */

/* "python3" of "/usr/bin/python3.exe". */
static const char *name_of(struct hp_arena *arena, const char *path) {
  const char *name = path;
  for (const char *c = path; *c; c++)
    if ((*c == '/' || *c == '\\') && c[1])
      name = c + 1;
  size_t length = strlen(name);
  static const char suffix[] = ".exe";
  if (length >= sizeof suffix && strcmp(name + length + 1 - sizeof suffix, suffix) == 0)
    length -= sizeof suffix - 1;
  return hp__arena_slice(arena, name, length);
}

int hp__program_read(struct hp_arena *arena, const struct hp_program *program,
                     const char *transport, const struct hp_definition **result, hp_error *error) {
  struct hp_definition *definition = hp__arena_alloc(arena, sizeof *definition);
  struct hp_node *root = new_node(arena, HP_NODE_MAPPING, "the program", NULL);
  struct hp_reader reader = {.arena = arena, .error = error, .scope = root};
  if (!definition || !root)
    return hp__out_of_memory(error);
  add_words(arena, root, program->argv);
  add_transports(arena, root, transport, picks_its_port(program));
  add_text(arena, root, "port_taken", "the program", "address already in use");
  int code = program->ready ? read_ready(arena, root, program->ready, error) : 0;
  if (program->stop)
    read_stop(arena, root, program->stop);
  if (code == 0)
    code = hp__read_record(&reader, &hp__definition_table, root, definition);
  definition->name = name_of(arena, program->argv[0]);
  definition->is_program = true;
  *result = definition;
  return arena->failed ? hp__out_of_memory(error) : code;
}

int hp__program_text(struct hp_arena *arena, const char *what, const char *text,
                     struct hp_template *result, hp_error *error) {
  static const struct hp_field field = {.key = "environment"};
  struct hp_reader reader = {.arena = arena, .error = error};
  const struct hp_node *node = new_node(arena, HP_NODE_SCALAR, what, text);
  return node ? hp__read_template(&reader, &field, node, result) : hp__out_of_memory(error);
}
