/* SPDX-License-Identifier: MIT */
/* What it brings into the loop: alarms, watches, the notify socket. And who is at the other end. */
#include "tests/conformance/platform_scene.h"

#include <stdio.h>
#include <string.h>

enum { MILLISECOND = 1000000 };

/* ---- Alarms ---- */

struct ringing {
  const struct hp_platform_ops *ops;
  hp_alarm *alarm;
  int count, wanted;
  uint64_t at; /* of the last time */
};

static void ring(void *data) {
  struct ringing *ringing = data;
  ringing->count++;
  ringing->at = uv_hrtime();
}

static bool has_rung(void *data) {
  struct ringing *ringing = data;
  return ringing->count >= ringing->wanted;
}

static void open_alarm(struct hp_scene *scene, struct ringing *ringing,
                       hp_alarm_callback callback) {
  *ringing = (struct ringing){.ops = scene->ops, .wanted = 1};
  CHECK_INT(scene->ops->alarm_new(&scene->loop, &ringing->alarm, callback, ringing), 0);
}

static void expect_ring(struct hp_scene *scene, struct ringing *ringing, uint64_t start,
                        uint64_t nanoseconds) {
  CHECK(hp_scene_until(scene, has_rung, ringing));
  CHECK_INT(ringing->count, ringing->wanted);
  CHECK(ringing->at >= start + nanoseconds); /* not before its time */
  ringing->wanted++;
}

void hp_conform_platform_alarm(const struct hp_platform_subject *subject) {
  static const uint64_t times[] = {1, 1000, 300000, 3 * MILLISECOND, 25 * MILLISECOND};
  struct hp_scene scene;
  struct ringing ringing;
  hp_scene_begin(&scene, subject);
  open_alarm(&scene, &ringing, ring);
  uv_run(&scene.loop, UV_RUN_NOWAIT);
  CHECK_INT(ringing.count, 0); /* it does not run yet */
  for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
    uint64_t start = uv_hrtime();
    subject->ops->alarm_set(ringing.alarm, times[i]);
    expect_ring(&scene, &ringing, start, times[i]);
  }
  uint64_t start = uv_hrtime(); /* set anew: the last word holds, later or sooner */
  subject->ops->alarm_set(ringing.alarm, MILLISECOND);
  subject->ops->alarm_set(ringing.alarm, 20 * MILLISECOND);
  expect_ring(&scene, &ringing, start, 20 * MILLISECOND);
  subject->ops->alarm_set(ringing.alarm, UINT64_C(3600000) * MILLISECOND);
  subject->ops->alarm_set(ringing.alarm, MILLISECOND);
  expect_ring(&scene, &ringing, start, 0);
  hp_scene_settle(&scene);
  CHECK_INT(ringing.count, ringing.wanted - 1);
  subject->ops->alarm_free(ringing.alarm);
  hp_scene_end(&scene);
}

static void pass(uint64_t nanoseconds) {
  for (uint64_t start = uv_hrtime(); uv_hrtime() - start < nanoseconds;)
    ;
}

/* One that has run out is silent as well, if the loop has not looked at it yet. */
void hp_conform_platform_alarm_stop(const struct hp_platform_subject *subject) {
  const struct hp_platform_ops *ops = subject->ops;
  struct hp_scene scene;
  struct ringing stopped, other;
  hp_scene_begin(&scene, subject);
  open_alarm(&scene, &stopped, ring);
  open_alarm(&scene, &other, ring);
  ops->alarm_set(stopped.alarm, 0);
  ops->alarm_set(stopped.alarm, 5 * MILLISECOND);
  ops->alarm_set(stopped.alarm, 0);
  ops->alarm_set(other.alarm, 10 * MILLISECOND);
  CHECK(hp_scene_until(&scene, has_rung, &other));
  ops->alarm_set(stopped.alarm, 1);
  pass(2 * MILLISECOND);
  ops->alarm_set(stopped.alarm, 0);
  hp_scene_settle(&scene);
  CHECK_INT(stopped.count, 0);
  ops->alarm_set(stopped.alarm, 1);
  pass(2 * MILLISECOND);
  ops->alarm_free(stopped.alarm); /* as silent as a stopped one */
  hp_scene_settle(&scene);
  CHECK_INT(stopped.count, 0);
  ops->alarm_free(other.alarm);
  hp_scene_end(&scene);
}

static void ring_again(void *data) {
  struct ringing *ringing = data;
  ring(data);
  if (ringing->count < ringing->wanted)
    ringing->ops->alarm_set(ringing->alarm, 100);
}

static void ring_and_free(void *data) {
  struct ringing *ringing = data;
  ring(data);
  ringing->ops->alarm_free(ringing->alarm);
}

void hp_conform_platform_alarm_inside(const struct hp_platform_subject *subject) {
  struct hp_scene scene;
  struct ringing again, once;
  hp_scene_begin(&scene, subject);
  open_alarm(&scene, &again, ring_again);
  again.wanted = 20;
  open_alarm(&scene, &once, ring_and_free);
  subject->ops->alarm_set(again.alarm, 1);
  subject->ops->alarm_set(once.alarm, 1);
  CHECK(hp_scene_until(&scene, has_rung, &again));
  CHECK(hp_scene_until(&scene, has_rung, &once));
  hp_scene_settle(&scene);
  CHECK_INT(again.count, 20);
  CHECK_INT(once.count, 1);
  subject->ops->alarm_free(again.alarm);
  hp_scene_end(&scene);
}

/* ---- Something appears in a directory ---- */

void hp_conform_platform_watch(const struct hp_platform_subject *subject) {
  const struct hp_platform_ops *ops = subject->ops;
  const char *folder = hp_test_directory();
  struct hp_scene scene;
  struct ringing ringing = {.ops = ops, .wanted = 1};
  hp_scene_begin(&scene, subject);
  CHECK(!ops->watch_new(&scene.loop, hp_conform_path(folder, "missing"), ring, &ringing));
  hp_watch *watch = ops->watch_new(&scene.loop, folder, ring, &ringing);
  CHECK(watch || !CLAIMS(subject, HP_CLAIM_WATCH));
  if (watch) {
    hp_scene_settle(&scene);
    CHECK_INT(ringing.count, 0);
    hp_test_file("first", "x");
    CHECK(hp_scene_until(&scene, has_rung, &ringing));
    hp_scene_settle(&scene);
    ringing.wanted = ringing.count + 1;
    hp_test_file("second", "x"); /* again and again */
    CHECK(hp_scene_until(&scene, has_rung, &ringing));
    ringing.wanted = ringing.count;
    hp_test_file("third", "x");
    ops->watch_free(watch);
    hp_scene_settle(&scene);
    CHECK_INT(ringing.count, ringing.wanted); /* it is over */
  }
  hp_scene_end(&scene);
}

/* ---- The notify socket ---- */

struct hearing {
  const struct hp_platform_ops *ops;
  hp_notify *notify;
  int count, wanted;
  char text[8192];
  struct hp_peer peer;
};

static void hear(void *data, const char *text, const struct hp_peer *peer) {
  struct hearing *hearing = data;
  size_t length = strlen(hearing->text);
  hearing->count++;
  hearing->peer = *peer;
  snprintf(hearing->text + length, sizeof hearing->text - length, "%s|", text);
}

static void hear_and_free(void *data, const char *text, const struct hp_peer *peer) {
  struct hearing *hearing = data;
  hear(data, text, peer);
  hearing->ops->notify_free(hearing->notify);
}

static bool has_heard(void *data) {
  struct hearing *hearing = data;
  return hearing->count >= hearing->wanted;
}

/* False where the platform has no such thing, and may. */
static bool open_notify(struct hp_scene *scene, struct hearing *hearing,
                        hp_notify_callback callback, const char *path) {
  struct hp_error error = {0};
  memset(hearing, 0, sizeof *hearing);
  hearing->ops = scene->ops;
  int code = scene->ops->notify_new(&scene->loop, &hearing->notify, path, &hp_conform_ourselves,
                                    callback, hearing, &error);
  if (code != 0)
    hp_conform_error(&error, code, "");
  return CLAIMS(scene->subject, HP_CLAIM_NOTIFY) ? CHECK_INT(code, 0)
                                                 : code == 0 || !CHECK_INT(code, HP_EUNSUPPORTED);
}

/* A process that notifies twice and ends; its pid. */
static int64_t notify(struct hp_scene *scene, const char *path, struct hearing *hearing,
                      int wanted) {
  struct hp_actor actor;
  char variable[2 * HP_PATH_SIZE];
  char *environment[] = {variable, NULL};
  snprintf(variable, sizeof variable, "NOTIFY_SOCKET=%s", path);
  hp_actor_init(&actor, scene, "notify:READY=1\nSTATUS=gr\xc3\xbc\xc3\x9f", "notify:X=2", "pause",
                NULL);
  actor.spawn.environment = environment;
  hp_actor_start(&actor);
  int64_t pid = actor.child->pid;
  hearing->wanted = wanted;
  CHECK(hp_scene_until(scene, has_heard, hearing));
  hp_actor_kill(&actor);
  CHECK_TEXT(actor.text[1], "");
  hp_actor_fini(&actor);
  return pid;
}

void hp_conform_platform_notify(const struct hp_platform_subject *subject) {
  const struct hp_platform_ops *ops = subject->ops;
  const char *path = hp_conform_path(hp_test_directory(), "n");
  struct hp_scene scene;
  struct hearing hearing;
  hp_scene_begin(&scene, subject);
  if (open_notify(&scene, &hearing, hear, path)) {
    int64_t pid = notify(&scene, path, &hearing, 2);
    CHECK_TEXT(hearing.text, "READY=1\nSTATUS=gr\xc3\xbc\xc3\x9f|X=2|");
    CHECK_INT(hearing.peer.pid, pid);
    CHECK(hearing.peer.user == hp_conform_own_user() || hearing.peer.user == -1);
    CHECK(memchr(hearing.peer.command, '\0', sizeof hearing.peer.command) != NULL);
    ops->notify_free(hearing.notify);
    CHECK(!hp_conform_exists(path));
  }
  CHECK(ops->notify_new(&scene.loop, &hearing.notify,
                        hp_conform_path(hp_test_directory(), "missing/n"), &hp_conform_ourselves,
                        hear, &hearing, NULL) < 0);
  hp_scene_end(&scene);
}

void hp_conform_platform_notify_inside(const struct hp_platform_subject *subject) {
  const char *path = hp_conform_path(hp_test_directory(), "n");
  struct hp_scene scene;
  struct hearing hearing;
  hp_scene_begin(&scene, subject);
  if (open_notify(&scene, &hearing, hear_and_free, path)) {
    char variable[2 * HP_PATH_SIZE], *environment[] = {variable, NULL};
    struct hp_actor actor;
    snprintf(variable, sizeof variable, "NOTIFY_SOCKET=%s", path);
    hp_actor_init(&actor, &scene, "notify:a", "notify:b", "notify:c", NULL);
    actor.spawn.environment = environment;
    if (hp_actor_start(&actor))
      hp_actor_ends(&actor);
    hearing.wanted = 1;
    CHECK(hp_scene_until(&scene, has_heard, &hearing));
    hp_actor_fini(&actor);
    CHECK_TEXT(hearing.text, "a|");
  }
  hp_scene_end(&scene);
}
