/* SPDX-License-Identifier: MIT */
/* Which configuration file counts, and the catalogue read from it: read once, shared by every plan
 * until the file changes. Any thread. */
#ifndef HP_CORE_SOURCES_H
#define HP_CORE_SOURCES_H

#include "config/catalog.h"
#include "core/ask.h"

#include <stdatomic.h>

struct hp_source {
  struct hp_catalog catalog;
  atomic_int references;
  char *path; /* NULL: built-in only */
  uv_stat_t stamp;
  uv_stat_t *further; /* of the files that are extended, in the catalogue's order */
};

struct hp_sources {
  uv_mutex_t lock;
  struct hp_source *current; /* the one read last */
  struct hp_own_folders own; /* never changes once it is known */
  struct hp_fit_file fit;
  struct hp_version_said *versions; /* of binaries that were asked */
  struct hp_answers answers;
};

struct hp_version_said;

int hp__sources_init(struct hp_sources *sources);
void hp__sources_fini(struct hp_sources *sources);
/* `file` as the user named it, NULL: the first that exists of ./hyperprocess.yaml, the user's
 * configuration directory, the system's; else the built-in ones alone. */
int hp__sources_acquire(struct hp_sources *sources, const struct hp_platform_ops *platform,
                        const char *file, struct hp_source **source, hp_error *error);
struct hp_source *hp__source_hold(struct hp_source *source); /* one more reference */
void hp__source_release(struct hp_source *source);           /* NULL is allowed */
/* platform->locate() with what is known of our own folders. */
int hp__sources_locate(struct hp_sources *sources, const struct hp_platform_ops *platform,
                       struct hp_locate_request *request, struct hp_candidates *found,
                       hp_error *error);

#endif
