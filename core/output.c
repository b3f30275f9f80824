/* SPDX-License-Identifier: MIT */
#include "core/output.h"

#include "core/alloc.h"

#include <string.h>

static void keep(void *data, const char *bytes, size_t length) {
  struct hp_output *output = data;
  if (!output->tail)
    output->tail = hp__alloc(HP_TAIL_SIZE);
  if (!output->tail) /* the tail is a courtesy: without memory there is none */
    return;
  for (size_t done = 0; done < length;) {
    size_t at = (output->tail_length + done) % HP_TAIL_SIZE;
    size_t room = HP_TAIL_SIZE - at < length - done ? HP_TAIL_SIZE - at : length - done;
    memcpy(output->tail + at, bytes + done, room);
    done += room;
  }
  output->tail_length += length;
}

void hp__output_init(struct hp_output *output, const struct hp_secrets *secrets,
                     hp_line_callback line, void *data) {
  *output = (struct hp_output){.line = line, .data = data};
  hp__redactor_init(&output->redactor, secrets, keep, output);
}

void hp__output_fini(struct hp_output *output) {
  hp__redactor_fini(&output->redactor);
  hp__free(output->tail);
  *output = (struct hp_output){0};
}

static void hand_on(struct hp_output *output, const char *line, size_t length) {
  hp__redactor_feed(&output->redactor, line, length);
  if (output->line)
    output->line(output->data, line, length);
}

static void emit(struct hp_output *output, const char *line, size_t length) {
  if (length > 0 && line[length - 1] == '\r')
    length--;
  hand_on(output, line, length);
  hp__redactor_feed(&output->redactor, "\n", 1);
}

/* Adds to the unfinished line; hands it on when it has become too long. */
static void hold(struct hp_output *output, const char *bytes, size_t length) {
  if (!output->rest)
    output->rest = hp__alloc(HP_LINE_MAX);
  while (output->rest && length > 0) {
    size_t room = HP_LINE_MAX - output->rest_length;
    size_t part = length < room ? length : room;
    memcpy(output->rest + output->rest_length, bytes, part);
    output->rest_length += part;
    bytes += part;
    length -= part;
    if (output->rest_length == HP_LINE_MAX) {
      hand_on(output, output->rest, HP_LINE_MAX); /* what follows is the same line */
      output->rest_length = 0;
    }
  }
}

static void finish_line(struct hp_output *output, const char *bytes, size_t length) {
  if (output->rest_length == 0) {
    emit(output, bytes, length);
    return;
  }
  hold(output, bytes, length);
  emit(output, output->rest, output->rest_length);
  output->rest_length = 0;
}

void hp__output_feed(struct hp_output *output, const char *bytes, size_t length) {
  while (length > 0) {
    const char *end = memchr(bytes, '\n', length);
    if (!end) {
      hold(output, bytes, length);
      return;
    }
    size_t part = (size_t)(end - bytes);
    finish_line(output, bytes, part);
    bytes += part + 1;
    length -= part + 1;
  }
}

void hp__output_end(struct hp_output *output) {
  if (output->rest_length > 0)
    emit(output, output->rest, output->rest_length);
  hp__redactor_end(&output->redactor);
  hp__free(output->rest);
  output->rest = NULL;
  output->rest_length = 0;
}

char *hp__output_tail(const struct hp_output *output) {
  if (output->tail_length == 0)
    return NULL;
  size_t length = output->tail_length < HP_TAIL_SIZE ? output->tail_length : HP_TAIL_SIZE;
  char *text = hp__alloc(length + 1);
  if (!text)
    return NULL;
  for (size_t i = 0; i < length; i++)
    text[i] = output->tail[(output->tail_length - length + i) % HP_TAIL_SIZE];
  /* A ring that has wrapped begins in the middle of a line. */
  char *first = output->tail_length > HP_TAIL_SIZE ? memchr(text, '\n', length) : NULL;
  if (first && first[1])
    memmove(text, first + 1, strlen(first + 1) + 1);
  size_t end = strlen(text);
  while (end > 0 && text[end - 1] == '\n')
    text[--end] = '\0';
  return text;
}
