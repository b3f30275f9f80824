/* SPDX-License-Identifier: MIT */
#include "config/template.h"

#include "config/mistake.h"

#include <ctype.h>
#include <string.h>

/* ---- Forwards ---- */

static bool is_name(const char *name, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (isspace((unsigned char)name[i]) || name[i] == '$' || name[i] == '{')
      return false;
  return length > 0;
}

struct build {
  struct hp_arena *arena;
  struct hp_segment *segments;
  size_t count;
  char *literal; /* what is read of the one that is not closed yet */
  size_t length;
};

static void close_literal(struct build *build) {
  if (build->length == 0)
    return;
  build->segments[build->count++].literal =
      hp__arena_slice(build->arena, build->literal, build->length);
  build->length = 0;
}

/* At "${": the length of the whole variable, 0 where it is none. */
static size_t take_variable(struct build *build, const char *at) {
  const char *end = strchr(at, '}');
  if (!end || !is_name(at + 2, (size_t)(end - at - 2)))
    return 0;
  close_literal(build);
  build->segments[build->count++].variable =
      hp__arena_slice(build->arena, at + 2, (size_t)(end - at - 2));
  return (size_t)(end - at + 1);
}

static size_t count_segments(const char *text) {
  size_t count = 1;
  for (const char *at = text; (at = strstr(at, "${")); at += 2)
    count += 2;
  return count;
}

static int refuse(const char *at, hp_error *error) {
  struct hp_position nowhere = {0};
  const char *end = strchr(at, '}');
  if (!end)
    return hp__mistake(error, nowhere, "'%s' has no '}'; write '$${' for a literal '${'", at);
  return hp__mistake(error, nowhere, "'%.*s' is not a variable; write '$${' for a literal '${'",
                     (int)(end - at + 1), at);
}

int hp__template_parse(struct hp_arena *arena, struct hp_template *result, const char *text,
                       hp_error *error) {
  struct build build = {.arena = arena};
  build.segments = hp__arena_alloc(arena, count_segments(text) * sizeof *build.segments);
  build.literal = hp__arena_alloc(arena, strlen(text) + 1);
  if (!build.segments || !build.literal)
    return hp__out_of_memory(error);
  for (const char *at = text; *at;) {
    if (strncmp(at, "${", 2) == 0) {
      size_t length = take_variable(&build, at);
      if (length == 0)
        return refuse(at, error);
      at += length;
      continue;
    }
    at += strncmp(at, "$${", 3) == 0;
    build.literal[build.length++] = *at;
    if (*at == '$' && at[1] == '{') /* the escaped one: its brace is no beginning */
      build.literal[build.length++] = *++at;
    at++;
  }
  close_literal(&build);
  *result = (struct hp_template){build.segments, build.count};
  return arena->failed ? hp__out_of_memory(error) : 0;
}

static struct hp_segment resolve_one(struct hp_arena *arena, const struct hp_segment *segment,
                                     hp_template_lookup lookup, void *data) {
  if (!segment->variable)
    return (struct hp_segment){.literal = hp__arena_copy(arena, segment->literal),
                               .secret = segment->secret};
  bool secret = strncmp(segment->variable, "secret.", 7) == 0;
  const char *value = lookup(data, segment->variable, &secret);
  if (!value)
    return (struct hp_segment){.variable = hp__arena_copy(arena, segment->variable)};
  return (struct hp_segment){.literal = hp__arena_copy(arena, value), .secret = secret};
}

void hp__template_resolve(struct hp_arena *arena, struct hp_template *result,
                          const struct hp_template *text, hp_template_lookup lookup, void *data) {
  struct hp_segment *segments = hp__arena_alloc(arena, (text->count + 1) * sizeof *segments);
  size_t count = segments ? text->count : 0;
  for (size_t i = 0; i < count; i++)
    segments[i] = resolve_one(arena, &text->segments[i], lookup, data);
  *result = (struct hp_template){segments, arena->failed ? 0 : count};
}

const char *hp__template_open(const struct hp_template *text) {
  for (size_t i = 0; i < text->count; i++)
    if (text->segments[i].variable)
      return text->segments[i].variable;
  return NULL;
}

void hp__template_render(struct hp_text *out, const struct hp_template *text) {
  for (size_t i = 0; i < text->count; i++)
    if (text->segments[i].literal)
      hp__text_add(out, text->segments[i].literal);
}

void hp__template_print(struct hp_text *out, const struct hp_template *text) {
  for (size_t i = 0; i < text->count; i++) {
    const struct hp_segment *segment = &text->segments[i];
    if (segment->variable)
      hp__text_format(out, "<%s>", segment->variable);
    else
      hp__text_add(out, segment->secret ? "***" : segment->literal);
  }
}

/* ---- Backwards ---- */

/* A pattern with several variables can be tried in very many ways on a line that was made for it.
 */
enum { TRIES_MAX = 1 << 18, SPANS_MAX = 16 };

struct span {
  const char *variable, *value;
  size_t length;
};

struct match {
  const struct hp_template *pattern;
  bool whole;
  hp_template_capture capture;
  void *data;
  struct span spans[SPANS_MAX];
  size_t span_count;
  long tries;
  bool refused; /* one that fitted, by who receives the values */
};

static bool fits(const char *variable, char c) {
  if (strcmp(variable, "endpoint.port") == 0)
    return c >= '0' && c <= '9';
  return c != '\0' && !isspace((unsigned char)c);
}

static bool deliver(struct match *match, const char *at) {
  if (match->whole && *at)
    return false;
  for (size_t i = 0; i < match->span_count; i++) {
    const struct span *span = &match->spans[i];
    if (!match->capture(match->data, span->variable, span->value, span->length)) {
      match->refused = true;
      return false;
    }
  }
  return true;
}

static bool match_at(struct match *match, size_t segment, const char *at);

static bool match_variable(struct match *match, size_t segment, const char *at) {
  const char *variable = match->pattern->segments[segment].variable;
  bool last = segment + 1 == match->pattern->count;
  size_t length = 0;
  if (match->span_count == SPANS_MAX)
    return false;
  struct span *span = &match->spans[match->span_count++];
  bool found = false;
  while (!found && fits(variable, at[length]) && match->tries-- > 0) {
    length++;
    if (last && fits(variable, at[length]))
      continue; /* nothing follows that could end it: all of the word */
    *span = (struct span){variable, at, length};
    found = match_at(match, segment + 1, at + length);
  }
  match->span_count -= !found;
  return found;
}

static bool match_at(struct match *match, size_t segment, const char *at) {
  if (segment == match->pattern->count)
    return deliver(match, at);
  const char *literal = match->pattern->segments[segment].literal;
  if (!literal)
    return match_variable(match, segment, at);
  size_t length = strlen(literal);
  return strncmp(at, literal, length) == 0 && match_at(match, segment + 1, at + length);
}

/* Where a variable comes first, what fits from within a word fits from the word's beginning too:
 * with each byte of a long word as a beginning the tries are used up before the address is seen. */
static const char *next_beginning(const struct match *match, const char *at) {
  const char *variable = match->pattern->count ? match->pattern->segments[0].variable : NULL;
  bool whole_word = variable && !match->refused && fits(variable, *at);
  for (at++; whole_word && fits(variable, *at);)
    at++;
  return at;
}

bool hp__template_match(const struct hp_template *pattern, const char *line, bool whole,
                        hp_template_capture capture, void *data) {
  struct match match = {
      .pattern = pattern, .whole = whole, .capture = capture, .data = data, .tries = TRIES_MAX};
  for (const char *at = line;; at = next_beginning(&match, at)) {
    match.span_count = 0;
    if (match_at(&match, 0, at))
      return true;
    if (whole || *at == '\0')
      return false;
  }
}
