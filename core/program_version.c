/* SPDX-License-Identifier: MIT */
#include "core/program_version.h"

#include "config/version.h"
#include "core/alloc.h"
#include "core/error.h"
#include "core/subprocess.h"

#include <stdio.h>
#include <string.h>

enum { ANSWER_MS = 30000 }; /* a binary of 250 MB that is read for the first time */

struct search {
  struct hp_sources *sources;
  const struct hp_platform_ops *platform;
  const struct hp_definition *definition;
  const struct hp_version_wanted *wanted;
  struct hp_constraint constraint;
  char *how;
  int code; /* that ends the search: HP_ENOMEM, HP_EDEADLK */
};

/* ---- what a program says ---- */

struct question {
  const struct hp_template *match;
  hp_subprocess *program;
  uv_timer_t deadline;
  char *buffer;
  char *version; /* HP_VERSION_TEXT_SIZE */
  char *note;    /* of why there is none, 128 bytes */
  bool is_heard;
};

static bool capture(void *data, const char *variable, const char *value, size_t length) {
  struct question *question = data;
  struct hp_version version;
  (void)variable;
  size_t size = hp__version_read(value, length, &version);
  if (size == 0 || size >= HP_VERSION_TEXT_SIZE)
    return false;
  memcpy(question->version, value, size);
  question->version[size] = '\0';
  return true;
}

static void hear(void *data, const char *line, size_t length) {
  struct question *question = data;
  char text[1024];
  if (question->is_heard)
    return;
  snprintf(text, sizeof text, "%.*s", (int)(length < sizeof text ? length : sizeof text), line);
  question->is_heard = hp__template_match(question->match, text, false, capture, question);
}

static void end(struct question *question) {
  if (uv_is_closing((uv_handle_t *)&question->deadline))
    return;
  uv_close((uv_handle_t *)&question->deadline, NULL);
  if (question->program)
    hp__subprocess_close(question->program);
}

static void ended(hp_subprocess *program) {
  struct question *question = program->owner.data;
  if (!question->is_heard) {
    char how[64];
    hp__describe_exit(&program->exit, how, sizeof how);
    snprintf(question->note, 128, "it does not say its version, and %s", how);
  }
  end(question);
}

static void too_late(uv_timer_t *timer) {
  struct question *question = timer->data;
  snprintf(question->note, 128, "it did not say its version within %d s", ANSWER_MS / 1000);
  end(question);
}

static void ignore_undelivered(hp_subprocess *program) {
  (void)program;
}

static void ignore_closed(void *data) {
  (void)data;
}

static int run(struct question *question, uv_loop_t *loop, const struct hp_platform_ops *platform,
               struct hp_spawn *spawn) {
  struct hp_error error = {0};
  struct hp_subprocess_owner owner = {.data = question,
                                      .loop = loop,
                                      .platform = platform,
                                      .buffer = question->buffer,
                                      .line = hear,
                                      .ended = ended,
                                      .undelivered = ignore_undelivered,
                                      .closed = ignore_closed};
  uv_timer_init(loop, &question->deadline);
  question->deadline.data = question;
  uv_timer_start(&question->deadline, too_late, ANSWER_MS, 0);
  int result = hp__subprocess_start(&question->program, &owner, spawn, &error);
  if (result < 0) {
    snprintf(question->note, 128, "%s", hp_error_message(&error));
    end(question);
  }
  uv_run(loop, UV_RUN_DEFAULT);
  hp__error_fini(&error);
  return result == HP_ENOMEM ? HP_ENOMEM : 0;
}

static char **make_argv(struct hp_arena *arena, const char *path,
                        const struct hp_strings *arguments) {
  char **argv = hp__arena_alloc(arena, (arguments->count + 2) * sizeof *argv);
  for (size_t i = 0; argv && i < arguments->count; i++)
    argv[i + 1] = (char *)(uintptr_t)arguments->items[i];
  if (argv)
    argv[0] = (char *)(uintptr_t)path;
  return argv;
}

/* 0 also where it says nothing of use: `version` is then empty, and `note` says why. */
static int ask(const struct search *search, const char *path, char version[HP_VERSION_TEXT_SIZE],
               char note[128]) {
  struct hp_arena arena = {0};
  struct hp_strings environment = {0};
  uv_loop_t loop;
  char *argv_buffer = hp__alloc(HP_READ_SIZE);
  struct question question = {.match = &search->definition->version.match,
                              .buffer = argv_buffer,
                              .version = version,
                              .note = note};
  char **argv = make_argv(&arena, path, &search->definition->version.arguments);
  int result = hp__our_environment(search->platform, &arena, &environment);
  struct hp_spawn spawn = {.executable = path,
                           .argv = argv,
                           .environment = (char **)(uintptr_t)environment.items,
                           .directory = "/",
                           .session = HP_SESSION_OWN,
                           .user = {.id = -1, .group = -1},
                           .host_death_signal = "KILL"};
  if (result == 0 && (!argv_buffer || !argv || uv_loop_init(&loop) != 0))
    result = HP_ENOMEM;
  if (result == 0) {
    result = run(&question, &loop, search->platform, &spawn);
    uv_loop_close(&loop);
  }
  hp__arena_fini(&arena);
  hp__free(argv_buffer);
  return result;
}

/* ---- what is known already ---- */

static bool is_same(const uv_stat_t *a, const uv_stat_t *b) {
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
         a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static bool recall(const struct search *search, const uv_stat_t *stamp,
                   char version[HP_VERSION_TEXT_SIZE]) {
  bool found = false;
  uv_mutex_lock(&search->sources->lock);
  for (const struct hp_version_said *said = search->sources->versions; said && !found;
       said = said->next) {
    found = is_same(&said->stamp, stamp) && strcmp(said->how, search->how) == 0;
    if (found)
      memcpy(version, said->version, HP_VERSION_TEXT_SIZE);
  }
  uv_mutex_unlock(&search->sources->lock);
  return found;
}

/* One that cannot be kept is asked again. */
static void keep(const struct search *search, const uv_stat_t *stamp, const char *version) {
  size_t length = strlen(search->how) + 1;
  struct hp_version_said *said = hp__alloc(sizeof *said + length);
  if (!said)
    return;
  said->stamp = *stamp;
  snprintf(said->version, sizeof said->version, "%s", version);
  memcpy(said->how, search->how, length);
  uv_mutex_lock(&search->sources->lock);
  said->next = search->sources->versions;
  search->sources->versions = said;
  uv_mutex_unlock(&search->sources->lock);
}

void hp__versions_forget(struct hp_version_said *said) {
  while (said) {
    struct hp_version_said *next = said->next;
    hp__free(said);
    said = next;
  }
}

static char *describe_question(const struct hp_definition *definition) {
  struct hp_text text = {0};
  for (size_t i = 0; i < definition->version.arguments.count; i++)
    hp__text_format(&text, "%s\n", definition->version.arguments.items[i]);
  hp__template_print(&text, &definition->version.match);
  return hp__text_take(&text);
}

/* ---- the search ---- */

static int learn(struct search *search, const char *path, char version[HP_VERSION_TEXT_SIZE],
                 char note[128]) {
  uv_fs_t request;
  bool is_there = uv_fs_stat(NULL, &request, path, NULL) == 0;
  uv_stat_t stamp = request.statbuf;
  uv_fs_req_cleanup(&request);
  if (is_there && recall(search, &stamp, version))
    return 0;
  if (search->wanted->must_not_block)
    return HP_EDEADLK;
  int result = ask(search, path, version, note);
  if (result == 0 && is_there && version[0])
    keep(search, &stamp, version);
  return result;
}

static bool will_do(void *data, const char *path, char **note) {
  struct search *search = data;
  char said[HP_VERSION_TEXT_SIZE] = "", why[128] = "";
  struct hp_version version;
  if (search->code == 0)
    search->code = learn(search, path, said, why);
  if (search->code < 0)
    return false;
  hp__version_read(said, strlen(said), &version);
  if (said[0] && hp__constraint_holds(&search->constraint, &version))
    return true;
  *note = hp__strdup(said[0] ? said : why);
  return false;
}

static void tell_found(const struct hp_candidates *found, hp_error *error) {
  struct hp_text text = {0};
  for (size_t i = 0; i < found->count; i++)
    if (found->items[i].verdict == HP_VERDICT_VERSION)
      hp__text_format(&text, "%s%s: %s", text.length ? "; " : "", found->items[i].path,
                      found->items[i].note ? found->items[i].note : "");
  if (text.data)
    hp_error_set_cause(error, "found: %s", text.data);
  hp__text_fini(&text);
}

static bool has_other(const struct hp_candidates *found) {
  for (size_t i = 0; i < found->count; i++)
    if (found->items[i].verdict == HP_VERDICT_VERSION)
      return true;
  return false;
}

static int explain(const struct search *search, const struct hp_candidates *found,
                   struct hp_error *reason, hp_error *error) {
  const char *name = search->definition->name, *wanted = search->wanted->text;
  if (search->code == HP_ENOMEM)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_LOCATE, "no memory to ask for a version");
  if (search->code == HP_EDEADLK) {
    hp_error_set(error, HP_EDEADLK, HP_PHASE_LOCATE,
                 "the version of %s's binary is not known yet, and a program cannot be waited for "
                 "in a callback or on the loop's thread",
                 name);
    hp_error_set_hint(error, "make a plan on another thread first: what it asks is remembered");
    return HP_EDEADLK;
  }
  hp__error_move(error, reason);
  if (!has_other(found))
    return hp_error_code(error);
  char *places = hp__strdup(hp_error_detail(error, HP_DETAIL_PLACES));
  hp_error_set(error, HP_ENOTFOUND, HP_PHASE_LOCATE, "no %s of version '%s' was found", name,
               wanted);
  tell_found(found, error);
  hp_error_set_hint(error, "install one, name its binary, or ask for another version");
  hp_error_set_detail(error, HP_DETAIL_PLACES, places);
  hp__free(places);
  return hp__mistake_at(error, search->wanted->position, HP_ENOTFOUND);
}

static int refuse(const struct search *search, hp_error *error) {
  hp_error_set(error, HP_ECONFIG, HP_PHASE_PLAN,
               "version '%s' was asked for, and the definition of '%s' does not say how its "
               "version is asked",
               search->wanted->text, search->definition->name);
  hp_error_set_hint(error, "'version: {arguments: [--version], match: …}' in the definition does");
  return hp__mistake_at(error, search->wanted->position, HP_ECONFIG);
}

int hp__version_locate(struct hp_sources *sources, const struct hp_platform_ops *platform,
                       struct hp_locate_request *request, const struct hp_definition *definition,
                       const struct hp_version_wanted *wanted, struct hp_candidates *found,
                       hp_error *error) {
  struct search search = {sources, platform, definition, wanted, {.count = 0}, NULL, 0};
  struct hp_error reason = {0};
  int result = wanted->text ? hp__constraint_read(wanted->text, &search.constraint, error) : 0;
  if (result < 0)
    return hp__mistake_at(error, wanted->position, result);
  if (search.constraint.count == 0)
    return hp__sources_locate(sources, platform, request, found, error);
  if (definition->version.match.count == 0)
    return refuse(&search, error);
  search.how = describe_question(definition);
  if (!search.how)
    return hp__out_of_memory(error);
  request->accept = will_do;
  request->accept_data = &search;
  result = hp__sources_locate(sources, platform, request, found, &reason);
  if (result < 0)
    result = explain(&search, found, &reason, error);
  hp__error_fini(&reason);
  hp__free(search.how);
  return result;
}
