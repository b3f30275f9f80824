/* SPDX-License-Identifier: MIT */
/*
 * hyperd, by the official HyperProcess and by ours: the same binary and settings, taking turns in
 * this process. Beside them what is written by hand, which shows how much of it is hyperd's own.
 * The official library is the one inside the Python package; the declarations of its functions are
 * in there too.
 */
#include "bench/contest.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: hyperd [--rounds N] [--json FILE] [--only official|hyperprocess|hand-written] FOLDER\n"
    "       FOLDER is where tableauhyperapi was installed to (pip install --target)\n";

enum { WARM_UP = 3, NO_TELEMETRY = 0 };

/* The library's types are opaque; an error is NULL when there is none. */
struct official {
  void *library, *parameters;
  char hyper_path[1024];
  void *(*create_parameters)(void **parameters, bool use_defaults);
  void *(*set_parameter)(void *parameters, const char *key, const char *value);
  void *(*create)(const char *hyper_path, int telemetry, const void *parameters, void **instance);
  const char *(*descriptor)(const void *instance);
  void (*close)(void *instance);
};

static int refuse(const char *what, const char *why) {
  fprintf(stderr, "hyperd: %s: %s\n", what, why ? why : "not as expected");
  return -1;
}

static int load(struct official *official, const char *folder) {
  const struct {
    const char *name;
    void *function;
  } wanted[] = {{"hyper_create_instance_parameters", &official->create_parameters},
                {"hyper_parameters_set", &official->set_parameter},
                {"hyper_instance_create", &official->create},
                {"hyper_instance_get_endpoint_descriptor", &official->descriptor},
                {"hyper_instance_close", &official->close}};
  char path[1100];
  snprintf(path, sizeof path, "%s/tableauhyperapi/bin/libtableauhyperapi.so", folder);
  snprintf(official->hyper_path, sizeof official->hyper_path, "%s/tableauhyperapi/bin/hyper",
           folder);
  official->library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!official->library)
    return refuse(path, dlerror());
  for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
    void *function = dlsym(official->library, wanted[i].name);
    if (!function)
      return refuse(wanted[i].name, dlerror());
    memcpy(wanted[i].function, &function, sizeof function);
  }
  return 0;
}

/* Its log would be in the current directory. */
static int set_up(struct official *official, const char *log_dir) {
  if (official->create_parameters(&official->parameters, true) ||
      official->set_parameter(official->parameters, "log_dir", log_dir))
    return refuse(log_dir, "the official library does not take it");
  return 0;
}

static int run_official(void *data, double *values) {
  const struct official *official = data;
  void *instance = NULL;
  double begin = bench_now();
  if (official->create(official->hyper_path, NO_TELEMETRY, official->parameters, &instance) ||
      !official->descriptor(instance))
    return refuse(official->hyper_path, "the official library does not start it");
  double ready = bench_now();
  official->close(instance);
  contest_fill(values, begin, ready, bench_now());
  return 0;
}

static void compare(const struct bench *bench, int measure, double share, const char *name) {
  double official = bench_percentile(bench, 0, measure, share);
  double ours = bench_percentile(bench, 1, measure, share);
  double by_hand = bench_percentile(bench, 2, measure, share);
  printf("  %-6s %-7s %6.3fx of the official, %6.3fx of the hand-written\n",
         bench->measures[measure], name, ours / official, ours / by_hand);
}

static int compete(struct contest *contest, struct official *official,
                   const struct bench_options *options) {
  struct bench_subject all[] = {{"official", run_official, official},
                                {"hyperprocess", contest_run_ours, contest},
                                {"hand-written", contest_run_peer, contest}};
  struct bench bench = {.name = "hyperd",
                        .variant = "C",
                        .measures = contest_measures,
                        .subjects = all,
                        .subject_count = 3,
                        .rounds = options->rounds};
  for (int i = 0; options->only && i < 3; i++)
    if (strcmp(options->only, all[i].name) == 0) {
      bench.subjects = &all[i];
      bench.subject_count = 1;
    }
  int result = bench_run(&bench, WARM_UP);
  bench_print(&bench);
  for (int i = 0; bench.subject_count == 3 && contest_measures[i]; i++) {
    compare(&bench, i, 0.5, "median");
    compare(&bench, i, 0.95, "p95");
  }
  printf("  wanted: at most 0.9x of the official, or 1.05x of the hand-written\n");
  bench_write(&bench, options->json);
  bench_fini(&bench);
  return result;
}

static int measure(const struct bench_options *options, const char *folder) {
  struct official official = {.library = NULL};
  struct contest contest = {.context = NULL};
  char log_dir[] = "/tmp/bench-XXXXXX";
  hp_error *error = NULL;
  if (load(&official, folder) < 0)
    return -1;
  if (!mkdtemp(log_dir))
    return peer_fail(log_dir);
  int result = set_up(&official, log_dir);
  if (result == 0 && hp_context_new(&contest.context, &error) < 0)
    result = contest_complain(error);
  if (result == 0)
    result = contest_prepare(&contest, &peer_hyperd, false, official.hyper_path);
  if (result == 0)
    result = hp_options_set(contest.options, "log_dir", log_dir, NULL);
  if (result == 0)
    result = compete(&contest, &official, options);
  contest_clean_up(&contest);
  hp_context_free(contest.context);
  peer_remove_dir(log_dir);
  return result;
}

int main(int argc, char **argv) {
  struct bench_options options = {.rounds = 200};
  int i = 1;
  while (i < argc && argv[i][0] == '-' && bench_take_option(&options, argv, &i))
    i++;
  if (i + 1 != argc) {
    fputs(usage, stderr);
    return 2;
  }
  int result = measure(&options, argv[i]);
  if (options.json)
    fclose(options.json);
  return result < 0;
}
