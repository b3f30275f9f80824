/* SPDX-License-Identifier: MIT */
#include "cli/doctor.h"

#include <sys/resource.h>

static int64_t soft(int resource) {
  struct rlimit limit;
  if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return -1;
  return (int64_t)limit.rlim_cur;
}

int64_t limits_descriptors(void) {
  return soft(RLIMIT_NOFILE);
}

int64_t limits_processes(void) {
  return soft(RLIMIT_NPROC);
}
