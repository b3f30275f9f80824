/* SPDX-License-Identifier: MIT */
#include "platform/paths.h"

#include "core/alloc.h"
#include "core/text.h"

#include <string.h>

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char fold(const struct hp_locate_rules *rules, char c) {
  if (rules->ignore_case && c >= 'A' && c <= 'Z')
    return (char)(c + ('a' - 'A'));
  return hp__path_is_separator(rules, c) ? rules->separators[0] : c;
}

static bool is_same(const struct hp_locate_rules *rules, const char *a, const char *b,
                    size_t length) {
  for (size_t i = 0; i < length; i++)
    if (fold(rules, a[i]) != fold(rules, b[i]))
      return false;
  return true;
}

bool hp__path_is_separator(const struct hp_locate_rules *rules, char c) {
  return c && strchr(rules->separators, c);
}

bool hp__path_is_absolute(const struct hp_locate_rules *rules, const char *path) {
  if (rules->drives && is_letter(path[0]) && path[1] == ':')
    path += 2;
  return hp__path_is_separator(rules, path[0]);
}

bool hp__path_equal(const struct hp_locate_rules *rules, const char *a, const char *b) {
  size_t length = strlen(a);
  return length == strlen(b) && is_same(rules, a, b, length);
}

static void drop_last_part(const struct hp_locate_rules *rules, struct hp_text *path) {
  size_t length = path->length;
  while (length > 0 && !hp__path_is_separator(rules, path->data[length - 1]))
    length--;
  while (length > 1 && hp__path_is_separator(rules, path->data[length - 1]))
    length--;
  if (length > 0)
    path->data[path->length = length] = '\0';
}

static void add_part(const struct hp_locate_rules *rules, struct hp_text *path, const char *part,
                     size_t length) {
  if (length == 0 || (length == 1 && part[0] == '.'))
    return;
  if (length == 2 && part[0] == '.' && part[1] == '.') {
    drop_last_part(rules, path);
    return;
  }
  if (path->length == 0 || !hp__path_is_separator(rules, path->data[path->length - 1]))
    hp__text_add_slice(path, rules->separators, 1);
  hp__text_add_slice(path, part, length);
}

char *hp__path_join(const struct hp_locate_rules *rules, const char *folder, const char *relative) {
  struct hp_text path = {0};
  hp__text_add(&path, folder);
  while (*relative && !path.failed) {
    size_t length = strcspn(relative, rules->separators);
    add_part(rules, &path, relative, length);
    relative += length + (relative[length] != '\0');
  }
  return hp__text_take(&path);
}

char *hp__path_with_suffix(const struct hp_locate_rules *rules, const char *name) {
  struct hp_text path = {0};
  size_t length = strlen(name), suffix = strlen(rules->suffix);
  hp__text_add(&path, name);
  if (length <= suffix || !is_same(rules, name + length - suffix, rules->suffix, suffix))
    hp__text_add(&path, rules->suffix);
  return hp__text_take(&path);
}

bool hp__path_matches(const struct hp_locate_rules *rules, const char *pattern, size_t length,
                      const char *name) {
  const char *star = memchr(pattern, '*', length);
  size_t before = (size_t)(star - pattern), after = length - before - 1, size = strlen(name);
  if (size < before + after || (before == 0 && name[0] == '.'))
    return false;
  return is_same(rules, pattern, name, before) &&
         is_same(rules, star + 1, name + size - after, after);
}
