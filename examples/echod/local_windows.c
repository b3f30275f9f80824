/* SPDX-License-Identifier: MIT */
#include "local.h"

#include "host.h"

#include <signal.h>

/* CTRL_C and CTRL_BREAK of the console are signals to libuv. */
const struct local local = {
    .scheme = "npipe://./pipe/",
    .prefix = "\\\\.\\pipe\\",
    .size = 256 + 1,
    .form = "npipe://./pipe/NAME",
    .signals = {SIGINT, SIGBREAK},
};

void local_begin(void) {
}

/* A datagram socket of Unix is what this would need; a host here offers its callback. */
void host_notify(const char *message) {
  (void)message;
}
