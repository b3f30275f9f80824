/* SPDX-License-Identifier: MIT */
/* What os_posix.c asks of one system: os_linux.c or os_darwin.c, which have the rest of os.h. */
#ifndef HP_TESTS_SUPPORT_OS_POSIX_H
#define HP_TESTS_SUPPORT_OS_POSIX_H

#include "tests/support/os.h"

const char *hp_os_lacks_here(enum hp_os_thing thing);

#endif
