/* SPDX-License-Identifier: MIT */
#include "config/settings.h"

#include "core/text.h"

#include <inttypes.h>
#include <string.h>

static const struct hp_position nowhere;

const char *const hp__os_names[] = {
    [HP_OS_LINUX] = "linux", [HP_OS_DARWIN] = "darwin", [HP_OS_WINDOWS] = "windows", NULL};

const char *const hp__setting_types[] = {
#define TYPE_NAME(name, text) [name] = text,
    HP_SETTING_TYPES(TYPE_NAME)
#undef TYPE_NAME
        NULL};

/* ---- The types that have an order: text to an amount ---- */

static int read_size(const char *text, int64_t *amount, hp_error *error) {
  uint64_t bytes = 0;
  int result = hp__read_size(text, &bytes, error);
  *amount = (int64_t)bytes;
  return result;
}

typedef int (*amount_reader)(const char *text, int64_t *amount, hp_error *error);

static const amount_reader amount_readers[] = {[HP_SETTING_INT] = hp__read_int,
                                               [HP_SETTING_SIZE] = read_size,
                                               [HP_SETTING_DURATION] = hp__read_duration,
                                               [HP_SETTING_PORT] = hp__read_port,
                                               [HP_SETTING_SECRET] = NULL};

bool hp__setting_has_range(const struct hp_setting *setting) {
  return setting->type == HP_SETTING_PERCENT || amount_readers[setting->type] != NULL;
}

uint64_t hp__setting_scale(const struct hp_setting *setting) {
  bool is_size = setting->type == HP_SETTING_SIZE || setting->type == HP_SETTING_PERCENT;
  if (!setting->unit)
    return 1;
  if (is_size)
    return hp__size_unit(setting->unit);
  return setting->type == HP_SETTING_DURATION ? hp__duration_unit(setting->unit) : 1;
}

static int read_one(const struct hp_setting *setting, const char *text, uint64_t memory,
                    int64_t *amount, hp_error *error) {
  if (setting->type == HP_SETTING_PERCENT)
    return hp__read_memory(text, memory, amount, error);
  return amount_readers[setting->type](text, amount, error);
}

/* A part of an unknown whole has no amount. */
static bool is_unknown(const struct hp_setting *setting, int64_t amount) {
  return setting->type == HP_SETTING_PERCENT && amount < 0;
}

static int check_range(const struct hp_setting *setting, const char *value, int64_t amount,
                       uint64_t memory, hp_error *error) {
  int64_t limit = 0;
  int result = 0;
  if (setting->minimum &&
      (result = read_one(setting, setting->minimum, memory, &limit, error)) == 0 &&
      amount < limit && !is_unknown(setting, amount))
    return hp__mistake(error, nowhere, "%s is less than the minimum, %s", value, setting->minimum);
  if (result == 0 && setting->maximum &&
      (result = read_one(setting, setting->maximum, memory, &limit, error)) == 0 &&
      amount > limit && !is_unknown(setting, limit))
    return hp__mistake(error, nowhere, "%s is more than the maximum, %s", value, setting->maximum);
  return result;
}

/* What was said by a percentage is rounded down; a number of the user's own is not changed. */
static int check_unit(const struct hp_setting *setting, const char *value, int64_t amount,
                      hp_error *error) {
  uint64_t scale = hp__setting_scale(setting);
  if (scale <= 1 || amount % (int64_t)scale == 0 || strchr(value, '%'))
    return 0;
  return hp__mistake(error, nowhere, "%s is not a whole number of %s, which the server counts in",
                     value, setting->unit);
}

static int read_ordered(struct hp_arena *arena, const struct hp_setting *setting, const char *value,
                        uint64_t memory, const char **canonical, hp_error *error) {
  int64_t amount = 0, scale = (int64_t)hp__setting_scale(setting);
  int result = read_one(setting, value, memory, &amount, error);
  if (result != 0 && hp__nearest(value, setting->values, setting->value_count))
    return hp__unknown(error, nowhere, "value", value, setting->values, setting->value_count);
  if (result == 0)
    result = check_range(setting, value, amount, memory, error);
  if (result == 0)
    result = check_unit(setting, value, amount, error);
  if (result != 0)
    return result;
  *canonical = is_unknown(setting, amount)
                   ? hp__arena_copy(arena, value)
                   : hp__arena_format(arena, "%" PRId64, amount / (scale ? scale : 1));
  return 0;
}

/* ---- The others ---- */

static int read_word(const struct hp_setting *setting, const char **value, hp_error *error) {
  bool truth;
  if (setting->type == HP_SETTING_ENUM)
    return hp__unknown(error, nowhere, "value", *value, setting->values, setting->value_count);
  if (setting->type == HP_SETTING_BOOL) {
    int result = hp__read_bool(*value, &truth, error);
    if (result == 0 && setting->words)
      *value = setting->words[truth];
    return result;
  }
  if (setting->type == HP_SETTING_PATH && *value[0] == '\0')
    return hp__mistake(error, nowhere, "'' is not a path");
  return 0;
}

static bool is_listed(const struct hp_setting *setting, const char *value) {
  for (size_t i = 0; i < setting->value_count; i++)
    if (strcmp(setting->values[i], value) == 0)
      return true;
  return false;
}

static int read_value(struct hp_arena *arena, const struct hp_setting *setting, const char *value,
                      uint64_t memory, const char **canonical, hp_error *error) {
  int result = 0;
  if (!is_listed(setting, value)) {
    if (hp__setting_has_range(setting))
      return read_ordered(arena, setting, value, memory, canonical, error);
    result = read_word(setting, &value, error);
  }
  *canonical = result == 0 ? hp__arena_copy(arena, value) : NULL;
  return result;
}

static void tell_words(const struct hp_setting *setting, hp_error *error) {
  struct hp_text words = {0};
  for (size_t i = 0; i < setting->value_count; i++)
    hp__text_format(&words, "%s%s", i ? ", " : "", setting->values[i]);
  hp_error_set_hint(error, "accepted besides: %s", words.data ? words.data : "");
  hp__text_fini(&words);
}

int hp__setting_read(struct hp_arena *arena, const struct hp_setting *setting, const char *value,
                     uint64_t memory, const char **canonical, hp_error *error) {
  *canonical = NULL;
  int result = read_value(arena, setting, value, memory, canonical, error);
  if (result == HP_ECONFIG)
    hp_error_prefix(error, "setting '%s': ", setting->name);
  if (result == HP_ECONFIG && hp__setting_has_range(setting) && setting->value_count)
    tell_words(setting, error);
  if (result == 0 && !*canonical)
    return hp__out_of_memory(error);
  return result;
}

bool hp__setting_is(const struct hp_setting *setting, const char *canonical, const char *named) {
  struct hp_arena arena = {0};
  const char *other = NULL;
  bool a, b;
  int result = hp__setting_read(&arena, setting, named, 0, &other, NULL);
  bool same = result == 0 && strcmp(canonical, other) == 0;
  if (result == 0 && !same && setting->type == HP_SETTING_BOOL && !setting->words)
    same = hp__read_bool(canonical, &a, NULL) == 0 && hp__read_bool(other, &b, NULL) == 0 && a == b;
  hp__arena_fini(&arena);
  return same;
}
