/* SPDX-License-Identifier: MIT */
/* Redis: a configuration of its own, READY=1 on a notify socket, SIGTERM. */
#include "bench/peers/peer.h"

#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>

static int start(struct peer *peer) {
  char path[128], text[512], notify[128];
  if (peer_make_data(peer) < 0 || peer_make_runtime(peer) < 0 ||
      peer_bind(peer, "n", SOCK_DGRAM) < 0)
    return -1;
  snprintf(path, sizeof path, "%s/redis.conf", peer->runtime);
  snprintf(text, sizeof text,
           "port 0\nunixsocket \"%s/s\"\nunixsocketperm 700\ndir \"%s\"\nsupervised systemd\n"
           "daemonize no\n",
           peer->runtime, peer->data);
  snprintf(notify, sizeof notify, "NOTIFY_SOCKET=%s/n", peer->runtime);
  const char *argv[] = {peer->server->executable, path, NULL};
  const char *added[] = {notify, NULL};
  if (peer_write_file(peer, path, text) < 0 || peer_spawn(peer, argv, added) < 0)
    return -1;
  return peer_await_notify(peer);
}

static int stop(struct peer *peer) {
  kill(peer->pid, SIGTERM);
  return peer_await_exit(peer);
}

const struct peer_ops peer_redis = {"redis", start, stop};
