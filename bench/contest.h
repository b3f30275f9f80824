/* SPDX-License-Identifier: MIT */
/* One server, started and stopped in turns by the library and by what is written by hand for it. */
#ifndef HP_BENCH_CONTEST_H
#define HP_BENCH_CONTEST_H

#include "bench/bench.h"
#include "bench/peers/peer.h"

#include <hyperprocess/uv.h>

struct contest {
  hp_context *context, *attached;
  uv_loop_t loop; /* that it is attached to */
  hp_options *options;
  hp_plan *plan;
  const struct peer_ops *peer;
  struct peer_server server;
  char folder[32], data[64]; /* of one that keeps its data */
};

extern const char *const contest_measures[]; /* start, stop, both; NULL-terminated */
void contest_fill(double *values, double begin, double ready, double end);
/* Says what is wrong, frees it, and returns -1. */
int contest_complain(hp_error *error);

/* Of a server that keeps its data, they are made by the first start. -1: it cannot be run here. */
int contest_prepare(struct contest *contest, const struct peer_ops *peer, bool keeps_data,
                    const char *hyper_path);
void contest_clean_up(struct contest *contest);

/* Subjects of a struct bench, with the contest as data. Ours begins with the plan, each time, as an
 * application's start does. */
int contest_run_ours(void *contest, double *values);
int contest_run_peer(void *contest, double *values);

#endif
