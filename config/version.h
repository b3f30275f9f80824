/* SPDX-License-Identifier: MIT */
/*
 * Versions as numbers with dots between, and what is wanted of one: ">=14", "14", ">=14 <17",
 * "14.x". A version counts to as many parts as the condition names: 16.3 is "16" and "<=16", and
 * not ">16". Pure.
 */
#ifndef HP_CONFIG_VERSION_H
#define HP_CONFIG_VERSION_H

#include "config/mistake.h"

#include <stdbool.h>
#include <stddef.h>

enum { HP_VERSION_PARTS = 8, HP_CONDITIONS_MAX = 8 };

struct hp_version {
  uint32_t parts[HP_VERSION_PARTS];
  size_t count; /* 0: none was found */
};

struct hp_constraint { /* all of them must hold; none: any version will do */
  struct hp_condition {
    enum hp_comparison {
      HP_VERSION_IS,
      HP_VERSION_IS_NOT,
      HP_VERSION_LESS,
      HP_VERSION_AT_MOST,
      HP_VERSION_MORE,
      HP_VERSION_AT_LEAST
    } comparison;
    struct hp_version version;
  } conditions[HP_CONDITIONS_MAX];
  size_t count;
};

/* The numbers at the beginning of a text; how many bytes they take, 0: it begins with none. What
 * follows them ("beta1", "-MariaDB") does not count. */
size_t hp__version_read(const char *text, size_t length, struct hp_version *version);
/* Conditions with blanks or commas between; "*": any. HP_ECONFIG without a place. */
int hp__constraint_read(const char *text, struct hp_constraint *constraint, hp_error *error);
bool hp__constraint_holds(const struct hp_constraint *constraint, const struct hp_version *version);

#endif
