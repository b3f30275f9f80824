/* SPDX-License-Identifier: MIT */
#include "platform/locate.h"

#include "core/alloc.h"
#include "core/text.h"
#include "platform/paths.h"

#include <stdlib.h>
#include <string.h>

struct walk {
  const struct hp_locate_rules *rules;
  const struct hp_locate_view *view;
  const struct hp_locate_request *request;
  struct hp_candidates *found;
  bool done;   /* the last candidate is fit */
  bool failed; /* out of memory */
};

static bool is_over(const struct walk *walk) {
  return walk->done || walk->failed;
}

static const char *const sources[] = {
    [HP_LOCATE_BESIDE_LIBRARY] = "beside the library",
    [HP_LOCATE_BESIDE_EXECUTABLE] = "beside the executable",
    [HP_LOCATE_FOLDERS] = "known folder",
    [HP_LOCATE_PATH] = "PATH",
};
static const char given_source[] = "given", variable_source[] = "environment";

const char *hp__verdict_text(enum hp_verdict verdict) {
  static const char *const texts[] = {
#define VERDICT_TEXT(name, text) [name] = text,
      HP_VERDICTS(VERDICT_TEXT)
#undef VERDICT_TEXT
  };
  return texts[verdict];
}

void hp_candidates_fini(struct hp_candidates *candidates) {
  for (size_t i = 0; i < candidates->count; i++) {
    hp__free(candidates->items[i].path);
    hp__free(candidates->items[i].note);
  }
  hp__free(candidates->items);
  memset(candidates, 0, sizeof *candidates);
}

/* ---- Single places ---- */

static bool is_known(const struct walk *walk, const char *path) {
  for (size_t i = 0; i < walk->found->count; i++)
    if (hp__path_equal(walk->rules, walk->found->items[i].path, path))
      return true;
  return false;
}

/* Both strings become the list's. */
static void record(struct walk *walk, char *path, enum hp_verdict verdict, char *note,
                   const char *source) {
  struct hp_candidates *found = walk->found;
  const struct hp_locate_request *request = walk->request;
  if (path && verdict == HP_VERDICT_OK && request->accept &&
      !request->accept(request->accept_data, path, &note))
    verdict = HP_VERDICT_VERSION;
  struct hp_candidate *items =
      path ? hp__realloc(found->items, (found->count + 1) * sizeof *items) : NULL;
  if (!items) {
    walk->failed = true;
    hp__free(path);
    hp__free(note);
    return;
  }
  found->items = items;
  items[found->count++] =
      (struct hp_candidate){.path = path, .verdict = verdict, .note = note, .source = source};
  walk->done = verdict == HP_VERDICT_OK;
}

/* A place that was looked at already, from another folder of the list, is not told twice. */
static void try_file(struct walk *walk, char *path, const char *source) {
  char *note = NULL;
  if (path && is_known(walk, path)) {
    hp__free(path);
    return;
  }
  enum hp_verdict verdict =
      path ? walk->view->inspect(walk->view->data, path, &note) : HP_VERDICT_MISSING;
  record(walk, path, verdict, note, source);
}

static void try_folder(struct walk *walk, const char *folder, const char *source) {
  for (const char *const *name = walk->request->names; *name && !is_over(walk); name++) {
    char *file = hp__path_with_suffix(walk->rules, *name);
    try_file(walk, file ? hp__path_join(walk->rules, folder, file) : NULL, source);
    hp__free(file);
  }
}

/* And where a bundle has it below that. */
static void try_bundle(struct walk *walk, const char *folder, const char *source) {
  const char *const *inside = walk->request->inside;
  try_folder(walk, folder, source);
  for (; inside && *inside && !is_over(walk); inside++) {
    char *below = hp__path_join(walk->rules, folder, *inside);
    walk->failed = walk->failed || !below;
    if (below)
      try_folder(walk, below, source);
    hp__free(below);
  }
}

/* The server has another working directory: what is relative to ours is made absolute here. */
static char *make_absolute(const struct walk *walk, const char *path) {
  return hp__path_make_absolute(walk->rules, walk->view->current, path);
}

/* A file or a folder that the user named. */
static void try_named(struct walk *walk, const char *named, const char *source) {
  char *note = NULL, *path = make_absolute(walk, named);
  enum hp_verdict verdict =
      path ? walk->view->inspect(walk->view->data, path, &note) : HP_VERDICT_MISSING;
  if (verdict == HP_VERDICT_DIRECTORY) {
    try_bundle(walk, path, source);
    hp__free(path);
    hp__free(note);
    return;
  }
  char *whole = path ? hp__path_with_suffix(walk->rules, path) : NULL;
  record(walk, path, verdict, note, source);
  if (verdict == HP_VERDICT_MISSING && !walk->failed && whole && !is_known(walk, whole))
    try_file(walk, whole, source);
  else
    hp__free(whole);
}

/* ---- Folders with "*" ---- */

int hp__compare_versions(const char *a, const char *b) {
  static const char digits[] = "0123456789";
  while (*a && *b) {
    size_t x = strspn(a, digits), y = strspn(b, digits);
    if (x == 0 || y == 0) {
      if (*a != *b)
        return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
      a++, b++;
      continue;
    }
    for (; *a == '0' && x > 1; x--)
      a++;
    for (; *b == '0' && y > 1; y--)
      b++;
    int order = x != y ? (x < y ? -1 : 1) : strncmp(a, b, x);
    if (order != 0)
      return order;
    a += x, b += y;
  }
  return (*a != '\0') - (*b != '\0');
}

static int newest_first(const void *a, const void *b) {
  return hp__compare_versions(*(char *const *)b, *(char *const *)a);
}

static void expand(struct walk *walk, const char *pattern, const char *source);

/* The names that match, newest first, at the front of the list; how many. */
static size_t select_names(const struct walk *walk, char **names, const char *part, size_t length) {
  size_t count = 0;
  for (size_t i = 0; names[i]; i++)
    if (hp__path_matches(walk->rules, part, length, names[i])) {
      char *name = names[i];
      names[i] = names[count];
      names[count++] = name;
    }
  if (count > 1)
    qsort(names, count, sizeof *names, newest_first);
  return count;
}

static void expand_name(struct walk *walk, const char *pattern, size_t before, const char *name,
                        const char *rest, const char *source) {
  struct hp_text path = {0};
  hp__text_add_slice(&path, pattern, before);
  hp__text_add(&path, name);
  hp__text_add(&path, rest);
  char *text = hp__text_take(&path);
  walk->failed = walk->failed || !text;
  if (text)
    expand(walk, text, source);
  hp__free(text);
}

static void free_names(char **names) {
  for (size_t i = 0; names && names[i]; i++)
    hp__free(names[i]);
  hp__free(names);
}

/* A pattern that nothing matches is told as it is: the reader sees what was looked for. */
static void expand_star(struct walk *walk, const char *pattern, const char *star,
                        const char *source) {
  const char *part = star;
  while (part > pattern && !hp__path_is_separator(walk->rules, part[-1]))
    part--;
  size_t before = (size_t)(part - pattern), length = strcspn(part, walk->rules->separators);
  struct hp_text folder = {0};
  hp__text_add_slice(&folder, pattern, before);
  char *text = hp__text_take(&folder);
  char **names = text ? walk->view->list(walk->view->data, text) : NULL;
  size_t count = names ? select_names(walk, names, part, length) : 0;
  for (size_t i = 0; i < count && !is_over(walk); i++)
    expand_name(walk, pattern, before, names[i], part + length, source);
  if (count == 0)
    record(walk, hp__strdup(pattern), HP_VERDICT_MISSING, NULL, source);
  free_names(names);
  hp__free(text);
}

static void expand(struct walk *walk, const char *pattern, const char *source) {
  const char *star = strchr(pattern, '*');
  if (star)
    expand_star(walk, pattern, star, source);
  else
    try_folder(walk, pattern, source);
}

/* ---- Steps ---- */

static void walk_beside(struct walk *walk, const char *base, const struct hp_locate_step *step) {
  if (base && step->inside && !hp__path_ends_like(walk->rules, base, step->inside))
    return;
  for (const char *const *relative = step->folders; base && *relative && !is_over(walk);
       relative++) {
    char *folder = hp__path_join(walk->rules, base, *relative);
    walk->failed = walk->failed || !folder;
    if (folder)
      try_bundle(walk, folder, sources[step->origin]);
    hp__free(folder);
  }
}

/* With the folder that a variable names in its place; NULL: it names none, or no memory. */
static char *fill_in(struct walk *walk, const char *folder) {
  static const char begin[] = "${env.";
  size_t length = sizeof begin - 1;
  if (strncmp(folder, begin, length) != 0)
    return make_absolute(walk, folder);
  const char *end = strchr(folder, '}');
  struct hp_text name = {0}, path = {0};
  hp__text_add_slice(&name, folder + length, end ? (size_t)(end - folder) - length : 0);
  const char *value = name.data ? walk->view->environment(walk->view->data, name.data) : NULL;
  bool is_folder = end && value && hp__path_is_absolute(walk->rules, value);
  if (is_folder)
    hp__text_format(&path, "%s%s", value, end + 1);
  walk->failed = walk->failed || name.failed || path.failed;
  hp__text_fini(&name);
  char *result = is_folder ? hp__text_take(&path) : NULL;
  hp__text_fini(&path);
  return result;
}

/* Without its drive a folder would be wherever we happen to be, where anyone may have made it. */
static void walk_folders(struct walk *walk, const struct hp_locate_step *step) {
  const char *const *folder = walk->request->folders;
  for (; folder && *folder && !is_over(walk); folder++) {
    bool by_variable = strncmp(*folder, "${", 2) == 0;
    if (walk->rules->drives && !by_variable && !hp__path_is_absolute(walk->rules, *folder))
      continue;
    char *path = fill_in(walk, *folder);
    walk->failed = walk->failed || (!path && !by_variable);
    if (path)
      expand(walk, path, sources[step->origin]);
    hp__free(path);
  }
}

/* The next part of the list, which it moves past. With drives, quotes keep a separator in it. */
static const char *take_part(const struct hp_locate_rules *rules, const char *list,
                             struct hp_text *part) {
  bool quoted = false;
  for (; *list && (quoted || *list != rules->list_separator); list++)
    if (rules->drives && *list == '"')
      quoted = !quoted;
    else
      hp__text_add_slice(part, list, 1);
  return list + (*list != '\0');
}

/* Relative parts of PATH, the empty one included, mean whatever directory we happen to be in: a
 * server is not looked for there. */
static void walk_path(struct walk *walk, const struct hp_locate_step *step) {
  const char *list = walk->view->environment(walk->view->data, "PATH");
  while (list && *list && !is_over(walk)) {
    struct hp_text folder = {0};
    list = take_part(walk->rules, list, &folder);
    walk->failed = walk->failed || folder.failed;
    if (!folder.failed && folder.data && hp__path_is_absolute(walk->rules, folder.data))
      try_folder(walk, folder.data, sources[step->origin]);
    hp__text_fini(&folder);
  }
}

static void walk_step(struct walk *walk, const struct hp_locate_step *step) {
  if (walk->request->path_only && step->origin != HP_LOCATE_PATH)
    return;
  switch (step->origin) {
  case HP_LOCATE_BESIDE_LIBRARY:
    walk_beside(walk, walk->view->library, step);
    break;
  case HP_LOCATE_BESIDE_EXECUTABLE:
    walk_beside(walk, walk->view->executable, step);
    break;
  case HP_LOCATE_FOLDERS:
    walk_folders(walk, step);
    break;
  case HP_LOCATE_PATH:
    walk_path(walk, step);
    break;
  }
}

/* ---- Failure ---- */

static void describe(struct hp_text *text, const struct hp_candidate *candidate) {
  hp__text_format(text, "%s: %s", candidate->path, hp__verdict_text(candidate->verdict));
  if (candidate->note)
    hp__text_format(text, " (%s)", candidate->note);
}

static void tell_places(const struct hp_candidates *found, hp_error *error) {
  struct hp_text text = {0};
  for (size_t i = 0; i < found->count; i++) {
    hp__text_add(&text, i ? "\n" : "");
    describe(&text, &found->items[i]);
    hp__text_format(&text, " [%s]", found->items[i].source);
  }
  hp_error_set_detail(error, HP_DETAIL_PLACES, text.data);
  hp__text_fini(&text);
}

/* The nearest miss says more than all the places where nothing was. */
static void tell_cause(const struct hp_candidates *found, hp_error *error) {
  size_t i = 0;
  while (i < found->count && found->items[i].verdict == HP_VERDICT_MISSING)
    i++;
  if (i == found->count)
    return;
  struct hp_text text = {0};
  describe(&text, &found->items[i]);
  hp_error_set_cause(error, "%s", text.data ? text.data : "");
  hp__text_fini(&text);
}

static void name_binary(struct hp_text *text, const struct hp_locate_request *request) {
  for (size_t i = 0; request->names[i]; i++)
    hp__text_format(text, "%s\"%s\"", i ? " or " : "", request->names[i]);
}

static void tell_hint(const struct hp_locate_request *request, bool by_variable, hp_error *error) {
  const char *variable = request->variable;
  if (request->given)
    hp_error_set_hint(error, "give the path of the binary or of the folder that holds it%s%s",
                      variable ? ", there or in " : "", variable ? variable : "");
  else if (by_variable)
    hp_error_set_hint(error, "correct %s, a binary or the folder that holds it, or unset it",
                      variable);
  else if (variable)
    hp_error_set_hint(error, "install it, or set %s to the binary or the folder that holds it",
                      variable);
}

static int fail(const struct walk *walk, const char *variable_value, hp_error *error) {
  const struct hp_locate_request *request = walk->request;
  struct hp_text name = {0};
  name_binary(&name, request);
  const char *binary = name.data ? name.data : "binary";
  if (request->given)
    hp_error_set(error, HP_ENOTFOUND, HP_PHASE_LOCATE, "%s was not found at the given path %s",
                 binary, request->given);
  else if (variable_value)
    hp_error_set(error, HP_ENOTFOUND, HP_PHASE_LOCATE, "%s was not found at %s=%s", binary,
                 request->variable, variable_value);
  else
    hp_error_set(error, HP_ENOTFOUND, HP_PHASE_LOCATE, "%s was not found in any of %zu places",
                 binary, walk->found->count);
  tell_cause(walk->found, error);
  tell_hint(request, variable_value != NULL, error);
  tell_places(walk->found, error);
  hp__text_fini(&name);
  return HP_ENOTFOUND;
}

/* ---- The walk ---- */

int hp__locate(const struct hp_locate_rules *rules, const struct hp_locate_view *view,
               const struct hp_locate_request *request, struct hp_candidates *found,
               hp_error *error) {
  struct walk walk = {.rules = rules, .view = view, .request = request, .found = found};
  const char *value = request->variable ? view->environment(view->data, request->variable) : NULL;
  if (value && !*value)
    value = NULL;
  memset(found, 0, sizeof *found);
  if (request->given)
    try_named(&walk, request->given, given_source);
  else if (value)
    try_named(&walk, value, variable_source);
  else
    for (size_t i = 0; i < rules->step_count && !is_over(&walk); i++)
      walk_step(&walk, &rules->steps[i]);
  if (walk.failed)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_LOCATE,
                        "out of memory while looking for a binary");
  return walk.done ? 0 : fail(&walk, value, error);
}
