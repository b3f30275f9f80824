/* SPDX-License-Identifier: MIT */
#ifndef HP_CONFIG_JSONSCHEMA_H
#define HP_CONFIG_JSONSCHEMA_H

/* The JSON Schema (draft 2020-12) of a file of servers and profiles, to be freed with hp__free();
 * NULL when out of memory. */
char *hp__schema_print(void);

#endif
