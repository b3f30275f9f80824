/* SPDX-License-Identifier: MIT */
#include "core/error.h"

#include "core/alloc.h"
#include "core/text.h"

#include <stdarg.h>
#include <string.h>

struct code_row {
  int code;
  const char *name, *text;
};

static const struct code_row codes[] = {{HP_OK, "HP_OK", "done"},
#define CODE_ROW(name, value, text) {name, #name, text},
                                        HP_CODES(CODE_ROW)
#undef CODE_ROW
};

static const char *const phase_names[] = {
#define PHASE_NAME(name, text) [name] = text,
    HP_PHASES(PHASE_NAME)
#undef PHASE_NAME
};

static const char *const detail_names[] = {
#define DETAIL_NAME(name, text) [name] = text,
    HP_DETAILS(DETAIL_NAME)
#undef DETAIL_NAME
};

/* Stands for an error that could not be allocated; never freed. */
static struct hp_error no_memory = {.code = HP_ENOMEM};

static const struct code_row *find_code(int code) {
  static const struct code_row unknown = {0, "HP_UNKNOWN", "unknown error"};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    if (codes[i].code == code)
      return &codes[i];
  return &unknown;
}

const char *hp_code_name(int code) {
  return find_code(code)->name;
}

const char *hp_code_text(int code) {
  return find_code(code)->text;
}

static void replace(char **slot, char *text) {
  hp__free(*slot);
  *slot = text;
}

HP_PRINTF(2, 0) static void replace_list(char **slot, const char *format, va_list list) {
  struct hp_text text = {0};
  hp__text_format_list(&text, format, list);
  replace(slot, hp__text_take(&text));
}

int hp_error_set(hp_error *error, int code, enum hp_phase phase, const char *format, ...) {
  if (!error)
    return code;
  va_list list;
  struct hp_text text = {0};
  va_start(list, format);
  hp__text_format_list(&text, format, list); /* before the old strings go: they may be arguments */
  va_end(list);
  hp__error_fini(error);
  error->code = code;
  error->phase = phase;
  error->message = hp__text_take(&text);
  return code;
}

void hp_error_prefix(hp_error *error, const char *format, ...) {
  if (!error)
    return;
  va_list list;
  struct hp_text text = {0};
  va_start(list, format);
  hp__text_format_list(&text, format, list);
  va_end(list);
  hp__text_add(&text, hp_error_message(error));
  replace(&error->message, hp__text_take(&text));
}

void hp_error_set_cause(hp_error *error, const char *format, ...) {
  va_list list;
  va_start(list, format);
  if (error)
    replace_list(&error->cause, format, list);
  va_end(list);
}

void hp_error_set_hint(hp_error *error, const char *format, ...) {
  va_list list;
  va_start(list, format);
  if (error)
    replace_list(&error->hint, format, list);
  va_end(list);
}

void hp_error_set_os_code(hp_error *error, int os_code) {
  if (error)
    error->os_code = os_code;
}

void hp_error_set_detail(hp_error *error, enum hp_detail detail, const char *text) {
  if (error)
    replace(&error->details[detail], hp__strdup(text));
}

int hp_error_code(const hp_error *error) {
  return error->code;
}

enum hp_phase hp_error_phase(const hp_error *error) {
  return error->phase;
}

const char *hp_error_message(const hp_error *error) {
  return error->message ? error->message : hp_code_text(error->code);
}

const char *hp_error_cause(const hp_error *error) {
  return error->cause;
}

const char *hp_error_hint(const hp_error *error) {
  return error->hint;
}

const char *hp_error_detail(const hp_error *error, enum hp_detail detail) {
  return error->details[detail];
}

int hp_error_os_code(const hp_error *error) {
  return error->os_code;
}

static void add_member(struct hp_text *text, const char *name, const char *value) {
  if (!value)
    return;
  hp__text_format(text, ",\"%s\":", name);
  hp__text_add_json(text, value);
}

char *hp_error_to_json(const hp_error *error) {
  struct hp_text text = {0};
  hp__text_format(&text, "{\"code\":\"%s\",\"phase\":\"%s\",\"os_code\":%d",
                  hp_code_name(error->code), phase_names[error->phase], error->os_code);
  add_member(&text, "message", hp_error_message(error));
  add_member(&text, "cause", error->cause);
  add_member(&text, "hint", error->hint);
  for (int i = 0; i < HP_DETAIL_COUNT; i++)
    add_member(&text, detail_names[i], error->details[i]);
  hp__text_add(&text, "}");
  return hp__text_take(&text);
}

void hp_error_free(hp_error *error) {
  if (!error || error == &no_memory)
    return;
  hp__error_fini(error);
  hp__free(error);
}

void hp__error_fini(struct hp_error *error) {
  hp__free(error->message);
  hp__free(error->cause);
  hp__free(error->hint);
  for (int i = 0; i < HP_DETAIL_COUNT; i++)
    hp__free(error->details[i]);
  *error = (struct hp_error){0};
}

void hp__error_move(struct hp_error *to, struct hp_error *from) {
  hp__error_fini(to);
  *to = *from;
  *from = (struct hp_error){0};
}

int hp__error_copy(struct hp_error *to, const struct hp_error *from) {
  struct hp_error copy = {.code = from->code, .phase = from->phase, .os_code = from->os_code};
  copy.message = hp__strdup(from->message);
  copy.cause = hp__strdup(from->cause);
  copy.hint = hp__strdup(from->hint);
  for (int i = 0; i < HP_DETAIL_COUNT; i++)
    copy.details[i] = hp__strdup(from->details[i]);
  hp__error_move(to, &copy);
  return to->code;
}

int hp__error_give(hp_error **out, struct hp_error *error) {
  int code = error->code;
  if (!out) {
    hp__error_fini(error);
    return code;
  }
  *out = hp__alloc(sizeof **out);
  if (!*out) {
    hp__error_fini(error);
    *out = &no_memory;
    return code;
  }
  hp__error_move(*out, error);
  return code;
}
