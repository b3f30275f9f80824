/* SPDX-License-Identifier: MIT */
/* What the transports share: our listening end as a stream of libuv's, an outcome that is told
 * later, and an error of the system as an error of ours. */
#ifndef HP_TRANSPORTS_STREAM_H
#define HP_TRANSPORTS_STREAM_H

#include <hyperprocess/plugin.h>

/* Takes over `socket`, which is bound, listens and does not block. listener->endpoint tells
 * what kind of handle it becomes. */
int hp__stream_listen(uv_loop_t *loop, hp_listener *listener, uv_os_sock_t socket, hp_error *error);

/* Has request->callback called with `status` by the loop, never from inside this call; UV_ECANCELED
 * in the place of 0 when the handle was closed meanwhile. */
void hp__stream_tell_later(uv_loop_t *loop, hp_connect_request *request, int status);

/* A failure of the system: `status` is a negative libuv code, told as the cause. Returns `code`. */
int hp__stream_error(hp_error *error, int code, int status, const char *format, ...)
    HP_PRINTF(4, 5);

#endif
