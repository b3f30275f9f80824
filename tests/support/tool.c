/* SPDX-License-Identifier: MIT */
#include "tests/support/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void add_words(struct tool *tool, va_list list) {
  size_t count = 0;
  while (tool->words[count])
    count++;
  for (const char *word; (word = va_arg(list, const char *)) && count < TOOL_WORDS - 1;)
    tool->words[count++] = word;
}

void tool_init(struct tool *tool, ...) {
  static char program[1024];
  const char *folder = getenv("HP_TEST_BIN");
  va_list list;
  memset(tool, 0, sizeof *tool);
  snprintf(program, sizeof program, "%s/hyperprocess", folder ? folder : ".");
  tool->words[0] = program;
  tool->streams[0] = tool->streams[1] = tool->input = -1;
  tool->status = -1;
  va_start(list, tool);
  add_words(tool, list);
  va_end(list);
}

void tool_add(struct tool *tool, ...) {
  va_list list;
  va_start(list, tool);
  add_words(tool, list);
  va_end(list);
}

/* In the child. */
static void execute(const struct tool *tool) {
  for (size_t i = 0; tool->environment[i]; i++)
    putenv((char *)(uintptr_t)tool->environment[i]);
  execv(tool->words[0], (char *const *)(uintptr_t)tool->words);
  _exit(99);
}

bool tool_start(struct tool *tool) {
  int ends[3][2];
  for (int i = 0; i < 3; i++)
    if (pipe2(ends[i], O_CLOEXEC) < 0)
      return false;
  tool->pid = fork();
  if (tool->pid == 0) {
    dup2(ends[0][0], 0);
    dup2(ends[1][1], 1);
    dup2(ends[2][1], 2);
    execute(tool);
  }
  close(ends[0][0]);
  close(ends[1][1]);
  close(ends[2][1]);
  tool->input = ends[0][1];
  tool->streams[0] = ends[1][0];
  tool->streams[1] = ends[2][0];
  return tool->pid > 0;
}

bool tool_start_on_terminal(struct tool *tool) {
  tool->pid = forkpty(&tool->streams[0], NULL, NULL, NULL);
  if (tool->pid == 0) {
    putenv((char *)(uintptr_t) "TERM=xterm");
    execute(tool);
  }
  tool->input = tool->streams[0];
  return tool->pid > 0;
}

void tool_type(struct tool *tool, const char *text) {
  if (write(tool->input, text, strlen(text)) < 0)
    perror("tool_type");
}

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void take(struct tool *tool, int stream) {
  char *text = stream == 0 ? tool->out : tool->err;
  size_t length = strlen(text);
  ssize_t size = read(tool->streams[stream], text + length, TOOL_OUTPUT - 1 - length);
  if (size > 0) {
    text[length + (size_t)size] = '\0';
    return;
  }
  if (tool->input == tool->streams[stream])
    tool->input = -1;
  close(tool->streams[stream]);
  tool->streams[stream] = -1;
}

/* Reads what comes next; false at the end of all, or when the time is over. */
static bool read_some(struct tool *tool, int64_t deadline) {
  struct pollfd polls[2] = {{tool->streams[0], POLLIN, 0}, {tool->streams[1], POLLIN, 0}};
  int64_t left = deadline - now_ms();
  if ((tool->streams[0] < 0 && tool->streams[1] < 0) || left <= 0)
    return false;
  if (poll(polls, 2, (int)left) <= 0)
    return false;
  for (int i = 0; i < 2; i++)
    if (polls[i].revents)
      take(tool, i);
  return true;
}

bool tool_until(struct tool *tool, const char *output) {
  int64_t deadline = now_ms() + TOOL_PATIENCE_MS;
  while (!strstr(tool->out, output) && !strstr(tool->err, output))
    if (!read_some(tool, deadline))
      return false;
  return true;
}

static void close_fd(int *fd) {
  if (*fd >= 0)
    close(*fd);
  *fd = -1;
}

static void collect(struct tool *tool) {
  int status = 0;
  if (waitpid(tool->pid, &status, 0) == tool->pid)
    tool->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool tool_end(struct tool *tool) {
  int64_t deadline = now_ms() + TOOL_PATIENCE_MS;
  int process = process_open(tool->pid);
  while (read_some(tool, deadline))
    ;
  bool ended = process_ends(process, 5000);
  if (!ended)
    kill(tool->pid, SIGKILL);
  collect(tool);
  close(process);
  if (tool->input != tool->streams[0])
    close_fd(&tool->input);
  close_fd(&tool->streams[0]);
  close_fd(&tool->streams[1]);
  if (!ended)
    printf("it did not end; stdout: %s\nstderr: %s\n", tool->out, tool->err);
  return ended;
}

int tool_run(struct tool *tool) {
  if (!tool_start(tool))
    return -1;
  close_fd(&tool->input);
  tool_end(tool);
  return tool->status;
}

/* ---- Other processes ---- */

int process_open(long pid) {
  return pid > 0 ? (int)syscall(SYS_pidfd_open, (pid_t)pid, 0) : -1;
}

bool process_ends(int process, int milliseconds) {
  struct pollfd poll_of = {process, POLLIN, 0};
  return process >= 0 && poll(&poll_of, 1, milliseconds) == 1;
}

/* ---- Scripts ---- */

static char fifo[1024];
static int fifo_fd = -1;

const char *tool_script(const char *name, const char *body) {
  char text[4096];
  close_fd(&fifo_fd);
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
