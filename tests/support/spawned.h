/* SPDX-License-Identifier: MIT */
/* One process spawned through the platform, in a loop of its own, with what it wrote. */
#ifndef HP_TESTS_SUPPORT_SPAWNED_H
#define HP_TESTS_SUPPORT_SPAWNED_H

#include "platform/linux.h"

#include "core/error.h"
#include "platform/platform.h"
#include "tests/support/os.h"
#include "tests/support/test.h"

enum { HP_TEST_PATIENCE_MS = 60000 };

struct hp_spawned {
  uv_loop_t loop;
  struct hp_posix_child child;
  struct hp_spawn spawn;
  uv_pipe_t pipes[2]; /* stdout, stderr */
  uv_timer_t deadline;
  char *argv[16];
  char program[1024];
  char output[32768]; /* of both */
  size_t length;
  int streams; /* not yet at their end */
  bool spawned, exited, late;
  struct hp_error error;
};

/* Fills in `spawn` for hp-child with these orders, NULL-terminated; to be changed as wished. */
void hp_spawned_init(struct hp_spawned *spawned, ...) HP_TEST_SENTINEL;
/* Another program instead. */
void hp_spawned_program(struct hp_spawned *spawned, const char *program, ...) HP_TEST_SENTINEL;
int hp_spawned_start(struct hp_spawned *spawned); /* spawns, watches and reads */
int hp_spawned_start_unwatched(struct hp_spawned *spawned);
int hp_spawned_watch(struct hp_spawned *spawned);
/* Each runs the loop; false when it took too long. */
bool hp_spawned_until(struct hp_spawned *spawned, const char *output);
bool hp_spawned_until_exit(struct hp_spawned *spawned); /* not yet reaped */
bool hp_spawned_end(struct hp_spawned *spawned);        /* to the end of its output; reaps */
void hp_spawned_fini(struct hp_spawned *spawned);
/* init, start, end: for a process that ends by itself. */
bool hp_spawned_run(struct hp_spawned *spawned);

#endif
