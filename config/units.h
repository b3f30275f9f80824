/* SPDX-License-Identifier: MIT */
/* Amounts as people write them: text to a number, all of the text or an error that says the form.
 */
#ifndef HP_CONFIG_UNITS_H
#define HP_CONFIG_UNITS_H

#include "config/mistake.h"

/* "64M" -> bytes, "1500ms" -> milliseconds; whole text must be read. HP_ECONFIG says the form. */
int hp__read_size(const char *text, uint64_t *bytes, hp_error *error);
int hp__read_duration(const char *text, int64_t *milliseconds, hp_error *error);
int hp__read_bool(const char *text, bool *value, hp_error *error);
int hp__read_int(const char *text, int64_t *value, hp_error *error);
int hp__read_port(const char *text, int64_t *port, hp_error *error);
/* "64M", or "50%" of `memory` in bytes, rounded down; `memory` 0: *bytes is -1, all that can be
 * known then. */
int hp__read_memory(const char *text, uint64_t memory, int64_t *bytes, hp_error *error);

/* How much one "M" or "s" is; 0 for what is no unit. */
uint64_t hp__size_unit(const char *name);
uint64_t hp__duration_unit(const char *name);

#endif
