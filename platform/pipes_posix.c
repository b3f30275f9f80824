/* SPDX-License-Identifier: MIT */
/* What a child gets as stdin, stdout and stderr, and our ends of it. */
#include "platform/posix.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void hp__close_fd(int *fd) {
  if (*fd >= 0)
    close(*fd);
  *fd = -1;
}

int hp__pipe(int ends[2]) {
  int made[2];
  if (hp__pipe_new(made) < 0)
    return -1;
  ends[0] = hp__high(made[0]);
  int code = errno;
  ends[1] = hp__high(made[1]);
  if (ends[0] >= 0 && ends[1] >= 0)
    return 0;
  errno = ends[0] < 0 ? code : errno;
  code = errno;
  hp__close_fd(&ends[0]);
  hp__close_fd(&ends[1]);
  errno = code;
  return -1;
}

static int fail(hp_error *error, const struct hp_spawn *spawn, const char *what) {
  return hp__explain_errno(error, HP_PHASE_SPAWN, errno, what, spawn->executable);
}

int hp__pipes_make(struct hp_pipes *pipes, const struct hp_spawn *spawn, hp_error *error) {
  uv_pipe_t *handles[2] = {spawn->output, spawn->errors};
  pipes->null = hp__high(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (pipes->null < 0)
    return fail(error, spawn, "open /dev/null for");
  for (int i = 0; i < 3; i++)
    pipes->stdio[i] = spawn->inherit_stdio ? -1 : pipes->null;
  for (int i = 0; i < 2 && !spawn->inherit_stdio; i++) {
    int ends[2];
    if (!handles[i])
      continue;
    if (hp__pipe(ends) < 0)
      return fail(error, spawn, "make an output pipe for");
    pipes->read_ends[i] = ends[0];
    pipes->stdio[i + 1] = pipes->write_ends[i] = ends[1];
  }
  if (!handles[1])
    pipes->stdio[2] = pipes->stdio[1];
  return 0;
}

/* After the start: the child goes on meanwhile. */
int hp__pipes_open(struct hp_pipes *pipes, const struct hp_spawn *spawn, hp_error *error) {
  uv_pipe_t *handles[2] = {spawn->output, spawn->errors};
  for (int i = 0; i < 2; i++) {
    int status = pipes->read_ends[i] >= 0 ? uv_pipe_open(handles[i], pipes->read_ends[i]) : 0;
    if (status < 0)
      return hp__explain_errno(error, HP_PHASE_SPAWN, -status, "open an output pipe for",
                               spawn->executable);
    pipes->read_ends[i] = -1; /* it is the handle's now */
  }
  return 0;
}

void hp__pipes_remember(const struct hp_pipes *pipes, struct hp_output output[2]) {
  for (int i = 0; i < 2; i++)
    if (pipes->write_ends[i] >= 0)
      hp__output_of(pipes->write_ends[i], &output[i]);
}

void hp__pipes_close(struct hp_pipes *pipes) {
  hp__close_fd(&pipes->null);
  for (int i = 0; i < 2; i++) {
    hp__close_fd(&pipes->read_ends[i]);
    hp__close_fd(&pipes->write_ends[i]);
  }
}
