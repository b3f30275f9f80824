/* SPDX-License-Identifier: MIT */
/* What the plan says of settings: passed, left out, warned of, refused. */
#include "tests/support/server.h"

#include <stdio.h>
#include <string.h>

static const char form[] =
    "settings: {num: {type: int, arguments: ['n${value}'], discouraged: {values: ['1'], reason: "
    "too few}}, old: {type: int, arguments: ['o${value}'], deprecated: {since: '2', replacement: "
    "num, reason: it was wrong}}, wild: {type: int, default: '3', arguments: ['w${value}'], "
    "experimental: yes}, needy: {type: int, arguments: ['d${value}'], requires: {num: {not: "
    "['0', '2']}}}, chained: {type: int, default: '7', arguments: ['c${value}'], requires: "
    "{needy: ['5', '6']}}, here: {type: int, arguments: ['h${value}'], platforms: [%s]}, away: "
    "{type: int, arguments: ['a${value}'], platforms: [%s]}, part: {type: percent, arguments: "
    "['part=${value}']}, key: {type: secret}, loud: {type: bool, only_for: ['on'], arguments: "
    "[-v]}}";

static const char *our_os(void) {
  uv_utsname_t name;
  CHECK_INT(uv_os_uname(&name), 0);
  return strcmp(name.sysname, "Linux") == 0    ? "linux"
         : strcmp(name.sysname, "Darwin") == 0 ? "darwin"
                                               : "windows";
}

static const char *other_os(void) {
  return strcmp(our_os(), "linux") == 0 ? "windows" : "linux";
}

struct answer {
  hp_plan *plan;
  hp_error *error;
  char *text;
};

static struct answer ask(hp_context *context, hp_options *options) {
  struct answer answer = {0};
  if (hp_plan_make(context, options, &answer.plan, &answer.error) == 0)
    answer.text = hp_plan_print(answer.plan);
  hp_options_free(options);
  return answer;
}

static void done(struct answer *answer) {
  hp_free(answer->text);
  hp_plan_free(answer->plan);
  hp_error_free(answer->error);
}

static hp_options *with(const char *profile, const char *environment) {
  char settings[sizeof form + 32];
  snprintf(settings, sizeof settings, form, our_os(), other_os());
  return hp_test_child("tcp", "arguments: [pause]", settings,
                       "pass_through: ['--${name}', '${value}']",
                       environment ? environment : "environment: {}", profile, NULL);
}

/* The one warning, or none; and whether a word is in the command line, "!word": it is not. */
static void check_warning(hp_context *context, const char *profile, const char *warning,
                          const char *passed) {
  struct answer answer = ask(context, with(profile, NULL));
  if (!CHECK(answer.text != NULL)) {
    CHECK_TEXT(hp_error_message(answer.error), "a plan");
    done(&answer);
    return;
  }
  CHECK_INT(hp_plan_warning_count(answer.plan), warning ? 1 : 0);
  if (warning) {
    CHECK_HAS(hp_plan_warning(answer.plan, 0), ".yaml:");
    CHECK_HAS(hp_plan_warning(answer.plan, 0), warning);
    CHECK_HAS(answer.text, "\nwarnings        ");
    CHECK_HAS(answer.text, warning);
  }
  char line[64];
  bool is_passed = passed[0] != '!';
  snprintf(line, sizeof line, "\n                %s\n", passed + !is_passed);
  CHECK_INT(strstr(answer.text, line) != NULL, is_passed);
  done(&answer);
}

static void check_refused(hp_context *context, hp_options *options, const char *message,
                          const char *hint) {
  struct answer answer = ask(context, options);
  CHECK(answer.plan == NULL);
  CHECK_INT(hp_error_code(answer.error), HP_ECONFIG);
  CHECK_HAS(hp_error_message(answer.error), message);
  if (hint)
    CHECK_HAS(hp_error_hint(answer.error), hint);
  done(&answer);
}

HP_TEST(discouraged_and_deprecated_ones_are_warned_of) {
  hp_context *context = hp_test_context();
  check_warning(context, "profile.settings: {num: 01}", "setting 'num': 01 is discouraged: too few",
                "n1");
  check_warning(context, "profile.settings: {num: 2}", NULL, "n2");
  check_warning(context, "profile.settings: {old: 4}",
                "setting 'old' is deprecated since 2: it was wrong; use 'num' instead", "o4");
  hp_test_leave(context);
}

HP_TEST(a_switch_is_there_or_is_not) {
  hp_context *context = hp_test_context();
  check_warning(context, "profile.settings: {loud: on}", NULL, "-v");
  check_warning(context, "profile.settings: {loud: yes}", NULL, "-v");
  check_warning(context, "profile.settings: {loud: off}", NULL, "!-v");
  check_warning(context, "profile.settings: {num: 2}", NULL, "!-v");
  hp_test_leave(context);
}

HP_TEST(what_has_no_effect_is_left_out) {
  hp_context *context = hp_test_context();
  check_warning(context, "profile.settings: {here: 4}", NULL, "h4");
  char warning[128];
  snprintf(warning, sizeof warning, "setting 'away' has no effect and is not passed: it is for %s",
           other_os());
  check_warning(context, "profile.settings: {away: 4}", warning, "!a4");
  check_warning(context, "profile.settings: {needy: 5}",
                "setting 'needy' has no effect and is not passed: it needs 'num' to be set, and "
                "not 0 or 2",
                "!d5");
  check_warning(context, "profile.settings: {needy: 5, num: 02}", "it needs 'num' to be set",
                "!d5");
  check_warning(context, "profile.settings: {needy: 5, num: 3}", NULL, "d5");
  hp_test_leave(context);
}

/* A default that has no effect was nobody's word; one that is left out helps no other. */
HP_TEST(what_needs_what_is_left_out_goes_too) {
  hp_context *context = hp_test_context();
  check_warning(context, "profile.settings: {num: 3}", NULL, "!c7");
  check_warning(context, "profile.settings: {num: 3, needy: 6}", NULL, "c7");
  check_warning(context, "profile.settings: {num: 0, needy: 6}", "setting 'needy' has no effect",
                "!c7");
  hp_test_leave(context);
}

HP_TEST(experimental_ones_must_be_asked_for) {
  hp_context *context = hp_test_context();
  check_warning(context, "profile.settings: {num: 3}", NULL,
                "w3"); /* its default is the author's */
  check_refused(context, with("profile.settings: {wild: 4}", NULL),
                "setting 'wild' is experimental: it may change or vanish", "--allow-experimental");
  check_warning(context, "profile.settings: {wild: 4}\n    allow_experimental: yes",
                "setting 'wild' is experimental", "w4");
  hp_options *options = with("profile.settings: {wild: 4}", NULL);
  CHECK_INT(hp_options_set_experimental(options, true, NULL), 0);
  struct answer answer = ask(context, options);
  CHECK(answer.plan != NULL);
  done(&answer);
  hp_test_leave(context);
}

HP_TEST(unknown_ones_are_refused_or_passed) {
  hp_context *context = hp_test_context();
  check_refused(context, with("profile.settings: {nmu: 4}", NULL),
                "unknown setting 'nmu', did you mean 'num'?", NULL);
  hp_options *options = with("profile.settings: {num: 4}", NULL);
  hp_options_set(options, "nmu", "4", NULL);
  check_refused(context, options, "--set: server 't' has no setting 'nmu', did you mean 'num'?",
                "`unknown_settings: pass`");
  check_warning(
      context, "profile.settings: {nmu: '${x} y'}\n    unknown_settings: pass",
      "server 't' declares no setting 'nmu' (did you mean 'num'?); it is passed unchecked",
      "${x} y");
  check_warning(context, "profile.settings: {nmu: 4}\n    unknown_settings: pass", "'nmu'",
                "--nmu");
  options = hp_test_child("tcp", "arguments: [pause]", "profile.settings: {x: 4}",
                          "profile.unknown_settings: pass", NULL);
  check_refused(context, options, "does not say how others are passed through ('pass_through')",
                NULL);
  hp_test_leave(context);
}

HP_TEST(parts_of_the_memory_are_bytes) {
  hp_context *context = hp_test_context();
  struct answer answer = ask(context, with("profile.settings: {part: 100%}", NULL));
  REQUIRE(answer.text != NULL);
  const char *found = strstr(answer.text, "\n                part=");
  REQUIRE(found != NULL);
  long long bytes = 0;
  CHECK_INT(sscanf(found, " part=%lld", &bytes), 1);
  CHECK(bytes > 1 << 20);
  CHECK((uint64_t)bytes <= uv_get_total_memory());
  done(&answer);
  hp_test_leave(context);
}

HP_TEST(secrets_are_passed_and_not_shown) {
  hp_context *context = hp_test_context();
  struct answer answer = ask(
      context, with("profile.settings: {key: xyzzy}", "environment: {KEY: 'k=${setting.key}.'}"));
  REQUIRE(answer.text != NULL);
  CHECK_HAS(answer.text, "KEY=k=***.");
  CHECK(strstr(answer.text, "xyzzy") == NULL);
  char *json = hp_plan_print_json(answer.plan);
  CHECK(strstr(json, "xyzzy") == NULL);
  hp_free(json);
  done(&answer);
  check_refused(context,
                hp_test_child("tcp", "arguments: [pause, '${setting.key}']",
                              "settings: {key: {type: secret}}", "profile.settings: {key: xyzzy}",
                              NULL),
                "the secret setting 'key' would stand in a command line", "${setting.key}");
  hp_test_leave(context);
}

HP_TEST(warnings_are_told_once_as_the_start_begins) {
  hp_context *context = hp_test_context();
  struct hp_test_log log;
  hp_test_log_init(&log);
  hp_process *process = hp_test_begin(
      context,
      hp_test_child("tcp", "arguments: [pause]", "ready: {kind: none}",
                    "settings: {num: {type: int, discouraged: {values: ['1'], reason: few}}}",
                    "profile.settings: {num: 1}", NULL),
      &log);
  REQUIRE(process != NULL);
  CHECK(hp_test_log_await(&log, "ready"));
  const char *first = strstr(log.text, "'num': 1 is discouraged: few)");
  REQUIRE(first != NULL);
  CHECK_HAS(log.text, "(warning: ");
  CHECK(first < strstr(log.text, "starting"));
  CHECK(strstr(first + 1, "(warning") == NULL);
  hp_process_close(process);
  hp_test_log_fini(&log);
  hp_test_leave(context);
}
