/* SPDX-License-Identifier: MIT */
#include "platform/platform.h"

uint64_t hp__memory(void) {
  uint64_t total = uv_get_total_memory(), allowed = uv_get_constrained_memory();
  return allowed && allowed < total ? allowed : total;
}
