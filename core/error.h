/* SPDX-License-Identifier: MIT */
/* The error value. What writes one is in plugin.h, what reads one in hyperprocess.h. */
#ifndef HP_CORE_ERROR_H
#define HP_CORE_ERROR_H

#include <hyperprocess/plugin.h>

struct hp_error {
  int code; /* 0: nothing happened yet */
  enum hp_phase phase;
  int os_code;
  char *message, *cause, *hint; /* NULL where unset or out of memory */
  char *details[HP_DETAIL_COUNT];
};

void hp__error_fini(struct hp_error *error); /* safe on zeroed memory */
/* Moves; what `to` held is freed, `from` is zeroed. */
void hp__error_move(struct hp_error *to, struct hp_error *from);
int hp__error_copy(struct hp_error *to, const struct hp_error *from);
/* To the public form: if `out` is not NULL, *out becomes an allocated error that took over
 * `error`; else `error` is freed. Returns its code. */
int hp__error_give(hp_error **out, struct hp_error *error);

#endif
