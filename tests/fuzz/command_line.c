/* SPDX-License-Identifier: MIT */
/* Arguments, one a line, quoted for Windows and cut up again as its C runtime does. */
#include "tests/fuzz/fuzz.h"

#include "core/alloc.h"
#include "core/error.h"
#include "platform/command_line.h"

enum { ARGUMENTS = 16 };

/* The next argument of a line, in place; NULL at its end. By the documented rules, the first one,
 * which knows no backslashes, apart. */
static char *cut(char **line, bool first) {
  char *in = *line, *out, *argument;
  bool quoted = false;
  while (*in == ' ' || *in == '\t')
    in++;
  if (!*in)
    return NULL;
  for (argument = out = in; *in && (quoted || (*in != ' ' && *in != '\t')); in++) {
    size_t slashes = first ? 0 : strspn(in, "\\");
    bool before_quote = in[slashes] == '"';
    if (slashes) {
      size_t kept = before_quote ? slashes / 2 : slashes;
      memset(out, '\\', kept);
      out += kept;
      in += slashes - 1;
      if (before_quote && slashes % 2)
        *out++ = *++in;
    } else if (*in == '"' && quoted && in[1] == '"' && !first)
      *out++ = *in++;
    else if (*in == '"')
      quoted = !quoted;
    else
      *out++ = *in;
  }
  *line = *in ? in + 1 : in;
  *out = '\0';
  return argument;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = fuzz_text(data, size), *argv[ARGUMENTS + 1] = {text}, *line = NULL;
  struct hp_error error = {0};
  int count = 1;
  for (char *end = text; count < ARGUMENTS && (end = strchr(end, '\n')); count++) {
    *end++ = '\0';
    argv[count] = end;
  }
  argv[count] = NULL;
  hp__is_batch_file(text);
  if (text[0] && hp__command_line(argv, &line, &error) == 0) {
    char *rest = line;
    for (int i = 0; i < count; i++) {
      char *argument = cut(&rest, i == 0);
      EXPECT(argument && strcmp(argument, argv[i]) == 0);
    }
    EXPECT(cut(&rest, false) == NULL);
    hp__free(line);
  }
  hp__error_fini(&error);
  free(text);
  return 0;
}
