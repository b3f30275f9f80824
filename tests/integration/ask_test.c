/* SPDX-License-Identifier: MIT */
/* What a binary is asked for while a plan is made, and what is kept of its answers. */
#include "core/ask.h"
#include "core/context.h"
#include "tests/support/server.h"

#include <stdio.h>
#include <string.h>

static const char *ask(hp_context *context, struct hp_arena *arena, const char *const *arguments,
                       bool may_run) {
  return hp__ask(&context->sources, context->registry.platform, arena, hp_test_program("hp-child"),
                 arguments, may_run);
}

HP_TEST(a_binary_is_run_once) {
  static const char *const arguments[] = {"write:a    b", "write:c", NULL};
  static const char *const others[] = {"write:d", NULL};
  hp_context *context = hp_test_context();
  struct hp_arena arena = {0};
  CHECK(ask(context, &arena, arguments, false) == NULL);
  CHECK_TEXT(ask(context, &arena, arguments, true), "a b\nc\n");
  CHECK_TEXT(ask(context, &arena, arguments, false), "a b\nc\n");
  CHECK(ask(context, &arena, others, false) == NULL);
  CHECK_TEXT(ask(context, &arena, others, true), "d\n");
  hp__arena_fini(&arena);
  hp_test_leave(context);
}

HP_TEST(one_that_fails_has_no_answer) {
  static const char *const failing[] = {"write:a", "exit:3", NULL};
  hp_context *context = hp_test_context();
  struct hp_arena arena = {0};
  CHECK(ask(context, &arena, failing, true) == NULL);
  CHECK(ask(context, &arena, failing, false) == NULL);
  CHECK(hp__ask(&context->sources, context->registry.platform, &arena,
                hp_test_path("no-such-program"), failing, true) == NULL);
  CHECK(hp__ask(&context->sources, context->registry.platform, &arena,
                hp_test_file("no-program", "text"), failing, true) == NULL);
  hp__arena_fini(&arena);
  hp_test_leave(context);
}

/* ---- in a plan ---- */

static hp_options *with(const char *profile, const char *more) {
  return hp_test_child(
      "tcp", "arguments: [pause]",
      "settings_list: ['write:NAME | DEFAULT | SCOPE | DESCRIPTION', 'write:odd_one | 5 | Global | "
      "It is odd', 'write:each_one | 5 | Session | It is said by each']",
      "pass_through: ['--${name}=${value}']",
      "settings: {form: {type: int, arguments: ['form=${value}'], build_maximum: {arguments: "
      "['write:It takes at most 3 of them'], after: 'at most', unasked: 1}}}",
      profile, more, NULL);
}

/* Refused with these words, or, without a code, the plan or its warning has them. */
static void check(hp_context *context, hp_options *options, int code, const char *part,
                  const char *other) {
  hp_plan *plan = NULL;
  hp_error *error = NULL;
  CHECK_INT(hp_plan_make(context, options, &plan, &error), code);
  hp_options_free(options);
  char *text = plan ? hp_plan_print(plan) : NULL;
  CHECK_HAS(text ? text : error ? hp_error_message(error) : "", part);
  if (other && error)
    CHECK_HAS(hp_error_hint(error) ? hp_error_hint(error) : hp_error_message(error), other);
  if (other && text)
    CHECK_HAS(text, other);
  hp_free(text);
  hp_plan_free(plan);
  hp_error_free(error);
}

HP_TEST(settings_of_the_servers_own_list_need_an_opt_in) {
  hp_context *context = hp_test_context();
  check(context, with("profile.settings: {odd_one: 1}", NULL), HP_ECONFIG,
        "setting 'odd_one' of server 't' is not documented: it may change or vanish",
        "--allow-experimental");
  check(context, with("profile.settings: {odd_noe: 1}", NULL), HP_ECONFIG,
        "has no setting 'odd_noe', did you mean 'odd_one'?", NULL);
  check(context, with("profile.settings: {from: 1}", NULL), HP_ECONFIG,
        "has no setting 'from', did you mean 'form'?", NULL);
  check(context, with("profile.settings: {odd_one: 1}", "profile.allow_experimental: yes"), 0,
        "--odd_one=1", "setting 'odd_one' of server 't' is not documented");
  check(context, with("profile.settings: {each_one: 1}", "profile.allow_experimental: yes"), 0,
        "--each_one=1", "each connection can say its own");
  check(context, with("profile.settings: {nobodys: 1}", "profile.unknown_settings: pass"), 0,
        "--nobodys=1", "it is passed unchecked");
  hp_test_leave(context);
}

HP_TEST(a_build_is_asked_for_its_greatest_value) {
  hp_context *context = hp_test_context();
  check(context, with("profile.settings: {form: 1}", NULL), 0, "form=1", NULL);
  check(context, with("profile.settings: {form: 3}", NULL), 0, "form=3", NULL);
  check(context, with("profile.settings: {form: 4}", NULL), HP_ECONFIG,
        "setting 'form': this build of the server takes at most 3, not 4", "a newer build");
  hp_test_leave(context);
}
