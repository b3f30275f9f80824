/* SPDX-License-Identifier: MIT */
#include "core/listed.h"

#include <string.h>

static const char *take_cell(struct hp_arena *arena, const char **at, const char *end, bool last) {
  const char *bar = last ? NULL : memchr(*at, '|', (size_t)(end - *at));
  const char *begin = *at, *stop = bar ? bar : end;
  *at = bar ? bar + 1 : end;
  while (begin < stop && *begin == ' ')
    begin++;
  while (stop > begin && stop[-1] == ' ')
    stop--;
  return hp__arena_slice(arena, begin, (size_t)(stop - begin));
}

static bool read_row(struct hp_arena *arena, const char *line, const char *end,
                     struct hp_listed *row) {
  int bars = 0;
  for (const char *c = line; c < end; c++)
    bars += *c == '|';
  if (bars < 3)
    return false;
  row->name = take_cell(arena, &line, end, false);
  row->initial = take_cell(arena, &line, end, false);
  row->scope = take_cell(arena, &line, end, false);
  row->description = take_cell(arena, &line, end, true);
  return !arena->failed;
}

bool hp__listed_next(struct hp_arena *arena, const char **text, struct hp_listed *listed) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
  *listed = (struct hp_listed){0};
  for (const char *line = *text, *end; *line; line = end + (*end != '\0')) {
    struct hp_listed row = {0};
    end = line + strcspn(line, "\n");
    bool is_row = read_row(arena, line, end, &row);
    bool is_named = is_row && row.name[0] && row.name[strspn(row.name, letters)] == '\0';
    if (is_named && listed->name)
      return true;
    if (is_named)
      *listed = row;
    else if (is_row && listed->name && !row.name[0])
      listed->description = hp__arena_format(arena, "%s %s", listed->description, row.description);
    *text = end + (*end != '\0');
  }
  return listed->name && !arena->failed;
}
