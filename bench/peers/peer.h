/* SPDX-License-Identifier: MIT */
/*
 * The opponents of bench/start: for each server, what a good C programmer would write by hand to
 * start just that one, wait until it is ready, and stop it. They use nothing of the library's. What
 * all of them need is in peer.c.
 */
#ifndef HP_BENCH_PEERS_PEER_H
#define HP_BENCH_PEERS_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What such a programmer knows when the program is written, or reads once. */
struct peer_server {
  const char *executable;
  const char *runtime_base; /* where a directory for sockets is made, and one for data */
  const char *data_base;
  const char *data_dir; /* prepared before; NULL: a temporary one each time */
  const char *user;     /* NULL: ours */
  uid_t uid;
  gid_t gid;
  gid_t groups[32];
  int group_count;
};

enum { PEER_PATH_SIZE = 96, PEER_ARGUMENTS = 32 };

struct peer {
  const struct peer_server *server;
  char runtime[PEER_PATH_SIZE], data[PEER_PATH_SIZE]; /* "": none */
  int listener, tether, output, pidfd;                /* -1: none */
  pid_t pid;
};

struct peer_ops {
  const char *server;
  int (*start)(struct peer *peer); /* returns when it is ready */
  int (*stop)(struct peer *peer);  /* returns when it is gone and everything is removed */
};

extern const struct peer_ops peer_echo, peer_redis, peer_postgres, peer_hyperd;

/* All return 0, or -1 having said on stderr why. */
void peer_init(struct peer *peer, const struct peer_server *server);
int peer_fail(const char *what);
/* Private directories that the server's user owns. */
int peer_make_runtime(struct peer *peer);
int peer_make_data(struct peer *peer);
int peer_remove_dir(const char *path);
int peer_write_file(const struct peer *peer, const char *path, const char *text);
/* A socket in the runtime directory that the server's user can reach. */
int peer_bind(struct peer *peer, const char *name, int type);
/* `added` is "NAME=value", NULL-terminated, beside our own environment. */
int peer_spawn(struct peer *peer, const char *const *argv, const char *const *added);
/* A connection to the listener, one length byte and so many bytes of text; it stays open. */
int peer_await_callback(struct peer *peer, char text[256]);
/* READY=1 in a datagram. */
int peer_await_notify(struct peer *peer);
/* Waits for the exit, reaps, and removes both directories. */
int peer_await_exit(struct peer *peer);

#endif
