/* SPDX-License-Identifier: MIT */
/* Typed settings of a server: their declaration in a definition, and the reading of a value. */
#ifndef HP_CONFIG_SETTINGS_H
#define HP_CONFIG_SETTINGS_H

#include "config/mistake.h"
#include "config/template.h"

enum hp_os { HP_OS_LINUX, HP_OS_DARWIN, HP_OS_WINDOWS, HP_OS_COUNT };

#define HP_SETTING_TYPES(X)                                                                        \
  X(HP_SETTING_STRING, "string")                                                                   \
  X(HP_SETTING_BOOL, "bool")                                                                       \
  X(HP_SETTING_INT, "int")                                                                         \
  X(HP_SETTING_SIZE, "size")                                                                       \
  X(HP_SETTING_DURATION, "duration")                                                               \
  X(HP_SETTING_ENUM, "enum")                                                                       \
  X(HP_SETTING_PORT, "port")                                                                       \
  X(HP_SETTING_PATH, "path")

enum hp_setting_type {
#define HP_SETTING_ENUMERATOR(name, text) name,
  HP_SETTING_TYPES(HP_SETTING_ENUMERATOR)
#undef HP_SETTING_ENUMERATOR
};

struct hp_setting {
  const char *name, *description;
  enum hp_setting_type type;
  const char *initial; /* default: used as if it had been said; NULL: passed only when set */
  const char *minimum, *maximum; /* in the setting's own unit; NULL: no limit */
  const char **values; /* enum: accepted; others: words accepted besides ("auto", "off") */
  size_t value_count;
  struct hp_template *arguments; /* appended when it has a value; ${value} is that value */
  size_t argument_count;
  struct hp_position position;
};

/* Checks `value` and writes its canonical form (bytes for a size, "yes"/"no" as the user wrote for
 * a bool, …) into the arena. HP_ECONFIG with the accepted values, the nearest one first. */
int hp__setting_read(struct hp_arena *arena, const struct hp_setting *setting, const char *value,
                     const char **canonical, hp_error *error);

/* Whether values of this type have an order, so that `minimum` and `maximum` mean something. */
bool hp__setting_has_range(const struct hp_setting *setting);

/* "64M" -> bytes, "1500ms" -> milliseconds; whole text must be read. HP_ECONFIG says the form. */
int hp__read_size(const char *text, uint64_t *bytes, hp_error *error);
int hp__read_duration(const char *text, int64_t *milliseconds, hp_error *error);
int hp__read_bool(const char *text, bool *value, hp_error *error);

#endif
