/* SPDX-License-Identifier: MIT */
/* Trees of files. Each returns 0 or a libuv code, and goes on behind what it could not do. */
#ifndef HP_CLI_FILES_H
#define HP_CLI_FILES_H

#include <stddef.h>

/* With its parents; one that exists is no error. */
int files_make_directory(const char *path);
/* Files, directories and links; `skip`: what begins so at the top is left out, NULL: nothing. */
int files_copy_tree(const char *from, const char *to, const char *skip);
/* Follows no link. One that is missing is no error. */
int files_remove_tree(const char *path);
int files_write(const char *path, const char *text);

#endif
