/* SPDX-License-Identifier: MIT */
/*
 * Const tables that say which keys a mapping may have, of what kind each is, and where in a struct
 * it goes. One mechanism reads every mapping of every file; what is special to one key is a reader
 * function of its own.
 */
#ifndef HP_CONFIG_SCHEMA_H
#define HP_CONFIG_SCHEMA_H

#include "config/definition.h"
#include "config/document.h"

#include <stddef.h>

struct hp_reader {
  struct hp_arena *arena;
  hp_error *error;
  const struct hp_node *scope; /* the definition whose settings, secrets and files a template may
                                  name; NULL: not known, any name will do */
};

struct hp_field;
typedef int (*hp_field_reader)(const struct hp_reader *reader, const struct hp_field *field,
                               const struct hp_node *node, void *record);

enum hp_field_flags {
  HP_FIELD_REQUIRED = 1 << 0,
  HP_FIELD_FILLED = 1 << 1,  /* a text that must not be empty and takes no variables; a duration,
                                list or map of at least one */
  HP_FIELD_WHOLE = 1 << 2,   /* with `extends`: replaced, not merged by key */
  HP_FIELD_SETTING = 1 << 3, /* template: `value` has a meaning */
  HP_FIELD_PREPARE = 1 << 4, /* template: before there is an address */
  HP_FIELD_PATTERN = 1 << 5, /* template: read backwards, finds the endpoint */
  HP_FIELD_FOLDER = 1 << 8,  /* a filled text that may begin with "${env.NAME}" */
  HP_FIELD_PASS = 1 << 6,    /* template: `name` and `value` have a meaning */
  HP_FIELD_VERSION = 1 << 7  /* template: read backwards, finds `version` alone */
};

struct hp_field {
  const char *key;
  const char *description; /* a sentence, for the JSON Schema and the manual */
  hp_field_reader read;
  size_t offset;
  size_t count; /* offset of the number of items: lists, maps */
  size_t where; /* offset of a struct hp_position, 0: none is kept */
  unsigned flags;
  const char *const *words; /* NULL-terminated */
  const char *what;         /* what such a word is, for messages; NULL: the key says it */
  const struct hp_table *table;
  const char *schema; /* JSON Schema of the value without its braces; NULL: the reader says it */
};

struct hp_table {
  const char *what; /* "setting": for messages */
  const struct hp_field *fields;
  size_t field_count;
  size_t size;         /* of a record; in a map, a record begins with its name */
  size_t where;        /* as in a field */
  const void *initial; /* a record to begin with; NULL: zeroes */
  int (*check)(const struct hp_reader *reader, const struct hp_node *node, void *record);
};

/* What a key may be. */
int hp__field_string(const struct hp_reader *, const struct hp_field *, const struct hp_node *,
                     void *record); /* const char * */
int hp__field_word(const struct hp_reader *, const struct hp_field *, const struct hp_node *,
                   void *record); /* const char *, one of `words` */
int hp__field_enum(const struct hp_reader *, const struct hp_field *, const struct hp_node *,
                   void *record); /* an enum: the index in `words` */
int hp__field_bool(const struct hp_reader *, const struct hp_field *, const struct hp_node *,
                   void *record); /* bool; `words`: what to say for false and true instead */
int hp__field_true(const struct hp_reader *, const struct hp_field *, const struct hp_node *,
                   void *record); /* bool, true is the only value */
int hp__field_duration(const struct hp_reader *, const struct hp_field *, const struct hp_node *,
                       void *record); /* int64_t */
int hp__field_template(const struct hp_reader *, const struct hp_field *, const struct hp_node *,
                       void *record); /* struct hp_template */
int hp__field_strings(const struct hp_reader *, const struct hp_field *, const struct hp_node *,
                      void *record); /* const char **, NULL-terminated; a scalar is a list of one */
int hp__field_templates(const struct hp_reader *, const struct hp_field *, const struct hp_node *,
                        void *record); /* struct hp_template *; a scalar is a list of one */
int hp__field_variables(const struct hp_reader *, const struct hp_field *, const struct hp_node *,
                        void *record); /* struct hp_variables: NAME: text, NAME: {unset: true} */
int hp__field_table(const struct hp_reader *, const struct hp_field *, const struct hp_node *,
                    void *record); /* `table`, whose record begins at the offset */
int hp__field_list(const struct hp_reader *, const struct hp_field *, const struct hp_node *,
                   void *record); /* array of `table` */
int hp__field_map(const struct hp_reader *, const struct hp_field *, const struct hp_node *,
                  void *record); /* array of `table`, named by the keys */
int hp__field_path(const struct hp_reader *, const struct hp_field *, const struct hp_node *,
                   void *record); /* const char *; a relative one is beside the file that says it */
int hp__field_extends(const struct hp_reader *, const struct hp_field *, const struct hp_node *,
                      void *record); /* const char *: NAME, or NAME of FILE */
int hp__field_section(const struct hp_reader *, const struct hp_field *, const struct hp_node *,
                      void *record); /* keys of `table` for another system: nothing is kept */
int hp__field_node(const struct hp_reader *, const struct hp_field *, const struct hp_node *,
                   void *record); /* const struct hp_node *: a mapping, read later */

int hp__read_record(const struct hp_reader *reader, const struct hp_table *table,
                    const struct hp_node *node, void *record);

/* `path` as it is meant in `file`: relative ones begin where that is. NULL when out of memory. */
const char *hp__path_beside(struct hp_arena *arena, const char *file, const char *path);
/* The field of that name, or an error with the nearest one. */
int hp__find_field(const struct hp_reader *reader, const struct hp_table *table,
                   const struct hp_node *entry, const struct hp_field **field);

/* For readers of one key. */
int hp__expect(const struct hp_reader *reader, const struct hp_node *node, enum hp_node_kind kind);
int hp__read_template(const struct hp_reader *reader, const struct hp_field *field,
                      const struct hp_node *node, struct hp_template *result);
/* Letters, digits, '_', '-', '.', the first one a letter or digit: fit for a file's name, too. */
int hp__check_name(const struct hp_reader *reader, struct hp_position position, const char *what,
                   const char *name);
/* Keys of a mapping or scalars of a list, as candidates, with room for one more; NULL when out of
 * memory. */
const char **hp__node_names(struct hp_arena *arena, const struct hp_node *node, size_t *count);

/* `over` on top of `base`: maps merged by key, all else replaced. NULL when out of memory. */
const struct hp_node *hp__merge(struct hp_arena *arena, const struct hp_table *table,
                                const struct hp_node *base, const struct hp_node *over);

/* variables.c: whether every variable of a template is known at this place. */
int hp__check_variables(const struct hp_reader *reader, const struct hp_node *node,
                        const struct hp_template *text, unsigned flags);

#define HP_COUNT(array) (sizeof(array) / sizeof *(array))

#endif
