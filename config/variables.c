/* SPDX-License-Identifier: MIT */
/* Which variables a template may name, and where. */
#include "config/schema.h"

#include <stdio.h>
#include <string.h>

enum { LAUNCH = 1, SETTING = 2, PREPARE = 4, LINE = 8, PASS = 16, VERSION = 32 };

struct variable {
  const char *name; /* ends in '.': a family, the rest is a name … */
  unsigned contexts;
  const char *what;     /* … of such a thing … */
  const char *declared; /* … that stands under this key of the definition; NULL: any name */
};

static const struct variable variables[] = {
    {"endpoint.url", LAUNCH | SETTING, 0, 0},
    {"endpoint.path", LAUNCH | SETTING | LINE, 0, 0},
    {"endpoint.dir", LAUNCH | SETTING | LINE, 0, 0},
    {"endpoint.name", LAUNCH | SETTING | LINE, 0, 0},
    {"endpoint.host", LAUNCH | SETTING | LINE, 0, 0},
    {"endpoint.port", LAUNCH | SETTING | LINE, 0, 0},
    {"endpoint.authority", LAUNCH | SETTING, 0, 0},
    {"endpoint.path.encoded", LAUNCH | SETTING, 0, 0},
    {"endpoint.dir.encoded", LAUNCH | SETTING, 0, 0},
    {"callback", LAUNCH | SETTING, 0, 0},
    {"callback.dir", LAUNCH | SETTING, 0, 0},
    {"callback.name", LAUNCH | SETTING, 0, 0},
    {"callback.path", LAUNCH | SETTING, 0, 0},
    {"nonce", LAUNCH | SETTING, 0, 0},
    {"data_dir", LAUNCH | SETTING | PREPARE, 0, 0},
    {"runtime_dir", LAUNCH | SETTING | PREPARE, 0, 0},
    {"binary", LAUNCH | SETTING | PREPARE, 0, 0},
    {"binary.folder", LAUNCH | SETTING | PREPARE, 0, 0},
    {"value", SETTING, 0, 0},
    {"name", PASS, 0, 0},
    {"version", VERSION, 0, 0},
    {"prepare.dir", PREPARE, 0, 0},
    {"files.", LAUNCH | SETTING, "file", "files"},
    {"secret.", LAUNCH | SETTING | PREPARE, "secret", "secrets"},
    {"secret_file.", LAUNCH | SETTING | PREPARE, "secret", "secrets"},
    {"setting.", LAUNCH | SETTING | PREPARE, "setting", "settings"},
    {"env.", LAUNCH | SETTING | PREPARE, "variable", NULL},
};

static unsigned context_of(unsigned flags) {
  if (flags & HP_FIELD_PATTERN)
    return LINE;
  if (flags & HP_FIELD_VERSION)
    return VERSION;
  if (flags & HP_FIELD_PREPARE)
    return PREPARE;
  if (flags & HP_FIELD_PASS)
    return SETTING | PASS;
  return flags & HP_FIELD_SETTING ? SETTING : LAUNCH;
}

static bool is_family(const struct variable *variable) {
  return variable->what != NULL;
}

static const struct variable *find(const char *name) {
  for (size_t i = 0; i < HP_COUNT(variables); i++) {
    const struct variable *variable = &variables[i];
    size_t length = strlen(variable->name);
    if (is_family(variable) ? strncmp(name, variable->name, length) == 0 && name[length]
                            : strcmp(name, variable->name) == 0)
      return variable;
  }
  return NULL;
}

static int refuse(const struct hp_reader *reader, const struct hp_node *node, const char *name,
                  unsigned context) {
  const char *candidates[HP_COUNT(variables)];
  size_t count = 0;
  char family[16]; /* "file." of "file.redis.conf" */
  snprintf(family, sizeof family, "%.*s.", (int)strcspn(name, "."), name);
  for (size_t i = 0; i < HP_COUNT(variables); i++)
    if (variables[i].contexts & context)
      candidates[count++] = variables[i].name;
  if (!hp__nearest(name, candidates, count) && hp__nearest(family, candidates, count))
    name = family;
  return hp__unknown(reader->error, node->position, "variable", name, candidates, count);
}

static int check_member(const struct hp_reader *reader, const struct hp_node *node,
                        const struct variable *family, const char *name) {
  size_t count = 0;
  if (!family->declared || !reader->scope)
    return 0;
  const char **names =
      hp__node_names(reader->arena, hp__node_find(reader->scope, family->declared), &count);
  if (!names)
    return hp__out_of_memory(reader->error);
  for (size_t i = 0; i < count; i++)
    if (strcmp(names[i], name) == 0)
      return 0;
  return hp__unknown(reader->error, node->position, family->what, name, names, count);
}

static int check_one(const struct hp_reader *reader, const struct hp_node *node, const char *name,
                     unsigned context) {
  const struct variable *variable = find(name);
  if (!variable)
    return refuse(reader, node, name, context);
  if (!(variable->contexts & context))
    return hp__mistake(reader->error, node->position, "variable '%s' has no meaning here", name);
  return is_family(variable) ? check_member(reader, node, variable, name + strlen(variable->name))
                             : 0;
}

int hp__check_variables(const struct hp_reader *reader, const struct hp_node *node,
                        const struct hp_template *text, unsigned flags) {
  unsigned context = context_of(flags);
  for (size_t i = 0; i < text->count; i++) {
    const char *name = text->segments[i].variable;
    if (!name)
      continue;
    int result = check_one(reader, node, name, context);
    if (result != 0)
      return result;
    if (context == LINE && i > 0 && text->segments[i - 1].variable)
      return hp__mistake(reader->error, node->position,
                         "nothing between '%s' and '%s': where would one end?",
                         text->segments[i - 1].variable, name);
  }
  return 0;
}
