/* SPDX-License-Identifier: MIT */
/* What a server may take of the machine. */
#include "config/tables.h"

#include <stdlib.h>
#include <string.h>

static void set(struct hp_limits_wanted *wanted, enum hp_limit which, int64_t value) {
  wanted->limits.set |= 1U << which;
  wanted->limits.values[which] = value;
}

/* The whole text, a number between the two. */
static bool read_number(const char *text, long least, long most, int64_t *value) {
  char *end;
  long number = strtol(text, &end, 10);
  bool digits = text[0] == '-' || (text[0] >= '0' && text[0] <= '9');
  *value = number;
  return digits && *end == '\0' && number >= least && number <= most;
}

static int read_size(const struct hp_reader *reader, const struct hp_node *node, uint64_t least,
                     int64_t *value) {
  uint64_t bytes = 0;
  int result = hp__mistake_at(reader->error, node->position,
                              hp__read_size(node->text, &bytes, reader->error));
  if (result == 0 && (bytes < least || bytes > INT64_MAX))
    return hp__mistake(reader->error, node->position, "'%s' is no limit: '%s'", node->text,
                       node->key);
  *value = (int64_t)bytes;
  return result;
}

static int field_memory(const struct hp_reader *reader, const struct hp_field *field,
                        const struct hp_node *node, void *record) {
  struct hp_limits_wanted *wanted = record;
  int64_t value = 0;
  (void)field;
  int result = hp__expect(reader, node, HP_NODE_SCALAR);
  const char *percent = result == 0 ? strchr(node->text, '%') : NULL;
  if (result == 0 && percent) {
    char digits[8];
    size_t length = (size_t)(percent - node->text);
    memcpy(digits, node->text, length < sizeof digits ? length : 0);
    digits[length < sizeof digits ? length : 0] = '\0';
    if (percent[1] != '\0' || !read_number(digits, 1, 100, &wanted->memory_percent))
      return hp__mistake(reader->error, node->position,
                         "'%s' is not a part of the memory: 1%% to 100%%", node->text);
  } else if (result == 0) {
    result = read_size(reader, node, 1, &value);
  }
  set(wanted, HP_LIMIT_MEMORY, value);
  return result;
}

static int field_core(const struct hp_reader *reader, const struct hp_field *field,
                      const struct hp_node *node, void *record) {
  int64_t value = 0;
  (void)field;
  int result = hp__expect(reader, node, HP_NODE_SCALAR);
  if (result == 0)
    result = read_size(reader, node, 0, &value);
  set(record, HP_LIMIT_CORE, value);
  return result;
}

static int read_count(const struct hp_reader *reader, const struct hp_node *node, void *record,
                      enum hp_limit which, long least, long most) {
  int64_t value = 0;
  int result = hp__expect(reader, node, HP_NODE_SCALAR);
  if (result == 0 && !read_number(node->text, least, most, &value))
    return hp__mistake(reader->error, node->position, "'%s' is not a whole number from %ld to %ld",
                       node->text, least, most);
  set(record, which, value);
  return result;
}

static int field_descriptors(const struct hp_reader *reader, const struct hp_field *field,
                             const struct hp_node *node, void *record) {
  (void)field;
  return read_count(reader, node, record, HP_LIMIT_DESCRIPTORS, 3, 2147483647);
}

static int field_nice(const struct hp_reader *reader, const struct hp_field *field,
                      const struct hp_node *node, void *record) {
  (void)field;
  return read_count(reader, node, record, HP_LIMIT_NICE, -20, 19);
}

static const struct hp_field limit_fields[] = {
    {.key = "memory",
     .description = "Memory of its own, a size or a part of what there is.",
     .schema = "\"type\":[\"string\",\"number\",\"boolean\"]",
     .read = field_memory},
    {.key = "descriptors",
     .description = "How many descriptors it may have open.",
     .schema = "\"type\":[\"string\",\"number\",\"boolean\"]",
     .read = field_descriptors},
    {.key = "core",
     .description = "Size of the core file that it may leave.",
     .schema = "\"type\":[\"string\",\"number\",\"boolean\"]",
     .read = field_core},
    {.key = "nice",
     .description = "Its priority, from -20 to 19.",
     .schema = "\"type\":[\"string\",\"number\",\"boolean\"]",
     .read = field_nice}};

const struct hp_table hp__limits_table = {.what = "limits",
                                          .fields = limit_fields,
                                          .field_count = HP_COUNT(limit_fields),
                                          .size = sizeof(struct hp_limits_wanted),
                                          .where = offsetof(struct hp_limits_wanted, position)};
