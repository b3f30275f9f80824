/* SPDX-License-Identifier: MIT */
#include "platform/darwin.h"

#include "platform/locate.h"

#include <mach-o/dyld.h>
#include <stdlib.h>

/* As it was started: a link is followed, for a bundle lies around what it points to. */
static void find_executable(char path[PATH_MAX]) {
  char started[PATH_MAX];
  uint32_t size = sizeof started;
  if (_NSGetExecutablePath(started, &size) != 0 || !realpath(started, path))
    path[0] = '\0';
}

int hp__locate_darwin(const struct hp_locate_request *request, struct hp_candidates *found,
                      hp_error *error) {
  return hp__locate_by(&hp__locate_rules_darwin, find_executable, request, found, error);
}
