/* SPDX-License-Identifier: MIT */
/* A loop that ends whatever happens, and in it processes that were spawned by the subject, with all
 * that they wrote. */
#ifndef HP_TESTS_CONFORMANCE_PLATFORM_SCENE_H
#define HP_TESTS_CONFORMANCE_PLATFORM_SCENE_H

#include "core/error.h"
#include "tests/conformance/platform.h"
#include "tests/support/os.h"

struct hp_scene {
  const struct hp_platform_subject *subject;
  const struct hp_platform_ops *ops;
  uv_loop_t loop;
  uv_timer_t deadline;
  bool late;
};

void hp_scene_begin(struct hp_scene *scene, const struct hp_platform_subject *subject);
/* Runs the loop until that is so; false when it took too long. */
bool hp_scene_until(struct hp_scene *scene, bool (*done)(void *data), void *data);
/* What is due now, and what comes while another process lives and ends. */
void hp_scene_settle(struct hp_scene *scene);
/* Everything was closed by then. */
void hp_scene_end(struct hp_scene *scene);

enum { HP_ACTOR_ARGUMENTS = 24, HP_ACTOR_TEXT = 16384 };

struct hp_actor {
  struct hp_scene *scene;
  hp_child *child;
  struct hp_spawn spawn;
  char program[2 * HP_PATH_SIZE];
  char *argv[HP_ACTOR_ARGUMENTS];
  uv_pipe_t pipes[2];          /* stdout, stderr */
  char text[2][HP_ACTOR_TEXT]; /* what came by them */
  size_t length[2];
  int streams; /* not yet at their end */
  int exits, closes, closed_pipes;
  bool spawned, inside;                   /* of a call that must not call back */
  void (*exited)(struct hp_actor *actor); /* from inside `exited`; may be NULL */
  struct hp_error error;
};

/* Fills in `spawn` for hp-child with these orders, NULL at their end; to be changed as wished. */
void hp_actor_init(struct hp_actor *actor, struct hp_scene *scene, ...) HP_TEST_SENTINEL;
int hp_actor_spawn(struct hp_actor *actor); /* and reads */
int hp_actor_watch(struct hp_actor *actor);
bool hp_actor_start(struct hp_actor *actor); /* both; false, and a failed check: not started */
/* Each runs the loop; false, and a failed check, when it took too long. */
bool hp_actor_says(struct hp_actor *actor, const char *text); /* on stdout */
bool hp_actor_exits(struct hp_actor *actor);                  /* not yet reaped */
bool hp_actor_falls_silent(struct hp_actor *actor);           /* nobody holds its output any more */
bool hp_actor_ends(struct hp_actor *actor);                   /* exits, falls silent, is reaped */
void hp_actor_kill(struct hp_actor *actor); /* it and its descendants; to its end */
void hp_actor_begin_close(struct hp_actor *actor);
void hp_actor_close(struct hp_actor *actor); /* the process only; awaits it */
void hp_actor_fini(struct hp_actor *actor);
/* One that does that and ends by itself, from init to fini; its exit. */
struct hp_exit hp_actor_run(struct hp_scene *scene, const char *order);
/* The number behind that word in what it said, -1 when there is none. */
int64_t hp_actor_number(const struct hp_actor *actor, const char *word);

/* A host of its own: this program's host_case in that role, see platform_host.c. */
void hp_actor_host(struct hp_actor *actor, struct hp_scene *scene, const char *role,
                   const char *argument);

/* Absolute, in static storage that a later call reuses. */
const char *hp_conform_program(const struct hp_platform_ops *ops, const char *name);
const char *hp_conform_path(const char *folder, const char *name);
bool hp_conform_exists(const char *path);
/* The whole file; "" when it cannot be read. Static storage. */
const char *hp_conform_read(const char *path);
/* Names in it, -1 when there is none. */
int hp_conform_count_names(const char *folder);
/* -1 where the OS has no such thing. */
int64_t hp_conform_own_user(void);
/* One line that says something. */
bool hp_conform_is_line(const char *text);
/* The error is whole: this code, a line that has `part` in it. Empties it. */
void hp_conform_error(struct hp_error *error, int code, const char *part);

#define CLAIMS(subject, claim) (((subject)->claims & (claim)) != 0)

static const struct hp_user hp_conform_ourselves = {.id = -1, .group = -1};

#endif
