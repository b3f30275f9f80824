/* SPDX-License-Identifier: MIT */
#include "core/plan_steps.h"
#include "tests/support/test.h"

HP_TEST(one_line_with_its_place_and_only_once) {
  struct hp_plan plan = {0};
  struct hp_position position = {"a.yaml", 3, 7};
  CHECK_INT(hp_plan_warning_count(&plan), 0);
  CHECK_INT(hp__plan_warn_at(&plan, position, "setting '%s' is odd", "a\nb"), 0);
  CHECK_INT(hp__plan_warn(&plan, "of %d", 2), 0);
  CHECK_INT(hp__plan_warn(&plan, "of %d", 2), 0);
  CHECK_INT(hp_plan_warning_count(&plan), 2);
  CHECK_TEXT(hp_plan_warning(&plan, 0), "a.yaml:3:7: setting 'a b' is odd");
  CHECK_TEXT(hp_plan_warning(&plan, 1), "of 2");
  CHECK(hp_plan_warning(&plan, 2) == NULL);
  hp__arena_fini(&plan.arena);
}

HP_TEST(those_of_later_plans_are_told_with_the_first) {
  struct hp_plan later = {0}, plan = {.next = &later};
  hp__plan_warn(&plan, "both");
  hp__plan_warn(&later, "both");
  hp__plan_warn(&later, "later");
  CHECK_INT(hp__plan_share_warnings(&plan), 0);
  CHECK_INT(hp_plan_warning_count(&plan), 2);
  CHECK_TEXT(hp_plan_warning(&plan, 1), "later");
  hp__arena_fini(&plan.arena);
  hp__arena_fini(&later.arena);
}
