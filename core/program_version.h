/* SPDX-License-Identifier: MIT */
/*
 * Which version a binary is, asked of the binary itself: it is run, on the calling thread and a
 * loop of its own, and only where a version is wanted. What it says is kept while its file stays
 * the same.
 */
#ifndef HP_CORE_PROGRAM_VERSION_H
#define HP_CORE_PROGRAM_VERSION_H

#include "core/plan.h"

enum { HP_VERSION_TEXT_SIZE = 64 };

struct hp_version_said { /* by one file, in one way of asking */
  struct hp_version_said *next;
  uv_stat_t stamp;
  char version[HP_VERSION_TEXT_SIZE];
  char how[]; /* it was asked */
};

struct hp_version_wanted {
  const char *text; /* NULL: any */
  struct hp_position position;
  bool must_not_block; /* the caller is inside a callback */
};

/* hp__sources_locate(), but for binaries of another version than is wanted: those are passed over.
 * HP_ENOTFOUND names the versions that were found; HP_EDEADLK: one would have to be run here. */
int hp__version_locate(struct hp_sources *sources, const struct hp_platform_ops *platform,
                       struct hp_locate_request *request, const struct hp_definition *definition,
                       const struct hp_version_wanted *wanted, struct hp_candidates *found,
                       hp_error *error);
/* Under the sources' lock, or when nobody else is there. */
void hp__versions_forget(struct hp_version_said *said);

#endif
