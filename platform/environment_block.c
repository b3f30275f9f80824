/* SPDX-License-Identifier: MIT */
#include "platform/environment_block.h"

#include "core/alloc.h"
#include "core/text.h"

#include <stdlib.h>
#include <string.h>

struct entry {
  const char *text;
  size_t name; /* its length */
  size_t place;
};

/* A drive's directory is kept in a variable whose name begins with '='. 0: it is no variable. */
static size_t name_length(const char *text) {
  const char *equals = text[0] ? strchr(text + 1, '=') : NULL;
  return equals ? (size_t)(equals - text) : 0;
}

static int upper(char c) {
  return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : (unsigned char)c;
}

static int compare_names(const struct entry *a, const struct entry *b) {
  size_t shorter = a->name < b->name ? a->name : b->name;
  for (size_t i = 0; i < shorter; i++)
    if (upper(a->text[i]) != upper(b->text[i]))
      return upper(a->text[i]) - upper(b->text[i]);
  return (a->name > b->name) - (a->name < b->name);
}

static int compare(const void *left, const void *right) {
  const struct entry *a = left, *b = right;
  int order = compare_names(a, b);
  return order ? order : (a->place > b->place) - (a->place < b->place);
}

static size_t collect(struct entry *entries, char *const *environment) {
  size_t count = 0;
  for (size_t i = 0; environment[i]; i++) {
    size_t name = name_length(environment[i]);
    if (name > 0)
      entries[count++] = (struct entry){environment[i], name, i + 1};
  }
  return count;
}

static void add_entries(struct hp_text *block, const struct entry *entries, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (i + 1 == count || compare_names(&entries[i], &entries[i + 1]) != 0)
      hp__text_add_slice(block, entries[i].text, strlen(entries[i].text) + 1);
}

char *hp__environment_block(char *const *environment, const char *system_root, size_t *size) {
  struct hp_text root = {0}, block = {0};
  size_t count = 0;
  while (environment[count])
    count++;
  hp__text_format(&root, "SYSTEMROOT=%s", system_root);
  struct entry *entries = hp__alloc((count + 1) * sizeof *entries);
  if (entries && root.data) {
    count = collect(entries, environment);
    entries[count++] = (struct entry){root.data, name_length(root.data), 0}; /* any other holds */
    qsort(entries, count, sizeof *entries, compare);
    add_entries(&block, entries, count);
    hp__text_add_slice(&block, "", 1);
  }
  block.failed |= !entries || !root.data;
  *size = block.length;
  hp__free(entries);
  hp__text_fini(&root);
  return hp__text_take(&block);
}
