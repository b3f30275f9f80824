/* SPDX-License-Identifier: MIT */
/* The value of a setting: the first byte is its type. What was read is read again as the same. */
#include "tests/fuzz/fuzz.h"

#include "config/settings.h"
#include "core/error.h"

#define COUNT(name, text) +1
enum { TYPES = 0 HP_SETTING_TYPES(COUNT) };
#undef COUNT

static int read_value(struct hp_arena *arena, const struct hp_setting *setting, const char *value,
                      const char **canonical) {
  struct hp_error error = {0};
  int result = hp__setting_read(arena, setting, value, 1 << 30, canonical, &error);
  EXPECT(result == 0 || (error.message && error.message[0]));
  hp__error_fini(&error);
  return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *words[] = {"auto", "off", "everything"};
  struct hp_arena arena = {0};
  const char *first = NULL, *second = NULL;
  if (size < 1)
    return 0;
  struct hp_setting setting = {.name = "s",
                               .type = (enum hp_setting_type)(data[0] % TYPES),
                               .values = words,
                               .value_count = data[0] & 0x80 ? 0 : 3};
  char *text = fuzz_text(data + 1, size - 1);
  if (data[0] & 0x40 && hp__setting_has_range(&setting))
    setting.minimum = setting.maximum = "10";
  if (read_value(&arena, &setting, text, &first) == 0 && setting.type != HP_SETTING_DURATION) {
    EXPECT(first && read_value(&arena, &setting, first, &second) == 0);
    EXPECT(strcmp(first, second) == 0);
  }
  hp__arena_fini(&arena);
  free(text);
  return 0;
}
