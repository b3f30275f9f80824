/* SPDX-License-Identifier: MIT */
/* The stop ladder, as a definition and a profile write it. */
#include "config/tables.h"
#include "core/lifecycle.h"

#include <string.h>

bool hp__is_console_event(const char *signal) {
  return strncmp(signal, "CTRL_", 5) == 0;
}

int hp__field_signal(const struct hp_reader *reader, const struct hp_field *field,
                     const struct hp_node *node, void *record) {
  static const char *const names[] = {"TERM", "INT",    "QUIT",      "HUP",  "USR1",
                                      "USR2", "ABRT",   "ALRM",      "CONT", "WINCH",
                                      "KILL", "CTRL_C", "CTRL_BREAK"}; /* those of Windows */
  int result = hp__expect(reader, node, HP_NODE_SCALAR);
  if (result != 0)
    return result;
  const char *word = strncmp(node->text, "SIG", 3) == 0 ? node->text + 3 : node->text;
  for (size_t i = 0; i < HP_COUNT(names); i++)
    if (strcmp(word, names[i]) == 0) {
      memcpy((char *)record + field->offset, &names[i], sizeof names[i]);
      return 0;
    }
  return hp__unknown(reader->error, node->position, "signal", word, names, HP_COUNT(names));
}

struct rung { /* `tether` and `kill` are words of YAML; the kind is what the ladder keeps */
  struct hp_rung rung;
  bool tether, kill;
};

static const char *const scopes[] = {"group", "leader", NULL};

#define IN_RUNG(member) .offset = offsetof(struct rung, member)

static const struct hp_field rung_fields[] = {
    {.key = "tether",
     .description = "Close the callback's connection.",
     .read = hp__field_true,
     IN_RUNG(tether)},
    {.key = "signal",
     .description = "Send a signal.",
     .read = hp__field_signal,
     IN_RUNG(rung.signal)},
    {.key = "command",
     .description = "Run a command.",
     .read = hp__field_templates,
     IN_RUNG(rung.command.items),
     .count = offsetof(struct rung, rung.command.count),
     .flags = HP_FIELD_FILLED},
    {.key = "kill",
     .description = "Kill the whole tree; the last rung.",
     .read = hp__field_true,
     IN_RUNG(kill)},
    {.key = "to",
     .description = "Whom the signal is for.",
     .read = hp__field_bool,
     IN_RUNG(rung.leader),
     .words = scopes,
     .what = "receiver"},
    {.key = "wait",
     .description = "Time until the next rung.",
     .read = hp__field_duration,
     IN_RUNG(rung.wait)},
    {.key = "force",
     .description = "It may cut off a server that is saving.",
     .read = hp__field_bool,
     IN_RUNG(rung.force)},
};

static const struct {
  const char *key;
  enum hp_rung_kind kind;
} actions[] = {{"tether", HP_RUNG_TETHER},
               {"signal", HP_RUNG_SIGNAL},
               {"command", HP_RUNG_COMMAND},
               {"kill", HP_RUNG_KILL}};

static int find_kind(const struct hp_reader *reader, const struct hp_node *node,
                     enum hp_rung_kind *kind) {
  int count = 0;
  for (size_t i = 0; i < HP_COUNT(actions); i++)
    if (hp__node_find(node, actions[i].key)) {
      *kind = actions[i].kind;
      count++;
    }
  if (count == 1)
    return 0;
  return hp__mistake(reader->error, node->position,
                     "a rung is one of tether, signal, command and kill, not %s",
                     count ? "several" : "none");
}

static int check_rung(const struct hp_reader *reader, const struct hp_node *node, void *record) {
  struct hp_rung *rung = &((struct rung *)record)->rung;
  const struct hp_node *wait = hp__node_find(node, "wait"), *to = hp__node_find(node, "to");
  int result = find_kind(reader, node, &rung->kind);
  if (result != 0)
    return result;
  if (rung->kind == HP_RUNG_KILL && node->count > 1)
    return hp__mistake(reader->error, node->position, "'kill' is the end: no other key beside it");
  if (rung->kind != HP_RUNG_KILL && !wait)
    return hp__mistake(reader->error, node->position,
                       "'wait' is missing in the rung: the time until the next one");
  if (to && rung->kind != HP_RUNG_SIGNAL)
    return hp__mistake(reader->error, to->key_position, "'to' is for a signal");
  return 0;
}

const struct hp_table hp__rung_table = {.what = "rung",
                                        .fields = rung_fields,
                                        .field_count = HP_COUNT(rung_fields),
                                        .size = sizeof(struct rung),
                                        .check = check_rung};

struct ladder {
  struct rung *items;
  size_t count;
};

static int check_order(const struct hp_reader *reader, const struct hp_node *node,
                       const struct ladder *ladder) {
  const struct hp_node *child = node->first;
  if (ladder->count > HP_RUNGS_MAX)
    return hp__mistake(reader->error, node->position, "a ladder has at most %d rungs, not %zu",
                       HP_RUNGS_MAX, ladder->count);
  for (size_t i = 0; i < ladder->count; i++, child = child->next)
    if ((ladder->items[i].rung.kind == HP_RUNG_KILL) != (i + 1 == ladder->count))
      return hp__mistake(reader->error, child->position,
                         "the last rung, and only the last one, must be {kill: true}");
  return 0;
}

int hp__field_rungs(const struct hp_reader *reader, const struct hp_field *field,
                    const struct hp_node *node, void *record) {
  struct ladder ladder = {0};
  struct hp_rungs *rungs = (void *)((char *)record + field->offset);
  struct hp_field list = {.key = field->key,
                          .offset = offsetof(struct ladder, items),
                          .count = offsetof(struct ladder, count),
                          .flags = HP_FIELD_FILLED,
                          .table = &hp__rung_table};
  int result = hp__field_list(reader, &list, node, &ladder);
  if (result == 0)
    result = check_order(reader, node, &ladder);
  if (result != 0)
    return result;
  rungs->items = hp__arena_alloc(reader->arena, ladder.count * sizeof *rungs->items);
  if (!rungs->items)
    return hp__out_of_memory(reader->error);
  for (size_t i = 0; i < ladder.count; i++)
    rungs->items[i] = ladder.items[i].rung;
  rungs->count = ladder.count;
  return 0;
}
