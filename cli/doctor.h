/* SPDX-License-Identifier: MIT */
/* What `doctor` has found: one line for each thing that it looked at. */
#ifndef HP_CLI_DOCTOR_H
#define HP_CLI_DOCTOR_H

#include "cli/options.h"
#include "core/context.h"

enum verdict { VERDICT_OK, VERDICT_WARN, VERDICT_FAIL };

struct finding {
  enum verdict verdict;
  const char *name;   /* of the thing, static */
  const char *text;   /* how it is */
  const char *remedy; /* NULL: none is needed */
};

struct doctor {
  const struct arguments *arguments;
  hp_context *context;
  struct hp_arena arena; /* of the findings */
  struct finding *findings;
  size_t count;
  int code; /* with which `run` would end: that of the first failure */
};

void doctor_say(struct doctor *doctor, enum verdict verdict, const char *name, const char *format,
                ...) HP_PRINTF(4, 5);
/* To the last one; NULL is no remedy. */
void doctor_remedy(struct doctor *doctor, const char *format, ...) HP_PRINTF(2, 3);
/* A failure, with the error's cause and hint. */
void doctor_fail(struct doctor *doctor, const char *name, const hp_error *error);

void doctor_look_at_system(struct doctor *doctor);
void doctor_look_at_server(struct doctor *doctor);

/* limits_posix.c, limits_windows.c: what one process, or the user, may have; -1: no limit, or none
 * that can be told. */
int64_t limits_descriptors(void);
int64_t limits_processes(void);

/* libraries.c: the first one that a program's own loader does not find, "libx.so.1", to be freed
 * with hp__free(). Runs the loader, not the program. NULL: nothing is missing, or nobody can tell.
 */
char *libraries_missing(const char *program);

#endif
