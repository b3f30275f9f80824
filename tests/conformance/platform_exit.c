/* SPDX-License-Identifier: MIT */
/* How a process ends, is made to, and is let go. */
#include "tests/conformance/platform_scene.h"

#include "tests/support/os.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { CROWD = 8 };

/* ---- The end is told once, then collected ---- */

void hp_conform_platform_exits(const struct hp_platform_subject *subject) {
  static const char *const orders[CROWD] = {"exit:0", "exit:1", "exit:2", "exit:3",
                                            "exit:4", "exit:5", "exit:6", "exit:7"};
  static struct hp_actor actors[CROWD];
  struct hp_scene scene;
  hp_scene_begin(&scene, subject);
  for (int i = 0; i < CROWD; i++) {
    hp_actor_init(&actors[i], &scene, orders[i], NULL);
    hp_actor_start(&actors[i]);
  }
  for (int i = CROWD - 1; i >= 0; i--) {
    hp_actor_ends(&actors[i]);
    CHECK_INT(actors[i].child->exit.kind, HP_EXIT_CODE);
    CHECK_INT(actors[i].child->exit.value, i);
  }
  hp_scene_settle(&scene);
  for (int i = 0; i < CROWD; i++) {
    CHECK_INT(actors[i].exits, 1);
    hp_actor_fini(&actors[i]);
    CHECK_INT(actors[i].exits, 1);
  }
  hp_scene_end(&scene);
}

/* It ended before anybody watched: its output is at its end, and another life has passed. */
void hp_conform_platform_late_watch(const struct hp_platform_subject *subject) {
  struct hp_scene scene;
  struct hp_actor actor;
  hp_scene_begin(&scene, subject);
  hp_actor_init(&actor, &scene, "exit:5", NULL);
  CHECK_INT(hp_actor_spawn(&actor), 0);
  hp_actor_falls_silent(&actor);
  hp_scene_settle(&scene);
  CHECK_INT(actor.exits, 0);
  CHECK_INT(hp_actor_watch(&actor), 0);
  hp_actor_ends(&actor);
  CHECK_INT(actor.child->exit.kind, HP_EXIT_CODE);
  CHECK_INT(actor.child->exit.value, 5);
  hp_scene_settle(&scene);
  CHECK_INT(actor.exits, 1);
  hp_actor_fini(&actor);
  hp_scene_end(&scene);
}

void hp_conform_platform_exit_codes(const struct hp_platform_subject *subject) {
  static const int codes[] = {0, 1, 2, 77, 126, 127, 128, 137, 255};
  struct hp_scene scene;
  hp_scene_begin(&scene, subject);
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    char order[16];
    snprintf(order, sizeof order, "exit:%d", codes[i]);
    struct hp_exit exit = hp_actor_run(&scene, order);
    CHECK_INT(exit.kind, HP_EXIT_CODE);
    CHECK_INT(exit.value, codes[i]);
  }
  hp_scene_end(&scene);
}

static struct hp_exit exit_by(struct hp_scene *scene, const char *name) {
  struct hp_actor actor;
  hp_actor_init(&actor, scene, "write:up", "pause", NULL);
  if (hp_actor_start(&actor) && hp_actor_says(&actor, "up\n")) {
    CHECK_INT(scene->ops->signal(actor.child, HP_SCOPE_LEADER, name, &actor.error), 0);
    hp_actor_ends(&actor);
  }
  struct hp_exit exit = actor.child->exit;
  hp_actor_fini(&actor);
  return exit;
}

/* KILL is known everywhere. */
void hp_conform_platform_exit_signals(const struct hp_platform_subject *subject) {
  struct hp_scene scene;
  hp_scene_begin(&scene, subject);
  struct hp_exit killed = exit_by(&scene, "KILL");
  CHECK(killed.kind != HP_EXIT_NONE && !(killed.kind == HP_EXIT_CODE && killed.value == 0));
  if (CLAIMS(subject, HP_CLAIM_SIGNALS)) {
    struct hp_exit ended = exit_by(&scene, "TERM");
    CHECK_INT(killed.kind, HP_EXIT_SIGNAL);
    CHECK_INT(ended.kind, HP_EXIT_SIGNAL);
    CHECK_INT(ended.value, SIGTERM);
    CHECK(killed.value != ended.value);
  }
  hp_scene_end(&scene);
}

/* ---- Signals: whom they reach, and when ---- */

/* The descendant of one that has ended holds its output. */
static void kill_rest(struct hp_actor *actor) {
  const struct hp_platform_ops *ops = actor->scene->ops;
  CHECK_INT(ops->signal(actor->child, HP_SCOPE_TREE, "KILL", &actor->error), 0);
  ops->reap(actor->child);
}

/* It ended by itself and not well; `fork`: a descendant of its session or of one of its own. */
static void leave_descendant(struct hp_scene *scene, const char *fork) {
  struct hp_actor actor;
  hp_actor_init(&actor, scene, fork, "exit:6", NULL);
  actor.exited = kill_rest;
  if (hp_actor_start(&actor)) {
    CHECK(actor.child->containment >= HP_CONTAINMENT_TREE);
    hp_actor_exits(&actor);
    hp_actor_falls_silent(&actor);
  }
  CHECK_INT(actor.child->exit.kind, HP_EXIT_CODE);
  CHECK_INT(actor.child->exit.value, 6);
  hp_actor_fini(&actor);
}

void hp_conform_platform_before_reap(const struct hp_platform_subject *subject) {
  struct hp_scene scene;
  if (!CLAIMS(subject, HP_CLAIM_TREE))
    return;
  hp_scene_begin(&scene, subject);
  leave_descendant(&scene, "fork:");
  leave_descendant(&scene, "fork:away");
  hp_scene_end(&scene);
}

static bool start_family(struct hp_scene *scene, struct hp_actor *actor, const char *fork) {
  hp_actor_init(actor, scene, fork, "write:up", "pause", NULL);
  return hp_actor_start(actor) && hp_actor_says(actor, "up\n") &&
         hp_actor_says(actor, "descendant ");
}

void hp_conform_platform_leader(const struct hp_platform_subject *subject) {
  struct hp_scene scene;
  struct hp_actor actor;
  hp_scene_begin(&scene, subject);
  if (start_family(&scene, &actor, "fork:")) {
    CHECK_INT(subject->ops->signal(actor.child, HP_SCOPE_LEADER, "KILL", &actor.error), 0);
    hp_actor_exits(&actor);
    hp_scene_settle(&scene);
    CHECK(actor.streams > 0); /* the other one lives and holds them */
    CHECK_INT(uv_kill((int)hp_actor_number(&actor, "descendant "), 0), 0);
    hp_actor_kill(&actor);
  }
  hp_actor_fini(&actor);
  hp_scene_end(&scene);
}

static void kill_family(struct hp_scene *scene, const char *fork) {
  struct hp_actor actor;
  if (start_family(scene, &actor, fork))
    hp_actor_kill(&actor);
  hp_actor_fini(&actor);
}

void hp_conform_platform_tree(const struct hp_platform_subject *subject) {
  struct hp_scene scene;
  if (!CLAIMS(subject, HP_CLAIM_TREE))
    return;
  hp_scene_begin(&scene, subject);
  kill_family(&scene, "fork:");
  kill_family(&scene, "fork:away"); /* whatever their session */
  hp_scene_end(&scene);
}

void hp_conform_platform_gone(const struct hp_platform_subject *subject) {
  const struct hp_platform_ops *ops = subject->ops;
  struct hp_scene scene;
  struct hp_actor actor;
  hp_scene_begin(&scene, subject);
  hp_actor_init(&actor, &scene, "exit:4", NULL);
  if (hp_actor_start(&actor) && hp_actor_exits(&actor)) {
    CHECK_INT(ops->signal(actor.child, HP_SCOPE_LEADER, "KILL", &actor.error), 0);
    CHECK_INT(ops->signal(actor.child, HP_SCOPE_TREE, "KILL", &actor.error), 0);
    hp_actor_ends(&actor);
    CHECK_INT(actor.child->exit.value, 4); /* it had ended by itself */
  }
  hp_actor_fini(&actor);
  hp_scene_end(&scene);
}

static const char *const nonsense[] = {"NOTHING", "SIGKILL", "kill", "KILL ", "9", ""};

void hp_conform_platform_unknown_signal(const struct hp_platform_subject *subject) {
  const struct hp_platform_ops *ops = subject->ops;
  struct hp_scene scene;
  struct hp_actor actor;
  hp_scene_begin(&scene, subject);
  hp_actor_init(&actor, &scene, "write:up", "pause", NULL);
  hp_actor_start(&actor);
  for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
    int code = ops->signal(actor.child, HP_SCOPE_LEADER, nonsense[i], &actor.error);
    CHECK_INT(code, HP_EUNSUPPORTED);
    hp_conform_error(&actor.error, code, nonsense[i]);
    CHECK_INT(ops->signal(actor.child, HP_SCOPE_TREE, nonsense[i], NULL), HP_EUNSUPPORTED);
  }
  hp_actor_says(&actor, "up\n"); /* it lives */
  CHECK_INT(actor.exits, 0);
  hp_actor_kill(&actor);
  hp_actor_fini(&actor);
  hp_scene_end(&scene);
}

/* ---- Letting go ---- */

/* The process shows that it was left alone: told to go on after the close, it does. */
static void close_alive(struct hp_scene *scene, bool watched) {
  struct hp_actor actor;
  char await[2 * HP_PATH_SIZE], mark[2 * HP_PATH_SIZE];
  const char *folder = hp_test_directory(), *name = watched ? "watched" : "unwatched";
  snprintf(await, sizeof await, "await:%s/go-%s", folder, name);
  snprintf(mark, sizeof mark, "mark:%s/%s", folder, name);
  hp_actor_init(&actor, scene, await, mark, NULL);
  CHECK_INT(hp_actor_spawn(&actor), 0);
  int64_t pid = actor.child->pid;
  if (watched)
    CHECK_INT(hp_actor_watch(&actor), 0);
  hp_actor_close(&actor);
  hp_test_file(strrchr(await, '/') + 1, "");
  hp_actor_falls_silent(&actor);
  char expected[32];
  snprintf(expected, sizeof expected, "%lld\n", (long long)pid);
  CHECK_TEXT(hp_conform_read(strchr(mark, ':') + 1), expected);
  hp_scene_settle(scene);
  CHECK_INT(actor.exits, 0);
  hp_actor_fini(&actor);
}

void hp_conform_platform_close(const struct hp_platform_subject *subject) {
  struct hp_scene scene;
  hp_scene_begin(&scene, subject);
  close_alive(&scene, false);
  close_alive(&scene, true);
  hp_scene_end(&scene);
}

static void reap_and_close(struct hp_actor *actor) {
  actor->scene->ops->reap(actor->child);
  hp_actor_begin_close(actor);
}

/* From inside `exited`, as the core does. */
void hp_conform_platform_close_inside(const struct hp_platform_subject *subject) {
  struct hp_scene scene;
  struct hp_actor actor;
  hp_scene_begin(&scene, subject);
  hp_actor_init(&actor, &scene, "exit:3", NULL);
  actor.exited = reap_and_close;
  if (hp_actor_start(&actor)) {
    hp_actor_exits(&actor);
    hp_actor_falls_silent(&actor);
  }
  hp_scene_settle(&scene);
  CHECK_INT(actor.closes, 1);
  CHECK_INT(actor.exits, 1);
  CHECK_INT(actor.child->exit.value, 3);
  hp_actor_fini(&actor);
  hp_scene_end(&scene);
}

/* ---- Who belongs to it ---- */

static void expect_contains(const struct hp_actor *actor, int64_t pid, int expected) {
  const struct hp_platform_subject *subject = actor->scene->subject;
  int answer = subject->ops->contains(actor->child, pid);
  CHECK(answer == expected || (answer == -1 && !CLAIMS(subject, HP_CLAIM_CONTAINS)));
}

static void expect_family(const struct hp_actor *actor) {
  expect_contains(actor, actor->child->pid, 1);
  expect_contains(actor, hp_actor_number(actor, "descendant "), 1);
  expect_contains(actor, uv_os_getpid(), 0);
  if (hp_os_is_running(uv_os_getppid())) /* Wine starts us for a process that it does not know */
    expect_contains(actor, uv_os_getppid(), 0);
  CHECK(actor->scene->ops->contains(actor->child, 0) != 1);
  CHECK(actor->scene->ops->contains(actor->child, -1) != 1);
}

/* A descendant of its own session belongs to it too. */
void hp_conform_platform_contains(const struct hp_platform_subject *subject) {
  struct hp_scene scene;
  struct hp_actor beside, away;
  hp_scene_begin(&scene, subject);
  if (start_family(&scene, &beside, "fork:") && start_family(&scene, &away, "fork:away")) {
    expect_family(&beside);
    expect_family(&away);
    expect_contains(&beside, away.child->pid, 0);
    expect_contains(&beside, hp_actor_number(&away, "descendant "), 0);
    expect_contains(&away, hp_actor_number(&beside, "descendant "), 0);
    hp_os_kill(hp_actor_number(&away, "descendant "));
    hp_actor_kill(&beside);
    hp_actor_kill(&away);
    hp_actor_fini(&beside);
    hp_actor_fini(&away);
  }
  hp_scene_end(&scene);
}
