/* SPDX-License-Identifier: MIT */
/* What one system has and another has not: refused in the plan, or passed over on the way down. */
#include "core/error.h"
#include "tests/support/server.h"

#include <stdio.h>
#include <string.h>

static bool is_windows(void) {
  return strcmp(hp_test_platform()->local, "pipe") == 0;
}

/* The plan as text, or NULL with an error; takes the options. */
static char *make_plan(hp_context *context, hp_options *options, hp_error **error) {
  hp_plan *plan = NULL;
  *error = NULL;
  hp_plan_make(context, options, &plan, error);
  hp_options_free(options);
  char *text = plan ? hp_plan_print(plan) : NULL;
  hp_plan_free(plan);
  return text;
}

static void check_refused(hp_context *context, hp_options *options, int code, const char *message,
                          const char *hint) {
  hp_error *error;
  char *text = make_plan(context, options, &error);
  CHECK_TEXT(text, NULL);
  CHECK_INT(hp_error_code(error), code);
  CHECK_HAS(hp_error_message(error), message);
  if (hint)
    CHECK_HAS(hp_error_hint(error), hint);
  hp_free(text);
  hp_error_free(error);
}

static void check_shown(hp_context *context, hp_options *options, const char *part) {
  hp_error *error;
  char *text = make_plan(context, options, &error);
  CHECK_HAS(text ? text : hp_error_message(error), part);
  hp_free(text);
  hp_error_free(error);
}

/* The built-in platform, but for what the test changes. */
static hp_context *context_on(const struct hp_platform_ops *ops) {
  hp_context *context = hp_test_context();
  CHECK_INT(hp_context_register_platform(context, ops, NULL), 0);
  return context;
}

HP_TEST(a_transport_of_another_system_is_refused) {
  hp_context *context = hp_test_context();
  const char *foreign = is_windows() ? "unix" : "pipe", *ours = is_windows() ? "'pipe'" : "'unix'";
  char message[64];
  snprintf(message, sizeof message, "transport '%s' cannot be had on %s", foreign,
           hp_test_platform()->name);
  check_refused(context, hp_test_echo(foreign), HP_EUNSUPPORTED, message, ours);
  hp_test_leave(context);
}

HP_TEST(what_serves_instead_is_what_the_server_has) {
  hp_context *context = hp_test_context();
  const char *foreign = is_windows() ? "unix" : "pipe";
  check_refused(context, hp_test_child(foreign, "transports: {unix: {}, pipe: {}, tcp: {}}", NULL),
                HP_EUNSUPPORTED, foreign, hp_test_platform()->local);
  check_refused(context, hp_test_child("local", "transports: {tcp: {}}", NULL), HP_EUNSUPPORTED,
                "has no transport", "'tcp' serves it here");
  hp_test_leave(context);
}

HP_TEST(notify_is_refused_where_it_cannot_be_had) {
  struct hp_platform_ops ops = *hp_test_platform();
  ops.caps &= ~(uint32_t)HP_PLATFORM_NOTIFY;
  hp_context *context = context_on(&ops);
  check_refused(context, hp_test_child("local", "ready: {kind: notify}", NULL), HP_EUNSUPPORTED,
                "'notify'", "callback");
  hp_test_leave(context);
}

HP_TEST(the_usual_ladder_asks_as_the_platform_asks) {
  struct hp_platform_ops ops = *hp_test_platform();
  ops.stop_signal = "CTRL_BREAK";
  hp_context *context = context_on(&ops);
  hp_options *options;
  hp_options_new(&options, NULL);
  hp_options_set_file(options,
                      hp_test_file("plain.yaml", "version: 1\n"
                                                 "servers:\n"
                                                 "  plain:\n"
                                                 "    binary: {names: [plain]}\n"
                                                 "    transports: {tcp: {}}\n"),
                      NULL);
  hp_options_set_server(options, "plain", NULL);
  hp_options_set_transport(options, "tcp", NULL);
  hp_options_set_binary(options, hp_test_program("hp-child"), NULL);
  check_shown(context, options, "signal CTRL_BREAK, then wait 10000 ms");
  hp_test_leave(context);
}

HP_TEST(a_rung_that_the_system_lacks_is_passed_over) {
  if (is_windows())
    SKIP("Windows: which of its rungs reach a server is what stop_test asks");
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_up(
      context, hp_test_child("local", "arguments: [pause]", "ready: {kind: none}",
                             "stop: [{signal: CTRL_C, wait: 20s}, {signal: CTRL_BREAK, wait: 20s}, "
                             "{signal: TERM, wait: 20s}, {kill: true}]",
                             NULL));
  REQUIRE(process != NULL);
  double began = hp_test_now();
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  CHECK(hp_test_now() - began < 10000);
  CHECK_TEXT(hp_process_stop_rung(process), "signal TERM");
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(nobody_sends_a_console_event_for_a_dead_host) {
  hp_context *context = hp_test_context();
  check_refused(context, hp_test_child("local", "on_host_death: {signal: CTRL_C}", NULL),
                HP_ECONFIG, "CTRL_C", NULL);
  hp_test_leave(context);
}

HP_TEST(a_callback_is_not_written_with_itself) {
  hp_context *context = hp_test_context();
  check_refused(context,
                hp_test_child("tcp", "transports: {tcp: {callback: 'x://${callback}'}}", NULL),
                HP_ECONFIG, "'callback'", NULL);
  hp_test_leave(context);
}
