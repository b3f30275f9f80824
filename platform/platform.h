/* SPDX-License-Identifier: MIT */
/* The platforms that are built in. */
#ifndef HP_PLATFORM_PLATFORM_H
#define HP_PLATFORM_PLATFORM_H

#include <hyperprocess/plugin.h>

extern const struct hp_platform_ops hp__platform_linux;
extern const struct hp_platform_ops hp__platform_windows;
extern const struct hp_platform_ops hp__platform_darwin;

uint64_t hp__memory(void); /* as libuv knows it */

#endif
