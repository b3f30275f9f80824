/* SPDX-License-Identifier: MIT */
#include "bench/contest.h"

#include "core/plan.h"

#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const char *const contest_measures[] = {"start", "stop", "both", NULL};

void contest_fill(double *values, double begin, double ready, double end) {
  values[0] = ready - begin;
  values[1] = end - ready;
  values[2] = end - begin;
}

int contest_complain(hp_error *error) {
  const char *cause = hp_error_cause(error), *output = hp_error_detail(error, HP_DETAIL_OUTPUT);
  fprintf(stderr, "bench: %s%s%s\n%s\n", hp_error_message(error), cause ? ": " : "",
          cause ? cause : "", output ? output : "");
  hp_error_free(error);
  return -1;
}

int contest_run_ours(void *data, double *values) {
  struct contest *contest = data;
  hp_process *process;
  hp_error *error = NULL;
  double begin = bench_now();
  if (hp_process_start(contest->context, contest->options, &process, &error) < 0) {
    hp_process_close(process);
    return contest_complain(error);
  }
  double ready = bench_now();
  hp_process_close(process);
  contest_fill(values, begin, ready, bench_now());
  return 0;
}

int contest_run_peer(void *data, double *values) {
  struct contest *contest = data;
  struct peer peer;
  peer_init(&peer, &contest->server);
  double begin = bench_now();
  if (contest->peer->start(&peer) < 0)
    return -1;
  double ready = bench_now();
  if (contest->peer->stop(&peer) < 0)
    return -1;
  contest_fill(values, begin, ready, bench_now());
  return 0;
}

/* The server's user must be able to enter it. */
static int make_data(struct contest *contest) {
  strcpy(contest->folder, "/tmp/bench-XXXXXX");
  if (!mkdtemp(contest->folder) || chmod(contest->folder, 0711) < 0)
    return peer_fail(contest->folder);
  snprintf(contest->data, sizeof contest->data, "%s/data", contest->folder);
  contest->server.data_dir = contest->data;
  return hp_options_set_data_dir(contest->options, contest->data, NULL);
}

int contest_prepare(struct contest *contest, const struct peer_ops *peer, bool keeps_data,
                    const char *hyper_path) {
  hp_error *error = NULL;
  contest->peer = peer;
  hp_options_new(&contest->options, NULL);
  hp_options_set_server(contest->options, contest->peer->server, NULL);
  if (contest->peer == &peer_hyperd) {
    hp_options_set(contest->options, "hyper_path", hyper_path, NULL);
    hp_options_set(contest->options, "telemetry", "off", NULL);
  }
  if (keeps_data && make_data(contest) < 0)
    return -1;
  if (hp_plan_make(contest->context, contest->options, &contest->plan, &error) < 0) {
    printf("\nbench: %s, skipped: %s\n", contest->peer->server, hp_error_message(error));
    hp_error_free(error);
    return -1;
  }
  const struct hp_plan *plan = contest->plan;
  contest->server.executable = plan->executable;
  contest->server.runtime_base = plan->runtime_base;
  contest->server.data_base = plan->temporary_base;
  contest->server.user = plan->user.id >= 0 ? plan->user.name : NULL;
  contest->server.uid = (uid_t)plan->user.id;
  contest->server.gid = (gid_t)plan->user.group;
  contest->server.group_count = 32;
  if (contest->server.user)
    getgrouplist(plan->user.name, contest->server.gid, contest->server.groups,
                 &contest->server.group_count);
  return 0;
}

void contest_clean_up(struct contest *contest) {
  hp_plan_free(contest->plan);
  hp_options_free(contest->options);
  peer_remove_dir(contest->folder);
}
