/* SPDX-License-Identifier: MIT */
/*
 * Where a server's binary is looked for: a pure walk over places, by the rules of one OS, which are
 * data. What is there is asked of a view, so that the rules of every OS are tested on every host.
 */
#ifndef HP_PLATFORM_LOCATE_H
#define HP_PLATFORM_LOCATE_H

#include <hyperprocess/plugin.h>

enum hp_locate_origin {
  HP_LOCATE_BESIDE_LIBRARY,
  HP_LOCATE_BESIDE_EXECUTABLE,
  HP_LOCATE_FOLDERS, /* those that the definition knows */
  HP_LOCATE_PATH
};

struct hp_locate_step {
  enum hp_locate_origin origin;
  const char *const *folders; /* relative to the library or executable, NULL-terminated */
  const char *inside; /* the last parts that this folder must have, each with at most one "*": what
                         is above a bundle is its own, elsewhere it is a stranger's; NULL: any */
};

struct hp_locate_rules {
  const char *name;
  const char *suffix;     /* of an executable, "" or ".exe" */
  const char *separators; /* in a path, the preferred one first */
  char list_separator;    /* in PATH */
  bool drives;            /* an absolute path may begin with a drive's letter */
  bool ignore_case;       /* file names and suffixes do not tell upper from lower case */
  const struct hp_locate_step *steps; /* in order */
  size_t step_count;
};

extern const struct hp_locate_rules hp__locate_rules_linux, hp__locate_rules_darwin,
    hp__locate_rules_windows;

/* What the walk asks. Returned memory is from hp__alloc() and becomes the walk's. */
struct hp_locate_view {
  void *data;
  /* What a path is; may set a note for a person. */
  enum hp_verdict (*inspect)(void *data, const char *path, char **note);
  /* The names in a folder, NULL-terminated; NULL when it cannot be read. */
  char **(*list)(void *data, const char *folder);
  const char *(*environment)(void *data, const char *name);
  const char *current;    /* our working directory, */
  const char *library;    /* the folders of the library and */
  const char *executable; /* of the executable; NULL: unknown */
};

int hp__locate(const struct hp_locate_rules *rules, const struct hp_locate_view *view,
               const struct hp_locate_request *request, struct hp_candidates *found,
               hp_error *error);

const char *hp__verdict_text(enum hp_verdict verdict);

/* Order of names in which numbers count as numbers: "9" before "15", "9.6" before "10". */
int hp__compare_versions(const char *a, const char *b);

#endif
