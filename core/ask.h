/* SPDX-License-Identifier: MIT */
/*
 * What a binary says of itself, `hyperd --capabilities`: run once, and its answer kept for as long
 * as the file is the same.
 */
#ifndef HP_CORE_ASK_H
#define HP_CORE_ASK_H

#include "core/arena.h"

#include <hyperprocess/plugin.h>

enum { HP_ANSWERS_MAX = 4 };

struct hp_answer {
  uint64_t device, inode, size;
  int64_t changed, changed_ns;
  char *arguments; /* with blanks between */
  char *text;      /* runs of blanks as one */
};

struct hp_answers { /* the oldest one gives way */
  struct hp_answer items[HP_ANSWERS_MAX];
  size_t next;
};

struct hp_sources;

void hp__answers_fini(struct hp_answers *answers);
/* What `executable` says when it is called with `arguments` (NULL-terminated), in the arena; NULL:
 * it cannot be had. Blocks while the binary runs, 10 s at most; not at all without `may_run`: then
 * only a kept answer is given. Any thread. */
const char *hp__ask(struct hp_sources *sources, const struct hp_platform_ops *platform,
                    struct hp_arena *arena, const char *executable, const char *const *arguments,
                    bool may_run);

#endif
