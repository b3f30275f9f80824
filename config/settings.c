/* SPDX-License-Identifier: MIT */
#include "config/settings.h"

#include <inttypes.h>
#include <string.h>

static const struct hp_position nowhere;

struct unit {
  const char *name;
  uint64_t scale;
};

enum { AMOUNT_OK, AMOUNT_BAD, AMOUNT_LARGE };

/* A whole number and one of the units, all of the text. */
static int read_amount(const char *text, const struct unit *units, size_t count, uint64_t most,
                       uint64_t *amount) {
  uint64_t value = 0;
  bool large = false;
  const char *at = text;
  for (; *at >= '0' && *at <= '9'; at++) {
    unsigned digit = (unsigned)(*at - '0');
    large = large || value > (UINT64_MAX - digit) / 10;
    value = value * 10 + digit;
  }
  if (at == text)
    return AMOUNT_BAD;
  for (size_t i = 0; i < count; i++) {
    if (strcmp(at, units[i].name) != 0)
      continue;
    if (large || value > most / units[i].scale)
      return AMOUNT_LARGE;
    *amount = value * units[i].scale;
    return AMOUNT_OK;
  }
  return AMOUNT_BAD;
}

static int refuse_amount(int verdict, const char *text, const char *form, hp_error *error) {
  if (verdict == AMOUNT_LARGE)
    return hp__mistake(error, nowhere, "'%s' is too large", text);
  return hp__mistake(error, nowhere, "'%s' is not %s", text, form);
}

int hp__read_size(const char *text, uint64_t *bytes, hp_error *error) {
  static const struct unit units[] = {
      {"", 1}, {"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {"T", UINT64_C(1) << 40}};
  int verdict = read_amount(text, units, sizeof units / sizeof *units, INT64_MAX, bytes);
  if (verdict == AMOUNT_OK)
    return 0;
  return refuse_amount(
      verdict, text, "a size: a whole number of bytes, or of K, M, G or T (powers of 1024)", error);
}

int hp__read_duration(const char *text, int64_t *milliseconds, hp_error *error) {
  static const struct unit units[] = {
      {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
  /* A hundred years: a deadline is then always a time that a clock can say. */
  const uint64_t most = UINT64_C(36525) * 86400000;
  uint64_t amount = 0;
  int verdict = read_amount(text, units, sizeof units / sizeof *units, most, &amount);
  *milliseconds = (int64_t)amount;
  if (verdict == AMOUNT_OK)
    return 0;
  return refuse_amount(verdict, text, "a duration: a whole number of ms, s, m, h or d", error);
}

int hp__read_bool(const char *text, bool *value, hp_error *error) {
  static const char *const words[] = {"no", "yes", "false", "true", "off", "on"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (strcmp(text, words[i]) == 0) {
      *value = i % 2 == 1;
      return 0;
    }
  return hp__unknown(error, nowhere, "truth value", text, words, sizeof words / sizeof *words);
}

/* ---- The types that have an order: text to an amount ---- */

static int read_size(const char *text, int64_t *amount, hp_error *error) {
  uint64_t bytes = 0;
  int result = hp__read_size(text, &bytes, error);
  *amount = (int64_t)bytes;
  return result;
}

static const struct unit plain[] = {{"", 1}};

static int read_int(const char *text, int64_t *amount, hp_error *error) {
  uint64_t value = 0;
  bool negative = text[0] == '-';
  int verdict = read_amount(text + negative, plain, 1, INT64_MAX, &value);
  *amount = negative ? -(int64_t)value : (int64_t)value;
  return verdict == AMOUNT_OK ? 0 : refuse_amount(verdict, text, "a whole number", error);
}

static int read_port(const char *text, int64_t *amount, hp_error *error) {
  uint64_t value = 0;
  int verdict = read_amount(text, plain, 1, 65535, &value);
  *amount = (int64_t)value;
  if (verdict == AMOUNT_OK && value > 0)
    return 0;
  return refuse_amount(AMOUNT_BAD, text, "a port: a whole number from 1 to 65535", error);
}

typedef int (*amount_reader)(const char *text, int64_t *amount, hp_error *error);

static const amount_reader amount_readers[] = {[HP_SETTING_INT] = read_int,
                                               [HP_SETTING_SIZE] = read_size,
                                               [HP_SETTING_DURATION] = hp__read_duration,
                                               [HP_SETTING_PORT] = read_port,
                                               [HP_SETTING_PATH] = NULL};

bool hp__setting_has_range(const struct hp_setting *setting) {
  return amount_readers[setting->type] != NULL;
}

static int check_range(const struct hp_setting *setting, const char *value, int64_t amount,
                       hp_error *error) {
  amount_reader read = amount_readers[setting->type];
  int64_t limit = 0;
  int result = 0;
  if (setting->minimum && (result = read(setting->minimum, &limit, error)) == 0 && amount < limit)
    return hp__mistake(error, nowhere, "%s is less than the minimum, %s", value, setting->minimum);
  if (result == 0 && setting->maximum && (result = read(setting->maximum, &limit, error)) == 0 &&
      amount > limit)
    return hp__mistake(error, nowhere, "%s is more than the maximum, %s", value, setting->maximum);
  return result;
}

static int read_ordered(struct hp_arena *arena, const struct hp_setting *setting, const char *value,
                        const char **canonical, hp_error *error) {
  int64_t amount = 0;
  int result = amount_readers[setting->type](value, &amount, error);
  if (result != 0 && hp__nearest(value, setting->values, setting->value_count))
    return hp__unknown(error, nowhere, "value", value, setting->values, setting->value_count);
  if (result == 0)
    result = check_range(setting, value, amount, error);
  *canonical = result == 0 ? hp__arena_format(arena, "%" PRId64, amount) : NULL;
  return result;
}

static int read_word(const struct hp_setting *setting, const char *value, hp_error *error) {
  bool truth;
  if (setting->type == HP_SETTING_ENUM)
    return hp__unknown(error, nowhere, "value", value, setting->values, setting->value_count);
  if (setting->type == HP_SETTING_BOOL)
    return hp__read_bool(value, &truth, error);
  if (setting->type == HP_SETTING_PATH && value[0] == '\0')
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
                      const char **canonical, hp_error *error) {
  int result = 0;
  if (!is_listed(setting, value)) {
    if (amount_readers[setting->type])
      return read_ordered(arena, setting, value, canonical, error);
    result = read_word(setting, value, error);
  }
  *canonical = result == 0 ? hp__arena_copy(arena, value) : NULL;
  return result;
}

int hp__setting_read(struct hp_arena *arena, const struct hp_setting *setting, const char *value,
                     const char **canonical, hp_error *error) {
  int result = read_value(arena, setting, value, canonical, error);
  if (result == HP_ECONFIG)
    hp_error_prefix(error, "setting '%s': ", setting->name);
  if (result == 0 && !*canonical)
    return hp__out_of_memory(error);
  return result;
}
