/* SPDX-License-Identifier: MIT */
/* Nothing to hold: a standard stream is a handle in a place of its own here, and no number that the
 * next thing opened could get. */
#include "platform/windows.h"

unsigned hp__stdio_hold_windows(void) {
  return 0;
}

void hp__stdio_release_windows(unsigned held) {
  (void)held;
}
