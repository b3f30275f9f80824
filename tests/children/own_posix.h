/* SPDX-License-Identifier: MIT */
#ifndef HP_TESTS_CHILDREN_OWN_POSIX_H
#define HP_TESTS_CHILDREN_OWN_POSIX_H

#include "orders.h"

extern const struct order posix_orders[]; /* for the table of each system */

#endif
