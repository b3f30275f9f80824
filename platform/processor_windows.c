/* SPDX-License-Identifier: MIT */
#include "platform/windows.h"

/* Processors of different groups have the same numbers. */
int hp__processor_windows(void) {
  enum { GROUP_SIZE = 64 };
  PROCESSOR_NUMBER number;
  GetCurrentProcessorNumberEx(&number);
  return number.Group * GROUP_SIZE + number.Number;
}
