/* SPDX-License-Identifier: MIT */
#include "tests/support/tool_posix.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child. */
static void execute(const struct tool *tool) {
  putenv((char *)(uintptr_t) "TERM=xterm");
  for (size_t i = 0; tool->environment[i]; i++)
    putenv((char *)(uintptr_t)tool->environment[i]);
  execv(tool->words[0], (char *const *)(uintptr_t)tool->words);
  _exit(99);
}

/* As forkpty() does it, whose header has another name on each system. */
static pid_t fork_on_terminal(int terminal) {
  pid_t pid = fork();
  if (pid != 0)
    return pid;
  int own = setsid() < 0 ? -1 : open(ptsname(terminal), O_RDWR);
  if (own < 0 || ioctl(own, TIOCSCTTY, 0) < 0)
    _exit(98);
  for (int fd = 0; fd < 3; fd++)
    dup2(own, fd);
  if (own > 2)
    close(own);
  close(terminal);
  return 0;
}

bool tool_start_on_terminal(struct tool *tool) {
  int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  tool_open(tool);
  tool->on_terminal = true;
  if (terminal < 0 || grantpt(terminal) < 0 || unlockpt(terminal) < 0)
    return false;
  pid_t pid = fork_on_terminal(terminal);
  if (pid == 0)
    execute(tool);
  tool->pid = pid;
  if (pid < 0 || fcntl(terminal, F_SETFD, FD_CLOEXEC) < 0 ||
      uv_pipe_open(&tool->streams[1], terminal) != 0)
    return false;
  tool_read(tool, 1);
  return true;
}

/* Its end follows that of its last word. */
bool tool_end_on_terminal(struct tool *tool) {
  int status;
  bool ended = tool_end(tool) && tool_is_gone_within(tool->pid, 5000);
  if (!ended)
    hp_os_kill(tool->pid);
  if (waitpid((pid_t)tool->pid, &status, 0) == tool->pid)
    tool->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ended;
}

/* ---- Scripts ---- */

static char fifo[1024];
static int fifo_fd = -1;

const char *tool_script(const char *name, const char *body) {
  char text[4096];
  if (fifo_fd >= 0)
    close(fifo_fd);
  snprintf(fifo, sizeof fifo, "%s/%s.fifo", hp_test_directory(), name);
  if (mkfifo(fifo, 0666) < 0)
    return NULL;
  fifo_fd = open(fifo, O_RDWR | O_CLOEXEC);
  snprintf(text, sizeof text, "#!/bin/sh\necho $$ >%s\n%s\n", fifo, body);
  const char *path = hp_test_file(name, text);
  chmod(path, 0755);
  return path;
}

long tool_script_pid(void) {
  char line[32] = "";
  struct pollfd poll_of = {fifo_fd, POLLIN, 0};
  if (poll(&poll_of, 1, TOOL_PATIENCE_MS) != 1 || read(fifo_fd, line, sizeof line - 1) <= 0)
    return 0;
  return strtol(line, NULL, 10);
}
