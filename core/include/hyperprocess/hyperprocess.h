/* SPDX-License-Identifier: MIT */
/*
 * hyperprocess: start a local server, learn where it can be reached, be sure that it is gone.
 *
 * Conventions that hold for every function here:
 *  - A function that can fail returns 0 or a negative hp_code. A trailing `hp_error **error` may be
 *    NULL; on failure it receives a new error that the caller frees with hp_error_free(), on
 *    success it is left alone.
 *  - Every string is UTF-8. A returned `const char *` belongs to the object it was asked of and
 *    lives as long as that object, unless its comment says otherwise. Strings passed in are copied.
 *  - Times are milliseconds.
 *  - "Any thread" means any thread but one that is inside an event callback, where a call that
 *    would block returns HP_EDEADLK instead.
 */
#ifndef HYPERPROCESS_HYPERPROCESS_H
#define HYPERPROCESS_HYPERPROCESS_H

#include <hyperprocess/export.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HP_VERSION_MAJOR 0
#define HP_VERSION_MINOR 1
#define HP_VERSION_PATCH 0

/* Version of the library that is loaded, for example "0.1.0". */
HP_EXPORT const char *hp_version(void);

/* ---- Errors ---------------------------------------------------------------------------------- */

/* Codes a caller acts on: name, value, what it means. */
#define HP_CODES(X)                                                                                \
  X(HP_ENOMEM, -1, "out of memory")                                                                \
  X(HP_EUSAGE, -2, "wrong use of the library")                                                     \
  X(HP_ECONFIG, -3, "wrong configuration")                                                         \
  X(HP_ENOTFOUND, -4, "binary not found")                                                          \
  X(HP_ETOOLONG, -5, "address too long for the operating system")                                  \
  X(HP_EADDRINUSE, -6, "address already in use")                                                   \
  X(HP_EACCESS, -7, "not permitted")                                                               \
  X(HP_EUNSUPPORTED, -8, "not supported on this platform")                                         \
  X(HP_EPREPARE, -9, "preparation of the server's data failed")                                    \
  X(HP_ESPAWN, -10, "the process could not be started")                                            \
  X(HP_EEXITED, -11, "the server ended before it was ready")                                       \
  X(HP_EDIED, -12, "the server ended by itself")                                                   \
  X(HP_ETIMEDOUT, -13, "not ready in time")                                                        \
  X(HP_ECANCELED, -14, "stopped while it was starting")                                            \
  X(HP_EKILLED, -15, "did not stop in time and was killed")                                        \
  X(HP_EPEER, -16, "the process that answered is not the server that was started")                 \
  X(HP_EDEADLK, -17, "this call would wait for itself")                                            \
  X(HP_ESTATE, -18, "not possible in this state")                                                  \
  X(HP_EINUSE, -19, "data directory already in use")                                               \
  X(HP_ECONTAINMENT, -20, "the containment that was required cannot be reached")                   \
  X(HP_EPLUGIN, -21, "plug-in refused")                                                            \
  X(HP_EIO, -22, "the operating system refused an operation")                                      \
  X(HP_ESTEP, -23, "a step after ready failed")

enum hp_code {
  HP_OK = 0,
#define HP_CODE_ENUMERATOR(name, value, text) name = value,
  HP_CODES(HP_CODE_ENUMERATOR)
#undef HP_CODE_ENUMERATOR
};

/* Where in the flow it went wrong. */
#define HP_PHASES(X)                                                                               \
  X(HP_PHASE_USE, "use")                                                                           \
  X(HP_PHASE_CONFIG, "config")                                                                     \
  X(HP_PHASE_LOCATE, "locate")                                                                     \
  X(HP_PHASE_PLAN, "plan")                                                                         \
  X(HP_PHASE_PREPARE, "prepare")                                                                   \
  X(HP_PHASE_RESERVE, "reserve")                                                                   \
  X(HP_PHASE_SPAWN, "spawn")                                                                       \
  X(HP_PHASE_READY, "ready")                                                                       \
  X(HP_PHASE_RUN, "run")                                                                           \
  X(HP_PHASE_STOP, "stop")                                                                         \
  X(HP_PHASE_CONNECT, "connect")

enum hp_phase {
#define HP_PHASE_ENUMERATOR(name, text) name,
  HP_PHASES(HP_PHASE_ENUMERATOR)
#undef HP_PHASE_ENUMERATOR
};

/* Further material for a person, too long for the message. */
#define HP_DETAILS(X)                                                                              \
  X(HP_DETAIL_COMMAND, "command") /* the command line, secrets redacted */                         \
  X(HP_DETAIL_OUTPUT, "output")   /* the last lines that the process wrote */                      \
  X(HP_DETAIL_PLACES, "places")   /* every place searched and why it did not serve */              \
  X(HP_DETAIL_LOG, "log")         /* the file that the whole output is in */                       \
  X(HP_DETAIL_OWNER, "owner")     /* who holds the address or the directory */

enum hp_detail {
#define HP_DETAIL_ENUMERATOR(name, text) name,
  HP_DETAILS(HP_DETAIL_ENUMERATOR)
#undef HP_DETAIL_ENUMERATOR
      HP_DETAIL_COUNT
};

typedef struct hp_error hp_error;

/* Name ("HP_ETIMEDOUT") and text of a code; "HP_OK" and "done" for 0, never NULL. */
HP_EXPORT const char *hp_code_name(int code);
HP_EXPORT const char *hp_code_text(int code);

HP_EXPORT int hp_error_code(const hp_error *error);
HP_EXPORT enum hp_phase hp_error_phase(const hp_error *error);
/* One line that names the thing that failed. Never NULL. */
HP_EXPORT const char *hp_error_message(const hp_error *error);
/* Why, and what to do about it; NULL where nothing is known. */
HP_EXPORT const char *hp_error_cause(const hp_error *error);
HP_EXPORT const char *hp_error_hint(const hp_error *error);
HP_EXPORT const char *hp_error_detail(const hp_error *error, enum hp_detail detail);
/* errno, GetLastError, exit code or signal number as the cause says; 0 where there is none. */
HP_EXPORT int hp_error_os_code(const hp_error *error);
/* The whole error as one JSON object; free with hp_free(). NULL when out of memory. */
HP_EXPORT char *hp_error_to_json(const hp_error *error);
/* NULL is allowed. */
HP_EXPORT void hp_error_free(hp_error *error);

/* Frees a string that a function of this library returned for the caller to free. */
HP_EXPORT void hp_free(void *memory);

/* ---- Options: what one user wants of a server ------------------------------------------------ */

typedef struct hp_options hp_options;

/*
 * A new set of options: the profile `default` until told otherwise, that of the file that is found,
 * else the built-in one. Nothing is read or checked before a plan is made of it. Not thread-safe;
 * may be reused and freed as soon as the call that takes it has returned.
 */
HP_EXPORT int hp_options_new(hp_options **options, hp_error **error);
HP_EXPORT void hp_options_free(hp_options *options);

/* Server definition by name, "redis"; overrides the profile's. */
HP_EXPORT int hp_options_set_server(hp_options *options, const char *name, hp_error **error);
/* YAML file to take definitions and profiles from; without it the usual places are searched. */
HP_EXPORT int hp_options_set_file(hp_options *options, const char *path, hp_error **error);
/* Profile by name; "default" without it. */
HP_EXPORT int hp_options_set_profile(hp_options *options, const char *name, hp_error **error);
/* "local", "unix", "unix:/path/of/socket", "pipe", "pipe:name", "tcp", "tcp:6380", or the name of a
 * registered one; several with commas between are tried in turn: "local,tcp". */
HP_EXPORT int hp_options_set_transport(hp_options *options, const char *spec, hp_error **error);
/* A setting of the server, as text; its type is checked when the plan is made. */
HP_EXPORT int hp_options_set(hp_options *options, const char *name, const char *value,
                             hp_error **error);
/* Whether settings that are experimental are taken; without it only a profile with
 * `allow_experimental: yes` does. */
HP_EXPORT int hp_options_set_experimental(hp_options *options, bool allowed, hp_error **error);
/* Directory of the server's data: created if missing, and kept. Without it a temporary one. */
HP_EXPORT int hp_options_set_data_dir(hp_options *options, const char *path, hp_error **error);
/* Directory of files with the server's output, made if missing, 0700; without it there are none,
 * and "" takes back the profile's. NAME.log, or with a size limit NAME-TIME.log. */
HP_EXPORT int hp_options_set_log_dir(hp_options *options, const char *path, hp_error **error);
/* Bytes that such a file may have before another one is begun, and how many of them an instance
 * keeps, the one at hand included; 0: any number. */
HP_EXPORT int hp_options_set_log_size_limit(hp_options *options, uint64_t bytes, hp_error **error);
HP_EXPORT int hp_options_set_log_max_count(hp_options *options, uint64_t count, hp_error **error);
/* File to which the framework's own events are appended, one JSON object a line; several instances
 * and programs may share it. Without it there is none, and "" takes back the profile's. */
HP_EXPORT int hp_options_set_event_log(hp_options *options, const char *path, hp_error **error);
/* Binary of the server, or the folder that holds it. */
HP_EXPORT int hp_options_set_binary(hp_options *options, const char *path, hp_error **error);
/* Which version of it: "14", ">=14", ">=14 <17", "*" for any; NULL: what the profile says. Making
 * the plan then runs the binaries that are found, until one is of such a version, for as long as
 * they take to say it (30 s at most each), unless the context has asked the same file before. In a
 * callback and on the loop's thread that is HP_EDEADLK. The definition must say how it is asked. */
HP_EXPORT int hp_options_set_server_version(hp_options *options, const char *wanted,
                                            hp_error **error);
/* Working directory of the server; without it the definition's word, else "/". */
HP_EXPORT int hp_options_set_working_dir(hp_options *options, const char *path, hp_error **error);
/* Time until the server must be ready, in milliseconds, > 0. */
HP_EXPORT int hp_options_set_start_timeout(hp_options *options, int64_t milliseconds,
                                           hp_error **error);
/*
 * Any program as the server, without a definition: itself, as a shell finds it, and its arguments,
 * NULL-terminated. In these, and in values of hp_options_set_environment(), the variables of a
 * definition have their meaning: "${endpoint.port}", "$${" is a literal "${". It gets
 * HYPERPROCESS_ENDPOINT, _TRANSPORT, and _PATH or _HOST and _PORT, and runs in the current
 * directory unless told otherwise. Without a transport it is tcp where the words name a port or a
 * host, else local; a profile is taken only when one is set, a server of the profile or of
 * hp_options_set_server() is not.
 */
HP_EXPORT int hp_options_set_program(hp_options *options, const char *const *argv,
                                     hp_error **error);
/* How such a program says that it is ready: a kind of a definition's `ready`, "notify",
 * "line:TEXT", or the whole mapping, "{kind: …}". Without it "connect". */
HP_EXPORT int hp_options_set_ready(hp_options *options, const char *text, hp_error **error);
/* Its stop ladder, "INT:5s,TERM:10s" or "tether:5s": a kill comes at the end. Without it TERM:10s,
 * after a tether where it has one. */
HP_EXPORT int hp_options_set_stop(hp_options *options, const char *text, hp_error **error);
/*
 * A command that runs the server, as a debugger or tracer does: "gdb --args", "strace -f -o 'my
 * log'". Taken apart as by a shell, with nothing expanded; it is found as a shell finds it. The
 * server's command line follows. The start has no deadline; hp_process_pid() is the wrapper's,
 * which the stop's signals reach together with the server. NULL: none.
 */
HP_EXPORT int hp_options_set_wrap(hp_options *options, const char *command, hp_error **error);
/* Whether the server has the host's standard input, output and error instead of a pipe that the
 * library reads: for a debugger at a terminal. No output is then known, so none is in an error and
 * no line of it can be waited for. Its session stays its own: Ctrl-C is the host's. */
HP_EXPORT void hp_options_set_terminal(hp_options *options, bool terminal);
/* One more argument at the end of the server's command line. */
HP_EXPORT int hp_options_add_argument(hp_options *options, const char *argument, hp_error **error);
/* Environment variable of the server; value NULL removes it. */
HP_EXPORT int hp_options_set_environment(hp_options *options, const char *name, const char *value,
                                         hp_error **error);

/* ---- Context: a loop, a registry and its servers --------------------------------------------- */

typedef struct hp_context hp_context;

/*
 * A context with a thread of its own, on which servers are spawned and events are delivered. The
 * library takes no signal from the host, writes nothing to its stdout or stderr, and keeps no
 * global state: several contexts are independent of each other.
 */
HP_EXPORT int hp_context_new(hp_context **context, hp_error **error);
/*
 * Closes every server that is left (each with its own budget), then ends the thread. Blocks; not
 * from a callback (there it returns HP_EDEADLK and does nothing). NULL is allowed.
 */
HP_EXPORT int hp_context_free(hp_context *context);

/*
 * Events in the host's own loop, GTK's, Qt's or another one: after either of the first two calls
 * they wait until hp_context_dispatch() tells them, on the thread that calls it. Both are made
 * before the first start (HP_ESTATE); one that fails changes nothing. Of a process that was closed,
 * in a callback too, nothing is told any more.
 */
/* Stores a descriptor that is readable while events wait: to be polled, never read or closed, valid
 * as long as the context. HP_EUNSUPPORTED on Windows, where hp_context_set_wakeup() serves. */
HP_EXPORT int hp_context_poll_fd(hp_context *context, int *fd, hp_error **error);
/* `wakeup` is called on the context's thread when events begin to wait; it must not block, and may
 * post a message to the host's loop. Every system. */
typedef void (*hp_wakeup_callback)(void *user);
HP_EXPORT int hp_context_set_wakeup(hp_context *context, hp_wakeup_callback wakeup, void *user,
                                    hp_error **error);
/*
 * Tells the events that wait, in order, and returns how many; never blocks. While one thread does
 * it another one gets 0.
 * In its callbacks the rules are those of all callbacks; called from one it is HP_EDEADLK.
 */
HP_EXPORT int hp_context_dispatch(hp_context *context);

/* ---- Plan: what would be done, without doing it ---------------------------------------------- */

typedef struct hp_plan hp_plan;

/*
 * Resolves and checks everything: definition, profile, settings, binary, transport. Changes nothing
 * and starts nothing. Reads files; does not wait for anything else.
 * Errors: HP_ECONFIG, HP_ENOTFOUND, HP_ETOOLONG, HP_EUNSUPPORTED, HP_EACCESS.
 */
HP_EXPORT int hp_plan_make(hp_context *context, const hp_options *options, hp_plan **plan,
                           hp_error **error);
/* The whole plan for a person, or as JSON; free with hp_free(). NULL when out of memory. */
HP_EXPORT char *hp_plan_print(const hp_plan *plan);
HP_EXPORT char *hp_plan_print_json(const hp_plan *plan);
/* What is no mistake and yet worth a look, one line each, with the place where it was said: a
 * discouraged value, a setting without effect here. NULL beyond. At a start they are told as
 * HP_EVENT_INFO, "warning: …", before anything runs. */
HP_EXPORT size_t hp_plan_warning_count(const hp_plan *plan);
HP_EXPORT const char *hp_plan_warning(const hp_plan *plan, size_t index);
HP_EXPORT void hp_plan_free(hp_plan *plan);

/* ---- Process: one server from start to end --------------------------------------------------- */

typedef struct hp_process hp_process;

#define HP_STATES(X)                                                                               \
  X(HP_STATE_IDLE, "idle")                                                                         \
  X(HP_STATE_PREPARING, "preparing")                                                               \
  X(HP_STATE_STARTING, "starting")                                                                 \
  X(HP_STATE_WAITING, "waiting")                                                                   \
  X(HP_STATE_READY, "ready")                                                                       \
  X(HP_STATE_STOPPING, "stopping")                                                                 \
  X(HP_STATE_BACKOFF, "backoff")                                                                   \
  X(HP_STATE_HELD, "held")                                                                         \
  X(HP_STATE_STOPPED, "stopped")                                                                   \
  X(HP_STATE_FAILED, "failed")

enum hp_state {
#define HP_STATE_ENUMERATOR(name, text) name,
  HP_STATES(HP_STATE_ENUMERATOR)
#undef HP_STATE_ENUMERATOR
      HP_STATE_COUNT
};

/* How sure it is that nothing of the server survives us. */
#define HP_CONTAINMENTS(X)                                                                         \
  X(HP_CONTAINMENT_NONE, "none")             /* it is on its own */                                \
  X(HP_CONTAINMENT_DIRECT, "direct")         /* the process that we started */                     \
  X(HP_CONTAINMENT_TREE, "tree")             /* and its descendants, as long as we live */         \
  X(HP_CONTAINMENT_TREE_CRASH, "tree+crash") /* also when we are killed */

enum hp_containment {
#define HP_CONTAINMENT_ENUMERATOR(name, text) name,
  HP_CONTAINMENTS(HP_CONTAINMENT_ENUMERATOR)
#undef HP_CONTAINMENT_ENUMERATOR
};

HP_EXPORT const char *hp_state_name(enum hp_state state);
HP_EXPORT const char *hp_containment_name(enum hp_containment containment);

/* How a process ended. "Unknown" is an answer: somebody else may have collected the status. */
enum hp_exit_kind { HP_EXIT_NONE, HP_EXIT_UNKNOWN, HP_EXIT_CODE, HP_EXIT_SIGNAL };
struct hp_exit {
  enum hp_exit_kind kind;
  int value; /* the exit code or the signal number */
};

enum hp_event_kind {
  HP_EVENT_STATE, /* the state changed */
  HP_EVENT_INFO   /* news within a state: the server's own status, a deadline moved, a rung */
};

/* What happened. Valid, with its strings, only during the callback. */
typedef struct hp_event hp_event;
HP_EXPORT enum hp_event_kind hp_event_kind(const hp_event *event);
HP_EXPORT enum hp_state hp_event_state(const hp_event *event);
/* One line for a person; NULL where the state says all. */
HP_EXPORT const char *hp_event_text(const hp_event *event);
/* The first cause, with HP_STATE_FAILED and where a stop needed force; NULL otherwise. */
HP_EXPORT const hp_error *hp_event_error(const hp_event *event);
/* Milliseconds until the running deadline ends, -1 where there is none. */
HP_EXPORT int64_t hp_event_remaining(const hp_event *event);

/*
 * Called on the context's thread, or by hp_context_dispatch(), in order, once for each event; must
 * not block. The calls that do not block may be made from it.
 */
typedef void (*hp_event_callback)(hp_process *process, const hp_event *event, void *user);

/*
 * Makes the plan and begins to start the server; returns as soon as the start is under way. The
 * handle is stored in *process before anything else happens, and is owned by the caller, who ends
 * it with hp_process_close(). Any thread, callbacks included.
 * Errors: those of hp_plan_make(); *process is then NULL. All later ones arrive as events.
 */
HP_EXPORT int hp_process_start_async(hp_context *context, const hp_options *options,
                                     hp_event_callback callback, void *user, hp_process **process,
                                     hp_error **error);
/*
 * Waits until the server is READY or has failed. timeout < 0: no limit of its own (the start
 * timeout holds anyway). Errors: HP_ESPAWN, HP_EEXITED, HP_ETIMEDOUT, HP_ECANCELED, HP_EADDRINUSE,
 * HP_EPREPARE, HP_EPEER, HP_EDEADLK …; when its own timeout passed, HP_ETIMEDOUT while
 * hp_process_state() is not terminal. Any thread.
 */
HP_EXPORT int hp_process_wait_ready(hp_process *process, int64_t timeout, hp_error **error);
/*
 * start_async and wait_ready in one. *process is stored before it blocks, so that another thread
 * can stop it. On failure the server is gone; the handle stays, for what it can still tell and for
 * that other thread, and is closed as ever (NULL when not even a plan could be made).
 */
HP_EXPORT int hp_process_start(hp_context *context, const hp_options *options, hp_process **process,
                               hp_error **error);

/* Where it is reached, "unix:///run/…/s" or "tcp://127.0.0.1:40123"; NULL before READY. Any thread.
 */
HP_EXPORT const char *hp_process_endpoint(hp_process *process);
/* The endpoint in the words of the server's own clients; carries a password where there is one. */
HP_EXPORT const char *hp_process_descriptor(hp_process *process);
/* Parts of the endpoint; NULL (or 0) where the transport has no such part. The path of a pipe is
 * its name, what follows \\.\pipe\. Any thread. */
HP_EXPORT const char *hp_process_transport(hp_process *process);
HP_EXPORT const char *hp_process_path(hp_process *process);
HP_EXPORT const char *hp_process_host(hp_process *process);
HP_EXPORT uint16_t hp_process_port(hp_process *process);
/* The transports that were tried before the one that serves, "unix: path of the socket is too long
 * …": how many, and the reason of each, in order; NULL beyond. They grow until READY. Any thread.
 */
HP_EXPORT size_t hp_process_fallback_count(hp_process *process);
HP_EXPORT const char *hp_process_fallback(hp_process *process, size_t index);
/* The server's data directory; NULL where it has none. */
HP_EXPORT const char *hp_process_data_dir(hp_process *process);

/* The file that the server's output is written to at this moment; free with hp_free(). NULL where
 * there is none, before PREPARING, and without memory. Any thread. */
HP_EXPORT char *hp_process_log_path(hp_process *process);

/* Process id of the server, 0 while there is none. Any thread. */
HP_EXPORT int64_t hp_process_pid(hp_process *process);
/* The process that the server has named as its main one (MAINPID of sd_notify), if that is of its
 * own tree; 0 where it has named none. Any thread. */
HP_EXPORT int64_t hp_process_main_pid(hp_process *process);
HP_EXPORT enum hp_state hp_process_state(hp_process *process);
/* Whether a process of the server runs at this moment, ready or not. */
HP_EXPORT bool hp_process_is_alive(hp_process *process);
/* What was reached for the running (or last) attempt. */
HP_EXPORT enum hp_containment hp_process_containment(hp_process *process);
/* Whether the readiness answer was proven to come from the server's own tree. */
HP_EXPORT bool hp_process_is_verified(hp_process *process);
HP_EXPORT struct hp_exit hp_process_exit_status(hp_process *process);
/* The rung of the stop ladder that ended the server, "signal TERM", and the milliseconds from the
 * first rung to the exit; NULL and -1 where it was not stopped by us. */
HP_EXPORT const char *hp_process_stop_rung(hp_process *process);
HP_EXPORT double hp_process_stop_time(hp_process *process);

/*
 * Waits until the server has ended for good, by itself or by a stop. 0 after an asked stop,
 * HP_EDIED when it ended by itself, HP_EKILLED when force was needed, HP_ETIMEDOUT when the
 * timeout (negative: for ever) passed first, else the error of the start. Any thread.
 */
HP_EXPORT int hp_process_wait(hp_process *process, int64_t timeout, hp_error **error);
/*
 * Asks for a stop, in any state, and returns at once. timeout < 0: gently, waiting for ever;
 * 0: kill now; > 0: gently, and kill when so much time has passed. Any thread, callbacks included.
 */
HP_EXPORT void hp_process_shutdown_async(hp_process *process, int64_t timeout);
/* shutdown_async and wait. Killing at timeout 0 is no error; after a positive one it is HP_EKILLED.
 */
HP_EXPORT int hp_process_shutdown(hp_process *process, int64_t timeout, hp_error **error);
/* A stop within the budget of the definition's own ladder; returns at once. */
HP_EXPORT void hp_process_stop_async(hp_process *process);
/*
 * Stops the server within the budget of its definition, waits for the end and frees the handle.
 * From a callback: the stop is begun and the handle is freed when it has ended. NULL is allowed.
 */
HP_EXPORT void hp_process_close(hp_process *process);

/* ---- Connections ----------------------------------------------------------------------------- */

/*
 * A connected descriptor, which the caller owns and closes. It blocks, and no child inherits it. On
 * Windows it is a SOCKET for TCP, and for a pipe a HANDLE made for overlapped operations:
 * ReadFile and WriteFile want an OVERLAPPED with an event. hyperprocess/uv.h has streams instead.
 */
typedef intptr_t hp_handle;
#define HP_NO_HANDLE ((hp_handle)-1)

/*
 * Connects to an endpoint, "unix:///run/x/s", "tcp://127.0.0.1:40123", "npipe://./pipe/name".
 * `timeout` < 0: none of its own. One attempt; only while the queue of a server's Unix socket is
 * full it is repeated. To resolve a name may take longer than the timeout. On failure *handle is
 * HP_NO_HANDLE, and the message names the endpoint. Blocks; any thread, and no context is needed.
 * Errors: HP_ECONFIG (no endpoint), HP_EUNSUPPORTED (not reachable from this system),
 * HP_ETIMEDOUT, HP_EACCESS, HP_ETOOLONG; HP_EIO with the system's code: nobody listens there …
 */
HP_EXPORT int hp_connect(const char *endpoint, int64_t timeout, hp_handle *handle,
                         hp_error **error);
/*
 * The same to a server of ours that is READY, by its own transport, an embedder's too. Who answers
 * must be of its tree, as far as the system can tell. Any thread; HP_EDEADLK in a callback.
 * Further errors: HP_ESTATE (it is not ready), HP_EPEER (another process has answered).
 */
HP_EXPORT int hp_process_connect(hp_process *process, int64_t timeout, hp_handle *handle,
                                 hp_error **error);

#ifdef __cplusplus
}
#endif

#endif
