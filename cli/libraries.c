/* SPDX-License-Identifier: MIT */
/*
 * What an ELF program's own loader does not find: asked by running that loader with --list, which
 * both glibc's and musl's know, and which does not run the program. Each stops at the first one.
 * Nothing is said of other formats.
 */
#include "cli/doctor.h"
#include "core/alloc.h"
#include "core/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD = 4096, PATH_ROOM = 512, PATIENCE_MS = 5000, INTERPRETER = 3 /* a segment's type */ };

struct layout { /* of the two classes */
  size_t table, entry_size, entry_count, width, offset, size;
};

static const struct layout layouts[] = {
    {28, 42, 44, 4, 4, 16}, /* 32 bits */
    {32, 54, 56, 8, 8, 32}, /* 64 bits */
};

/* Of our own byte order: another one's program cannot be run here anyway. */
static uint64_t number(const unsigned char *head, size_t at, size_t width) {
  uint16_t two = 0;
  uint32_t four = 0;
  uint64_t eight = 0;
  void *fitting = width == sizeof two    ? (void *)&two
                  : width == sizeof four ? (void *)&four
                                         : &eight;
  if (at + width > HEAD)
    return 0;
  memcpy(fitting, head + at, width);
  return two + four + eight;
}

static bool find_loader(const unsigned char *head, char loader[PATH_ROOM]) {
  if (memcmp(head, "\177ELF", 4) != 0 || head[4] < 1 || head[4] > 2)
    return false;
  const struct layout *layout = &layouts[head[4] - 1];
  uint64_t at = number(head, layout->table, layout->width);
  uint64_t step = number(head, layout->entry_size, 2), count = number(head, layout->entry_count, 2);
  for (; count-- > 0 && at < HEAD; at += step) {
    if (number(head, at, 4) != INTERPRETER)
      continue;
    uint64_t begin = number(head, at + layout->offset, layout->width);
    uint64_t size = number(head, at + layout->size, layout->width);
    if (size == 0 || size > PATH_ROOM || begin > HEAD || begin + size > HEAD)
      return false;
    memcpy(loader, head + begin, size);
    loader[size - 1] = '\0';
    return true;
  }
  return false;
}

static bool read_loader(const char *program, char loader[PATH_ROOM]) {
  unsigned char head[HEAD] = {0};
  FILE *file = fopen(program, "rb");
  if (!file)
    return false;
  size_t length = fread(head, 1, sizeof head, file);
  fclose(file);
  return length > 0 && find_loader(head, loader);
}

/* ---- Its answer ---- */

struct answer {
  uv_pipe_t output;
  uv_process_t process;
  uv_timer_t patience;
  struct hp_text text;
  char buffer[4096];
};

static void close_all(uv_handle_t *handle, void *data) {
  (void)data;
  if (!uv_is_closing(handle))
    uv_close(handle, NULL);
}

static void patience_over(uv_timer_t *timer) {
  struct answer *answer = timer->data;
  uv_process_kill(&answer->process, 9);
  uv_walk(timer->loop, close_all, NULL);
}

static void lend(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer) {
  struct answer *answer = handle->data;
  (void)suggested;
  *buffer = uv_buf_init(answer->buffer, sizeof answer->buffer);
}

static void take(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer) {
  struct answer *answer = stream->data;
  if (length > 0)
    hp__text_add_slice(&answer->text, buffer->base, (size_t)length);
  if (length < 0)
    uv_close((uv_handle_t *)stream, NULL);
}

static void ended(uv_process_t *process, int64_t status, int signal) {
  struct answer *answer = process->data;
  (void)status;
  (void)signal;
  uv_close((uv_handle_t *)process, NULL);
  uv_close((uv_handle_t *)&answer->patience, NULL);
}

static void ask(struct answer *answer, uv_loop_t *loop, char **words) {
  uv_stdio_container_t streams[3] = {
      {.flags = UV_IGNORE}, {.flags = UV_IGNORE}, {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE}};
  uv_process_options_t options = {
      .file = words[0], .args = words, .stdio = streams, .stdio_count = 3, .exit_cb = ended};
  uv_pipe_init(loop, &answer->output, 0);
  uv_timer_init(loop, &answer->patience);
  answer->output.data = answer->process.data = answer->patience.data = answer;
  streams[2].data.stream = (uv_stream_t *)&answer->output;
  if (uv_spawn(loop, &answer->process, &options) != 0) {
    uv_walk(loop, close_all, NULL);
    uv_run(loop, UV_RUN_DEFAULT);
    return;
  }
  uv_read_start((uv_stream_t *)&answer->output, lend, take);
  uv_timer_start(&answer->patience, patience_over, PATIENCE_MS, 0);
  uv_run(loop, UV_RUN_DEFAULT);
}

/* "error while loading shared libraries: libx.so.1: cannot …", "Error loading shared library
 * libx.so.1: …" */
static char *pick_missing(const char *text) {
  static const char *const signs[] = {"shared libraries: ", "shared library "};
  struct hp_text name = {0};
  for (size_t i = 0; i < 2 && name.length == 0; i++) {
    const char *found = strstr(text, signs[i]);
    found = found ? found + strlen(signs[i]) : "";
    hp__text_add_slice(&name, found, strcspn(found, ":\n"));
  }
  return hp__text_take(&name);
}

char *libraries_missing(const char *program) {
  char loader[PATH_ROOM], list[] = "--list";
  struct answer answer = {.text = {0}};
  uv_loop_t loop;
  if (!read_loader(program, loader) || uv_loop_init(&loop) != 0)
    return NULL;
  char *words[] = {loader, list, (char *)(uintptr_t)program, NULL};
  ask(&answer, &loop, words);
  uv_loop_close(&loop);
  char *missing = answer.text.data ? pick_missing(answer.text.data) : NULL;
  hp__text_fini(&answer.text);
  if (missing && missing[0])
    return missing;
  hp__free(missing);
  return NULL;
}
