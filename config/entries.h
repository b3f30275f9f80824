/* SPDX-License-Identifier: MIT */
/* Servers and profiles as they stand in files, before they are values. Private to catalog.c and
 * extends.c. */
#ifndef HP_CONFIG_ENTRIES_H
#define HP_CONFIG_ENTRIES_H

#include "config/catalog.h"
#include "config/tables.h"

#include <stdint.h>

enum { HP_FILES_MAX = 32 };

#define HP_FILE_BUILTIN SIZE_MAX

struct entry {
  const struct hp_node *node;
  size_t file; /* in the catalogue's list; HP_FILE_BUILTIN */
  enum { HP_ENTRY_UNREAD, HP_ENTRY_OPEN, HP_ENTRY_MERGED } state;
  const struct hp_node *merged; /* with what it extends */
  size_t parent;                /* while OPEN: what it extends */
};

struct entries { /* of the user's file, then of those that are extended, then the built-in ones */
  const struct hp_table *table;
  struct entry *items;
  size_t count;
};

struct load {
  struct hp_catalog *catalog;
  const char *os;
  struct hp_reader reader;
  struct entries servers, profiles;
};

int hp__entries_add(const struct hp_reader *reader, struct entries *entries,
                    const struct hp_node *map, size_t file);
/* The file that an entry extends another one of, NULL when it names none. */
int hp__entry_extends_file(const struct hp_reader *reader, const struct entries *entries,
                           size_t index, const char **path);
bool hp__entries_has_file(const struct hp_catalog *catalog, const char *path);
/* Each with its section for the system laid over it, on top of what it extends. */
int hp__entries_merge(struct load *load, struct entries *entries);

#endif
