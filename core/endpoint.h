/* SPDX-License-Identifier: MIT */
#ifndef HP_CORE_ENDPOINT_H
#define HP_CORE_ENDPOINT_H

#include <hyperprocess/plugin.h>

/* Whether `host` is a literal IPv4 or IPv6 address (a zone after "%" allowed) or a host name by its
 * syntax. What looks like an IPv4 address must be a whole one: "127.1" and "010.0.0.1" are not. */
bool hp__host_is_valid(const char *host);
/* The path as it stands in the text form; that size is always enough. */
void hp__path_encode(const char *path, char text[HP_ENDPOINT_TEXT_SIZE]);

#endif
