/* SPDX-License-Identifier: MIT */
/*
 * What a server says to the host that started it. Each way is there only when the host offers it in
 * the environment, and a server needs no more than one of them:
 *
 *  - ECHOD_CALLBACK is a URL where the host listens. We connect and send one byte, the length of
 *    the text that follows: our endpoint, after ECHOD_NONCE and a space where there is a nonce. The
 *    connection then stays open. Its end means that the host wants us to stop, or is no more.
 *  - NOTIFY_SOCKET is the datagram socket of the sd_notify protocol; not on Windows.
 */
#ifndef ECHOD_HOST_H
#define ECHOD_HOST_H

#include <uv.h>

/* Returns NULL, or what went wrong at once; later on, `ended` is called with 0 or an error of libuv
 * when the connection has ended or did not come about. Without ECHOD_CALLBACK, does nothing. */
const char *host_call(uv_loop_t *loop, const char *endpoint, void (*ended)(int status));

/* Sends "NAME=value" lines to NOTIFY_SOCKET. A message that cannot be sent is lost. */
void host_notify(const char *message);

#endif
