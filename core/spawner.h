/* SPDX-License-Identifier: MIT */
/*
 * A thread that lives as long as the context, where that of the loop, being the host's, may not: on
 * Linux a child is told of the death of the thread that has spawned it, not of the process's.
 */
#ifndef HP_CORE_SPAWNER_H
#define HP_CORE_SPAWNER_H

#include <hyperprocess/plugin.h>

struct hp_spawn_job;

struct hp_spawner { /* zeroed; the loop's */
  bool runs;
  uv_thread_t thread;
  uv_sem_t wanted, done;
  struct hp_spawn_job *job; /* NULL: the thread is to end */
};

/* platform->spawn(), on the spawner's thread where that makes a difference; it is made when it is
 * needed first. `spawner` may be NULL. */
int hp__spawn(struct hp_spawner *spawner, const struct hp_platform_ops *platform, uv_loop_t *loop,
              hp_child *child, const struct hp_spawn *spawn, hp_error *error);
void hp__spawner_fini(struct hp_spawner *spawner);

#endif
