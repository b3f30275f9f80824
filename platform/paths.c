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

static bool has_drive(const struct hp_locate_rules *rules, const char *path) {
  return rules->drives && is_letter(path[0]) && path[1] == ':';
}

/* With drives, one separator alone begins a path on whatever drive the process happens to be. */
bool hp__path_is_absolute(const struct hp_locate_rules *rules, const char *path) {
  if (has_drive(rules, path))
    return hp__path_is_separator(rules, path[2]);
  return hp__path_is_separator(rules, path[0]) &&
         (!rules->drives || hp__path_is_separator(rules, path[1]));
}

/* How much of an absolute path no ".." leaves: "/", "C:\", "\\server\share\". */
static size_t root_length(const struct hp_locate_rules *rules, const char *path) {
  if (has_drive(rules, path))
    return hp__path_is_separator(rules, path[2]) ? 3 : 2;
  if (!rules->drives || !hp__path_is_absolute(rules, path))
    return hp__path_is_separator(rules, path[0]);
  size_t length = 2;
  for (int part = 0; part < 2; part++) {
    length += strcspn(path + length, rules->separators);
    length += path[length] != '\0';
  }
  return length;
}

bool hp__path_equal(const struct hp_locate_rules *rules, const char *a, const char *b) {
  size_t length = strlen(a);
  return length == strlen(b) && is_same(rules, a, b, length);
}

static void drop_last_part(const struct hp_locate_rules *rules, struct hp_text *path) {
  size_t length = path->length, root = path->data ? root_length(rules, path->data) : 0;
  while (length > root && hp__path_is_separator(rules, path->data[length - 1]))
    length--;
  while (length > root && !hp__path_is_separator(rules, path->data[length - 1]))
    length--;
  while (length > root && hp__path_is_separator(rules, path->data[length - 1]))
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

/* "C:bin" and "\bin": below that drive's own directory, which for another drive than the current
 * one is its root, and below the current drive's root. */
static char *complete(const struct hp_locate_rules *rules, const char *current, const char *path) {
  struct hp_text root = {0};
  bool drive = has_drive(rules, path), rooted = !drive && hp__path_is_separator(rules, path[0]);
  if (drive && !(has_drive(rules, current) && is_same(rules, current, path, 1))) {
    hp__text_add_slice(&root, path, 2);
    hp__text_add_slice(&root, rules->separators, 1);
  } else {
    hp__text_add_slice(&root, current, rooted ? root_length(rules, current) : strlen(current));
  }
  char *text = hp__text_take(&root);
  char *whole = text ? hp__path_join(rules, text, path + (drive ? 2 : 0)) : NULL;
  hp__free(text);
  return whole;
}

char *hp__path_make_absolute(const struct hp_locate_rules *rules, const char *current,
                             const char *path) {
  if (hp__path_is_absolute(rules, path))
    return hp__strdup(path);
  return rules->drives ? complete(rules, current, path) : hp__path_join(rules, current, path);
}

char *hp__path_with_suffix(const struct hp_locate_rules *rules, const char *name) {
  struct hp_text path = {0};
  size_t length = strlen(name), suffix = strlen(rules->suffix);
  hp__text_add(&path, name);
  if (length <= suffix || !is_same(rules, name + length - suffix, rules->suffix, suffix))
    hp__text_add(&path, rules->suffix);
  return hp__text_take(&path);
}

static bool matches(const struct hp_locate_rules *rules, const char *pattern, size_t length,
                    const char *name, size_t size) {
  const char *star = memchr(pattern, '*', length);
  if (!star)
    return size == length && is_same(rules, pattern, name, length);
  size_t before = (size_t)(star - pattern), after = length - before - 1;
  if (size < before + after || (before == 0 && name[0] == '.'))
    return false;
  return is_same(rules, pattern, name, before) &&
         is_same(rules, star + 1, name + size - after, after);
}

bool hp__path_matches(const struct hp_locate_rules *rules, const char *pattern, size_t length,
                      const char *name) {
  return matches(rules, pattern, length, name, strlen(name));
}

static size_t part_before(const struct hp_locate_rules *rules, const char *path, size_t end) {
  while (end > 0 && !hp__path_is_separator(rules, path[end - 1]))
    end--;
  return end;
}

bool hp__path_ends_like(const struct hp_locate_rules *rules, const char *path,
                        const char *pattern) {
  size_t end = strlen(path), last = strlen(pattern);
  for (;;) {
    size_t begin = part_before(rules, path, end), first = part_before(rules, pattern, last);
    if (begin == end || !matches(rules, pattern + first, last - first, path + begin, end - begin))
      return false;
    if (first == 0 || begin == 0)
      return first == 0;
    end = begin - 1;
    last = first - 1;
  }
}
