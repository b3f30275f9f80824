/* SPDX-License-Identifier: MIT */
/* Handles and processes are limited by memory alone here. */
#include "cli/doctor.h"

int64_t limits_descriptors(void) {
  return -1;
}

int64_t limits_processes(void) {
  return -1;
}
