/* SPDX-License-Identifier: MIT */
/* Names of Windows' named pipes: what may be one, and one that nobody can guess. Pure. */
#ifndef HP_TRANSPORTS_PIPE_NAME_H
#define HP_TRANSPORTS_PIPE_NAME_H

#include <hyperprocess/plugin.h>

#define HP_PIPE_PREFIX "\\\\.\\pipe\\"
enum { HP_PIPE_NAME_MAX = 256 }; /* characters of UTF-16, the prefix included */

/* Whether `name`, what follows the prefix, can be one: HP_ETOOLONG, HP_ECONFIG. */
int hp__pipe_name_check(const char *name, hp_error *error);

enum { HP_PIPE_RANDOM_SIZE = 16, HP_PIPE_OWN_SIZE = 3 + 2 * HP_PIPE_RANDOM_SIZE + 1 };
/* "hp-" and the bytes as digits. */
void hp__pipe_name_make(char name[HP_PIPE_OWN_SIZE],
                        const unsigned char bytes[HP_PIPE_RANDOM_SIZE]);

#endif
