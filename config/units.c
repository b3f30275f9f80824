/* SPDX-License-Identifier: MIT */
#include "config/units.h"

#include <string.h>

static const struct hp_position nowhere;

struct unit {
  const char *name;
  uint64_t scale;
};

static const struct unit size_units[] = {
    {"", 1}, {"K", 1 << 10}, {"M", 1 << 20}, {"G", 1 << 30}, {"T", UINT64_C(1) << 40}};
static const struct unit duration_units[] = {
    {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};

static uint64_t find_unit(const struct unit *units, size_t count, const char *name) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(units[i].name, name) == 0)
      return units[i].scale;
  return 0;
}

uint64_t hp__size_unit(const char *name) {
  return find_unit(size_units, sizeof size_units / sizeof *size_units, name);
}

uint64_t hp__duration_unit(const char *name) {
  return find_unit(duration_units, sizeof duration_units / sizeof *duration_units, name);
}

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
  int verdict =
      read_amount(text, size_units, sizeof size_units / sizeof *size_units, INT64_MAX, bytes);
  if (verdict == AMOUNT_OK)
    return 0;
  return refuse_amount(
      verdict, text, "a size: a whole number of bytes, or of K, M, G or T (powers of 1024)", error);
}

int hp__read_duration(const char *text, int64_t *milliseconds, hp_error *error) {
  /* A hundred years: a deadline is then always a time that a clock can say. */
  const uint64_t most = UINT64_C(36525) * 86400000;
  uint64_t amount = 0;
  int verdict = read_amount(text, duration_units, sizeof duration_units / sizeof *duration_units,
                            most, &amount);
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

static const struct unit plain[] = {{"", 1}};

int hp__read_int(const char *text, int64_t *amount, hp_error *error) {
  uint64_t value = 0;
  bool negative = text[0] == '-';
  int verdict = read_amount(text + negative, plain, 1, INT64_MAX, &value);
  *amount = negative ? -(int64_t)value : (int64_t)value;
  return verdict == AMOUNT_OK ? 0 : refuse_amount(verdict, text, "a whole number", error);
}

int hp__read_port(const char *text, int64_t *amount, hp_error *error) {
  uint64_t value = 0;
  int verdict = read_amount(text, plain, 1, 65535, &value);
  *amount = (int64_t)value;
  if (verdict == AMOUNT_OK && value > 0)
    return 0;
  return refuse_amount(AMOUNT_BAD, text, "a port: a whole number from 1 to 65535", error);
}

int hp__read_memory(const char *text, uint64_t memory, int64_t *bytes, hp_error *error) {
  static const struct unit percent[] = {{"%", 1}};
  uint64_t amount = 0;
  size_t length = strlen(text);
  bool is_part = length > 0 && text[length - 1] == '%';
  int verdict = is_part ? read_amount(text, percent, 1, 100, &amount)
                        : read_amount(text, size_units, sizeof size_units / sizeof *size_units,
                                      INT64_MAX, &amount);
  *bytes = (int64_t)amount;
  if (is_part) /* in this order it cannot be too much */
    *bytes = memory ? (int64_t)(memory / 100 * amount + memory % 100 * amount / 100) : -1;
  if (verdict == AMOUNT_OK)
    return 0;
  return refuse_amount(verdict, text, "an amount of memory: a size, as 64M, or 0% to 100%", error);
}
