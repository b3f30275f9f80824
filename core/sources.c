/* SPDX-License-Identifier: MIT */
#include "core/sources.h"

#include "core/alloc.h"
#include "core/program_version.h"

#include <inttypes.h>
#include <string.h>

static const char FILE_NAME[] = "/hyperprocess.yaml";

int hp__sources_init(struct hp_sources *sources) {
  sources->current = NULL;
  sources->versions = NULL;
  sources->answers = (struct hp_answers){0};
  return uv_mutex_init(&sources->lock);
}

void hp__sources_fini(struct hp_sources *sources) {
  hp__source_release(sources->current);
  hp__versions_forget(sources->versions);
  hp__answers_fini(&sources->answers);
  uv_mutex_destroy(&sources->lock);
}

struct hp_source *hp__source_hold(struct hp_source *source) {
  atomic_fetch_add(&source->references, 1);
  return source;
}

void hp__source_release(struct hp_source *source) {
  if (!source || atomic_fetch_sub(&source->references, 1) > 1)
    return;
  hp__catalog_fini(&source->catalog);
  hp__free(source->path);
  hp__free(source->further);
  hp__free(source);
}

static bool stat_file(const char *path, uv_stat_t *stamp) {
  uv_fs_t request;
  bool found = uv_fs_stat(NULL, &request, path, NULL) == 0;
  if (found)
    *stamp = request.statbuf;
  uv_fs_req_cleanup(&request);
  return found;
}

/* The first usual place that has a file; "" when none has. */
static void search(const struct hp_platform_ops *platform,
                   char path[HP_PATH_SIZE + sizeof FILE_NAME], uv_stat_t *stamp) {
  static const enum hp_place places[] = {HP_PLACE_CONFIG, HP_PLACE_SYSTEM_CONFIG};
  path[0] = '.';
  strcpy(path + 1, FILE_NAME);
  if (stat_file(path, stamp))
    return;
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    if (platform->place(places[i], path) != 0)
      continue;
    strcat(path, FILE_NAME);
    if (stat_file(path, stamp))
      return;
  }
  path[0] = '\0';
}

/* One that was found, not named, may lie in a folder that anybody can write to, and says what is
 * executed. */
static int check_owner(const char *path, const uv_stat_t *stamp, hp_error *error) {
  enum { WRITABLE_BY_OTHERS = 0002 };
  uv_passwd_t we;
  bool known = uv_os_get_passwd(&we) == 0;
  bool ours = stamp->st_uid == 0 || !known || stamp->st_uid == (uint64_t)we.uid;
  if (known)
    uv_os_free_passwd(&we);
  if (ours && !(stamp->st_mode & WRITABLE_BY_OTHERS))
    return 0;
  if (ours)
    hp_error_set(error, HP_ECONFIG, HP_PHASE_CONFIG, "%s: not read, for others can write to it",
                 path);
  else
    hp_error_set(error, HP_ECONFIG, HP_PHASE_CONFIG,
                 "%s: not read, for it belongs to user %" PRIu64 ", not to you or root", path,
                 stamp->st_uid);
  hp_error_set_hint(error, "%sname it with --file if you trust it",
                    ours ? "chmod o-w it, or " : "");
  return HP_ECONFIG;
}

static bool is_same_file(const uv_stat_t *a, const uv_stat_t *b) {
  return a->st_uid == b->st_uid && a->st_mode == b->st_mode && a->st_dev == b->st_dev &&
         a->st_ino == b->st_ino && a->st_size == b->st_size &&
         a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static bool are_further_same(const struct hp_source *source) {
  const struct hp_strings *files = &source->catalog.files;
  for (size_t i = 1; i < files->count; i++) {
    uv_stat_t stamp = {0};
    stat_file(files->items[i], &stamp);
    if (!is_same_file(&source->further[i - 1], &stamp))
      return false;
  }
  return true;
}

static bool is_current(const struct hp_source *source, const char *path, const uv_stat_t *stamp) {
  if (!source || !source->path || !path)
    return source && source->path == path;
  return strcmp(source->path, path) == 0 && is_same_file(&source->stamp, stamp) &&
         are_further_same(source);
}

static int stamp_further(struct hp_source *source, hp_error *error) {
  const struct hp_strings *files = &source->catalog.files;
  if (files->count < 2)
    return 0;
  source->further = hp__alloc((files->count - 1) * sizeof *source->further);
  if (!source->further)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_CONFIG, "no memory for the configuration");
  for (size_t i = 1; i < files->count; i++)
    stat_file(files->items[i], &source->further[i - 1]);
  return 0;
}

static int read_source(struct hp_sources *sources, const char *path, const char *os,
                       const uv_stat_t *stamp, hp_error *error) {
  struct hp_source *source = hp__alloc(sizeof *source);
  if (!source || (path && !(source->path = hp__strdup(path)))) {
    hp__free(source);
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_CONFIG, "no memory for the configuration");
  }
  atomic_init(&source->references, 1);
  source->stamp = *stamp;
  int result = hp__catalog_load(&source->catalog, path, os, error);
  if (result == 0)
    result = stamp_further(source, error);
  if (result < 0) {
    hp__source_release(source);
    return result;
  }
  hp__source_release(sources->current);
  sources->current = source;
  return 0;
}

int hp__sources_acquire(struct hp_sources *sources, const struct hp_platform_ops *platform,
                        const char *file, struct hp_source **source, hp_error *error) {
  char found[HP_PATH_SIZE + sizeof FILE_NAME];
  found[0] = '\0'; /* the rest is large */
  uv_stat_t stamp = {0};
  if (file)
    stat_file(file, &stamp); /* one that is missing is reported by its reader */
  else
    search(platform, found, &stamp);
  int result = found[0] ? check_owner(found, &stamp, error) : 0;
  if (result < 0)
    return result;
  if (found[0])
    file = found;
  uv_mutex_lock(&sources->lock);
  if (!is_current(sources->current, file, &stamp))
    result = read_source(sources, file, platform->name, &stamp, error);
  if (result == 0)
    *source = hp__source_hold(sources->current);
  uv_mutex_unlock(&sources->lock);
  return result;
}

int hp__sources_locate(struct hp_sources *sources, const struct hp_platform_ops *platform,
                       struct hp_locate_request *request, struct hp_candidates *found,
                       hp_error *error) {
  struct hp_own_folders fresh;
  fresh.known = false; /* the rest is large, and the platform's */
  uv_mutex_lock(&sources->lock);
  bool known = sources->own.known;
  struct hp_fit_file fit = sources->fit;
  uv_mutex_unlock(&sources->lock);
  request->own = known ? &sources->own : &fresh;
  request->fit = &fit;
  int result = platform->locate(request, found, error);
  uv_mutex_lock(&sources->lock);
  if (!sources->own.known && fresh.known)
    sources->own = fresh;
  sources->fit = fit;
  uv_mutex_unlock(&sources->lock);
  return result;
}
