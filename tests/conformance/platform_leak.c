/* SPDX-License-Identifier: MIT */
/* Everything, many times: as many descriptors and allocations after it as before. */
#include "tests/conformance/platform_scene.h"

#include "core/alloc.h"
#include "tests/support/os.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { WARM_UP = 5, ROUNDS = 200 };

static atomic_long allocated;

static void *count_reallocate(void *memory, size_t size) {
  void *result = realloc(memory, size);
  allocated += !memory && result;
  return result;
}

static void count_release(void *memory) {
  allocated -= memory != NULL;
  free(memory);
}

static void locate_nothing(struct hp_scene *scene) {
  const char *const names[] = {"hp-no-such-program", NULL};
  struct hp_locate_request request = {.names = names, .variable = "HP_NO_SUCH_VARIABLE"};
  struct hp_candidates found = {0};
  struct hp_error error = {0};
  CHECK_INT(scene->ops->locate(&request, &found, &error), HP_ENOTFOUND);
  hp_candidates_fini(&found);
  hp__error_fini(&error);
}

static void spawn_nothing(struct hp_scene *scene) {
  struct hp_actor actor;
  hp_actor_init(&actor, scene, NULL);
  actor.spawn.directory = hp_conform_path(hp_test_directory(), "missing");
  CHECK(hp_actor_spawn(&actor) < 0);
  hp_actor_fini(&actor);
}

/* One that is let go before its end, watched or not. */
static void spawn_and_close(struct hp_scene *scene, bool watched) {
  struct hp_actor actor;
  hp_actor_init(&actor, scene, "exit:0", NULL);
  CHECK_INT(hp_actor_spawn(&actor), 0);
  if (watched)
    CHECK_INT(hp_actor_watch(&actor), 0);
  hp_actor_close(&actor);
  hp_actor_falls_silent(&actor);
  hp_actor_fini(&actor);
}

static void spawn_and_ask(struct hp_scene *scene) {
  struct hp_actor actor;
  hp_actor_init(&actor, scene, "pause", NULL);
  if (hp_actor_start(&actor)) {
    scene->ops->contains(actor.child, actor.child->pid);
    scene->ops->contains(actor.child, uv_os_getpid());
    scene->ops->signal(actor.child, HP_SCOPE_LEADER, "NOTHING", &actor.error);
    hp_actor_kill(&actor);
  }
  hp_actor_fini(&actor);
}

static void use_directories(const struct hp_platform_ops *ops) {
  hp_directory *made = NULL, *opened = NULL, *none = NULL;
  const char *base = hp_test_directory(), *data = hp_conform_path(base, "data");
  struct hp_error error = {0};
  CHECK_INT(ops->directory_new(&made, base, &hp_conform_ourselves, NULL), 0);
  CHECK_INT(ops->directory_open(&opened, data, &hp_conform_ourselves, NULL), 0);
  CHECK_INT(ops->directory_open(&none, data, &hp_conform_ourselves, &error), HP_EINUSE);
  CHECK(ops->directory_new(&none, hp_conform_path(base, "no"), &hp_conform_ourselves, NULL) < 0);
  CHECK_INT(ops->directory_write(made, "file", "x", 1, NULL), 0);
  CHECK(ops->directory_write(made, "../file", "x", 1, &error) < 0);
  char text[4];
  size_t length;
  CHECK_INT(ops->directory_read(made, "file", text, sizeof text, &length, NULL), 0);
  CHECK_INT(ops->directory_make(made, "new", NULL), 0);
  CHECK(ops->directory_make(made, "new", &error) < 0);
  CHECK_INT(ops->directory_rename(made, "new", "old", NULL), 0);
  CHECK_INT(ops->directory_clear(made, "file", NULL), 0);
  ops->directory_use(made, uv_os_getpid());
  CHECK_INT(ops->sweep(base), 0);
  ops->directory_free(made);
  ops->directory_free(opened);
  hp__error_fini(&error);
}

static void never(void *data) {
  (void)data;
}

static void hear(void *data, const char *text, const struct hp_peer *peer) {
  (void)data, (void)text, (void)peer;
}

static void use_loop(struct hp_scene *scene) {
  const struct hp_platform_ops *ops = scene->ops;
  hp_alarm *alarm = NULL;
  hp_notify *notify = NULL;
  const char *path = hp_conform_path(hp_test_directory(), "n");
  hp_watch *watch = ops->watch_new(&scene->loop, hp_test_directory(), never, NULL);
  CHECK_INT(ops->alarm_new(&scene->loop, &alarm, never, NULL), 0);
  ops->alarm_set(alarm, 1000);
  ops->notify_new(&scene->loop, &notify, path, &hp_conform_ourselves, hear, NULL, NULL);
  uv_run(&scene->loop, UV_RUN_NOWAIT);
  ops->alarm_free(alarm);
  if (watch)
    ops->watch_free(watch);
  if (notify)
    ops->notify_free(notify);
}

static void ask(const struct hp_platform_ops *ops) {
  struct hp_endpoint endpoint = {.kind = HP_ENDPOINT_TCP, .port = 1, .host = "127.0.0.1"};
  struct hp_user user;
  struct hp_error error = {0};
  struct hp_peer peer;
  char path[HP_PATH_SIZE];
  CHECK_INT(ops->find_user("no such user here", &user, &error), HP_ENOTFOUND);
  ops->port_owner(&endpoint, &peer);
  ops->place(HP_PLACE_CONFIG, path);
  hp__error_fini(&error);
}

static void play_all(const struct hp_platform_subject *subject, int number) {
  struct hp_scene scene;
  hp_scene_begin(&scene, subject);
  locate_nothing(&scene);
  hp_actor_run(&scene, "exit:0");
  spawn_nothing(&scene);
  spawn_and_close(&scene, number % 2);
  spawn_and_ask(&scene);
  use_directories(subject->ops);
  use_loop(&scene);
  ask(subject->ops);
  hp_scene_end(&scene);
}

void hp_conform_platform_no_leak(const struct hp_platform_subject *subject) {
  static const struct hp_allocator counting = {.reallocate = count_reallocate,
                                               .release = count_release};
  hp__set_allocator(&counting);
  for (int i = 0; i < WARM_UP; i++)
    play_all(subject, i);
  long descriptors = hp_os_count_handles();
  long before = allocated;
  for (int i = 0; i < ROUNDS / hp_os_slowness(); i++)
    play_all(subject, i);
  CHECK_INT(hp_os_count_handles(), descriptors);
  CHECK_INT(allocated, before);
  hp__set_allocator(NULL);
}
