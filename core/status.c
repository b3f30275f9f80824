/* SPDX-License-Identifier: MIT */
#include "core/status.h"

#include <uv.h>

struct hp_status_text hp__status_text(int status) {
  struct hp_status_text said;
  uv_strerror_r(status, said.text, sizeof said.text);
  return said;
}
