/* SPDX-License-Identifier: MIT */
/*
 * All definitions and profiles that can be named: those of the user's file and the built-in ones,
 * each with its `extends` already merged. Pure text to values: knows no OS and no loop; reads files
 * by the C library.
 */
#ifndef HP_CONFIG_CATALOG_H
#define HP_CONFIG_CATALOG_H

#include "config/profile.h"

struct hp_catalog {
  struct hp_arena arena;
  struct hp_definition *definitions; /* the user's first, then the built-in ones that they did not
                                        replace */
  size_t definition_count;
  struct hp_profile *profiles;
  size_t profile_count;
  const char *file;        /* the user's file that was read, NULL: built-in only */
  struct hp_strings files; /* that one, and those that are extended */
};

/* Reads `file` (NULL: none), those that are extended in it, and the built-in ones; the sections for
 * `os` ("linux"; NULL: none) are laid over the rest. HP_ECONFIG: "file:line:column: …", one message
 * for the first mistake. */
int hp__catalog_load(struct hp_catalog *catalog, const char *file, const char *os, hp_error *error);
void hp__catalog_fini(struct hp_catalog *catalog); /* safe on zeroed memory */

/* HP_ECONFIG with the nearest name, when there is none of that name. */
int hp__catalog_definition(const struct hp_catalog *catalog, const char *name,
                           const struct hp_definition **definition, hp_error *error);
int hp__catalog_profile(const struct hp_catalog *catalog, const char *name,
                        const struct hp_profile **profile, hp_error *error);

/* Reads "local", "unix:/path", "tcp", "tcp:6380", "tcp:127.0.0.1:6380", or several of them with
 * commas between. */
int hp__transports_read(struct hp_arena *arena, struct hp_choices *choices, const char *text,
                        struct hp_position position, hp_error *error);

/* A built-in YAML file, compiled into the library. */
struct hp_builtin {
  const char *name, *text;
};
extern const struct hp_builtin hp__builtins[];
extern const size_t hp__builtin_count;

#endif
