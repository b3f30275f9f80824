/* SPDX-License-Identifier: MIT */
/* What the user should know of a plan that is good all the same. */
#include "core/plan_steps.h"

#include <string.h>

static bool has_warning(const struct hp_plan *plan, const char *text) {
  for (size_t i = 0; i < plan->warnings.count; i++)
    if (strcmp(plan->warnings.items[i], text) == 0)
      return true;
  return false;
}

static int add(struct hp_plan *plan, const char *text) {
  if (text && has_warning(plan, text))
    return 0;
  return hp__strings_add(&plan->arena, &plan->warnings, text) ? 0 : HP_ENOMEM;
}

HP_PRINTF(3, 0)
static int warn(struct hp_plan *plan, const char *place, const char *format, va_list list) {
  struct hp_text text = {0};
  hp__text_add(&text, place);
  hp__text_format_list(&text, format, list);
  for (char *c = text.data; c && *c; c++) /* one line, whatever the user's words hold */
    if ((unsigned char)*c < ' ')
      *c = ' ';
  int result = text.failed ? HP_ENOMEM : add(plan, hp__arena_copy(&plan->arena, text.data));
  hp__text_fini(&text);
  return result;
}

int hp__plan_warn(struct hp_plan *plan, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int result = warn(plan, "", format, list);
  va_end(list);
  return result;
}

int hp__plan_warn_at(struct hp_plan *plan, struct hp_position position, const char *format, ...) {
  struct hp_text place = {0};
  va_list list;
  hp__position_print(&place, position);
  va_start(list, format);
  int result = place.failed ? HP_ENOMEM : warn(plan, place.data ? place.data : "", format, list);
  va_end(list);
  hp__text_fini(&place);
  return result;
}

int hp__plan_share_warnings(struct hp_plan *plan) {
  int result = 0;
  for (const struct hp_plan *next = plan->next; next; next = next->next)
    for (size_t i = 0; result == 0 && i < next->warnings.count; i++)
      result = add(plan, hp__arena_copy(&plan->arena, next->warnings.items[i]));
  return result;
}

size_t hp_plan_warning_count(const hp_plan *plan) {
  return plan->warnings.count;
}

const char *hp_plan_warning(const hp_plan *plan, size_t index) {
  return index < plan->warnings.count ? plan->warnings.items[index] : NULL;
}
