/* SPDX-License-Identifier: MIT */
/* How a server says that it is ready, as a definition writes it. */
#include "config/tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = {
    [HP_READY_NONE] = "none",
    [HP_READY_CALLBACK] = "callback",
    [HP_READY_NOTIFY] = "notify",
    [HP_READY_CONNECT] = "connect",
    [HP_READY_LINE] = "line",
    [HP_READY_FILE] = "file",
    [HP_READY_EXEC] = "exec",
    [HP_READY_HTTP] = "http",
    [HP_READY_INHERIT] = "inherit",
    [HP_READY_ALL] = NULL, /* `all` and `any` are keys, not words behind `kind` */
    [HP_READY_ANY] = NULL};

const char *const hp__identity_words[] = {"reported", "required", NULL};

const char *hp__ready_word(enum hp_ready_kind kind) {
  return kind == HP_READY_ALL ? "all" : kind == HP_READY_ANY ? "any" : kinds[kind];
}

const struct hp_ready *hp__ready_find(const struct hp_ready *ready, enum hp_ready_kind kind) {
  const struct hp_ready *found = ready->kind == kind ? ready : NULL;
  for (size_t i = 0; !found && i < ready->item_count; i++)
    found = hp__ready_find(&ready->items[i], kind);
  return found;
}

/* ---- values ---- */

static bool read_number(const char *text, size_t length, long max, long *value) {
  *value = strtol(text, NULL, 10);
  return length > 0 && length <= 6 && strspn(text, "0123456789") >= length && *value >= 1 &&
         *value <= max;
}

static int field_count(const struct hp_reader *reader, const struct hp_field *field,
                       const struct hp_node *node, void *record) {
  long value = 0;
  int result = hp__expect(reader, node, HP_NODE_SCALAR);
  if (result != 0)
    return result;
  if (!read_number(node->text, strlen(node->text), 100000, &value))
    return hp__mistake(reader->error, node->position, "'%s' must be a number from 1 on, not '%s'",
                       field->key, node->text);
  *(int64_t *)((char *)record + field->offset) = value;
  return 0;
}

/* "200" or "200-299". */
static int field_status(const struct hp_reader *reader, const struct hp_field *field,
                        const struct hp_node *node, void *record) {
  long first = 0, last = 0;
  int result = hp__expect(reader, node, HP_NODE_SCALAR);
  if (result != 0)
    return result;
  size_t length = strcspn(node->text, "-");
  const char *rest = node->text[length] ? node->text + length + 1 : node->text;
  if (!read_number(node->text, length, 599, &first) ||
      !read_number(rest, strlen(rest), 599, &last) || first < 200 || last < first)
    return hp__mistake(reader->error, node->position,
                       "'%s' must be a status like 200 or a range like 200-299, not '%s'",
                       field->key, node->text);
  uint16_t *status = (void *)((char *)record + field->offset);
  status[0] = (uint16_t)first;
  status[1] = (uint16_t)last;
  return 0;
}

/* ---- keys ---- */

#define IN_READY(member) .offset = offsetof(struct hp_ready, member)

static const struct hp_field ready_fields[] = {
    {.key = "kind",
     .description = "How it is known.",
     .read = hp__field_enum,
     IN_READY(kind),
     .words = kinds},
    {.key = "nonce",
     .description = "callback: the text begins with the nonce of this launch.",
     .read = hp__field_bool,
     IN_READY(nonce)},
    {.key = "line",
     .description = "line: pattern in a line of output, which may carry the address.",
     .read = hp__field_template,
     IN_READY(line),
     .flags = HP_FIELD_PATTERN},
    {.key = "count",
     .description = "line: how many lines must match.",
     .schema = "\"type\":\"integer\",\"minimum\":1",
     .read = field_count,
     IN_READY(count)},
    {.key = "path",
     .description = "file: the file; http: the path that is asked for.",
     .read = hp__field_template,
     IN_READY(path)},
    {.key = "content",
     .description = "file: pattern in its content.",
     .read = hp__field_template,
     IN_READY(content),
     .flags = HP_FIELD_PATTERN},
    {.key = "not_empty",
     .description = "file: it must hold something.",
     .read = hp__field_bool,
     IN_READY(not_empty)},
    {.key = "command",
     .description = "exec: program and arguments; status 0 is yes.",
     .read = hp__field_templates,
     IN_READY(command.items),
     .count = offsetof(struct hp_ready, command.count),
     .flags = HP_FIELD_FILLED},
    {.key = "interval",
     .description = "exec: time between two attempts.",
     .read = hp__field_duration,
     IN_READY(interval),
     .flags = HP_FIELD_FILLED},
    {.key = "timeout",
     .description = "Time that one attempt may take.",
     .read = hp__field_duration,
     IN_READY(timeout),
     .flags = HP_FIELD_FILLED},
    {.key = "status",
     .description = "http: the status, or a range of them, that is yes.",
     .schema = "\"type\":[\"integer\",\"string\"]",
     .read = field_status,
     IN_READY(status)},
    {.key = "body",
     .description = "http: text in the answer.",
     .read = hp__field_string,
     IN_READY(body),
     .flags = HP_FIELD_FILLED},
    {.key = "port",
     .description = "http: another port.",
     .read = hp__field_template,
     IN_READY(port)},
    {.key = "name",
     .description = "inherit: name of the descriptor.",
     .read = hp__field_string,
     IN_READY(name),
     .flags = HP_FIELD_FILLED},
    {.key = "all",
     .description = "All of these.",
     .read = hp__field_list,
     IN_READY(items),
     .count = offsetof(struct hp_ready, item_count),
     .table = &hp__ready_table,
     .flags = HP_FIELD_FILLED},
    {.key = "any",
     .description = "One of these.",
     .read = hp__field_list,
     IN_READY(items),
     .count = offsetof(struct hp_ready, item_count),
     .table = &hp__ready_table,
     .flags = HP_FIELD_FILLED},
};

/* ---- what goes with what ---- */

#define BIT(kind) (1u << HP_READY_##kind)

enum { ASKING = BIT(CONNECT) | BIT(HTTP) | BIT(EXEC) };

static const struct {
  const char *key;
  unsigned kinds;   /* that it has a meaning for */
  const char *lack; /* what such a kind says without it; NULL: it can do without */
} places[] = {
    {"nonce", BIT(CALLBACK), NULL},
    {"line", BIT(LINE), "needs a pattern in 'line'"},
    {"count", BIT(LINE), NULL},
    {"path", BIT(FILE) | BIT(HTTP), "needs a 'path'"},
    {"content", BIT(FILE), NULL},
    {"not_empty", BIT(FILE), NULL},
    {"command", BIT(EXEC), "needs a 'command'"},
    {"interval", BIT(EXEC), NULL},
    {"timeout", BIT(EXEC) | BIT(HTTP) | BIT(CONNECT), NULL},
    {"status", BIT(HTTP), NULL},
    {"body", BIT(HTTP), NULL},
    {"port", BIT(HTTP), NULL},
    {"name", BIT(INHERIT), NULL},
};

static int refuse_place(const struct hp_reader *reader, const struct hp_node *entry,
                        unsigned wanted, enum hp_ready_kind kind) {
  char names[128] = "";
  for (int i = 0; i < HP_READY_ALL; i++)
    if (wanted & (1u << i))
      snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", names[0] ? " and " : "",
               kinds[i]);
  return hp__mistake(reader->error, entry->key_position, "'%s' is for kind %s, not %s", entry->key,
                     names, hp__ready_word(kind));
}

static int check_places(const struct hp_reader *reader, const struct hp_node *node,
                        const struct hp_ready *ready, const char *taken) {
  for (size_t i = 0; i < HP_COUNT(places); i++) {
    const struct hp_node *entry = hp__node_find(node, places[i].key);
    bool fits = places[i].kinds & (1u << ready->kind);
    if (taken && strcmp(taken, places[i].key) == 0)
      continue; /* it has another meaning here */
    if (entry && !fits)
      return refuse_place(reader, entry, places[i].kinds, ready->kind);
    bool is_empty = !entry || (entry->kind == HP_NODE_SCALAR && !entry->text[0]);
    if (fits && is_empty && places[i].lack && ready->kind != HP_READY_HTTP)
      return hp__mistake(reader->error, entry ? entry->position : node->position, "kind %s %s",
                         kinds[ready->kind], places[i].lack);
  }
  return 0;
}

/* `all` and `any` say the kind themselves. */
static int find_kind(const struct hp_reader *reader, const struct hp_node *node,
                     struct hp_ready *ready) {
  const struct hp_node *all = hp__node_find(node, "all"), *any = hp__node_find(node, "any");
  const struct hp_node *kind = hp__node_find(node, "kind");
  if ((all && any) || (kind && (all || any)))
    return hp__mistake(reader->error, (all ? all : any)->key_position,
                       "only one of 'kind', 'all' and 'any' can be said");
  if (!kind && !all && !any)
    return hp__mistake(reader->error, node->key ? node->key_position : node->position,
                       "'kind' is missing in 'ready'");
  if (all || any)
    ready->kind = all ? HP_READY_ALL : HP_READY_ANY;
  return 0;
}

/* There is one socket of ours for each of these, and one listener. */
static size_t count_kind(const struct hp_ready *ready, enum hp_ready_kind kind) {
  size_t count = ready->kind == kind;
  for (size_t i = 0; i < ready->item_count; i++)
    count += count_kind(&ready->items[i], kind);
  return count;
}

static int check_ready(const struct hp_reader *reader, const struct hp_node *node, void *record) {
  static const enum hp_ready_kind single[] = {HP_READY_CALLBACK, HP_READY_NOTIFY, HP_READY_INHERIT};
  struct hp_ready *ready = record;
  int result = find_kind(reader, node, ready);
  if (result == 0)
    result = check_places(reader, node, ready, NULL);
  for (size_t i = 0; result == 0 && i < HP_COUNT(single); i++)
    if (count_kind(ready, single[i]) > 1)
      return hp__mistake(reader->error, node->position, "kind %s can stand here once only",
                         kinds[single[i]]);
  return result;
}

const struct hp_table hp__ready_table = {.what = "ready",
                                         .fields = ready_fields,
                                         .field_count = HP_COUNT(ready_fields),
                                         .size = sizeof(struct hp_ready),
                                         .where = offsetof(struct hp_ready, position),
                                         .check = check_ready};

/* ---- health ---- */

#define IN_HEALTH(member) .offset = offsetof(struct hp_health_rule, member)

static const struct hp_field health_fields[] = {
    {.key = "kind",
     .description = "How it is asked.",
     .read = hp__field_enum,
     IN_HEALTH(probe.kind),
     .words = kinds,
     .flags = HP_FIELD_REQUIRED},
    {.key = "path",
     .description = "http: the path that is asked for.",
     .read = hp__field_template,
     IN_HEALTH(probe.path)},
    {.key = "command",
     .description = "exec: program and arguments; status 0 is yes.",
     .read = hp__field_templates,
     IN_HEALTH(probe.command.items),
     .count = offsetof(struct hp_health_rule, probe.command.count),
     .flags = HP_FIELD_FILLED},
    {.key = "status",
     .description = "http: the status, or a range of them, that is yes.",
     .schema = "\"type\":[\"integer\",\"string\"]",
     .read = field_status,
     IN_HEALTH(probe.status)},
    {.key = "body",
     .description = "http: text in the answer.",
     .read = hp__field_string,
     IN_HEALTH(probe.body),
     .flags = HP_FIELD_FILLED},
    {.key = "port",
     .description = "http: another port.",
     .read = hp__field_template,
     IN_HEALTH(probe.port)},
    {.key = "timeout",
     .description = "Time that one probe may take.",
     .read = hp__field_duration,
     IN_HEALTH(probe.timeout),
     .flags = HP_FIELD_FILLED},
    {.key = "interval",
     .description = "Time between two probes.",
     .read = hp__field_duration,
     IN_HEALTH(interval),
     .flags = HP_FIELD_FILLED},
    {.key = "failures",
     .description = "How many probes in a row must fail.",
     .schema = "\"type\":\"integer\",\"minimum\":1",
     .read = field_count,
     IN_HEALTH(failures)},
};

static int check_health(const struct hp_reader *reader, const struct hp_node *node, void *record) {
  const struct hp_ready *probe = &((struct hp_health_rule *)record)->probe;
  const struct hp_node *kind = hp__node_find(node, "kind");
  if (probe->kind == HP_READY_NONE && node->count == 1)
    return 0;
  if (!(ASKING & (1u << probe->kind)))
    return hp__mistake(reader->error, kind->position,
                       "health is asked for by connect, http or exec, not by %s",
                       hp__ready_word(probe->kind));
  return check_places(reader, node, probe, "interval");
}

static const struct hp_health_rule initial_health = {
    .probe = {.timeout = 2000}, .interval = 10000, .failures = 3};

const struct hp_table hp__health_table = {.what = "health",
                                          .fields = health_fields,
                                          .field_count = HP_COUNT(health_fields),
                                          .size = sizeof(struct hp_health_rule),
                                          .where = offsetof(struct hp_health_rule, probe.position),
                                          .initial = &initial_health,
                                          .check = check_health};
