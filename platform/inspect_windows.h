/* SPDX-License-Identifier: MIT */
#ifndef HP_PLATFORM_INSPECT_WINDOWS_H
#define HP_PLATFORM_INSPECT_WINDOWS_H

#include <hyperprocess/plugin.h>

/* What would become of an attempt to execute `path`; *note, from hp__alloc(), may say more. */
enum hp_verdict hp__inspect_windows(const char *path, char **note);

#endif
