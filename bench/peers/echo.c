/* SPDX-License-Identifier: MIT */
/* The sample server: it calls back, and stops when that connection ends. */
#include "bench/peers/peer.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

static int make_nonce(char nonce[33]) {
  unsigned char bytes[16];
  if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
    return peer_fail("getrandom");
  for (int i = 0; i < 16; i++)
    sprintf(nonce + 2 * i, "%02x", bytes[i]);
  return 0;
}

static int start(struct peer *peer) {
  char nonce[33], listen[128], callback[128], said_nonce[64], text[256];
  if (peer_make_runtime(peer) < 0 || peer_bind(peer, "c", SOCK_STREAM) < 0 || make_nonce(nonce) < 0)
    return -1;
  snprintf(listen, sizeof listen, "unix://%s/s", peer->runtime);
  snprintf(callback, sizeof callback, "ECHOD_CALLBACK=unix://%s/c", peer->runtime);
  snprintf(said_nonce, sizeof said_nonce, "ECHOD_NONCE=%s", nonce);
  const char *argv[] = {peer->server->executable, "--listen", listen, NULL};
  const char *added[] = {callback, said_nonce, NULL};
  if (peer_spawn(peer, argv, added) < 0 || peer_await_callback(peer, text) < 0)
    return -1;
  return strncmp(text, nonce, 32) == 0 ? 0 : peer_fail("nonce");
}

static int stop(struct peer *peer) {
  close(peer->tether);
  return peer_await_exit(peer);
}

const struct peer_ops peer_echo = {"echo", start, stop};
