/* SPDX-License-Identifier: MIT */
/* What the transports share: our listening end as a stream of libuv's, a failure that is told
 * later, and an error of the system as an error of ours. */
#ifndef HP_TRANSPORTS_STREAM_H
#define HP_TRANSPORTS_STREAM_H

#include <hyperprocess/plugin.h>

/* Takes over `descriptor`, which is bound, listens and does not block. listener->endpoint tells
 * what kind of handle it becomes. */
int hp__stream_listen(uv_loop_t *loop, hp_listener *listener, int descriptor, hp_error *error);

/* Has request->callback called with `status` by the loop, never from inside this call. */
void hp__stream_fail_later(uv_loop_t *loop, hp_connect *request, int status);

/* A failure of the system: `status` is a negative libuv code, told as the cause. Returns `code`. */
int hp__stream_error(hp_error *error, int code, int status, const char *format, ...)
    HP_PRINTF(4, 5);

#endif
