/* SPDX-License-Identifier: MIT */
#include "tests/support/tool.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_words(struct tool *tool, va_list list) {
  size_t count = 0;
  while (tool->words[count])
    count++;
  for (const char *word; (word = va_arg(list, const char *)) && count < TOOL_WORDS - 1;)
    tool->words[count++] = word;
}

static void init(struct tool *tool, const char *program, va_list list) {
  memset(tool, 0, sizeof *tool);
  snprintf(tool->program, sizeof tool->program, "%s", program);
  tool->words[0] = tool->program;
  tool->status = -1;
  add_words(tool, list);
}

void tool_init(struct tool *tool, ...) {
  va_list list;
  va_start(list, tool);
  init(tool, hp_test_program("hyperprocess"), list);
  va_end(list);
}

void tool_program(struct tool *tool, const char *program, ...) {
  va_list list;
  va_start(list, program);
  init(tool, program, list);
  va_end(list);
}

void tool_add(struct tool *tool, ...) {
  va_list list;
  va_start(list, tool);
  add_words(tool, list);
  va_end(list);
}

/* ---- Its start ---- */

static void expire(uv_timer_t *timer) {
  struct tool *tool = timer->data;
  tool->late = true;
}

void tool_open(struct tool *tool) {
  uv_loop_init(&tool->loop);
  uv_timer_init(&tool->loop, &tool->deadline);
  tool->deadline.data = tool->process.data = tool;
  for (int i = 0; i < 3; i++) {
    uv_pipe_init(&tool->loop, &tool->streams[i], 0);
    tool->streams[i].data = tool;
  }
}

static char *text_of(struct tool *tool, const void *stream) {
  return stream == &tool->streams[2] ? tool->err : tool->out;
}

static void lend(uv_handle_t *handle, size_t size, uv_buf_t *buffer) {
  char *text = text_of(handle->data, handle);
  size_t length = strlen(text);
  (void)size;
  *buffer = uv_buf_init(text + length, (unsigned)(TOOL_OUTPUT - 1 - length));
}

static void take(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
  struct tool *tool = stream->data;
  if (length > 0)
    buffer->base[length] = '\0';
  if (length >= 0)
    return;
  uv_read_stop(stream);
  tool->open--;
}

void tool_read(struct tool *tool, int stream) {
  if (uv_read_start((uv_stream_t *)&tool->streams[stream], lend, take) == 0)
    tool->open++;
}

static void note_exit(uv_process_t *process, int64_t status, int signal) {
  struct tool *tool = process->data;
  tool->status = signal ? 128 + signal : (int)status;
  tool->has_ended = true;
}

/* It inherits ours: what is set for it is set here for a moment. */
struct variable {
  char name[64], before[8192];
  bool was_set;
};

static void set(struct variable *variable, const char *text) {
  size_t size = sizeof variable->before, length = strcspn(text, "=");
  snprintf(variable->name, sizeof variable->name, "%.*s", (int)length, text);
  variable->was_set = uv_os_getenv(variable->name, variable->before, &size) == 0;
  uv_os_setenv(variable->name, text + length + 1);
}

static void restore(const struct variable *variable) {
  if (variable->was_set)
    uv_os_setenv(variable->name, variable->before);
  else
    uv_os_unsetenv(variable->name);
}

static int spawn(struct tool *tool) {
  uv_stdio_container_t stdio[3];
  uv_process_options_t options = {.file = tool->words[0],
                                  .args = (char **)(uintptr_t)tool->words,
                                  .exit_cb = note_exit,
                                  .flags = UV_PROCESS_WINDOWS_HIDE,
                                  .stdio = stdio,
                                  .stdio_count = 3};
  for (int i = 0; i < 3; i++) {
    stdio[i].flags = UV_CREATE_PIPE | (i == 0 ? UV_READABLE_PIPE : UV_WRITABLE_PIPE);
    stdio[i].data.stream = (uv_stream_t *)&tool->streams[i];
  }
  return uv_spawn(&tool->loop, &tool->process, &options);
}

bool tool_start(struct tool *tool) {
  static struct variable variables[8];
  int count = 0;
  tool_open(tool);
  for (; count < 8 && tool->environment[count]; count++)
    set(&variables[count], tool->environment[count]);
  int code = spawn(tool);
  while (count > 0)
    restore(&variables[--count]);
  if (!CHECK_INT(code, 0))
    return false;
  tool->pid = tool->process.pid;
  tool_read(tool, 1);
  tool_read(tool, 2);
  return true;
}

/* ---- What it does ---- */

static bool run_until(struct tool *tool, bool (*done)(const struct tool *, const char *),
                      const char *what) {
  tool->late = false;
  uv_update_time(&tool->loop);
  uv_timer_start(&tool->deadline, expire, TOOL_PATIENCE_MS, 0);
  while (!done(tool, what) && !tool->late)
    uv_run(&tool->loop, UV_RUN_ONCE);
  uv_timer_stop(&tool->deadline);
  return done(tool, what);
}

static bool has_said(const struct tool *tool, const char *what) {
  return strstr(tool->out, what) || strstr(tool->err, what);
}

static bool is_silent(const struct tool *tool, const char *what) {
  (void)what;
  return tool->open == 0;
}

static bool has_ended(const struct tool *tool, const char *what) {
  return is_silent(tool, what) && tool->has_ended;
}

bool tool_until(struct tool *tool, const char *output) {
  return run_until(tool, has_said, output);
}

static void written(uv_write_t *write, int status) {
  if (status < 0)
    printf("it was not typed: %s\n", uv_strerror(status));
  free(write);
}

void tool_type(struct tool *tool, const char *text) {
  uv_write_t *write = calloc(1, sizeof *write);
  uv_pipe_t *pipe = &tool->streams[tool->on_terminal ? 1 : 0];
  uv_buf_t bytes = uv_buf_init((char *)(uintptr_t)text, (unsigned)strlen(text));
  if (uv_write(write, (uv_stream_t *)pipe, &bytes, 1, written) != 0)
    free(write);
}

void tool_end_input(struct tool *tool) {
  uv_close((uv_handle_t *)&tool->streams[0], NULL);
}

/* ---- Its end ---- */

static void close_unless_closed(uv_handle_t *handle, void *data) {
  (void)data;
  if (!uv_is_closing(handle))
    uv_close(handle, NULL);
}

bool tool_end(struct tool *tool) {
  bool ended = run_until(tool, tool->on_terminal ? is_silent : has_ended, NULL);
  if (!ended) {
    printf("it did not end; stdout: %s\nstderr: %s\n", tool->out, tool->err);
    hp_os_kill(tool->pid);
    run_until(tool, has_ended, NULL);
  }
  uv_walk(&tool->loop, close_unless_closed, NULL);
  uv_run(&tool->loop, UV_RUN_DEFAULT);
  CHECK_INT(uv_loop_close(&tool->loop), 0);
  return ended;
}

int tool_run(struct tool *tool) {
  if (!tool_start(tool))
    return -1;
  tool_end_input(tool);
  tool_end(tool);
  return tool->status;
}

/* ---- The world ---- */

bool tool_is_gone_within(int64_t pid, int milliseconds) {
  uint64_t end = uv_hrtime() + UINT64_C(1000000) * (unsigned)(milliseconds * hp_os_slowness());
  while (hp_os_is_running(pid) && uv_hrtime() < end)
    uv_sleep(1);
  return !hp_os_is_running(pid);
}

bool tool_file_exists(const char *path) {
  uv_fs_t request;
  int code = uv_fs_stat(NULL, &request, path, NULL);
  uv_fs_req_cleanup(&request);
  return code == 0;
}
