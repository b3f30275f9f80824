/* SPDX-License-Identifier: MIT */
#include "bench/bench.h"

#include <stdlib.h>
#include <string.h>

static const double shares[] = {0.1, 0.5, 0.9, 0.95, 0.99};
enum { SHARES = sizeof shares / sizeof *shares };

static void print_line(const struct bench *bench, int subject, int measure) {
  printf("  %-14s %-8s", bench->subjects[subject].name, bench->measures[measure]);
  for (int i = 0; i < SHARES; i++)
    printf(" %9.1f", bench_percentile(bench, subject, measure, shares[i]));
  double median = bench_percentile(bench, subject, measure, 0.5);
  double baseline = bench_percentile(bench, 0, measure, 0.5);
  if (subject > 0 && baseline > 0)
    printf("  %6.3fx %+9.1f us", median / baseline, median - baseline);
  printf("\n");
}

void bench_print(const struct bench *bench) {
  printf("\n%s: %s, %d rounds\n", bench->name, bench->variant, bench->done);
  printf("  %-14s %-8s %9s %9s %9s %9s %9s  %7s %12s\n", "us", "", "p10", "median", "p90", "p95",
         "p99", "ratio", "difference");
  for (int measure = 0; bench->measures[measure]; measure++)
    for (int subject = 0; subject < bench->subject_count; subject++)
      print_line(bench, subject, measure);
  fflush(stdout);
}

static void write_line(const struct bench *bench, int subject, int measure, FILE *json) {
  fprintf(json,
          "{\"bench\":\"%s\",\"variant\":\"%s\",\"subject\":\"%s\",\"measure\":\"%s\","
          "\"unit\":\"us\",\"rounds\":%d",
          bench->name, bench->variant, bench->subjects[subject].name, bench->measures[measure],
          bench->done);
  for (int i = 0; i < SHARES; i++)
    fprintf(json, ",\"p%.0f\":%.1f", shares[i] * 100,
            bench_percentile(bench, subject, measure, shares[i]));
  double baseline = bench_percentile(bench, 0, measure, 0.5);
  if (subject > 0 && baseline > 0)
    fprintf(json, ",\"ratio\":%.4f", bench_percentile(bench, subject, measure, 0.5) / baseline);
  fprintf(json, "}\n");
}

void bench_write(const struct bench *bench, FILE *json) {
  for (int measure = 0; json && bench->measures[measure]; measure++)
    for (int subject = 0; subject < bench->subject_count; subject++)
      write_line(bench, subject, measure, json);
}

static int refuse(const char *option, const char *why) {
  fprintf(stderr, "bench: %s: %s\n", option, why);
  exit(2);
}

int bench_take_option(struct bench_options *options, char **argv, int *i) {
  static const char *const names[] = {"--rounds", "--json", "--only"};
  const char *name = argv[*i], *value = argv[*i + 1];
  int which = 0;
  while (which < 3 && strcmp(name, names[which]) != 0)
    which++;
  if (which == 3)
    return 0;
  if (!value)
    return refuse(name, "its value is missing");
  (*i)++;
  if (which == 0 && (options->rounds = atoi(value)) < 1)
    return refuse(name, "not a positive number");
  if (which == 1 && !(options->json = fopen(value, "a")))
    return refuse(value, "cannot be written");
  if (which == 2)
    options->only = value;
  return 1;
}
