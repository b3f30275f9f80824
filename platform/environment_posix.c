/* SPDX-License-Identifier: MIT */
#include "platform/posix.h"

#include "core/alloc.h"

#include <string.h>

#ifdef __APPLE__
#include <crt_externs.h>
#define environ (*_NSGetEnviron()) /* all that a library there can reach */
#else
extern char **environ;
#endif

char *hp__environment_posix(void) {
  size_t size = 0, used = 0;
  for (char **variable = environ; variable && *variable; variable++)
    size += strlen(*variable) + 1;
  char *block = hp__alloc(size + 1);
  for (char **variable = environ; block && variable && *variable; variable++) {
    size_t length = strlen(*variable);
    if (length == 0 || used + length >= size) /* changed meanwhile, although nobody may */
      continue;
    memcpy(block + used, *variable, length);
    used += length + 1;
  }
  return block;
}
