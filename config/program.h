/* SPDX-License-Identifier: MIT */
/* A definition that is made of words, in the place of a file: any program as the server. */
#ifndef HP_CONFIG_PROGRAM_H
#define HP_CONFIG_PROGRAM_H

#include "config/profile.h"

struct hp_program {
  const char *const *argv; /* the program and its arguments, NULL-terminated; NULL: there is none */
  const char **values;     /* of its environment, NULL-terminated */
  const char *ready, *stop; /* as hp_options_set_ready(), …_stop(); NULL: not said */
};

/* `transport`: the kind that is wanted, which may be one of an embedder's own; NULL: not said.
 * HP_ECONFIG names the word. */
int hp__program_read(struct hp_arena *arena, const struct hp_program *program,
                     const char *transport, const struct hp_definition **definition,
                     hp_error *error);
/* A text with the same variables, found as `what` in messages. */
int hp__program_text(struct hp_arena *arena, const char *what, const char *text,
                     struct hp_template *result, hp_error *error);
/* What its words speak of: tcp where they name a port or a host; NULL: nothing in particular. */
const struct hp_choice *hp__program_choice(const struct hp_program *program);

#endif
