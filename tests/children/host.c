/* SPDX-License-Identifier: MIT */
/*
 * A small host. `hp-host limit <soft descriptor limit> program…`: spawns it, waits and ends as it
 * does. `hp-host die <signal> program…`: the program gets the signal when we die; says its pid.
 */
#include "platform/linux.h"

#include "platform/platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

extern char **environ;

static void exited(hp_child *child) {
  hp__platform_linux.reap(child);
}

static void closed(hp_child *child) {
  (void)child;
}

static void set_limit(rlim_t soft) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = soft && soft < limit.rlim_max ? soft : limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv) {
  struct hp_posix_child child = {.exit_fd = -1};
  if (argc < 4)
    return 121;
  struct hp_spawn spawn = {.executable = argv[3],
                           .argv = argv + 3,
                           .environment = environ,
                           .inherit_stdio = true,
                           .user = {.id = -1},
                           .session = HP_SESSION_OWN};
  if (strcmp(argv[1], "die") == 0)
    spawn.host_death_signal = argv[2];
  else
    set_limit((rlim_t)strtoull(argv[2], NULL, 10));
  uv_loop_t *loop = uv_default_loop();
  if (hp__platform_linux.spawn(loop, &child.base, &spawn, NULL) < 0 ||
      hp__platform_linux.watch(&child.base, exited, NULL) < 0)
    return 125;
  if (strcmp(argv[1], "die") == 0) {
    printf("pid %lld\n", (long long)child.base.pid);
    fflush(stdout);
  }
  uv_run(loop, UV_RUN_DEFAULT);
  hp__platform_linux.close(&child.base, closed);
  uv_run(loop, UV_RUN_DEFAULT);
  uv_loop_close(loop);
  return child.base.exit.kind == HP_EXIT_CODE ? child.base.exit.value : 124;
}
