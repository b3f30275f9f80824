/* SPDX-License-Identifier: MIT */
#include "platform/darwin.h"

int hp__processor_darwin(void) {
  return -1; /* what the system tells is not the same on all machines that it runs on */
}
