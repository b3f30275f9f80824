/* SPDX-License-Identifier: MIT */
/* What no option may be is refused where it is said. */
#include "core/options.h"
#include "tests/support/test.h"

#include <string.h>

static hp_options *options;

static void init(void) {
  CHECK_INT(hp_options_new(&options, NULL), 0);
}

static void check_refused(int result, hp_error *error, const char *part) {
  CHECK_INT(result, HP_EUSAGE);
  REQUIRE(error != NULL);
  CHECK_INT(hp_error_code(error), HP_EUSAGE);
  CHECK_INT(hp_error_phase(error), HP_PHASE_USE);
  CHECK_HAS(hp_error_message(error), part);
  hp_error_free(error);
}

HP_TEST(a_timeout_is_positive) {
  init();
  for (int64_t timeout = -1; timeout <= 0; timeout++) {
    hp_error *error = NULL;
    int result = hp_options_set_start_timeout(options, timeout, &error);
    check_refused(result, error, "not positive");
    CHECK_INT(hp_options_set_start_timeout(options, timeout, NULL), HP_EUSAGE);
  }
  CHECK_INT(hp_options_set_start_timeout(options, 1, NULL), 0);
  CHECK_INT(options->start_timeout, 1);
  hp_options_free(options);
}

HP_TEST(a_program_has_a_name) {
  static const char *const nothing[] = {NULL}, *const words[] = {"sleep", "9", NULL};
  init();
  hp_error *error = NULL;
  int result = hp_options_set_program(options, nothing, &error);
  check_refused(result, error, "at least one word");
  CHECK_INT(hp_options_set_program(options, NULL, NULL), HP_EUSAGE);
  CHECK_INT(hp_options_set_program(options, words, NULL), 0);
  CHECK_TEXT(options->program.argv[1], "9");
  CHECK(options->program.argv[1] != words[1]);
  hp_options_free(options);
}

HP_TEST(the_last_word_counts) {
  init();
  CHECK_INT(hp_options_set_server(options, "a", NULL), 0);
  CHECK_INT(hp_options_set_server(options, "b", NULL), 0);
  CHECK_TEXT(options->server, "b");
  CHECK_INT(hp_options_set(options, "name", "1", NULL), 0);
  CHECK_INT(hp_options_set(options, "name", "2", NULL), 0);
  REQUIRE(options->settings.count > 0);
  CHECK_TEXT(options->settings.items[options->settings.count - 1].value, "2");
  hp_options_free(options);
}

HP_TEST(none_is_freed_too) {
  hp_options_free(NULL);
}
