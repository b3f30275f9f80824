/* SPDX-License-Identifier: MIT */
/* Typed settings of a server: what a definition says of one, and the reading of a value. */
#ifndef HP_CONFIG_SETTINGS_H
#define HP_CONFIG_SETTINGS_H

#include "config/template.h"
#include "config/units.h"

enum hp_os { HP_OS_LINUX, HP_OS_DARWIN, HP_OS_WINDOWS, HP_OS_COUNT };

extern const char *const hp__os_names[]; /* NULL-terminated */

#define HP_SETTING_TYPES(X)                                                                        \
  X(HP_SETTING_STRING, "string")                                                                   \
  X(HP_SETTING_BOOL, "bool")                                                                       \
  X(HP_SETTING_INT, "int")                                                                         \
  X(HP_SETTING_SIZE, "size")                                                                       \
  X(HP_SETTING_DURATION, "duration")                                                               \
  X(HP_SETTING_PERCENT, "percent")                                                                 \
  X(HP_SETTING_ENUM, "enum")                                                                       \
  X(HP_SETTING_PORT, "port")                                                                       \
  X(HP_SETTING_PATH, "path")                                                                       \
  X(HP_SETTING_SECRET, "secret")

enum hp_setting_type {
#define HP_SETTING_ENUMERATOR(name, text) name,
  HP_SETTING_TYPES(HP_SETTING_ENUMERATOR)
#undef HP_SETTING_ENUMERATOR
};

extern const char *const hp__setting_types[]; /* by type, NULL-terminated */

struct hp_requirement { /* of another setting */
  const char *name;
  const char **values; /* it has one of these … */
  size_t count;
  bool is_not; /* … or it has a value, and none of these */
};

struct hp_note { /* of one value, for lists */
  const char *value, *text;
};

struct hp_build_limit {   /* the greatest value that this very build of the server takes */
  const char **arguments; /* that its binary is called with to say it; NULL: nothing is asked */
  size_t count;
  const char *after;   /* the text before the number */
  const char *unasked; /* up to this one every build takes it; NULL: none */
};

struct hp_setting {
  const char *name, *description;
  enum hp_setting_type type;
  const char *initial; /* default: used as if it had been said; NULL: passed only when set */
  const char *minimum, *maximum; /* as values are written; NULL: no limit */
  const char *unit;              /* that the server counts in; NULL: bytes, ms, nothing */
  const char **values; /* enum: accepted; others: words accepted besides ("auto", "off") */
  size_t value_count;
  const char **words; /* bool: the server's own for false and true; NULL: as the user's */
  size_t word_count;
  struct hp_template *arguments; /* appended when it has a value; ${value} is that value */
  size_t argument_count;
  unsigned platforms;                  /* bits of enum hp_os on which it has an effect; 0: on all */
  struct hp_requirement *requirements; /* without which it has no effect */
  size_t requirement_count;
  const char **only_for; /* values for which the arguments are appended; count 0: all */
  size_t only_for_count;
  const char **discouraged; /* values that are accepted with a warning */
  size_t discouraged_count;
  bool all_discouraged_but; /* all others, and not these */
  const char *discouraged_reason;
  bool is_required;       /* somebody must say it: there is no value that would do unsaid */
  const char *belongs_to; /* what it is said to instead; NULL: it is the server's */
  struct hp_build_limit build;
  struct hp_note *notes;
  size_t note_count;
  bool is_deprecated, is_experimental;
  const char *deprecated_since, *deprecated_reason, *replacement;
  struct hp_position position;
};

/* Checks `value` and writes its canonical form into the arena: a size, a duration, an amount of
 * memory as a number of the setting's unit, a bool as the setting's words, all else as it was
 * written. `memory`: bytes of this machine, 0 where no percentage need become a number. HP_ECONFIG
 * with the accepted values, the nearest one first. */
int hp__setting_read(struct hp_arena *arena, const struct hp_setting *setting, const char *value,
                     uint64_t memory, const char **canonical, hp_error *error);
/* Whether a value of the setting, in canonical form, is the same as one that a definition names. */
bool hp__setting_is(const struct hp_setting *setting, const char *canonical, const char *named);

/* Whether values of this type have an order, so that `minimum` and `maximum` mean something. */
bool hp__setting_has_range(const struct hp_setting *setting);
/* How much of the type's own amount its unit is; 0: no such unit. */
uint64_t hp__setting_scale(const struct hp_setting *setting);

#endif
