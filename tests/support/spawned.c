/* SPDX-License-Identifier: MIT */
#include "tests/support/spawned.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char hp_variable[] = "HP=1";
static char *const environment[] = {hp_variable, NULL};

static void fill(struct hp_spawned *spawned, const char *program, va_list arguments) {
  int count = 1;
  snprintf(spawned->program, sizeof spawned->program, "%s", program);
  spawned->argv[0] = spawned->program;
  while (count < 15 && (spawned->argv[count] = va_arg(arguments, char *)))
    count++;
  spawned->argv[count] = NULL;
  spawned->spawn.executable = spawned->program;
  spawned->spawn.argv = spawned->argv;
}

void hp_spawned_init(struct hp_spawned *spawned, ...) {
  memset(spawned, 0, sizeof *spawned);
  va_list arguments;
  va_start(arguments, spawned);
  fill(spawned, hp_test_program("hp-child"), arguments);
  va_end(arguments);
  uv_loop_init(&spawned->loop);
  uv_timer_init(&spawned->loop, &spawned->deadline);
  for (int i = 0; i < 2; i++)
    uv_pipe_init(&spawned->loop, &spawned->pipes[i], 0);
  spawned->spawn.environment = environment;
  spawned->spawn.user.id = -1;
  spawned->spawn.output = &spawned->pipes[0];
  spawned->spawn.errors = &spawned->pipes[1];
}

void hp_spawned_program(struct hp_spawned *spawned, const char *program, ...) {
  va_list arguments;
  va_start(arguments, program);
  fill(spawned, program, arguments);
  va_end(arguments);
}

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
  struct hp_spawned *spawned = handle->data;
  (void)suggested;
  *buffer = uv_buf_init(spawned->output + spawned->length,
                        (unsigned)(sizeof spawned->output - 1 - spawned->length));
}

static void read_output(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer) {
  struct hp_spawned *spawned = stream->data;
  (void)buffer;
  if (size > 0)
    spawned->length += (size_t)size;
  if (size >= 0)
    return;
  uv_read_stop(stream);
  spawned->streams--;
}

static void exited(hp_child *child) {
  struct hp_spawned *spawned = child->data;
  spawned->exited = true;
}

int hp_spawned_start_unwatched(struct hp_spawned *spawned) {
  int result = hp__platform_linux.spawn(&spawned->loop, &spawned->child.base, &spawned->spawn,
                                        &spawned->error);
  if (result < 0)
    return result;
  spawned->spawned = true;
  spawned->child.base.data = spawned;
  for (int i = 0; i < 2 && !spawned->spawn.inherit_stdio; i++) {
    spawned->pipes[i].data = spawned;
    spawned->streams++;
    uv_read_start((uv_stream_t *)&spawned->pipes[i], give_room, read_output);
  }
  return 0;
}

int hp_spawned_watch(struct hp_spawned *spawned) {
  return hp__platform_linux.watch(&spawned->child.base, exited, &spawned->error);
}

int hp_spawned_start(struct hp_spawned *spawned) {
  int result = hp_spawned_start_unwatched(spawned);
  return result < 0 ? result : hp_spawned_watch(spawned);
}

static void too_late(uv_timer_t *timer) {
  struct hp_spawned *spawned = timer->data;
  spawned->late = true;
}

static bool run_until(struct hp_spawned *spawned, bool (*done)(struct hp_spawned *, const char *),
                      const char *what) {
  spawned->deadline.data = spawned;
  spawned->late = false;
  uv_timer_start(&spawned->deadline, too_late, HP_TEST_PATIENCE_MS, 0);
  while (!done(spawned, what) && !spawned->late)
    uv_run(&spawned->loop, UV_RUN_ONCE);
  uv_timer_stop(&spawned->deadline);
  return done(spawned, what);
}

static bool has_written(struct hp_spawned *spawned, const char *what) {
  return strstr(spawned->output, what) != NULL;
}

static bool has_exited(struct hp_spawned *spawned, const char *what) {
  (void)what;
  return spawned->exited;
}

static bool has_ended(struct hp_spawned *spawned, const char *what) {
  (void)what;
  return spawned->exited && spawned->streams == 0;
}

bool hp_spawned_until(struct hp_spawned *spawned, const char *output) {
  return run_until(spawned, has_written, output);
}

bool hp_spawned_until_exit(struct hp_spawned *spawned) {
  return run_until(spawned, has_exited, NULL);
}

bool hp_spawned_end(struct hp_spawned *spawned) {
  bool ended = run_until(spawned, has_ended, NULL);
  if (spawned->exited)
    hp__platform_linux.reap(&spawned->child.base);
  return ended;
}

static void closed(hp_child *child) {
  struct hp_spawned *spawned = child->data;
  spawned->spawned = false;
}

void hp_spawned_fini(struct hp_spawned *spawned) {
  bool owed = spawned->spawned;
  if (owed)
    hp__platform_linux.close(&spawned->child.base, closed);
  CHECK(owed == spawned->spawned); /* never from inside */
  uv_close((uv_handle_t *)&spawned->deadline, NULL);
  for (int i = 0; i < 2; i++)
    uv_close((uv_handle_t *)&spawned->pipes[i], NULL);
  uv_run(&spawned->loop, UV_RUN_DEFAULT);
  CHECK(!spawned->spawned);
  CHECK_INT(uv_loop_close(&spawned->loop), 0);
  hp__error_fini(&spawned->error);
}

bool hp_spawned_run(struct hp_spawned *spawned) {
  int result = hp_spawned_start(spawned);
  CHECK_INT(result, 0);
  bool ended = result == 0 && hp_spawned_end(spawned);
  return CHECK(ended);
}
