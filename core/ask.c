/* SPDX-License-Identifier: MIT */
#include "core/ask.h"

#include "core/alloc.h"
#include "core/plan.h"
#include "core/subprocess.h"

#include <string.h>

enum { ANSWERED_WITHIN_MS = 10000, ANSWER_MAX = 4 << 20 };

/* ---- one run ---- */

struct run {
  uv_loop_t loop;
  uv_timer_t deadline;
  hp_subprocess *subprocess;
  struct hp_text text;
  bool is_whole; /* it has ended well, and all of it was read */
};

/* Tables are set for a wide terminal: what is only distance is not kept. */
static void take_line(void *data, const char *line, size_t length) {
  struct run *run = data;
  for (size_t i = 0; i < length && run->text.length < ANSWER_MAX; i++)
    if (line[i] != ' ' || (i > 0 && line[i - 1] != ' '))
      hp__text_add_slice(&run->text, &line[i], 1);
  hp__text_add(&run->text, "\n");
}

static void ended(hp_subprocess *subprocess) {
  struct run *run = subprocess->owner.data;
  run->is_whole = subprocess->exit.kind == HP_EXIT_CODE && subprocess->exit.value == 0;
  uv_close((uv_handle_t *)&run->deadline, NULL);
  hp__subprocess_close(subprocess);
}

static void late(uv_timer_t *deadline) {
  struct run *run = deadline->data;
  hp__subprocess_signal(run->subprocess, HP_SCOPE_TREE, "KILL", NULL);
}

static void closed(void *data) {
  (void)data;
}

static bool spawn(struct run *run, const struct hp_platform_ops *platform, char *buffer,
                  struct hp_spawn *what) {
  struct hp_subprocess_owner owner = {.data = run,
                                      .loop = &run->loop,
                                      .platform = platform,
                                      .buffer = buffer,
                                      .line = take_line,
                                      .ended = ended,
                                      .closed = closed};
  uv_timer_init(&run->loop, &run->deadline);
  run->deadline.data = run;
  uv_timer_start(&run->deadline, late, ANSWERED_WITHIN_MS, 0);
  int result = hp__subprocess_start(&run->subprocess, &owner, what, NULL);
  if (result == 0)
    return true;
  if (run->subprocess)
    hp__subprocess_close(run->subprocess);
  uv_close((uv_handle_t *)&run->deadline, NULL);
  return false;
}

static char **make_argv(struct hp_arena *arena, const char *executable,
                        const char *const *arguments) {
  size_t count = 0;
  while (arguments[count])
    count++;
  char **argv = hp__arena_alloc(arena, (count + 2) * sizeof *argv);
  for (size_t i = 0; argv && i <= count; i++)
    argv[i] = hp__arena_copy(arena, i == 0 ? executable : arguments[i - 1]);
  return arena->failed ? NULL : argv;
}

/* Its output, for hp__free(); NULL: it could not be run, or did not end well. */
static char *run_once(const struct hp_platform_ops *platform, const char *executable,
                      const char *const *arguments) {
  struct hp_arena arena = {0};
  struct run run = {0};
  struct hp_strings environment = {0};
  int result = hp__our_environment(platform, &arena, &environment);
  struct hp_spawn what = {.executable = executable,
                          .argv = make_argv(&arena, executable, arguments),
                          .environment = (char **)(uintptr_t)environment.items,
                          .directory = "/",
                          .session = HP_SESSION_OWN,
                          .user = {.id = -1, .group = -1},
                          .host_death_signal = "KILL"};
  char *buffer = hp__alloc(HP_READ_SIZE);
  if (result == 0 && buffer && what.argv && uv_loop_init(&run.loop) == 0) {
    spawn(&run, platform, buffer, &what);
    uv_run(&run.loop, UV_RUN_DEFAULT);
    uv_loop_close(&run.loop);
  }
  char *text = run.is_whole ? hp__text_take(&run.text) : NULL;
  hp__text_fini(&run.text);
  hp__free(buffer);
  hp__arena_fini(&arena);
  return text;
}

/* ---- what is kept ---- */

static bool stamp(const char *executable, struct hp_answer *answer) {
  uv_fs_t request;
  bool found = uv_fs_stat(NULL, &request, executable, NULL) == 0;
  const uv_stat_t *stat = &request.statbuf;
  if (found)
    *answer = (struct hp_answer){.device = stat->st_dev,
                                 .inode = stat->st_ino,
                                 .size = stat->st_size,
                                 .changed = stat->st_mtim.tv_sec,
                                 .changed_ns = stat->st_mtim.tv_nsec};
  uv_fs_req_cleanup(&request);
  return found;
}

static bool is_same(const struct hp_answer *a, const struct hp_answer *b) {
  return a->text && a->device == b->device && a->inode == b->inode && a->size == b->size &&
         a->changed == b->changed && a->changed_ns == b->changed_ns &&
         strcmp(a->arguments, b->arguments) == 0;
}

static void forget(struct hp_answer *answer) {
  hp__free(answer->arguments);
  hp__free(answer->text);
  *answer = (struct hp_answer){0};
}

void hp__answers_fini(struct hp_answers *answers) {
  for (size_t i = 0; i < HP_ANSWERS_MAX; i++)
    forget(&answers->items[i]);
}

static const char *find_kept(struct hp_sources *sources, struct hp_arena *arena,
                             const struct hp_answer *wanted) {
  const char *text = NULL;
  uv_mutex_lock(&sources->lock);
  for (size_t i = 0; i < HP_ANSWERS_MAX && !text; i++)
    if (is_same(&sources->answers.items[i], wanted))
      text = hp__arena_copy(arena, sources->answers.items[i].text);
  uv_mutex_unlock(&sources->lock);
  return text;
}

/* Both texts of the answer become the sources'. */
static void keep(struct hp_sources *sources, struct hp_answer *answer) {
  struct hp_answers *answers = &sources->answers;
  uv_mutex_lock(&sources->lock);
  struct hp_answer *slot = &answers->items[answers->next++ % HP_ANSWERS_MAX];
  forget(slot);
  *slot = *answer;
  uv_mutex_unlock(&sources->lock);
}

static char *join(const char *const *arguments) {
  struct hp_text text = {0};
  for (size_t i = 0; arguments[i]; i++)
    hp__text_format(&text, "%s%s", i ? " " : "", arguments[i]);
  return hp__text_take(&text);
}

const char *hp__ask(struct hp_sources *sources, const struct hp_platform_ops *platform,
                    struct hp_arena *arena, const char *executable, const char *const *arguments,
                    bool may_run) {
  struct hp_answer answer;
  if (!stamp(executable, &answer) || !(answer.arguments = join(arguments)))
    return NULL;
  const char *text = find_kept(sources, arena, &answer);
  if (!text && may_run && (answer.text = run_once(platform, executable, arguments))) {
    text = hp__arena_copy(arena, answer.text);
    keep(sources, &answer);
    return text;
  }
  hp__free(answer.arguments);
  return text;
}
