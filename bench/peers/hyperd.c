/* SPDX-License-Identifier: MIT */
/* hyperd: it calls back with its descriptor, and stops when that connection ends. */
#include "bench/peers/peer.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static int start(struct peer *peer) {
  char log[128], listen[128], callback[128], text[256];
  if (peer_make_data(peer) < 0 || peer_make_runtime(peer) < 0 ||
      peer_bind(peer, "c", SOCK_STREAM) < 0)
    return -1;
  snprintf(log, sizeof log, "--log-dir=%s", peer->data);
  snprintf(listen, sizeof listen, "tab.domain://%s/domain/hyper", peer->runtime);
  snprintf(callback, sizeof callback, "tab.domain://%s/domain/c", peer->runtime);
  const char *argv[] = {peer->server->executable,
                        "run",
                        "--date-style=MDY",
                        "--date-style-lenient=false",
                        "--init-user=tableau_internal_user",
                        "--language=en_US",
                        log,
                        "--log-config=file,json,all,hyperd,0",
                        "--no-password=true",
                        "--skip-license=true",
                        "--callback-connection",
                        callback,
                        "--listen-connection",
                        listen,
                        NULL};
  const char *added[] = {NULL};
  return peer_spawn(peer, argv, added) < 0 ? -1 : peer_await_callback(peer, text);
}

static int stop(struct peer *peer) {
  close(peer->tether);
  return peer_await_exit(peer);
}

const struct peer_ops peer_hyperd = {"hyperd", start, stop};
