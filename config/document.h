/* SPDX-License-Identifier: MIT */
/*
 * YAML text -> tree of nodes, each of which knows its place. Scalars stay text. Of YAML it takes
 * what a configuration needs: one document, no tags, aliases within reason.
 */
#ifndef HP_CONFIG_DOCUMENT_H
#define HP_CONFIG_DOCUMENT_H

#include "config/mistake.h"
#include "core/arena.h"

enum hp_node_kind { HP_NODE_SCALAR, HP_NODE_SEQUENCE, HP_NODE_MAPPING };

struct hp_node {
  enum hp_node_kind kind;
  struct hp_position position;
  const char *text;             /* scalar */
  bool plain;                   /* scalar: without quotes, so that `~` is nothing, not a word */
  struct hp_node *first, *next; /* children, in order */
  size_t count;                 /* of children */
  size_t weight;                /* nodes below and including this one, aliases expanded */
  const char *key;              /* as an entry of a mapping */
  struct hp_position key_position;
};

enum { HP_DOCUMENT_SIZE_MAX = 1 << 20, HP_DOCUMENT_NODES_MAX = 10000, HP_DOCUMENT_DEPTH_MAX = 32 };

/* `file` names the text in positions and must live as long as the arena. */
int hp__document_parse(struct hp_arena *arena, const char *file, const char *text, size_t length,
                       const struct hp_node **root, hp_error *error);
int hp__document_load(struct hp_arena *arena, const char *file, const struct hp_node **root,
                      hp_error *error);

/* The entry of a mapping; NULL where there is none, or no mapping. */
const struct hp_node *hp__node_find(const struct hp_node *node, const char *key);
/* YAML's null: nothing, `~` or `null` without quotes. */
bool hp__node_is_null(const struct hp_node *node);

#endif
