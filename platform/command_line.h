/* SPDX-License-Identifier: MIT */
/*
 * Windows hands a process one command line, and each program cuts it up by itself: nearly all by
 * the rules of CommandLineToArgvW and the C runtime, which are what is written for here. Pure, and
 * tested on every host.
 */
#ifndef HP_PLATFORM_COMMAND_LINE_H
#define HP_PLATFORM_COMMAND_LINE_H

#include <hyperprocess/plugin.h>

enum { HP_COMMAND_LINE_MAX = 32766 }; /* UTF-16 units without the NUL, as CreateProcessW has it */

/* In UTF-8, hp__free()d by the caller. HP_ESPAWN for what no command line can carry: a quote in
 * argv[0], too much of it all. */
int hp__command_line(char *const *argv, char **line, hp_error *error);
/* A .bat or .cmd would be run by cmd.exe, which reads the line again by rules of its own: there is
 * no quoting that is safe from it. */
bool hp__is_batch_file(const char *path);

#endif
