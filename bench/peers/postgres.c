/* SPDX-License-Identifier: MIT */
/* PostgreSQL on a data directory that is there: READY=1 on a notify socket, SIGINT. */
#include "bench/peers/peer.h"

#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>

static int start(struct peer *peer) {
  char cluster[160], sockets[128], notify[128];
  if (peer_make_runtime(peer) < 0 || peer_bind(peer, "n", SOCK_DGRAM) < 0)
    return -1;
  snprintf(cluster, sizeof cluster, "%s/cluster", peer->server->data_dir);
  snprintf(sockets, sizeof sockets, "unix_socket_directories=%s", peer->runtime);
  snprintf(notify, sizeof notify, "NOTIFY_SOCKET=%s/n", peer->runtime);
  const char *argv[] = {peer->server->executable,
                        "-D",
                        cluster,
                        "-c",
                        "logging_collector=off",
                        "-c",
                        "listen_addresses=",
                        "-c",
                        sockets,
                        "-c",
                        "unix_socket_permissions=0700",
                        "-c",
                        "port=5432",
                        NULL};
  const char *added[] = {notify, "LC_MESSAGES=C", NULL};
  return peer_spawn(peer, argv, added) < 0 ? -1 : peer_await_notify(peer);
}

static int stop(struct peer *peer) {
  kill(peer->pid, SIGINT);
  return peer_await_exit(peer);
}

const struct peer_ops peer_postgres = {"postgres", start, stop};
