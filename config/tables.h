/* SPDX-License-Identifier: MIT */
/* The tables of keys, and the readers that definitions and profiles share. */
#ifndef HP_CONFIG_TABLES_H
#define HP_CONFIG_TABLES_H

#include "config/profile.h"
#include "config/schema.h"

extern const struct hp_table hp__definition_table; /* struct hp_definition */
extern const struct hp_table hp__profile_table;    /* struct hp_profile */
extern const struct hp_table hp__ready_table;      /* struct hp_ready; `all` and `any` hold more */

extern const struct hp_table hp__root_table;    /* a whole file */
extern const struct hp_table hp__setting_table; /* struct hp_setting */

/* declaration.c */
int hp__field_setting_name(const struct hp_reader *reader, const struct hp_field *field,
                           const struct hp_node *node, void *record); /* const char * */
/* What settings say of each other, and of their values. `node` is the definition's. */
int hp__settings_check(const struct hp_reader *reader, const struct hp_node *node,
                       const struct hp_definition *definition);

/* ready.c */
extern const char *const hp__identity_words[];
extern const struct hp_table hp__health_table; /* struct hp_health_rule */

extern const struct hp_table hp__step_table; /* struct hp_step */

/* health.c */
int hp__field_health(const struct hp_reader *reader, const struct hp_field *field,
                     const struct hp_node *node, void *record); /* const struct hp_node * */

/* For one system each, laid over the rest there. */
#define HP_SECTIONS(keys)                                                                          \
  {.key = "linux",                                                                                 \
   .description = "Keys for linux alone, laid over the rest there.",                               \
   .read = hp__field_section,                                                                      \
   .table = (keys)},                                                                               \
      {.key = "darwin",                                                                            \
       .description = "Keys for darwin alone, laid over the rest there.",                          \
       .read = hp__field_section,                                                                  \
       .table = (keys)},                                                                           \
  {                                                                                                \
    .key = "windows", .description = "Keys for windows alone, laid over the rest there.",          \
    .read = hp__field_section, .table = (keys)                                                     \
  }

/* stop.c */
extern const struct hp_table hp__rung_table;
int hp__field_rungs(const struct hp_reader *reader, const struct hp_field *field,
                    const struct hp_node *node, void *record); /* struct hp_rungs */
/* Whether a signal is one that a console sends. */
bool hp__is_console_event(const char *signal);
int hp__field_signal(const struct hp_reader *reader, const struct hp_field *field,
                     const struct hp_node *node, void *record); /* const char *, without "SIG" */

/* files.c: into struct hp_definition */
int hp__field_files(const struct hp_reader *reader, const struct hp_field *field,
                    const struct hp_node *node, void *record);
int hp__field_notes(const struct hp_reader *reader, const struct hp_field *field,
                    const struct hp_node *node, void *record); /* struct hp_note *: NAME: text */
int hp__field_secrets(const struct hp_reader *reader, const struct hp_field *field,
                      const struct hp_node *node, void *record);

extern const struct hp_table hp__limits_table; /* struct hp_limits_wanted */

/* policy.c */
int hp__field_policy(const struct hp_reader *reader, const struct hp_field *field,
                     const struct hp_node *node, void *record); /* struct hp_environment_policy */

/* transport.c */
extern const struct hp_table hp__choice_table; /* of the long form */
int hp__field_transports(const struct hp_reader *reader, const struct hp_field *field,
                         const struct hp_node *node, void *record); /* struct hp_choices */
/* Whether the server has a rule for the only one there is, and every one of several is a word. */
int hp__transports_check(const struct hp_reader *reader, const struct hp_choices *choices,
                         const struct hp_definition *definition);

/* profile.c: what of a profile can only be checked once its server is known. `node` is the
 * profile's, for the places. */
int hp__profile_check(const struct hp_reader *reader, const struct hp_node *node,
                      const struct hp_profile *profile, const struct hp_definition *definition);

#endif
