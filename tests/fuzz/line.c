/* SPDX-License-Identifier: MIT */
/* A pattern of a definition's and the line that is searched for it, with a newline between. */
#include "tests/fuzz/fuzz.h"

#include "config/template.h"
#include "core/error.h"

struct captured {
  const char *line;
  size_t length;
};

static bool capture(void *data, const char *variable, const char *value, size_t length) {
  const struct captured *captured = data;
  EXPECT(variable[0] && length > 0);
  EXPECT(value >= captured->line && value + length <= captured->line + captured->length);
  return true;
}

static const char *look_up(void *data, const char *variable, bool *secret) {
  (void)data;
  *secret = variable[0] == 's';
  return variable[0] == 'k' || variable[0] == 's' ? "known" : NULL;
}

static void print(struct hp_arena *arena, const struct hp_template *text) {
  struct hp_template resolved = {0};
  struct hp_text out = {0};
  hp__template_resolve(arena, &resolved, text, look_up, NULL);
  hp__template_print(&out, &resolved);
  if (!hp__template_open(&resolved))
    hp__template_render(&out, &resolved);
  hp__text_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct hp_arena arena = {0};
  struct hp_template pattern = {0};
  struct hp_error error = {0};
  char *text = fuzz_text(data, size), *line = strchr(text, '\n');
  if (line)
    *line++ = '\0';
  struct captured captured = {line ? line : "", line ? strlen(line) : 0};
  if (hp__template_parse(&arena, &pattern, text, &error) == 0) {
    print(&arena, &pattern);
    bool all = hp__template_match(&pattern, captured.line, true, capture, &captured);
    bool part = hp__template_match(&pattern, captured.line, false, capture, &captured);
    EXPECT(part || !all);
  } else {
    EXPECT(error.message && error.message[0]);
  }
  hp__error_fini(&error);
  hp__arena_fini(&arena);
  free(text);
  return 0;
}
