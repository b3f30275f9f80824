/* SPDX-License-Identifier: MIT */
/*
 * Steps after ready: programs that run one after another while the server serves them alone, a
 * migration, seed data. The first that fails is the last. Without any there is no object.
 */
#ifndef HP_CORE_STEPS_H
#define HP_CORE_STEPS_H

#include "core/launch.h"
#include "core/subprocess.h"

typedef struct hp_steps hp_steps;

struct hp_steps_owner {
  void *data;
  struct hp_subprocess_owner
      runs; /* as what they run: its callbacks and `data` are filled in here */
  struct hp_launch *launch;
  struct hp_strings facts; /* where the server is reached: "NAME=value", in their environment */
  hp_error *error;         /* what was wrong is left there */
  void (*news)(void *data, const char *text);
  void (*ended)(void *data, bool success); /* once, unless it is closed before */
  void (*closed)(void *data);
};

/* Runs the first one. *steps is NULL without memory; else close is owed, also after a failure. */
int hp__steps_open(hp_steps **steps, const struct hp_steps_owner *owner);
/* Its log has room again. NULL is allowed. */
void hp__steps_resume(hp_steps *steps);
/* The one that runs, and the last of what it wrote, to be freed; NULL: nothing. */
const char *hp__steps_name(const hp_steps *steps);
char *hp__steps_output(const hp_steps *steps);
/* What runs is killed with all that it has started; `closed` is called once, never from inside. */
void hp__steps_close(hp_steps *steps);

#endif
