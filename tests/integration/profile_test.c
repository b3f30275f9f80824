/* SPDX-License-Identifier: MIT */
/* What a profile says, as far as a server that is started can show it. */
#include "tests/support/server.h"

#include <stdio.h>
#include <string.h>

static hp_options *options_of(const char *path, const char *profile) {
  hp_options *options;
  CHECK_INT(hp_options_new(&options, NULL), 0);
  hp_options_set_file(options, path, NULL);
  hp_options_set_profile(options, profile, NULL);
  return options;
}

/* The plan as text, or the error, in static storage. Takes the options. */
static const char *shown(hp_context *context, hp_options *options) {
  static char text[16384];
  hp_plan *plan = NULL;
  hp_error *error = NULL;
  hp_plan_make(context, options, &plan, &error);
  hp_options_free(options);
  char *print = plan ? hp_plan_print(plan) : NULL;
  snprintf(text, sizeof text, "%s", print ? print : hp_error_message(error));
  hp_free(print);
  hp_error_free(error);
  hp_plan_free(plan);
  return text;
}

/* A file that is extended is read again when it has changed, as the first one is. */
HP_TEST(a_change_of_an_extended_file_counts) {
  hp_context *context = hp_test_context();
  char path[1024];
  snprintf(path, sizeof path, "%s",
           hp_test_file("x.yaml", "version: 1\n"
                                  "profiles:\n"
                                  "  p: {extends: {file: other.yaml}}\n"));
  hp_test_file("other.yaml", "version: 1\nprofiles:\n  p: {server: echo, transport: tcp}\n");
  CHECK_HAS(shown(context, options_of(path, "p")), "\ntransport       tcp\n");
  hp_test_file("other.yaml", "version: 1\nprofiles:\n  p: {server: echo, transport: 'tcp:7'}\n");
  CHECK_HAS(shown(context, options_of(path, "p")), "tcp://127.0.0.1:7\n");
  hp_test_leave(context);
}
