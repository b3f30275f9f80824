/* SPDX-License-Identifier: MIT */
/*
 * Hosts of their own, to be killed: the test program started once more, in a role. What they are
 * told comes by the environment, what they say by stdout.
 */
#include "tests/conformance/platform_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VARIABLES = 5 };

static bool never(void *data) {
  (void)data;
  return false;
}

/* Until we are killed; not for ever, should nobody do it. */
static void await_death(struct hp_scene *scene) {
  hp_scene_until(scene, never, NULL);
  exit(EXIT_FAILURE);
}

/* Holds a directory below `base`; with a pid, for that process. */
static void hold(struct hp_scene *scene, const char *base, int64_t pid) {
  hp_directory *made = NULL, *opened = NULL;
  const struct hp_platform_ops *ops = scene->ops;
  ops->directory_new(&made, base, &hp_conform_ourselves, NULL);
  ops->directory_open(&opened, hp_conform_path(base, "data"), &hp_conform_ourselves, NULL);
  if (!made || !opened)
    exit(EXIT_FAILURE);
  ops->directory_write(made, "file", "x", 1, NULL);
  ops->directory_write(opened, "file", "x", 1, NULL);
  if (pid) {
    ops->directory_use(made, pid);
    ops->directory_use(opened, pid);
  }
  printf("holds %s\nheld\n", ops->directory_path(made)); /* may arrive in pieces */
  fflush(stdout);
  await_death(scene);
}

static void play_hold(struct hp_scene *scene, const char *argument) {
  hold(scene, argument, 0);
}

static void play_use(struct hp_scene *scene, const char *argument) {
  char *base;
  int64_t pid = strtoll(argument, &base, 10);
  hold(scene, base + 1, pid);
}

static void play_inherit(struct hp_scene *scene, const char *argument) {
  struct hp_actor actor;
  (void)argument;
  hp_actor_init(&actor, scene, "write:inherited out", "error:inherited err", "exit:7", NULL);
  actor.spawn.inherit_stdio = true;
  actor.spawn.session = HP_SESSION_OURS;
  if (hp_actor_start(&actor))
    hp_actor_ends(&actor);
  printf("exit %d\n", actor.child->exit.value);
  hp_actor_fini(&actor);
  hp_scene_end(scene);
}

static void play_die(struct hp_scene *scene, const char *argument) {
  struct hp_actor actor;
  (void)argument;
  hp_actor_init(&actor, scene, "write:up", "pause", NULL);
  actor.spawn.inherit_stdio = true;
  actor.spawn.host_death_signal = "KILL";
  if (hp_actor_start(&actor))
    await_death(scene);
}

static const struct role {
  const char *name;
  void (*play)(struct hp_scene *scene, const char *argument);
} roles[] = {{"hold", play_hold}, {"use", play_use}, {"inherit", play_inherit}, {"die", play_die}};

void hp_conform_platform_host(const struct hp_platform_subject *subject) {
  const char *name = getenv("HP_CONFORM_ROLE"), *argument = getenv("HP_CONFORM_ARGUMENT");
  const char *wanted = getenv("HP_CONFORM_SUBJECT");
  struct hp_scene scene;
  if (!name || !argument || !wanted || strcmp(wanted, subject->ops->name) != 0)
    return;
  hp_scene_begin(&scene, subject);
  for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
    if (strcmp(roles[i].name, name) == 0)
      roles[i].play(&scene, argument);
}

void hp_actor_host(struct hp_actor *actor, struct hp_scene *scene, const char *role,
                   const char *argument) {
  static char program[2 * HP_PATH_SIZE], texts[VARIABLES - 1][2 * HP_PATH_SIZE];
  static char *const environment[VARIABLES] = {texts[0], texts[1], texts[2], texts[3], NULL};
  const char *folder = getenv("HP_TEST_BIN");
  size_t size = sizeof program;
  CHECK_INT(uv_exepath(program, &size), 0);
  snprintf(texts[0], sizeof texts[0], "HP_CONFORM_ROLE=%s", role);
  snprintf(texts[1], sizeof texts[1], "HP_CONFORM_ARGUMENT=%s", argument);
  snprintf(texts[2], sizeof texts[2], "HP_CONFORM_SUBJECT=%s", scene->ops->name);
  snprintf(texts[3], sizeof texts[3], "HP_TEST_BIN=%s", folder ? folder : "bin");
  hp_actor_init(actor, scene, scene->subject->host_case, NULL);
  actor->spawn.executable = actor->argv[0] = program;
  actor->spawn.environment = environment;
}
