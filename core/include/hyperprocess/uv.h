/* SPDX-License-Identifier: MIT */
/*
 * For hosts that have a loop of libuv's: a context that runs on it, and connections as its streams.
 *
 * Everything here is called on the thread that runs that loop unless it says otherwise, calls back
 * on it, never from inside the call, and never blocks.
 */
#ifndef HYPERPROCESS_UV_H
#define HYPERPROCESS_UV_H

#include <hyperprocess/hyperprocess.h>

#include <uv.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- A context on the host's loop ------------------------------------------------------------ */

/*
 * As hp_context_new(), but on `loop`, which it keeps alive until it is detached: servers are
 * started and stopped by it, events are told on it at once. Nothing waits there for a server: that
 * is spawned, and small files are read and written, at the cost of a fraction of a millisecond.
 *
 * The thread that runs the loop counts as inside a callback: what would block returns HP_EDEADLK
 * there (hp_process_start_async() and the other *_async calls serve instead), and
 * hp_process_close() returns at once. On other threads all calls are as ever, hp_context_free()
 * too. The host may go on with its loop on another thread: no server notices.
 */
HP_EXPORT int hp_context_attach(uv_loop_t *loop, hp_context **context, hp_error **error);

/* Called on the loop when the context is gone and nothing of it is left in the loop. */
typedef void (*hp_context_detached)(void *user);
/*
 * Begins the end: closes every server that is left, side by side, each within its own budget, then
 * frees the context and calls `detached` (may be NULL). Handles of processes are not to be used any
 * more but in their own callbacks. Any thread. HP_ESTATE: it is not attached, or being detached.
 */
HP_EXPORT int hp_context_detach(hp_context *context, hp_context_detached detached, void *user);

/* ---- Connections ----------------------------------------------------------------------------- */

/* A connection, under way or made. */
typedef struct hp_connection hp_connection;

/* Once: with `error` NULL it is made, and hp_connection_stream() can be used; else it was not, and
 * `error` says why during the call. The connection may be closed from it. */
typedef void (*hp_connection_callback)(hp_connection *connection, const hp_error *error,
                                       void *user);
typedef void (*hp_connection_closed)(void *user);

/*
 * Begins to connect to an endpoint, "unix:///run/x/s", "tcp://127.0.0.1:40123",
 * "npipe://./pipe/name". `timeout` and the errors, which the callback is told, are those of
 * hp_connect(). After 0 the connection is the caller's, who ends it with hp_connection_close(),
 * also when it was not made; else *connection is NULL and nothing is called back: HP_ECONFIG,
 * HP_EUNSUPPORTED, HP_ENOMEM.
 */
HP_EXPORT int hp_connect_uv(uv_loop_t *loop, hp_connection **connection, const char *endpoint,
                            int64_t timeout, hp_connection_callback callback, void *user,
                            hp_error **error);
/*
 * The same to a server of ours that is READY, by its own transport; who answers must be of its
 * tree, as far as the system can tell (HP_EPEER). Any loop, that of an attached context too. Before
 * the process is closed the callback must have come, or the connection be closed. HP_ESTATE: it is
 * not ready.
 */
HP_EXPORT int hp_process_connect_uv(hp_process *process, uv_loop_t *loop,
                                    hp_connection **connection, int64_t timeout,
                                    hp_connection_callback callback, void *user, hp_error **error);
/* Its stream, a uv_pipe_t or a uv_tcp_t as the `type` says, whose `data` is the caller's: to be
 * read and written as any, and not to be closed but by hp_connection_close(). NULL while it is not
 * made.
 */
HP_EXPORT uv_stream_t *hp_connection_stream(hp_connection *connection);
/* Ends it, at any time: one that is under way is given up, and its callback does not come any more.
 * `closed` (may be NULL) is called when nothing of it is left in the loop. NULL is allowed. */
HP_EXPORT void hp_connection_close(hp_connection *connection, hp_connection_closed closed,
                                   void *user);

#ifdef __cplusplus
}
#endif

#endif
