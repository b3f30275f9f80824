/* SPDX-License-Identifier: MIT */
/* What the Linux files of this room share. */
#ifndef HP_PLATFORM_LINUX_H
#define HP_PLATFORM_LINUX_H

#include "platform/posix.h"

/* ---- A process of ours ----------------------------------------------------------------------- */

/* All that the child needs, made before the clone: it must not allocate or look anything up. */
struct hp_exec {
  const char *executable, *directory;
  char *const *argv, *const *environment;
  int stdio[3]; /* 3 or higher; -1: the host's own */
  int null;     /* in the place of a descriptor that the host has closed */
  int report_pipe;
  int listener; /* becomes HP_LISTENER_FD; -1: there is none */
  char *const *pids;
  bool own_session;
  bool switch_user;
  uid_t user;
  gid_t group;
  const gid_t *groups;
  size_t group_count;
  int death_signal;
  const struct hp_limits *limits; /* NULL: none */
  pid_t parent;
  volatile bool shared; /* set by the child: visible to the host if they share memory */
  /* In memory that both sides see, or, should they not share it, through the pipe. */
  volatile struct hp_exec_report report;
};

enum { HP_LISTENER_FD = 3 }; /* as sd_listen_fds(3) has it */

int hp__exec_child(void *exec); /* for clone(); never returns */
/* Marks every descriptor from `first` on to be closed by exec, without close_range(). 0 or an
 * errno.
 */
int hp__exec_close_by_walk(int first);
/* Clones and waits until the child executes its program or fails. Its pid, or -1 with the report;
 * *pidfd is -1 where there is none. `flags` is CLONE_VM | CLONE_VFORK but in tests. */
pid_t hp__launch(struct hp_exec *exec, int flags, int *pidfd, struct hp_exec_report *report);

struct hp_entry { /* getdents64(2) */
  uint64_t inode;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

/* ---- The platform's functions ---------------------------------------------------------------- */

int hp__spawn_linux(uv_loop_t *loop, hp_child *child, const struct hp_spawn *spawn,
                    hp_error *error);
void hp__stream_peer_linux(uv_stream_t *stream, struct hp_peer *peer);
void hp__port_owner_linux(const struct hp_endpoint *endpoint, struct hp_peer *peer);
int hp__locate_linux(const struct hp_locate_request *request, struct hp_candidates *found,
                     hp_error *error);
int hp__place_linux(enum hp_place place, char path[HP_PATH_SIZE]);
int hp__alarm_new_linux(uv_loop_t *loop, hp_alarm **alarm, hp_alarm_callback callback, void *data);
void hp__alarm_set_linux(hp_alarm *alarm, uint64_t nanoseconds);
void hp__alarm_free_linux(hp_alarm *alarm);
hp_watch *hp__watch_new_linux(uv_loop_t *loop, const char *path, hp_alarm_callback callback,
                              void *data);
void hp__watch_free_linux(hp_watch *watch);
int hp__notify_new_linux(uv_loop_t *loop, hp_notify **notify, const char *path,
                         const struct hp_user *user, hp_notify_callback callback, void *data,
                         hp_error *error);
void hp__notify_free_linux(hp_notify *notify);
uint64_t hp__memory_linux(void);
int hp__processor_linux(void);
/* What the groups in a file like /proc/self/cgroup allow, by the tree mounted there; 0: all. */
uint64_t hp__memory_of_groups(const char *groups, const char *mount);

#endif
