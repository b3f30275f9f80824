/* SPDX-License-Identifier: MIT */
/*
 * Start to READY, and stop, against a program written by hand for just that server (peers/). Both
 * take turns in this process.
 */
#include "bench/contest.h"

#include <string.h>

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
    return contest_complain(error);
  while (times[0] == 0 && times[1] == 0)
    uv_run(&contest->loop, UV_RUN_ONCE);
  hp_process_stop_async(process);
  while (times[1] == 0)
    uv_run(&contest->loop, UV_RUN_ONCE);
  hp_process_close(process);
  contest_fill(values, begin, times[0], times[1]);
  return times[0] == 0 ? -1 : 0;
}

static int compete(struct contest *contest, const struct bench_options *options, int which) {
  struct bench_subject all[] = {{"hand-written", contest_run_peer, contest},
                                {"hyperprocess", contest_run_ours, contest},
                                {"attached", run_attached, contest}};
  struct bench bench = {.name = "start",
                        .variant = contest->peer->server,
                        .measures = contest_measures,
                        .subjects = all,
                        .subject_count = contest->attached ? 3 : 2,
                        .rounds = options->rounds};
  double ignored[BENCH_MEASURES];
  if (options->only) {
    bench.subjects = &all[strcmp(options->only, all[0].name) != 0];
    bench.subject_count = 1;
  }
  int result = contest_run_ours(contest, ignored); /* makes the data, where there are any */
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
  return result < 0 ? contest_complain(error) : 0;
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
    return contest_complain(error);
  for (int i = 0; i < SERVERS; i++) {
    struct contest contest = {.context = context};
    if (!is_named(i, names) || (servers[i].peer == &peer_hyperd && !hyper_path))
      continue;
    if (attached && attach(&contest) < 0)
      return -1;
    if (contest_prepare(&contest, servers[i].peer, servers[i].keeps_data, hyper_path) == 0 &&
        compete(&contest, options, i) < 0)
      result = -1;
    if (attached)
      detach(&contest);
    contest_clean_up(&contest);
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
