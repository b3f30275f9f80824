/* SPDX-License-Identifier: MIT */
/*
 * Start to READY, and stop, against a program written by hand for just that server (peers/). Both
 * take turns in this process. Ours begins with the plan, each time, as an application's start does.
 */
#include "bench/bench.h"
#include "bench/peers/peer.h"
#include "core/plan.h"

#include <hyperprocess/uv.h>

#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char usage[] =
    "usage: start [--rounds N] [--json FILE] [--only hand-written|hyperprocess]\n"
    "             [--attached] [--hyper-path DIR] [SERVER…]\n";

static const struct {
  const struct peer_ops *peer;
  const char *limit;
  bool keeps_data;
} servers[] = {
    {&peer_echo, "start and stop each at most 150 us more at the median", false},
    {&peer_redis, "start and stop each at most 1.10x at the median", false},
    {&peer_postgres, "start and stop each at most 1.10x at the median", true},
    {&peer_hyperd, "start and stop each at most 1.10x at the median", false},
};

enum { SERVERS = sizeof servers / sizeof *servers, WARM_UP = 5 };

struct contest {
  hp_context *context, *attached;
  uv_loop_t loop; /* that it is attached to */
  hp_options *options;
  hp_plan *plan;
  const struct peer_ops *peer;
  struct peer_server server;
  char folder[32], data[64]; /* of one that keeps its data */
};

static const char *const measures[] = {"start", "stop", "both", NULL};

static void fill(double *values, double begin, double ready, double end) {
  values[0] = ready - begin;
  values[1] = end - ready;
  values[2] = end - begin;
}

static int complain(hp_error *error) {
  const char *cause = hp_error_cause(error), *output = hp_error_detail(error, HP_DETAIL_OUTPUT);
  fprintf(stderr, "start: %s%s%s\n%s\n", hp_error_message(error), cause ? ": " : "",
          cause ? cause : "", output ? output : "");
  hp_error_free(error);
  return -1;
}

static int run_ours(void *data, double *values) {
  struct contest *contest = data;
  hp_process *process;
  hp_error *error = NULL;
  double begin = bench_now();
  if (hp_process_start(contest->context, contest->options, &process, &error) < 0) {
    hp_process_close(process);
    return complain(error);
  }
  double ready = bench_now();
  hp_process_close(process);
  fill(values, begin, ready, bench_now());
  return 0;
}

/* The same on a loop of the host's: from one event to the next. */
static void note_state(hp_process *process, const hp_event *event, void *user) {
  double *times = user;
  (void)process;
  if (hp_event_kind(event) != HP_EVENT_STATE)
    return;
  if (hp_event_state(event) == HP_STATE_READY)
    times[0] = bench_now();
  else if (hp_event_state(event) == HP_STATE_STOPPED || hp_event_state(event) == HP_STATE_FAILED)
    times[1] = bench_now();
}

static int run_attached(void *data, double *values) {
  struct contest *contest = data;
  hp_process *process;
  hp_error *error = NULL;
  double times[2] = {0, 0}, begin = bench_now();
  if (hp_process_start_async(contest->attached, contest->options, note_state, times, &process,
                             &error) < 0)
    return complain(error);
  while (times[0] == 0 && times[1] == 0)
    uv_run(&contest->loop, UV_RUN_ONCE);
  hp_process_stop_async(process);
  while (times[1] == 0)
    uv_run(&contest->loop, UV_RUN_ONCE);
  hp_process_close(process);
  fill(values, begin, times[0], times[1]);
  return times[0] == 0 ? -1 : 0;
}

static int run_peer(void *data, double *values) {
  struct contest *contest = data;
  struct peer peer;
  peer_init(&peer, &contest->server);
  double begin = bench_now();
  if (contest->peer->start(&peer) < 0)
    return -1;
  double ready = bench_now();
  if (contest->peer->stop(&peer) < 0)
    return -1;
  fill(values, begin, ready, bench_now());
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

static int prepare(struct contest *contest, int which, const char *hyper_path) {
  hp_error *error = NULL;
  contest->peer = servers[which].peer;
  hp_options_new(&contest->options, NULL);
  hp_options_set_server(contest->options, contest->peer->server, NULL);
  if (contest->peer == &peer_hyperd) {
    hp_options_set(contest->options, "hyper_path", hyper_path, NULL);
    hp_options_set(contest->options, "telemetry", "off", NULL);
  }
  if (servers[which].keeps_data && make_data(contest) < 0)
    return -1;
  if (hp_plan_make(contest->context, contest->options, &contest->plan, &error) < 0) {
    printf("\nstart: %s, skipped: %s\n", contest->peer->server, hp_error_message(error));
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

static void clean_up(struct contest *contest) {
  hp_plan_free(contest->plan);
  hp_options_free(contest->options);
  peer_remove_dir(contest->folder);
}

static int compete(struct contest *contest, const struct bench_options *options, int which) {
  struct bench_subject all[] = {{"hand-written", run_peer, contest},
                                {"hyperprocess", run_ours, contest},
                                {"attached", run_attached, contest}};
  struct bench bench = {.name = "start",
                        .variant = contest->peer->server,
                        .measures = measures,
                        .subjects = all,
                        .subject_count = contest->attached ? 3 : 2,
                        .rounds = options->rounds};
  double ignored[BENCH_MEASURES];
  if (options->only) {
    bench.subjects = &all[strcmp(options->only, all[0].name) != 0];
    bench.subject_count = 1;
  }
  int result = run_ours(contest, ignored); /* makes the data, where there are any */
  if (result == 0)
    result = bench_run(&bench, WARM_UP);
  bench_print(&bench);
  printf("  wanted: %s\n", servers[which].limit);
  bench_write(&bench, options->json);
  bench_fini(&bench);
  return result;
}

static int attach(struct contest *contest) {
  hp_error *error = NULL;
  uv_loop_init(&contest->loop);
  int result = hp_context_attach(&contest->loop, &contest->attached, &error);
  return result < 0 ? complain(error) : 0;
}

static void detach(struct contest *contest) {
  hp_context_detach(contest->attached, NULL, NULL);
  uv_run(&contest->loop, UV_RUN_DEFAULT);
  uv_loop_close(&contest->loop);
}

static bool is_named(int which, char **names) {
  bool named = !names[0];
  for (; *names; names++)
    named = named || strcmp(*names, servers[which].peer->server) == 0;
  return named;
}

static int measure(const struct bench_options *options, const char *hyper_path, bool attached,
                   char **names) {
  hp_context *context;
  hp_error *error = NULL;
  int result = 0;
  if (hp_context_new(&context, &error) < 0)
    return complain(error);
  for (int i = 0; i < SERVERS; i++) {
    struct contest contest = {.context = context};
    if (!is_named(i, names) || (servers[i].peer == &peer_hyperd && !hyper_path))
      continue;
    if (attached && attach(&contest) < 0)
      return -1;
    if (prepare(&contest, i, hyper_path) == 0 && compete(&contest, options, i) < 0)
      result = -1;
    if (attached)
      detach(&contest);
    clean_up(&contest);
  }
  hp_context_free(context);
  return result;
}

int main(int argc, char **argv) {
  struct bench_options options = {.rounds = 200};
  const char *hyper_path = NULL;
  bool attached = false;
  int i = 1;
  for (; i < argc && argv[i][0] == '-'; i++)
    if (strcmp(argv[i], "--hyper-path") == 0 && argv[i + 1])
      hyper_path = argv[++i];
    else if (strcmp(argv[i], "--attached") == 0)
      attached = true;
    else if (!bench_take_option(&options, argv, &i)) {
      fputs(usage, stderr);
      return 2;
    }
  int result = measure(&options, hyper_path, attached, argv + i);
  if (options.json)
    fclose(options.json);
  return result < 0;
}
