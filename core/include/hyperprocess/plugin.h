/* SPDX-License-Identifier: MIT */
/*
 * What a transport and a platform have to provide, and what they may use.
 *
 * Both are const tables of functions. The built-in ones are registered through the same calls as an
 * embedder's own. Fields are only ever appended to a table; `version` says how many the author
 * knew. Every function runs on the context's thread unless it says otherwise. None may abort, write
 * to the host's stdout or stderr, or take one of its signals.
 */
#ifndef HYPERPROCESS_PLUGIN_H
#define HYPERPROCESS_PLUGIN_H

#include <hyperprocess/hyperprocess.h>

#include <uv.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__clang__)
#define HP_PRINTF(text, first) __attribute__((format(printf, text, first)))
#elif defined(__GNUC__) /* not what the system's own printf understands: that of C */
#define HP_PRINTF(text, first) __attribute__((format(gnu_printf, text, first)))
#else
#define HP_PRINTF(text, first)
#endif

/* ---- Memory ---------------------------------------------------------------------------------- */

/* Zeroed memory that the other side may free with hp_free(); NULL when out of memory. */
HP_EXPORT void *hp_alloc(size_t size);

/* ---- Errors, from the side that writes them -------------------------------------------------- */

/*
 * Each returns `code` or does nothing more than the text says; `error` may be NULL. The message is
 * written where the failure happens, names the thing that failed, and is prefixed on the way up.
 */
HP_EXPORT int hp_error_set(hp_error *error, int code, enum hp_phase phase, const char *format, ...)
    HP_PRINTF(4, 5);
HP_EXPORT void hp_error_prefix(hp_error *error, const char *format, ...) HP_PRINTF(2, 3);
HP_EXPORT void hp_error_set_cause(hp_error *error, const char *format, ...) HP_PRINTF(2, 3);
HP_EXPORT void hp_error_set_hint(hp_error *error, const char *format, ...) HP_PRINTF(2, 3);
HP_EXPORT void hp_error_set_os_code(hp_error *error, int os_code);
HP_EXPORT void hp_error_set_detail(hp_error *error, enum hp_detail detail, const char *text);

/* ---- Endpoint: an address as a value --------------------------------------------------------- */

enum hp_endpoint_kind { HP_ENDPOINT_NONE, HP_ENDPOINT_UNIX, HP_ENDPOINT_TCP, HP_ENDPOINT_PIPE };

enum { HP_HOST_SIZE = 256, HP_PATH_SIZE = 512, HP_ENDPOINT_TEXT_SIZE = 1600 };

/* Plain data: compared, copied and kept freely. Unused parts are empty. */
struct hp_endpoint {
  enum hp_endpoint_kind kind;
  uint16_t port;           /* tcp; 0 is "not known yet" */
  char host[HP_HOST_SIZE]; /* tcp: a literal address or a name, without brackets; pipe: "." */
  char path[HP_PATH_SIZE]; /* unix: absolute path; pipe: the name after \\.\pipe\ */
};

/*
 * Text form: unix:///run/x/s, tcp://127.0.0.1:40123, tcp://[::1]:80, npipe://./pipe/name. Bytes
 * of a path outside the URI's unreserved set and "/" are percent-encoded (RFC 3986).
 * parse: HP_ECONFIG with the offending part in the message. print: the length without the NUL;
 * `text` always holds a whole endpoint.
 */
HP_EXPORT int hp_endpoint_parse(struct hp_endpoint *endpoint, const char *text, hp_error *error);
HP_EXPORT size_t hp_endpoint_print(const struct hp_endpoint *endpoint,
                                   char text[HP_ENDPOINT_TEXT_SIZE]);
HP_EXPORT bool hp_endpoint_equal(const struct hp_endpoint *a, const struct hp_endpoint *b);

/* ---- Transport ------------------------------------------------------------------------------- */

#define HP_TRANSPORT_VERSION 2 /* 2: hand_down */

enum hp_transport_caps {
  HP_TRANSPORT_CHILD_PICKS = 1 << 0, /* the server may be told to pick the address and report it */
  HP_TRANSPORT_LISTENS = 1 << 1,     /* listen() works: a callback can come over it */
  HP_TRANSPORT_INHERITS_LISTENER = 1 << 2 /* hand_down() works: a server can inherit its listener */
};

/* What the plan wants of an address. Strings live as long as the plan. */
struct hp_transport_spec {
  const char *host;      /* tcp; NULL: the default */
  uint16_t port;         /* tcp; 0: any */
  const char *path;      /* unix, pipe: this very address; NULL: one of our own */
  const char *directory; /* unix: the private directory for this launch. While the plan is made it
                            ends in as many X as the real name will have characters. */
  const char *name;      /* unix: file name of the socket in that directory; NULL: "s" */
  bool child_picks;      /* the server picks the port itself and reports it */
  bool reuse_address;    /* the server sets SO_REUSEADDR, so a reservation may stay bound */
};

/* A request to connect; the caller sets `data` and `callback`, zeroes the rest, and keeps it until
 * the callback has come and the handle is closed. The handle may be closed before the callback,
 * which then comes with UV_ECANCELED or the failure that was on its way. */
typedef struct hp_connect_request hp_connect_request;
typedef void (*hp_connect_callback)(hp_connect_request *request, int status);
struct hp_connect_request {
  void *data;
  hp_connect_callback callback;
  union { /* the connected stream after status 0; the owner closes it, always, also after a failure
           */
    uv_handle_t handle;
    uv_stream_t stream;
    uv_pipe_t pipe;
    uv_tcp_t tcp;
  } as;
  struct {
    uv_connect_t connect;
    uv_getaddrinfo_t resolve;
    uv_idle_t later;
  } request; /* the transport's own */
};

/* Our own end, for a callback connection. Zeroed by the caller, ended with hp_listener_close(). */
typedef struct hp_listener hp_listener;
typedef void (*hp_listener_callback)(hp_listener *listener, uv_stream_t *client);
struct hp_listener {
  void *data;
  hp_listener_callback callback; /* owns `client`, made by hp_alloc: uv_close, then hp_free */
  struct hp_endpoint endpoint;   /* where we listen, once listen() has returned 0 */
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_pipe_t pipe;
    uv_tcp_t tcp;
    uv_async_t async; /* where connections come from beside the loop */
  } as;
  void (*end)(hp_listener *listener); /* set by listen() where there is more to end than `as` */
  void *own;                          /* the transport's, for that */
};
/* Ends what is behind the handle, then the handle, as uv_close(). */
HP_EXPORT void hp_listener_close(hp_listener *listener, uv_close_cb closed);

struct hp_transport_ops {
  uint32_t version, caps;
  const char *name;
  enum hp_endpoint_kind kind;
  size_t size; /* the core zeroes and owns that much state for each launch */
  /* Pure: may this spec ever work? Called while the plan is made. HP_ETOOLONG says both lengths. */
  int (*check)(const struct hp_transport_spec *spec, hp_error *error);
  /* Makes the address ours and says it; self is fit for release() either way. HP_EADDRINUSE. */
  int (*reserve)(void *self, const struct hp_transport_spec *spec, struct hp_endpoint *endpoint,
                 hp_error *error);
  /* Listens on an address inside spec->directory (or on any free one). The handle in `listener`
   * is initialised on success only; then hp_listener_close() is owed. `owner` (-1: we) is the user
   * id that must be able to connect. */
  int (*listen)(uv_loop_t *loop, hp_listener *listener, const struct hp_transport_spec *spec,
                int64_t owner, hp_error *error);
  /* Returns 0 and calls back exactly once, never from inside the call; or fails at once, without
   * a callback, with a libuv code (< 0) and with the handle not initialised. UV_EAGAIN: the queue
   * of who listens is full. On the thread of `loop`, which need not be the context's. */
  int (*connect)(uv_loop_t *loop, hp_connect_request *request, const struct hp_endpoint *endpoint);
  /* Idempotent; safe on zeroed memory; removes only what we made. */
  void (*release)(void *self);
  /* In the place of reserve(): makes the address ours and listens there for the server, which gets
   * a copy of *listener; ours stays open until release(). It blocks whoever accepts, as servers
   * expect that inherit one. `owner` as in listen(). Since version 2. */
  int (*hand_down)(void *self, const struct hp_transport_spec *spec, int64_t owner,
                   struct hp_endpoint *endpoint, uv_os_sock_t *listener, hp_error *error);
};

/* The name must be new to the context; version and mandatory functions are checked: HP_EPLUGIN. */
HP_EXPORT int hp_context_register_transport(hp_context *context, const struct hp_transport_ops *ops,
                                            hp_error **error);

/* ---- Platform -------------------------------------------------------------------------------- */

#define HP_PLATFORM_VERSION 1

/* Why a place did or did not serve. */
#define HP_VERDICTS(X)                                                                             \
  X(HP_VERDICT_OK, "found")                                                                        \
  X(HP_VERDICT_MISSING, "missing")                                                                 \
  X(HP_VERDICT_DIRECTORY, "a directory")                                                           \
  X(HP_VERDICT_NOT_EXECUTABLE, "not executable")                                                   \
  X(HP_VERDICT_ARCHITECTURE, "built for another architecture")                                     \
  X(HP_VERDICT_LOADER, "its loader is missing")                                                    \
  X(HP_VERDICT_NOEXEC, "on a filesystem mounted noexec")                                           \
  X(HP_VERDICT_DENIED, "not reachable for this user")                                              \
  X(HP_VERDICT_VERSION, "of another version")

enum hp_verdict {
#define HP_VERDICT_ENUMERATOR(name, text) name,
  HP_VERDICTS(HP_VERDICT_ENUMERATOR)
#undef HP_VERDICT_ENUMERATOR
};

/* Where our own files lie, which never changes: the first search finds it out, "" is unknown. */
struct hp_own_folders {
  bool known;
  char library[4096], executable[4096];
};

/* A program that was found fit, as it was then: while it is still that, it is not read again. */
struct hp_fit_file {
  uint64_t device, inode, size;
  int64_t changed, changed_ns; /* its content, its mode, its owner; 0: none was found yet */
};

struct hp_locate_request {
  const char *given;          /* file or folder that the user named; then nothing else is tried */
  const char *variable;       /* environment variable that names a file or a folder */
  const char *const *names;   /* names of the binary without suffix, NULL-terminated */
  const char *const *folders; /* that the definition knows: may hold one "*" a path part, and begin
                                 with "${env.NAME}", a folder that a variable names */
  bool path_only;             /* nothing but PATH: a command, as a shell finds it */
  struct hp_own_folders *own; /* kept by the caller from one search to the next; NULL: not kept */
  struct hp_fit_file *fit;    /* likewise; a search may read and write it */
  /* Asked of each that is fit, in order, on the calling thread, until it says true; it may set a
   * note, as of a candidate, by hp_… memory that becomes the list's. NULL: the first fit one will
   * do. Else the verdict is HP_VERDICT_VERSION and the search goes on. */
  bool (*accept)(void *data, const char *path, char **note);
  void *accept_data;
  /* Folders in which it may lie as well, relative to the one that was named and to those beside our
   * own files: a bundle has it there. NULL-terminated; NULL: none. */
  const char *const *inside;
};

struct hp_candidate {
  char *path;
  enum hp_verdict verdict;
  char *note;         /* for a person: the loader's name, the architecture; may be NULL */
  const char *source; /* static: "given", "HYPERPROCESS_BINARY_…" as "environment", "beside the
                         library", "beside the executable", "known folder", "PATH" */
};

struct hp_candidates { /* best first; freed with hp_candidates_fini() */
  struct hp_candidate *items;
  size_t count;
};
HP_EXPORT void hp_candidates_fini(struct hp_candidates *candidates);

enum { HP_GROUPS_MAX = 64 };

/* The user that a server runs as. `id` -1: our own. */
struct hp_user {
  int64_t id, group;
  char name[64];
  int32_t group_count; /* of find_user(); 0: not asked yet, -1: more than there is room for */
  uint32_t groups[HP_GROUPS_MAX]; /* all of them, `group` too */
};

enum hp_session {
  HP_SESSION_OWN, /* session and process group of its own */
  HP_SESSION_OURS /* stays in ours: a command that has the terminal */
};

/* What one process may take, for itself and each of its children. */
enum hp_limit {
  HP_LIMIT_MEMORY,      /* bytes of memory of its own: heap and private mappings */
  HP_LIMIT_DESCRIPTORS, /* open at once */
  HP_LIMIT_CORE,        /* bytes of a core file */
  HP_LIMIT_NICE,        /* -20 (first) to 19 (last) */
  HP_LIMIT_COUNT
};
struct hp_limits {
  unsigned set; /* 1 << HP_LIMIT_… */
  int64_t values[HP_LIMIT_COUNT];
};

struct hp_spawn {
  const char *executable;
  char *const *argv;        /* NULL-terminated */
  char *const *environment; /* NULL-terminated "NAME=value"; the whole of it */
  const char *directory;    /* working directory; NULL: ours */
  uv_pipe_t *output;        /* initialised by the caller, opened by spawn; NULL: nobody reads it */
  uv_pipe_t *errors;        /* likewise; NULL: stderr goes where stdout does */
  bool inherit_stdio;       /* stdin, stdout and stderr are ours; else stdin is empty */
  enum hp_session session;
  struct hp_user user;
  const char *host_death_signal; /* sent to it when we die, "TERM"; NULL, "": none */
  bool hands_down;               /* `listener` becomes its descriptor 3; HP_PLATFORM_HANDS_DOWN */
  uv_os_sock_t listener;
  char *const *pids; /* NULL-terminated or NULL: where, in `environment`, it is to find its own
                        number, HP_PID_SIZE bytes each; HP_PLATFORM_HANDS_DOWN */
  const struct hp_limits *limits; /* NULL: none; HP_PLATFORM_LIMITS */
};

enum { HP_PID_SIZE = 12 }; /* digits and a NUL */

/* What spawn() made. Zeroed by the core, which keeps `state` bytes behind it for the platform. */
typedef struct hp_child hp_child;
typedef void (*hp_child_callback)(hp_child *child);
struct hp_child {
  void *data;
  int64_t pid;                     /* 0 until spawned */
  enum hp_containment containment; /* what was reached */
  struct hp_exit exit;             /* after reap */
  hp_child_callback exited;        /* set by watch */
  hp_child_callback closed;        /* set by close */
  hp_child_callback undelivered;   /* set by the core, may be NULL: a signal that was taken could
                                      not be delivered after all; not after close */
};

enum hp_scope { HP_SCOPE_LEADER, HP_SCOPE_TREE };

/* Who is at the other end. */
struct hp_peer {
  int64_t pid, user; /* -1: cannot tell, as of users where they have no numbers */
  char command[256]; /* name or path of the program, by port_owner() alone; "" when not visible */
};

/* Standard places of this OS for this user; made by nobody until they are needed. */
enum hp_place {
  HP_PLACE_RUNTIME,   /* for sockets: short and private to the user, may be missing */
  HP_PLACE_SHORT,     /* for sockets when RUNTIME is missing, too long or closed to the server */
  HP_PLACE_TEMPORARY, /* for data that goes with the instance */
  HP_PLACE_CONFIG,
  HP_PLACE_SYSTEM_CONFIG
};

/* A private directory of ours, mode 0700, with a lock that is held as long as it is open: an
 * instance's sockets and generated files, or its temporary data. */
typedef struct hp_directory hp_directory;

/* Runs out after a given time, to a fraction of a millisecond where the OS can. */
typedef struct hp_alarm hp_alarm;
typedef void (*hp_alarm_callback)(void *data);

/* Fires when something appears in a directory, or is written to a file: a hint to look again, never
 * a promise. */
typedef struct hp_watch hp_watch;

/* The sd_notify(3) socket of one launch. */
typedef struct hp_notify hp_notify;
/* `text`: one datagram, NUL-terminated; `peer` who sent it, by the kernel's word. */
typedef void (*hp_notify_callback)(void *data, const char *text, const struct hp_peer *peer);

enum hp_platform_caps {
  HP_PLATFORM_NOTIFY = 1 << 0,       /* notify_new() works: a server can be ready by sd_notify(3) */
  HP_PLATFORM_POLL = 1 << 1,         /* a loop of the host's can poll a pipe */
  HP_PLATFORM_THREAD_DEATH = 1 << 2, /* host_death_signal is sent when the thread ends that has
                                       called spawn(), whatever becomes of the host */
  HP_PLATFORM_HANDS_DOWN =
      1 << 3,                 /* spawn() hands a listener down, and writes the child's number */
  HP_PLATFORM_LIMITS = 1 << 4 /* spawn() sets limits */
};

struct hp_platform_ops {
  uint32_t version, caps;
  const char *name;                /* "linux", "darwin", "windows" */
  const char *local;               /* the transport that `local` means here */
  const char *stop_signal;         /* asks a process to end; NULL: "TERM" */
  size_t child_size;               /* of struct hp_child with the platform's own state behind it */
  enum hp_containment containment; /* the most that spawn() may reach; more cannot be required */

  /* Fills `found` with every place looked at, in order; 0 when the last one is fit. HP_ENOTFOUND */
  int (*locate)(const struct hp_locate_request *request, struct hp_candidates *found,
                hp_error *error);
  /* Resolves a user name to ids. HP_ENOTFOUND when there is no such user. */
  int (*find_user)(const char *name, struct hp_user *user, hp_error *error);
  /* Whether we may start processes as another user. */
  bool (*is_privileged)(void);

  /* Starts a process; blocks until it executes its program or failed to: HP_ESPAWN, HP_EACCESS …
   * with cause and step. On success child->pid is set and close() is owed. */
  int (*spawn)(uv_loop_t *loop, hp_child *child, const struct hp_spawn *spawn, hp_error *error);
  /* Calls `exited` once, after spawn, when the process has ended; its status is not collected yet
   * and its group can still be signalled. */
  int (*watch)(hp_child *child, hp_child_callback exited, hp_error *error);
  /* Sends a signal by its POSIX name without "SIG" ("TERM", "KILL"), or begins to: then a failure
   * is told by `undelivered`. HP_EUNSUPPORTED where the OS has no such thing. A process that is
   * gone is no error. Must not be called after reap(). The tree is the child's process group. KILL
   * reaches more, as far as the OS can tell without a guardian: from a living child all of its
   * descendants, whatever their session; after a child that ended unasked and not well the rest of
   * its session and those who still have its stdout or stderr. Beyond reach: one that left the
   * session, became an orphan and closed both. */
  int (*signal)(hp_child *child, enum hp_scope scope, const char *name, hp_error *error);
  /* Collects the status into child->exit. Call once, after `exited`. */
  void (*reap)(hp_child *child);
  /* Ends all watching, calls `closed` once, never from inside. The process itself is left alone;
   * one that was sent KILL and never watched is collected before `closed`. */
  void (*close)(hp_child *child, hp_child_callback closed);
  /* Whether `pid` is the child or one of its descendants. 1 yes, 0 no, -1 cannot tell. */
  int (*contains)(const hp_child *child, int64_t pid);

  /* Ends a connected stream in both directions at once, for the other end too when a fork of the
   * host holds a copy of it; the handle is still to be closed. */
  void (*stream_cut)(uv_stream_t *stream);
  /* Who is at the other end of a connected stream. Any thread, as port_owner() and contains(). */
  void (*stream_peer)(uv_stream_t *stream, struct hp_peer *peer);
  /* Who listens on a local TCP port. */
  void (*port_owner)(const struct hp_endpoint *endpoint, struct hp_peer *peer);

  /* Copies a standard place into `path`; HP_ENOTFOUND where it does not exist. */
  int (*place)(enum hp_place place, char path[HP_PATH_SIZE]);
  /* Makes hp-XXXXXXXX inside `base` for `user`, and locks it. The name is HP_DIRECTORY_NAME long.
   */
  int (*directory_new)(hp_directory **directory, const char *base, const struct hp_user *user,
                       hp_error *error);
  /* Opens, making it and its parents where missing, a directory that the user named, and locks it:
   * HP_EINUSE with its holder's pid. It is never removed. */
  int (*directory_open)(hp_directory **directory, const char *path, const struct hp_user *user,
                        hp_error *error);
  const char *(*directory_path)(const hp_directory *directory);
  /* Records that `pid` uses it, so that it outlives us if the process does. */
  void (*directory_use)(hp_directory *directory, int64_t pid);
  /* Writes a file in it, 0600 and owned by the directory's user. */
  int (*directory_write)(hp_directory *directory, const char *name, const void *data, size_t size,
                         hp_error *error);
  /* Reads a file in it, `size` bytes at most; *length says how many. Only a plain file of ours or
   * of the directory's user, over no link, and it never waits. HP_ENOTFOUND: there is none. */
  int (*directory_read)(hp_directory *directory, const char *name, void *data, size_t size,
                        size_t *length, hp_error *error);
  /* Makes a directory in it, 0700 and owned by the directory's user; it must be missing. */
  int (*directory_make)(hp_directory *directory, const char *name, hp_error *error);
  /* Gives another name to something in it. */
  int (*directory_rename)(hp_directory *directory, const char *from, const char *to,
                          hp_error *error);
  /* Removes a tree below it, by descriptor; a missing one is no error. */
  int (*directory_clear)(hp_directory *directory, const char *name, hp_error *error);
  /* Unlocks; one that directory_new() made is emptied and removed. NULL is allowed. */
  void (*directory_free)(hp_directory *directory);
  /* Removes what instances whose host was killed have left in `base`: only what carries our mark,
   * is ours, is locked by nobody and used by no living process. Returns how many. Any thread. */
  int (*sweep)(const char *base);

  /* An alarm that is not running; set restarts it, 0 stops it. Both, and free, may be called from
   * its callback; never called back after a stop or free. */
  int (*alarm_new)(uv_loop_t *loop, hp_alarm **alarm, hp_alarm_callback callback, void *data);
  void (*alarm_set)(hp_alarm *alarm, uint64_t nanoseconds);
  void (*alarm_free)(hp_alarm *alarm);
  /* NULL where the OS or the directory offers none: the schedule alone then serves. */
  hp_watch *(*watch_new)(uv_loop_t *loop, const char *path, hp_alarm_callback callback, void *data);
  void (*watch_free)(hp_watch *watch); /* NULL is allowed; also from its callback */

  /* Binds `path` as an sd_notify socket that `user` can send to. HP_EUNSUPPORTED. May be freed from
   * its callback; never called back after. */
  int (*notify_new)(uv_loop_t *loop, hp_notify **notify, const char *path,
                    const struct hp_user *user, hp_notify_callback callback, void *data,
                    hp_error *error);
  void (*notify_free)(hp_notify *notify);

  /* Occupies those of stdin, stdout and stderr that the host has closed, and says which, as bits: a
   * handle of libuv's that got such a number would abort the host on its close. Any thread. */
  unsigned (*stdio_hold)(void);
  void (*stdio_release)(unsigned held);

  /* What an exit status means and what to do about it, for a person: sets cause and hint where
   * anything is known. `spawn` is what was started, NULL where that is not known any more. */
  void (*explain_exit)(const struct hp_exit *exit, const struct hp_spawn *spawn, hp_error *error);

  /* A copy of a connected stream's descriptor that is independent of the loop, blocks, and is not
   * inherited. Nothing is under way on the stream, which is closed next. 0 or a libuv code. Any
   * thread. */
  int (*stream_take)(uv_stream_t *stream, hp_handle *handle);

  /* Bytes of memory that a process here can have: the machine's, or the less that our control group
   * or job is allowed; 0 where nobody knows. Any thread. */
  uint64_t (*memory)(void);

  /* The number of the processor that runs the calling thread at this moment; -1 where nobody knows.
   * Any thread, and often. */
  int (*processor)(void);

  /* Our environment: "NAME=value" after "NAME=value" in UTF-8, each with a NUL, one more at the
   * end. From hp_alloc(); NULL when out of memory. Any thread, while nobody changes it. */
  char *(*environment)(void);
};

enum { HP_DIRECTORY_NAME = 11 }; /* strlen("hp-XXXXXXXX") */

/* The platform that the context uses from now on; NULL functions are refused: HP_EPLUGIN. Before
 * the first start only: HP_ESTATE. */
HP_EXPORT int hp_context_register_platform(hp_context *context, const struct hp_platform_ops *ops,
                                           hp_error **error);

#ifdef __cplusplus
}
#endif

#endif
