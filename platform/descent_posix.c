/* SPDX-License-Identifier: MIT */
/*
 * The descendants that left the group of their leader, and how they are killed. They are
 * known by their parents while those live, by their session, and, when the leader went first
 * and they are orphans, by the pipes of ours that they have as stdout or stderr. A walk costs
 * milliseconds, so there is one only when something must be killed.
 */
#include "platform/posix.h"

#include "core/alloc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROUNDS = 16 }; /* of a tree that forks as fast as it is killed */

struct entry {
  int64_t pid, parent, session;
  uint64_t start;
  bool runs, ours;
};

struct list {
  struct entry *items;
  size_t count, room;
};

static struct entry *append(struct list *list) {
  if (list->count == list->room) {
    size_t room = list->room ? list->room * 2 : 256;
    struct entry *items = hp__realloc(list->items, room * sizeof *items);
    if (!items)
      return NULL;
    list->items = items;
    list->room = room;
  }
  return memset(&list->items[list->count++], 0, sizeof *list->items);
}

static int by_pid(const void *a, const void *b) {
  int64_t first = ((const struct entry *)a)->pid, second = ((const struct entry *)b)->pid;
  return (first > second) - (first < second);
}

static struct entry *find(const struct list *list, int64_t pid) {
  struct entry key = {.pid = pid};
  return list->count ? bsearch(&key, list->items, list->count, sizeof key, by_pid) : NULL;
}

static void take(void *data, int64_t pid) {
  struct hp_process_stat stat;
  struct entry *entry = hp__process_stat(pid, &stat) == 0 ? append(data) : NULL;
  if (entry)
    *entry = (struct entry){pid, stat.parent, stat.session, stat.start, stat.runs, false};
}

static bool take_all(struct list *list) {
  list->count = 0;
  bool all = hp__process_walk(take, list);
  if (list->count)
    qsort(list->items, list->count, sizeof *list->items, by_pid);
  return all;
}

static bool in_session_of(const struct list *known, int64_t session) {
  for (size_t i = 0; i < known->count; i++)
    if (known->items[i].session == session)
      return true;
  return false;
}

/* What is ours by itself: the leader, its session, those of descendants that were killed before. */
static void mark_roots(const struct hp_posix_child *child, struct list *all,
                       const struct list *known, bool by_output) {
  const struct entry *leader = find(all, child->base.pid);
  uint64_t start = leader ? leader->start : child->start ? child->start : UINT64_MAX;
  for (size_t i = 0; i < all->count; i++) {
    struct entry *entry = &all->items[i];
    entry->ours =
        entry->pid == child->base.pid || entry->session == child->base.pid ||
        in_session_of(known, entry->session) ||
        (by_output && entry->start >= start && hp__process_has_output(entry->pid, child->output));
  }
}

static void mark_descendants(struct list *all) {
  for (bool more = true; more;) {
    more = false;
    for (size_t i = 0; i < all->count; i++) {
      struct entry *entry = &all->items[i], *parent = entry->ours ? NULL : find(all, entry->parent);
      if (parent && parent->ours && entry->pid != getpid())
        more = entry->ours = true;
    }
  }
}

static bool is_known(const struct list *known, const struct entry *entry) {
  for (size_t i = 0; i < known->count; i++)
    if (known->items[i].pid == entry->pid && known->items[i].start == entry->start)
      return true;
  return false;
}

/* How many were new. */
static size_t kill_marked(const struct hp_posix_child *child, const struct list *all,
                          struct list *known) {
  size_t count = 0;
  for (size_t i = 0; i < all->count; i++) {
    const struct entry *entry = &all->items[i];
    if (!entry->ours || !entry->runs || entry->pid == child->base.pid || is_known(known, entry))
      continue;
    struct entry *place = append(known);
    if (!place)
      break;
    *place = *entry;
    hp__process_kill(entry->pid, entry->start);
    count++;
  }
  return count;
}

void hp__descent_kill(const struct hp_posix_child *child, bool leader_lives) {
  struct list all = {0}, known = {0};
  size_t found = 1;
  for (int round = 0; found && round < ROUNDS && take_all(&all); round++) {
    mark_roots(child, &all, &known, !leader_lives);
    mark_descendants(&all);
    if (round == 0 && leader_lives) /* not before: its children would be orphans */
      hp__group_kill(child);
    found = kill_marked(child, &all, &known);
  }
  hp__free(all.items);
  hp__free(known.items);
}
