/* SPDX-License-Identifier: MIT */
#include "platform/linux.h"

#include <sched.h>

int hp__processor_linux(void) {
  return sched_getcpu();
}
