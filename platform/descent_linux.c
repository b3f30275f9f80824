/* SPDX-License-Identifier: MIT */
/*
 * The descendants that left the group of their leader, and how they are killed. Nothing but /proc
 * knows them: by their parents while those live, by their session, and, when the leader went first
 * and they are orphans, by the pipes of ours that they have as stdout or stderr. A walk costs
 * milliseconds, so there is one only when something must be killed.
 */
#include "platform/linux.h"

#include "core/alloc.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ROUNDS = 16 }; /* of a tree that forks as fast as it is killed */

struct entry {
  int64_t pid, parent, session;
  uint64_t start;
  bool runs, ours, killed;
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

/* A /proc of another pid namespace would name strangers by our numbers. */
static bool proc_is_ours(void) {
  char link[32];
  ssize_t length = readlink("/proc/self", link, sizeof link - 1);
  link[length > 0 ? length : 0] = '\0';
  return atol(link) == (long)getpid();
}

static int by_pid(const void *a, const void *b) {
  int64_t first = ((const struct entry *)a)->pid, second = ((const struct entry *)b)->pid;
  return (first > second) - (first < second);
}

static struct entry *find(const struct list *list, int64_t pid) {
  struct entry key = {.pid = pid};
  return list->count ? bsearch(&key, list->items, list->count, sizeof key, by_pid) : NULL;
}

static void take_all(struct list *list) {
  struct hp_process_stat stat;
  struct entry *entry;
  DIR *all = opendir("/proc");
  list->count = 0;
  for (struct dirent *one; all && (one = readdir(all));) {
    if (!isdigit((unsigned char)one->d_name[0]) || hp__process_stat(atol(one->d_name), &stat) != 0)
      continue;
    if (!(entry = append(list)))
      break;
    entry->pid = atol(one->d_name);
    entry->parent = stat.parent;
    entry->session = stat.session;
    entry->start = stat.start;
    entry->runs = stat.state != 'Z' && stat.state != 'X';
  }
  if (all)
    closedir(all);
  if (list->count)
    qsort(list->items, list->count, sizeof *list->items, by_pid);
}

/* Only what was inherited can have them there: our own ends of the pipes have higher numbers. */
static bool has_output(const struct hp_linux_child *child, int64_t pid) {
  char path[64];
  struct stat stat_of;
  for (int fd = 1; fd <= 2; fd++) {
    snprintf(path, sizeof path, "/proc/%lld/fd/%d", (long long)pid, fd);
    for (int i = 0; i < 2 && stat(path, &stat_of) == 0; i++)
      if (child->output[i].inode && stat_of.st_ino == child->output[i].inode &&
          stat_of.st_dev == child->output[i].device)
        return true;
  }
  return false;
}

static bool in_session_of(const struct list *known, int64_t session) {
  for (size_t i = 0; i < known->count; i++)
    if (known->items[i].session == session)
      return true;
  return false;
}

/* What is ours by itself: the leader, its session, those of descendants that were killed before. */
static void mark_roots(const struct hp_linux_child *child, struct list *all,
                       const struct list *known, bool by_output) {
  const struct entry *leader = find(all, child->base.pid);
  uint64_t start = leader ? leader->start : UINT64_MAX;
  for (size_t i = 0; i < all->count; i++) {
    struct entry *entry = &all->items[i];
    entry->ours = entry->pid == child->base.pid || entry->session == child->base.pid ||
                  in_session_of(known, entry->session) ||
                  (by_output && entry->start >= start && has_output(child, entry->pid));
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

/* The number may have got a new owner since it was read: by the time that the pidfd is open, the
 * owner is settled and can be compared. */
static void kill_one(const struct entry *entry) {
  int pidfd = -1;
#ifdef SYS_pidfd_open
  pidfd = (int)syscall(SYS_pidfd_open, (pid_t)entry->pid, 0);
  if (pidfd < 0 && errno != ENOSYS)
    return;
#endif
  if (hp__process_is_alive(entry->pid, entry->start)) {
#ifdef SYS_pidfd_send_signal
    if (pidfd >= 0)
      syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
    else
#endif
      kill((pid_t)entry->pid, SIGKILL);
  }
  if (pidfd >= 0)
    close(pidfd);
}

static bool is_known(const struct list *known, const struct entry *entry) {
  for (size_t i = 0; i < known->count; i++)
    if (known->items[i].pid == entry->pid && known->items[i].start == entry->start)
      return true;
  return false;
}

/* How many were new. */
static size_t kill_marked(const struct hp_linux_child *child, const struct list *all,
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
    kill_one(entry);
    count++;
  }
  return count;
}

void hp__descent_kill(const struct hp_linux_child *child, bool leader_lives) {
  struct list all = {0}, known = {0};
  size_t found = proc_is_ours();
  for (int round = 0; found && round < ROUNDS; round++) {
    take_all(&all);
    mark_roots(child, &all, &known, !leader_lives);
    mark_descendants(&all);
    if (round == 0 && leader_lives) /* not before: its children would be orphans */
      hp__group_kill(child);
    found = kill_marked(child, &all, &known);
  }
  hp__free(all.items);
  hp__free(known.items);
}
