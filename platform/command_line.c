/* SPDX-License-Identifier: MIT */
#include "platform/command_line.h"

#include "core/alloc.h"
#include "core/text.h"

#include <string.h>

/* Blanks and quotes for the C runtime; the others for runtimes that expand patterns, braces and
 * response files in arguments without quotes. */
static const char special[] = " \t\r\n\v\f\"'*?[]{}~@";

/* The program's name: a quote ends it whatever is before, so backslashes are only themselves. */
static void add_name(struct hp_text *line, const char *name) {
  bool plain = name[0];
  for (const char *c = name; *c; c++)
    plain = plain && (unsigned char)*c > ' ';
  hp__text_format(line, plain ? "%s" : "\"%s\"", name);
}

/* Backslashes are themselves, but not before a quote: 2n of them are n, and the quote counts;
 * 2n + 1 are n, and the quote is one of the argument's. */
static void add_quoted(struct hp_text *line, const char *argument) {
  hp__text_add(line, "\"");
  for (const char *c = argument;; c++) {
    size_t backslashes = strspn(c, "\\");
    c += backslashes;
    for (size_t i = *c == '"' || !*c ? 2 * backslashes : backslashes; i > 0; i--)
      hp__text_add(line, "\\");
    if (!*c)
      break;
    if (*c == '"')
      hp__text_add(line, "\\");
    hp__text_add_slice(line, c, 1);
  }
  hp__text_add(line, "\"");
}

static void add_argument(struct hp_text *line, const char *argument) {
  hp__text_add(line, " ");
  if (argument[0] && !strpbrk(argument, special))
    hp__text_add(line, argument);
  else
    add_quoted(line, argument);
}

/* As many units as bytes that begin a character; two for one beyond the basic plane. */
static size_t utf16_length(const char *text) {
  size_t length = 0;
  for (; *text; text++)
    length += ((*text & 0xC0) != 0x80) + ((*text & 0xF8) == 0xF0);
  return length;
}

static int check(const char *line, const char *program, hp_error *error) {
  size_t length = utf16_length(line);
  if (length <= HP_COMMAND_LINE_MAX)
    return 0;
  hp_error_set(error, HP_ESPAWN, HP_PHASE_SPAWN,
               "cannot start %s: its command line has %zu characters, %d are possible", program,
               length, HP_COMMAND_LINE_MAX);
  hp_error_set_cause(error, "Windows hands all arguments over as one line of limited length");
  hp_error_set_hint(error, "pass less by arguments, more by a file");
  return HP_ESPAWN;
}

static int refuse_name(const char *name, hp_error *error) {
  hp_error_set(error, HP_ESPAWN, HP_PHASE_SPAWN, "cannot start %s: there is a quote in its name",
               name);
  hp_error_set_cause(error, "no command line of Windows can carry it");
  return HP_ESPAWN;
}

int hp__command_line(char *const *argv, char **line, hp_error *error) {
  struct hp_text text = {0};
  const char *name = argv[0] ? argv[0] : "";
  *line = NULL;
  if (strchr(name, '"'))
    return refuse_name(name, error);
  add_name(&text, name);
  for (size_t i = 1; argv[0] && argv[i]; i++)
    add_argument(&text, argv[i]);
  *line = hp__text_take(&text);
  if (!*line)
    return hp_error_set(error, HP_ENOMEM, HP_PHASE_SPAWN, "no memory for a command line");
  int result = check(*line, name, error);
  if (result < 0) {
    hp__free(*line);
    *line = NULL;
  }
  return result;
}

/* Blanks and dots at the end are no part of a file's name, and a stream's name may follow it. */
bool hp__is_batch_file(const char *path) {
  static const char *const suffixes[] = {".bat", ".cmd"};
  size_t begin = strlen(path);
  while (begin > 0 && !strchr("\\/", path[begin - 1]))
    begin--;
  bool drive = begin == 0 && path[0] && path[1] == ':';
  const char *name = path + begin + (drive ? 2 : 0);
  size_t length = strcspn(name, ":");
  while (length > 0 && strchr(" .", name[length - 1]))
    length--;
  char suffix[5] = "";
  if (length < 4)
    return false;
  memcpy(suffix, name + length - 4, 4);
  for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
    if (hp__text_contains(suffix, suffixes[i]))
      return true;
  return false;
}
