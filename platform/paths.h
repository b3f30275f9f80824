/* SPDX-License-Identifier: MIT */
/* Paths as text, by the rules of one OS. Results are from hp__alloc(), NULL when out of memory. */
#ifndef HP_PLATFORM_PATHS_H
#define HP_PLATFORM_PATHS_H

#include "platform/locate.h"

bool hp__path_is_separator(const struct hp_locate_rules *rules, char c);
bool hp__path_is_absolute(const struct hp_locate_rules *rules, const char *path);
/* `relative` below `folder`; "." and ".." in it are resolved by the text alone. */
char *hp__path_join(const struct hp_locate_rules *rules, const char *folder, const char *relative);
/* An absolute one as it is; another one as the system would complete it in `current`. */
char *hp__path_make_absolute(const struct hp_locate_rules *rules, const char *current,
                             const char *path);
/* A file name with the suffix of an executable, which it may have already. */
char *hp__path_with_suffix(const struct hp_locate_rules *rules, const char *name);
bool hp__path_equal(const struct hp_locate_rules *rules, const char *a, const char *b);
/* Whether the last parts of `path` are those of `pattern`, of which each may hold one "*". */
bool hp__path_ends_like(const struct hp_locate_rules *rules, const char *path, const char *pattern);
/* Whether `name` is what a pattern of `length` bytes with one "*" says; hidden ones only by name.
 */
bool hp__path_matches(const struct hp_locate_rules *rules, const char *pattern, size_t length,
                      const char *name);

#endif
