/* SPDX-License-Identifier: MIT */
/* What the Linux files of this room share. */
#ifndef HP_PLATFORM_LINUX_H
#define HP_PLATFORM_LINUX_H

#include <hyperprocess/plugin.h>

#include <sys/stat.h>
#include <sys/types.h>

#define HP__COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- A process of ours ----------------------------------------------------------------------- */

struct hp_waiter;

struct hp_linux_child {
  struct hp_child base;
  uv_loop_t *loop;
  int pidfd; /* -1: the kernel has none */
  enum hp_session session;
  struct hp_waiter *waiter; /* instead of `as.poll`, where there is no pidfd */
  bool watched, reaped;
  bool asked;  /* some signal of ours reached it: its end is no surprise */
  bool killed; /* the last one of them */
  struct {
    dev_t device;
    ino_t inode;
  } output[2]; /* the pipes that it has as stdout and stderr; 0: none */
  union {
    uv_handle_t handle;
    uv_poll_t poll;
    uv_timer_t timer; /* of one that was never watched: its closing is the way to call back later */
  } as;
};

/* What a child does between clone and exec, in this order; the text is completed by a name. */
#define HP_EXEC_STEPS(X)                                                                           \
  X(CLONE, "create a process for")                                                                 \
  X(SESSION, "make a session for")                                                                 \
  X(DISPOSITIONS, "reset the signals of")                                                          \
  X(STDIO, "connect stdin, stdout and stderr of")                                                  \
  X(DESCRIPTORS, "keep the host's descriptors from")                                               \
  X(GROUPS, "take the groups of")                                                                  \
  X(USER, "become")                                                                                \
  X(DEATH_SIGNAL, "ask for the parent-death signal of")                                            \
  X(PARENT, "find the host alive while starting")                                                  \
  X(DIRECTORY, "chdir to")                                                                         \
  X(MASK, "unblock the signals of")                                                                \
  X(EXEC, "exec")

enum hp_exec_step {
#define HP_EXEC_STEP_ENUMERATOR(name, text) HP_STEP_##name,
  HP_EXEC_STEPS(HP_EXEC_STEP_ENUMERATOR)
#undef HP_EXEC_STEP_ENUMERATOR
};

/* How far it came: in memory that both sides see, or, should they not share it, through a pipe. */
struct hp_exec_report {
  enum hp_exec_step step;
  int code; /* errno; 0: it executed its program, or was killed on the way */
};

/* All that the child needs, made before the clone: it must not allocate or look anything up. */
struct hp_exec {
  const char *executable, *directory;
  char *const *argv, *const *environment;
  int stdio[3]; /* 3 or higher; -1: the host's own */
  int null;     /* in the place of a descriptor that the host has closed */
  int report_pipe;
  bool own_session;
  bool switch_user;
  uid_t user;
  gid_t group;
  const gid_t *groups;
  size_t group_count;
  int death_signal;
  pid_t parent;
  volatile bool shared; /* set by the child: visible to the host if they share memory */
  volatile struct hp_exec_report report;
};

int hp__exec_child(void *exec); /* for clone(); never returns */
/* Marks every descriptor from 3 on to be closed by exec, without close_range(). 0 or an errno. */
int hp__exec_close_by_walk(void);
/* Clones and waits until the child executes its program or fails. Its pid, or -1 with the report;
 * *pidfd is -1 where there is none. `flags` is CLONE_VM | CLONE_VFORK but in tests. */
pid_t hp__launch(struct hp_exec *exec, int flags, int *pidfd, struct hp_exec_report *report);

int hp__spawn_linux(uv_loop_t *loop, hp_child *child, const struct hp_spawn *spawn,
                    hp_error *error);
int hp__watch_linux(hp_child *child, hp_child_callback exited, hp_error *error);
void hp__reap_linux(hp_child *child);
void hp__close_linux(hp_child *child, hp_child_callback closed);
/* The watch without a pidfd: a thread that waits. */
int hp__waiter_new(struct hp_linux_child *child, hp_error *error);
void hp__waiter_free(struct hp_linux_child *child); /* calls `closed` later */

void hp__group_kill(const struct hp_linux_child *child);
/* Kills the group and all that can be found of the tree beyond it. The leader is ours, not reaped.
 */
void hp__descent_kill(const struct hp_linux_child *child, bool leader_lives);
int hp__signal_number(const char *name); /* 0: no such signal */
int hp__signal_linux(hp_child *child, enum hp_scope scope, const char *name, hp_error *error);
int hp__contains_linux(const hp_child *child, int64_t pid);

/* ---- What can be said about things ----------------------------------------------------------- */

unsigned hp__stdio_hold_linux(void);
void hp__stdio_release_linux(unsigned held);
void hp__explain_exit_linux(const struct hp_exit *exit, const char **cause, const char **hint);
/* The message, cause and hint of a spawn that failed; returns the code. */
int hp__explain_spawn(hp_error *error, const struct hp_spawn *spawn,
                      const struct hp_exec_report *report);
/* "<what> <name>: <text> (<NAME>)", with the code that fits the errno. */
int hp__explain_errno(hp_error *error, enum hp_phase phase, int os_code, const char *what,
                      const char *name);

struct hp_process_stat {
  int64_t parent;
  int64_t session;
  uint64_t start; /* in clock ticks since boot: tells a process from a later one of the same pid */
  char state;
  char command[20];
};
int hp__process_stat(int64_t pid, struct hp_process_stat *stat); /* 0 or an errno */
/* It runs, and is the one that had this number then, in clock ticks since boot: a later one began
 * later. A zombie does not run. */
bool hp__process_is_alive(int64_t pid, uint64_t seen);
void hp__process_command(int64_t pid, char command[256]); /* "" when not visible */

int hp__find_user_linux(const char *name, struct hp_user *user, hp_error *error);
bool hp__is_privileged_linux(void);
void hp__stream_cut_linux(uv_stream_t *stream);
void hp__stream_peer_linux(uv_stream_t *stream, struct hp_peer *peer);
void hp__port_owner_linux(const struct hp_endpoint *endpoint, struct hp_peer *peer);
int hp__locate_linux(const struct hp_locate_request *request, struct hp_candidates *found,
                     hp_error *error);

/* ---- Descriptors in the loop ----------------------------------------------------------------- */

/* The beginning of a structure of ours that was made by hp__alloc(). */
struct hp_source {
  uv_poll_t poll;
  int fd;
};

/* Takes `fd` over, also on failure, when `source` is freed at once. */
int hp__source_start(uv_loop_t *loop, struct hp_source *source, int fd, uv_poll_cb callback);
void hp__source_free(struct hp_source *source); /* never called back after; NULL is allowed */
/* A descriptor that is none of 0, 1 and 2, which a host may have closed: what it writes there must
 * not reach us. Takes `fd` over; -1 with errno set. */
int hp__high(int fd);

int hp__alarm_new_linux(uv_loop_t *loop, hp_alarm **alarm, hp_alarm_callback callback, void *data);
void hp__alarm_set_linux(hp_alarm *alarm, uint64_t nanoseconds);
void hp__alarm_free_linux(hp_alarm *alarm);
hp_watch *hp__watch_new_linux(uv_loop_t *loop, const char *directory, hp_alarm_callback callback,
                              void *data);
void hp__watch_free_linux(hp_watch *watch);
int hp__notify_new_linux(uv_loop_t *loop, hp_notify **notify, const char *path,
                         const struct hp_user *user, hp_notify_callback callback, void *data,
                         hp_error *error);
void hp__notify_free_linux(hp_notify *notify);

/* ---- Directories ----------------------------------------------------------------------------- */

/* A lock file and what is written in it: whose it is, so that nothing else is ever removed. */
struct hp_mark {
  uint64_t device, inode; /* of the directory that it lies in */
  int64_t pid;            /* that uses it; 0: nobody */
  uint64_t seen;          /* when it was certainly alive, in clock ticks since boot */
};

/* Opens (making it if `flags` says O_CREAT) and locks. The descriptor, or a negative errno:
 * -EWOULDBLOCK with the descriptor closed again when another one holds it. */
int hp__lock_open(int directory, const char *name, int flags);
/* Unlocks: a process that the host has forked holds the same lock. -1 is allowed. */
void hp__lock_close(int lock);
int hp__lock_write(int lock, const struct stat *directory, int64_t pid); /* 0 or an errno */
/* 1: it is whole, 0: it is empty, -1: it is not ours. */
int hp__lock_read(int lock, struct hp_mark *mark);

struct hp_entry { /* getdents64(2) */
  uint64_t inode;
  int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

/* The names in a directory but "." and "..", from its beginning. A name lasts until the next one.
 */
struct hp_entries {
  int directory;
  long at, size;
  _Alignas(struct hp_entry) char bytes[2048];
};
void hp__entries_rewind(struct hp_entries *entries, int directory);
const char *hp__entries_next(struct hp_entries *entries); /* NULL: no more, or an error */

/* Both by descriptor, over no mount and no symbolic link. 0 or an errno. */
int hp__tree_empty(int directory, const char *except);
int hp__tree_remove(int directory, const char *name);

/* The mode of a directory of ours that is not marked yet, or no more. */
#define HP_UNMARKED (S_ISVTX | S_IRWXU)
/* Removes an emptied one with its lock, in such an order that a sweep can always go on with it. */
bool hp__directory_remove(int base, const char *name, int directory);

struct hp_directory {
  char path[HP_PATH_SIZE];
  int fd, lock;
  struct stat stat; /* of fd: who it is never changes */
  bool made;
  struct hp_user user; /* id -1: our own */
};

int hp__directory_give(const hp_directory *directory, int fd); /* to its user; 0 or an errno */

#define HP_LOCK_NAME ".lock"
#define HP_DATA_LOCK_NAME ".hyperprocess.lock"

int hp__place_linux(enum hp_place place, char path[HP_PATH_SIZE]);
int hp__directory_new_linux(hp_directory **directory, const char *base, const struct hp_user *user,
                            hp_error *error);
int hp__directory_open_linux(hp_directory **directory, const char *path, const struct hp_user *user,
                             hp_error *error);
const char *hp__directory_path_linux(const hp_directory *directory);
void hp__directory_use_linux(hp_directory *directory, int64_t pid);
int hp__directory_write_linux(hp_directory *directory, const char *name, const void *data,
                              size_t size, hp_error *error);
int hp__directory_read_linux(hp_directory *directory, const char *name, void *data, size_t size,
                             size_t *length, hp_error *error);
int hp__directory_make_linux(hp_directory *directory, const char *name, hp_error *error);
int hp__directory_rename_linux(hp_directory *directory, const char *from, const char *to,
                               hp_error *error);
int hp__directory_clear_linux(hp_directory *directory, const char *name, hp_error *error);
void hp__directory_free_linux(hp_directory *directory);
int hp__sweep_linux(const char *base);

#endif
