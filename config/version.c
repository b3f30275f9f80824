/* SPDX-License-Identifier: MIT */
#include "config/version.h"

#include <string.h>

size_t hp__version_read(const char *text, size_t length, struct hp_version *version) {
  size_t at = 0, end = 0;
  *version = (struct hp_version){0};
  while (at < length && version->count < HP_VERSION_PARTS) {
    uint64_t part = 0;
    size_t first = at;
    for (; at < length && text[at] >= '0' && text[at] <= '9'; at++)
      part = part < UINT32_MAX ? part * 10 + (uint64_t)(text[at] - '0') : part;
    if (at == first)
      break;
    version->parts[version->count++] = part < UINT32_MAX ? (uint32_t)part : UINT32_MAX;
    end = at;
    if (at == length || text[at] != '.')
      break;
    at++;
  }
  return end;
}

static const struct {
  const char *text;
  enum hp_comparison comparison;
} words[] = {
    {">=", HP_VERSION_AT_LEAST}, {"<=", HP_VERSION_AT_MOST}, {"!=", HP_VERSION_IS_NOT},
    {">", HP_VERSION_MORE},      {"<", HP_VERSION_LESS},     {"=", HP_VERSION_IS},
};

static const char blanks[] = " \t,";

static const char *read_comparison(const char *at, enum hp_comparison *comparison) {
  *comparison = HP_VERSION_IS;
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    size_t length = strlen(words[i].text);
    if (strncmp(at, words[i].text, length) != 0)
      continue;
    *comparison = words[i].comparison;
    at += length;
    break;
  }
  return at + strspn(at, " \t");
}

/* "14.x" and "14.*" say what "14" says. */
static const char *skip_any(const char *at) {
  return at[0] == '.' && (at[1] == 'x' || at[1] == 'X' || at[1] == '*') ? at + 2 : at;
}

static const char *read_condition(const char *at, struct hp_condition *condition) {
  at = read_comparison(at, &condition->comparison);
  size_t length = hp__version_read(at, strlen(at), &condition->version);
  if (length == 0)
    return NULL;
  at = skip_any(at + length);
  return *at == '\0' || strchr(blanks, *at) ? at : NULL;
}

int hp__constraint_read(const char *text, struct hp_constraint *constraint, hp_error *error) {
  const char *at = text + strspn(text, blanks);
  *constraint = (struct hp_constraint){0};
  if (strcmp(text, "*") == 0)
    return 0;
  while (at && *at && constraint->count < HP_CONDITIONS_MAX) {
    at = read_condition(at, &constraint->conditions[constraint->count++]);
    at = at ? at + strspn(at, blanks) : NULL;
  }
  if (at && !*at && constraint->count > 0)
    return 0;
  return hp_error_set(error, HP_ECONFIG, HP_PHASE_CONFIG,
                      "'%s' says no version: write it as 14, 14.2, '>=14' or '>=14 <17'", text);
}

/* To as many parts as the other one names. */
static int compare(const struct hp_version *version, const struct hp_version *named) {
  for (size_t i = 0; i < named->count; i++) {
    uint32_t part = i < version->count ? version->parts[i] : 0;
    if (part != named->parts[i])
      return part < named->parts[i] ? -1 : 1;
  }
  return 0;
}

static bool holds(enum hp_comparison comparison, int order) {
  static const struct {
    bool less, same, more;
  } accepts[] = {
      [HP_VERSION_IS] = {false, true, false},   [HP_VERSION_IS_NOT] = {true, false, true},
      [HP_VERSION_LESS] = {true, false, false}, [HP_VERSION_AT_MOST] = {true, true, false},
      [HP_VERSION_MORE] = {false, false, true}, [HP_VERSION_AT_LEAST] = {false, true, true},
  };
  return order < 0   ? accepts[comparison].less
         : order > 0 ? accepts[comparison].more
                     : accepts[comparison].same;
}

bool hp__constraint_holds(const struct hp_constraint *constraint,
                          const struct hp_version *version) {
  for (size_t i = 0; i < constraint->count; i++) {
    const struct hp_condition *condition = &constraint->conditions[i];
    if (!holds(condition->comparison, compare(version, &condition->version)))
      return false;
  }
  return true;
}
