/* SPDX-License-Identifier: MIT */
#include "platform/linux.h"

#include "platform/locate.h"

#include <unistd.h>

static void find_executable(char path[PATH_MAX]) {
  ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
  path[length > 0 ? length : 0] = '\0';
}

int hp__locate_linux(const struct hp_locate_request *request, struct hp_candidates *found,
                     hp_error *error) {
  return hp__locate_by(&hp__locate_rules_linux, find_executable, request, found, error);
}
