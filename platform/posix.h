/* SPDX-License-Identifier: MIT */
/*
 * What the POSIX systems share, Linux and macOS: the files NAME_posix.c, and what those ask of the
 * one system that they are built for, in files NAME_linux.c or NAME_darwin.c.
 */
#ifndef HP_PLATFORM_POSIX_H
#define HP_PLATFORM_POSIX_H

#include <hyperprocess/plugin.h>

#include <limits.h>

#include <sys/stat.h>
#include <sys/types.h>

#define HP__COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- A process of ours ----------------------------------------------------------------------- */

struct hp_waiter;

struct hp_posix_child {
  struct hp_child base;
  uv_loop_t *loop;
  int exit_fd; /* readable once it has ended: a pidfd, a kqueue; -1: the kernel has none */
  enum hp_session session;
  struct hp_waiter *waiter; /* instead of `as.poll`, where there is no such descriptor */
  bool watched, reaped;
  bool told; /* its status, as wait(2) has it, where the kernel says that with its end */
  int status;
  uint64_t start; /* when it began, where that is not told of one that has ended; 0: it is */
  bool asked;     /* some signal of ours reached it: its end is no surprise */
  bool killed;    /* the last one of them */
  struct hp_output {
    uint64_t device, identity;
  } output[2]; /* the pipes that it has as stdout and stderr; 0: none */
  union {
    uv_handle_t handle;
    uv_poll_t poll;
    uv_timer_t timer; /* of one that was never watched: its closing is the way to call back later */
  } as;
};

/* What a child does between its making and exec, in this order; the text is completed by a name. */
#define HP_EXEC_STEPS(X)                                                                           \
  X(CLONE, "create a process for")                                                                 \
  X(SESSION, "make a session for")                                                                 \
  X(DISPOSITIONS, "reset the signals of")                                                          \
  X(STDIO, "connect stdin, stdout and stderr of")                                                  \
  X(LISTENER, "hand the listener down to")                                                         \
  X(DESCRIPTORS, "keep the host's descriptors from")                                               \
  X(LIMIT_MEMORY, "limit the memory of")                                                           \
  X(LIMIT_DESCRIPTORS, "limit the descriptors of")                                                 \
  X(LIMIT_CORE, "limit the core file of")                                                          \
  X(LIMIT_NICE, "set the niceness of")                                                             \
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

/* How far it came. */
struct hp_exec_report {
  enum hp_exec_step step;
  int code; /* errno; 0: it executed its program, or was killed on the way */
};

/* The stdin, stdout and stderr of one that is being started. */
struct hp_pipes {
  int null;
  int read_ends[2], write_ends[2]; /* stdout, stderr; -1: no pipe */
  int stdio[3];                    /* what the child gets: 3 or higher; -1: the host's own */
};
#define HP_NO_PIPES                                                                                \
  {                                                                                                \
    -1, {-1, -1}, {-1, -1}, {                                                                      \
      -1, -1, -1                                                                                   \
    }                                                                                              \
  }
int hp__pipes_make(struct hp_pipes *pipes, const struct hp_spawn *spawn, hp_error *error);
/* Gives our ends to the loop. */
int hp__pipes_open(struct hp_pipes *pipes, const struct hp_spawn *spawn, hp_error *error);
/* By its output a descendant is known after its parents have gone. */
void hp__pipes_remember(const struct hp_pipes *pipes, struct hp_output output[2]);
void hp__pipes_close(struct hp_pipes *pipes);
void hp__close_fd(int *fd); /* leaves -1 */

int hp__watch_posix(hp_child *child, hp_child_callback exited, hp_error *error);
void hp__reap_posix(hp_child *child);
struct hp_exit hp__exit_of_status(int status); /* as wait(2) has it */
void hp__close_posix(hp_child *child, hp_child_callback closed);
/* The watch without a descriptor: a thread that waits. */
int hp__waiter_new(struct hp_posix_child *child, hp_error *error);
void hp__waiter_free(struct hp_posix_child *child); /* calls `closed` later */

int hp__signal_number(const char *name); /* 0: no such signal */
int hp__signal_posix(hp_child *child, enum hp_scope scope, const char *name, hp_error *error);
int hp__contains_posix(const hp_child *child, int64_t pid);
void hp__group_kill(const struct hp_posix_child *child);
/* Kills the group and all that can be found of the tree beyond it. The leader is ours, not reaped.
 */
void hp__descent_kill(const struct hp_posix_child *child, bool leader_lives);

/* Each system's own: */
extern const char hp__system_name[]; /* for a person */
/* 1: it has ended and is collected, 0: not yet, -1: somebody else has collected it. `ended`: its
 * end was told; then *exit is set in every case, if only to HP_EXIT_UNKNOWN. */
int hp__collect(struct hp_posix_child *child, bool ended, struct hp_exit *exit);
bool hp__exit_fd_tells(struct hp_posix_child *child); /* that it is not readable in vain */
int hp__signal_send(const struct hp_posix_child *child, enum hp_scope scope, int number);
/* Kills a process that is not a child of ours, if it is still the one that began then. */
void hp__process_kill(int64_t pid, uint64_t start);

/* ---- Processes by their numbers -------------------------------------------------------------- */

struct hp_process_stat {
  int64_t parent;
  int64_t session;
  uint64_t start; /* on a clock of the system's: tells a process from a later one of the same pid */
  bool runs;      /* a zombie does not */
  char command[20];
};
/* It runs, and is the one that had this number at that time: a later one began later. */
bool hp__process_is_alive(int64_t pid, uint64_t seen);

/* Each system's own: */
int hp__process_stat(int64_t pid, struct hp_process_stat *stat); /* 0 or an errno */
/* When it was certainly alive, as `start` counts. */
uint64_t hp__process_seen(int64_t pid);
void hp__process_command(int64_t pid, char command[256]); /* "" when not visible */
/* Calls back for each process that can be seen. False: nothing that is said would be true. */
bool hp__process_walk(void (*each)(void *data, int64_t pid), void *data);
/* What the pipe of a descriptor of ours is known by. */
void hp__output_of(int fd, struct hp_output *output);
/* Whether it has one of these pipes as stdout or stderr. Only what was inherited can be there: our
 * own ends of the pipes have higher numbers. */
bool hp__process_has_output(int64_t pid, const struct hp_output output[2]);

/* ---- What can be said about things ----------------------------------------------------------- */

struct hp_advice {
  int number;
  const char *cause, *hint;
};
struct hp_advice_table {
  const struct hp_advice *items;
  size_t count;
};
/* What one system alone says, or says in other words: looked at before what all of them say. */
struct hp_advice_tables {
  struct hp_advice_table on_errno, on_exec, on_signal, on_exit;
  const char *other_loader; /* what shows that a program was built for another system */
};
extern const struct hp_advice_tables hp__advice_here;

unsigned hp__stdio_hold_posix(void);
void hp__stdio_release_posix(unsigned held);
void hp__explain_exit_posix(const struct hp_exit *exit, const struct hp_spawn *spawn,
                            hp_error *error);
/* The message, cause and hint of a spawn that failed; returns the code. */
int hp__explain_spawn(hp_error *error, const struct hp_spawn *spawn,
                      const struct hp_exec_report *report);
/* "<what> <name>: <text> (<NAME>)", with the code that fits the errno. */
int hp__explain_errno(hp_error *error, enum hp_phase phase, int os_code, const char *what,
                      const char *name);

int hp__find_user_posix(const char *name, struct hp_user *user, hp_error *error);
bool hp__is_privileged_posix(void);
char *hp__environment_posix(void);
/* A variable that holds an absolute path; NULL: none. */
const char *hp__path_variable(const char *name);
/* XDG_RUNTIME_DIR, if it is our own. */
const char *hp__runtime_directory(void);
/* By HOME, or as the user database says; NULL: unknown. */
const char *hp__home_directory(char room[HP_PATH_SIZE]);
void hp__stream_cut_posix(uv_stream_t *stream);
int hp__stream_take_posix(uv_stream_t *stream, hp_handle *handle);
/* Whether who listens on `words`, 1 of IPv4 or 4 of IPv6 as they lie in memory, is in the way of
 * `host`. */
bool hp__address_overlaps(const uint32_t *words, int word_count, const char *host);

/* The walk of hp__locate() by the rules of this system. */
struct hp_locate_rules;
int hp__locate_by(const struct hp_locate_rules *rules, void (*find_executable)(char path[PATH_MAX]),
                  const struct hp_locate_request *request, struct hp_candidates *found,
                  hp_error *error);

/* ---- Descriptors ----------------------------------------------------------------------------- */

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
int hp__pipe(int ends[2]); /* both high, closed on exec; 0, or -1 with errno set */

/* Each system's own: */
int hp__pipe_new(int ends[2]); /* of any numbers, closed on exec */
/* Opens a directory to reach what is in it, also one that cannot be read. */
extern const int hp__walk_flags;
/* Opens a directory below, over no symbolic link and no mount; -1 with errno set. */
int hp__open_below(int directory, const char *name);
bool hp__has_access_list(int fd); /* its mode does not say all */
bool hp__is_noexec(const char *path);

/* ---- Directories ----------------------------------------------------------------------------- */

/* A lock file and what is written in it: whose it is, so that nothing else is ever removed. */
struct hp_mark {
  uint64_t device, inode; /* of the directory that it lies in */
  int64_t pid;            /* that uses it; 0: nobody */
  uint64_t seen;          /* when it was certainly alive, as hp_process_stat counts */
};

/* Opens (making it if `flags` says O_CREAT) and locks. The descriptor, or a negative errno:
 * -EWOULDBLOCK with the descriptor closed again when another one holds it. */
int hp__lock_open(int directory, const char *name, int flags);
/* Unlocks: a process that the host has forked holds the same lock. -1 is allowed. */
void hp__lock_close(int lock);
int hp__lock_write(int lock, const struct stat *directory, int64_t pid); /* 0 or an errno */
/* 1: it is whole, 0: it is empty, -1: it is not ours. */
int hp__lock_read(int lock, struct hp_mark *mark);

/* The names in a directory but "." and "..", from its beginning. A name lasts until the next one.
 */
struct hp_entries {
  int directory;
  long at, size;
  _Alignas(8) char bytes[2048];
};
void hp__entries_rewind(struct hp_entries *entries, int directory);
const char *hp__entries_next(struct hp_entries *entries); /* NULL: no more, or an error */
/* After that NULL: it was an error, and errno says which. */
static inline bool hp__entries_failed(const struct hp_entries *entries) {
  return entries->size < 0;
}

/* Both by descriptor, over no mount and no symbolic link. 0 or an errno. */
int hp__tree_empty(int directory, const char *except);
int hp__tree_remove(int directory, const char *name);
/* As hp__open_below(), by comparing devices. */
int hp__tree_open(int directory, const char *name);

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

int hp__directory_new_posix(hp_directory **directory, const char *base, const struct hp_user *user,
                            hp_error *error);
int hp__directory_open_posix(hp_directory **directory, const char *path, const struct hp_user *user,
                             hp_error *error);
const char *hp__directory_path_posix(const hp_directory *directory);
void hp__directory_use_posix(hp_directory *directory, int64_t pid);
int hp__directory_write_posix(hp_directory *directory, const char *name, const void *data,
                              size_t size, hp_error *error);
int hp__directory_read_posix(hp_directory *directory, const char *name, void *data, size_t size,
                             size_t *length, hp_error *error);
int hp__directory_make_posix(hp_directory *directory, const char *name, hp_error *error);
int hp__directory_rename_posix(hp_directory *directory, const char *from, const char *to,
                               hp_error *error);
int hp__directory_clear_posix(hp_directory *directory, const char *name, hp_error *error);
void hp__directory_free_posix(hp_directory *directory);
int hp__sweep_posix(const char *base);

#endif
