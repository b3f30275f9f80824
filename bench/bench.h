/* SPDX-License-Identifier: MIT */
/*
 * What every benchmark here is made of: subjects that take turns in one process, round by round, so
 * that what else the machine does hits all of them alike; and medians of what they took.
 */
#ifndef HP_BENCH_BENCH_H
#define HP_BENCH_BENCH_H

#include <stdint.h>
#include <stdio.h>

enum { BENCH_MEASURES = 4 };

struct bench_subject {
  const char *name;
  /* One round: a value for each measure, in microseconds. < 0: it failed, and has said why. */
  int (*run)(void *data, double values[BENCH_MEASURES]);
  void *data;
};

struct bench {
  const char *name, *variant;
  const char *const *measures; /* NULL-terminated */
  const struct bench_subject *subjects;
  int subject_count; /* the first is the baseline of the others */
  int rounds;        /* room for so many */
  int done;
  double *samples; /* [subject][measure][round] */
};

double bench_now(void); /* microseconds */

int bench_init(struct bench *bench);
void bench_fini(struct bench *bench);
/* Each subject once, each round beginning with another one. */
int bench_round(struct bench *bench);
/* Rounds that are not counted, then all that there is room for. */
int bench_run(struct bench *bench, int warm_up);
/* share: 0.5 is the median. */
double bench_percentile(const struct bench *bench, int subject, int measure, double share);

/* For a person: one line a subject and measure. */
void bench_print(const struct bench *bench);
/* For a program: the same as JSON, one object a line. */
void bench_write(const struct bench *bench, FILE *json);

/* What the benchmarks are told on the command line alike. */
struct bench_options {
  int rounds;
  FILE *json;       /* NULL: none */
  const char *only; /* this subject alone, for a profiler; NULL: all */
};
/* Takes "--rounds N", "--json FILE" and "--only SUBJECT" from argv[*i]; 0: it is none of these. */
int bench_take_option(struct bench_options *options, char **argv, int *i);

#endif
