/* SPDX-License-Identifier: MIT */
#include "tests/conformance/platform_scene.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE_MS = 60000 };

static char variable[] = "HP=1";
static char *const environment[] = {variable, NULL};

/* ---- The loop ---- */

static void expire(uv_timer_t *timer) {
  struct hp_scene *scene = timer->data;
  scene->late = true;
  uv_stop(&scene->loop);
}

void hp_scene_begin(struct hp_scene *scene, const struct hp_platform_subject *subject) {
  memset(scene, 0, sizeof *scene);
  scene->subject = subject;
  scene->ops = subject->ops;
  uv_loop_init(&scene->loop);
  uv_timer_init(&scene->loop, &scene->deadline);
  scene->deadline.data = scene;
}

static void set_deadline(struct hp_scene *scene) {
  scene->late = false;
  uv_update_time(&scene->loop);
  uv_timer_start(&scene->deadline, expire, PATIENCE_MS, 0);
}

bool hp_scene_until(struct hp_scene *scene, bool (*done)(void *data), void *data) {
  set_deadline(scene);
  while (!done(data) && !scene->late)
    uv_run(&scene->loop, UV_RUN_ONCE);
  uv_timer_stop(&scene->deadline);
  return done(data);
}

void hp_scene_settle(struct hp_scene *scene) {
  hp_actor_run(scene, "exit:0");
  for (int i = 0; i < 3; i++)
    uv_run(&scene->loop, UV_RUN_NOWAIT);
}

void hp_scene_end(struct hp_scene *scene) {
  set_deadline(scene);
  uv_unref((uv_handle_t *)&scene->deadline);
  uv_run(&scene->loop, UV_RUN_DEFAULT);
  CHECK(!scene->late);
  uv_close((uv_handle_t *)&scene->deadline, NULL);
  uv_run(&scene->loop, UV_RUN_DEFAULT);
  CHECK_INT(uv_loop_close(&scene->loop), 0);
}

/* ---- A process in it ---- */

void hp_actor_init(struct hp_actor *actor, struct hp_scene *scene, ...) {
  va_list orders;
  int count = 0;
  memset(actor, 0, sizeof *actor);
  actor->scene = scene;
  actor->child = calloc(1, scene->ops->child_size);
  actor->child->data = actor;
  snprintf(actor->program, sizeof actor->program, "%s", hp_conform_program(scene->ops, "hp-child"));
  actor->spawn.executable = actor->argv[count++] = actor->program;
  va_start(orders, scene);
  while (count < HP_ACTOR_ARGUMENTS - 1 && (actor->argv[count] = va_arg(orders, char *)))
    count++;
  va_end(orders);
  actor->spawn.argv = actor->argv;
  actor->spawn.environment = environment;
  actor->spawn.user = hp_conform_ourselves;
  actor->spawn.output = &actor->pipes[0];
  actor->spawn.errors = &actor->pipes[1];
  for (int i = 0; i < 2; i++) {
    uv_pipe_init(&scene->loop, &actor->pipes[i], 0);
    actor->pipes[i].data = actor;
  }
}

static int stream_of(const struct hp_actor *actor, const void *handle) {
  return handle == &actor->pipes[1];
}

static void lend(uv_handle_t *handle, size_t size, uv_buf_t *buffer) {
  struct hp_actor *actor = handle->data;
  int stream = stream_of(actor, handle);
  size_t used = actor->length[stream];
  (void)size;
  *buffer = uv_buf_init(actor->text[stream] + used, (unsigned)(HP_ACTOR_TEXT - 1 - used));
}

static void collect(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer) {
  struct hp_actor *actor = stream->data;
  (void)buffer;
  if (size > 0)
    actor->length[stream_of(actor, stream)] += (size_t)size;
  if (size >= 0)
    return;
  CHECK_INT(size, UV_EOF);
  uv_read_stop(stream);
  actor->streams--;
}

int hp_actor_spawn(struct hp_actor *actor) {
  struct hp_scene *scene = actor->scene;
  int code = scene->ops->spawn(&scene->loop, actor->child, &actor->spawn, &actor->error);
  CHECK(code == 0 ? actor->child->pid > 0 : actor->child->pid == 0);
  CHECK(actor->child->containment <= scene->ops->containment);
  actor->spawned = code == 0;
  for (int i = 0; i < 2 && actor->spawned && !actor->spawn.inherit_stdio; i++) {
    CHECK_INT(uv_read_start((uv_stream_t *)&actor->pipes[i], lend, collect), 0);
    actor->streams++;
  }
  return code;
}

static void exited(hp_child *child) {
  struct hp_actor *actor = child->data;
  actor->exits++;
  CHECK_INT(child->exit.kind, HP_EXIT_NONE);
  if (actor->exited)
    actor->exited(actor);
}

int hp_actor_watch(struct hp_actor *actor) {
  return actor->scene->ops->watch(actor->child, exited, &actor->error);
}

bool hp_actor_start(struct hp_actor *actor) {
  return CHECK_INT(hp_actor_spawn(actor), 0) && CHECK_INT(hp_actor_watch(actor), 0);
}

struct words {
  const struct hp_actor *actor;
  const char *text;
};

static bool has_said(void *data) {
  const struct words *words = data;
  return strstr(words->actor->text[0], words->text) != NULL;
}

bool hp_actor_says(struct hp_actor *actor, const char *text) {
  struct words words = {actor, text};
  hp_scene_until(actor->scene, has_said, &words);
  return CHECK_HAS(actor->text[0], text);
}

static bool has_exited(void *data) {
  return ((struct hp_actor *)data)->exits > 0;
}

bool hp_actor_exits(struct hp_actor *actor) {
  hp_scene_until(actor->scene, has_exited, actor);
  return CHECK_INT(actor->exits, 1);
}

static bool is_silent(void *data) {
  return ((struct hp_actor *)data)->streams == 0;
}

bool hp_actor_falls_silent(struct hp_actor *actor) {
  hp_scene_until(actor->scene, is_silent, actor);
  return CHECK_INT(actor->streams, 0);
}

bool hp_actor_ends(struct hp_actor *actor) {
  if (!hp_actor_exits(actor) || !hp_actor_falls_silent(actor))
    return false;
  actor->scene->ops->reap(actor->child);
  return CHECK(actor->child->exit.kind != HP_EXIT_NONE);
}

void hp_actor_kill(struct hp_actor *actor) {
  CHECK_INT(actor->scene->ops->signal(actor->child, HP_SCOPE_TREE, "KILL", &actor->error), 0);
  hp_actor_ends(actor);
}

static void closed(hp_child *child) {
  struct hp_actor *actor = child->data;
  CHECK(!actor->inside);
  actor->closes++;
}

static bool is_closed(void *data) {
  return ((struct hp_actor *)data)->closes > 0;
}

void hp_actor_begin_close(struct hp_actor *actor) {
  actor->inside = true;
  actor->scene->ops->close(actor->child, closed);
  actor->inside = false;
}

void hp_actor_close(struct hp_actor *actor) {
  hp_actor_begin_close(actor);
  hp_scene_until(actor->scene, is_closed, actor);
  CHECK_INT(actor->closes, 1);
}

static void pipe_closed(uv_handle_t *handle) {
  struct hp_actor *actor = handle->data;
  actor->closed_pipes++;
}

static bool has_no_pipes(void *data) {
  return ((struct hp_actor *)data)->closed_pipes == 2;
}

void hp_actor_fini(struct hp_actor *actor) {
  if (actor->spawned && actor->closes == 0)
    hp_actor_close(actor);
  for (int i = 0; i < 2; i++)
    uv_close((uv_handle_t *)&actor->pipes[i], pipe_closed);
  CHECK(hp_scene_until(actor->scene, has_no_pipes, actor));
  CHECK_INT(actor->closes, actor->spawned);
  free(actor->child);
  hp__error_fini(&actor->error);
}

struct hp_exit hp_actor_run(struct hp_scene *scene, const char *order) {
  struct hp_actor actor;
  hp_actor_init(&actor, scene, order, NULL);
  if (hp_actor_start(&actor))
    hp_actor_ends(&actor);
  struct hp_exit exit = actor.child->exit;
  hp_actor_fini(&actor);
  return exit;
}

int64_t hp_actor_number(const struct hp_actor *actor, const char *word) {
  const char *found = strstr(actor->text[0], word);
  return found ? strtoll(found + strlen(word), NULL, 10) : -1;
}

/* ---- What can be asked of the world by libuv and C alone ---- */

const char *hp_conform_path(const char *folder, const char *name) {
  static char paths[16][2 * HP_PATH_SIZE];
  static int next;
  char *path = paths[next++ % 16];
  snprintf(path, sizeof paths[0], "%s/%s", folder, name);
  return path;
}

/* The platform knows how a program's file is called here. */
const char *hp_conform_program(const struct hp_platform_ops *ops, const char *name) {
  static char path[2 * HP_PATH_SIZE];
  const char *folder = getenv("HP_TEST_BIN"), *const names[] = {name, NULL};
  struct hp_locate_request request = {.given = folder ? folder : "bin", .names = names};
  struct hp_candidates found = {0};
  path[0] = '\0';
  CHECK_INT(ops->locate(&request, &found, NULL), 0);
  if (found.count > 0)
    snprintf(path, sizeof path, "%s", found.items[found.count - 1].path);
  hp_candidates_fini(&found);
  return path;
}

bool hp_conform_exists(const char *path) {
  uv_fs_t request;
  int code = uv_fs_lstat(NULL, &request, path, NULL);
  uv_fs_req_cleanup(&request);
  return code == 0;
}

const char *hp_conform_read(const char *path) {
  static char text[4096];
  FILE *file = fopen(path, "rb");
  size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;
  text[length] = '\0';
  if (file)
    fclose(file);
  return text;
}

int hp_conform_count_names(const char *folder) {
  uv_fs_t request;
  int count = (int)uv_fs_scandir(NULL, &request, folder, 0, NULL);
  uv_fs_req_cleanup(&request);
  return count < 0 ? -1 : count;
}

int64_t hp_conform_own_user(void) {
  uv_passwd_t passwd;
  if (uv_os_get_passwd(&passwd) != 0)
    return -1;
  int64_t user = (int64_t)(long)passwd.uid;
  uv_os_free_passwd(&passwd);
  return user;
}

bool hp_conform_is_line(const char *text) {
  return text && text[0] && !strpbrk(text, "\r\n");
}

void hp_conform_error(struct hp_error *error, int code, const char *part) {
  CHECK_INT(hp_error_code(error), code);
  CHECK(hp_conform_is_line(hp_error_message(error)));
  CHECK_HAS(hp_error_message(error), part);
  hp__error_fini(error);
  memset(error, 0, sizeof *error);
}
