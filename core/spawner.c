/* SPDX-License-Identifier: MIT */
#include "core/spawner.h"

#include "core/status.h"

struct hp_spawn_job {
  const struct hp_platform_ops *platform;
  uv_loop_t *loop;
  hp_child *child;
  const struct hp_spawn *spawn;
  hp_error *error;
  int result;
};

static int carry_out(const struct hp_spawn_job *job) {
  return job->platform->spawn(job->loop, job->child, job->spawn, job->error);
}

static void serve(void *data) {
  struct hp_spawner *spawner = data;
  for (;;) {
    uv_sem_wait(&spawner->wanted);
    if (!spawner->job)
      return;
    spawner->job->result = carry_out(spawner->job);
    uv_sem_post(&spawner->done);
  }
}

static int begin(struct hp_spawner *spawner) {
  int status = uv_sem_init(&spawner->wanted, 0);
  if (status != 0)
    return status;
  status = uv_sem_init(&spawner->done, 0);
  if (status == 0) {
    status = uv_thread_create(&spawner->thread, serve, spawner);
    if (status == 0)
      return 0;
    uv_sem_destroy(&spawner->done);
  }
  uv_sem_destroy(&spawner->wanted);
  return status;
}

/* The loop's thread waits meanwhile, as it would have spawned itself: what is done to the loop's
 * handles is done by one of the two. */
static int hand_over(struct hp_spawner *spawner, struct hp_spawn_job *job) {
  int status = spawner->runs ? 0 : begin(spawner);
  if (status != 0)
    return hp_error_set(job->error, HP_ESPAWN, HP_PHASE_SPAWN, "no thread that spawns: %s",
                        hp__status_text(status).text);
  spawner->runs = true;
  spawner->job = job;
  uv_sem_post(&spawner->wanted);
  uv_sem_wait(&spawner->done);
  return job->result;
}

int hp__spawn(struct hp_spawner *spawner, const struct hp_platform_ops *platform, uv_loop_t *loop,
              hp_child *child, const struct hp_spawn *spawn, hp_error *error) {
  struct hp_spawn_job job = {platform, loop, child, spawn, error, 0};
  const char *signal = spawn->host_death_signal;
  bool is_bound = signal && signal[0] && (platform->caps & HP_PLATFORM_THREAD_DEATH);
  return spawner && is_bound ? hand_over(spawner, &job) : carry_out(&job);
}

void hp__spawner_fini(struct hp_spawner *spawner) {
  if (!spawner->runs)
    return;
  spawner->job = NULL;
  uv_sem_post(&spawner->wanted);
  uv_thread_join(&spawner->thread);
  uv_sem_destroy(&spawner->wanted);
  uv_sem_destroy(&spawner->done);
}
