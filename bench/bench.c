/* SPDX-License-Identifier: MIT */
#include "bench/bench.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

double bench_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double *samples_of(const struct bench *bench, int subject, int measure) {
  return bench->samples +
         ((size_t)subject * BENCH_MEASURES + (size_t)measure) * (size_t)bench->rounds;
}

int bench_init(struct bench *bench) {
  size_t count = (size_t)bench->subject_count * BENCH_MEASURES * (size_t)bench->rounds;
  bench->done = 0;
  bench->samples = calloc(count ? count : 1, sizeof *bench->samples);
  return bench->samples ? 0 : -1;
}

void bench_fini(struct bench *bench) {
  free(bench->samples);
  bench->samples = NULL;
}

static int turn(struct bench *bench, int subject, int round) {
  double values[BENCH_MEASURES] = {0};
  const struct bench_subject *who = &bench->subjects[subject];
  if (who->run(who->data, values) < 0) {
    fprintf(stderr, "bench %s (%s): %s gave up\n", bench->name, bench->variant, who->name);
    return -1;
  }
  for (int i = 0; round >= 0 && bench->measures[i]; i++)
    samples_of(bench, subject, i)[round] = values[i];
  return 0;
}

static int take_turns(struct bench *bench, int first, int round) {
  int result = 0;
  for (int i = 0; result == 0 && i < bench->subject_count; i++)
    result = turn(bench, (first + i) % bench->subject_count, round);
  return result;
}

int bench_round(struct bench *bench) {
  int result = take_turns(bench, bench->done, bench->done);
  bench->done += result == 0;
  return result;
}

int bench_run(struct bench *bench, int warm_up) {
  int result = bench_init(bench);
  for (int i = 0; result == 0 && i < warm_up; i++)
    result = take_turns(bench, i, -1);
  while (result == 0 && bench->done < bench->rounds)
    result = bench_round(bench);
  return result;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

double bench_percentile(const struct bench *bench, int subject, int measure, double share) {
  size_t count = (size_t)bench->done;
  double *sorted = count ? malloc(count * sizeof *sorted) : NULL;
  if (!sorted)
    return 0;
  memcpy(sorted, samples_of(bench, subject, measure), count * sizeof *sorted);
  qsort(sorted, count, sizeof *sorted, compare);
  double at = share * (double)(count - 1);
  size_t below = (size_t)at;
  double rest = at - (double)below, value = sorted[below];
  if (below + 1 < count)
    value += rest * (sorted[below + 1] - value);
  free(sorted);
  return value;
}
