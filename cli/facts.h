/* SPDX-License-Identifier: MIT */
/* What a ready server tells of itself: a command finds it in its environment, others on standard
 * output. */
#ifndef HP_CLI_FACTS_H
#define HP_CLI_FACTS_H

#include <hyperprocess/hyperprocess.h>

enum { FACTS = 8 };

struct fact {
  const char *name;  /* "ENDPOINT": a variable is HYPERPROCESS_ENDPOINT */
  const char *key;   /* "endpoint", of JSON */
  const char *value; /* NULL: there is none */
  bool is_number;
};

struct facts { /* the strings are the process's */
  struct fact items[FACTS];
  char port[16], pid[32];
};

void facts_collect(struct facts *facts, hp_process *process);

/* The words of --format, NULL-terminated; the first one is taken where none was said. */
extern const char *const facts_formats[];
/* On standard output. */
void facts_print(hp_process *process, const char *format);

#endif
