/* SPDX-License-Identifier: MIT */
#include "own_posix.h"

#include <stddef.h>

const struct order *const own_orders[] = {posix_orders, NULL};
