/* SPDX-License-Identifier: MIT */
/* A server that inherits its listener, and can be reached before it runs. */
#include "tests/support/server.h"

#include <stdio.h>
#include <string.h>

static hp_context *context;

#define INHERITING                                                                                 \
  "transports: {local: {arguments: ['await:${env.D}/go', 'inherit:${endpoint.url}', serve]}, "     \
  "tcp: {port_auto: '0', arguments: ['await:${env.D}/go', 'inherit:${endpoint.url}', serve]}}"

static bool can_inherit(void) {
  return hp_test_platform()->caps & HP_PLATFORM_HANDS_DOWN;
}

#define NEEDS_INHERITANCE()                                                                        \
  do {                                                                                             \
    if (!can_inherit())                                                                            \
      SKIP("no process inherits a listener here");                                                 \
  } while (0)

static void finish(hp_process *process) {
  hp_process_close(process);
  hp_test_leave(context);
}

/* The first one is served although nobody was there when it came. */
static void over(const char *transport) {
  NEEDS_INHERITANCE();
  context = hp_test_context();
  hp_process *process =
      hp_test_up(context, hp_test_child(transport, INHERITING, "ready: {kind: inherit}", NULL));
  REQUIRE(process != NULL);
  CHECK(!hp_process_is_verified(process));
  struct hp_wire *early = hp_wire_to(hp_process_endpoint(process));
  char answer[6] = "";
  REQUIRE(early != NULL);
  CHECK(hp_wire_say(early, "early", 5));
  hp_test_make_file("go");
  CHECK_INT(hp_wire_hear(early, answer, 5), 5);
  CHECK_TEXT(answer, "early");
  CHECK(hp_test_talks(process));
  hp_wire_close(early);
  finish(process);
}

HP_TEST(over_unix) {
  over("local");
}

HP_TEST(over_tcp) {
  over("tcp");
}

HP_TEST(at_a_fixed_port) {
  NEEDS_INHERITANCE();
  struct hp_wire *free_port = hp_wire_listen("tcp://127.0.0.1:0", -1);
  char transport[32];
  REQUIRE(free_port != NULL);
  snprintf(transport, sizeof transport, "tcp:%u", (unsigned)hp_wire_port(free_port));
  context = hp_test_context();
  hp_process *process = NULL;
  hp_error *error = NULL;
  hp_options *options =
      hp_test_child(transport, "arguments: [pause]", "ready: {kind: inherit}", NULL);
  CHECK_INT(hp_test_start(context, options, &process, &error), 0);
  CHECK_INT(hp_process_port(process), hp_wire_port(free_port));
  hp_error_free(error);
  hp_wire_close(free_port); /* bound, not listening: nobody else was given it meanwhile */
  finish(process);
}

/* Nothing else is inherited, and the name is the definition's word. */
HP_TEST(what_the_server_is_told) {
  NEEDS_INHERITANCE();
  context = hp_test_context();
  hp_process *process = hp_test_up(
      context,
      hp_test_child("local", "transports: {local: {arguments: ['inherit:${endpoint.url}', serve]}}",
                    "ready: {all: [{kind: inherit, name: web}, "
                    "{kind: line, line: inherited as web}]}",
                    NULL));
  REQUIRE(process != NULL);
  CHECK(hp_test_talks(process));
  finish(process);
}

HP_TEST(ready_by_its_own_word) {
  NEEDS_INHERITANCE();
  NEEDS(HP_OS_NOTIFY);
  context = hp_test_context();
  hp_process *process = NULL;
  hp_options *options = hp_test_child(
      "tcp",
      "transports: {tcp: {arguments: ['await:${env.D}/go', 'inherit:${endpoint.url}', "
      "'notify:READY=1', serve]}}",
      "ready: {all: [{kind: inherit}, {kind: notify}, {kind: connect}]}", NULL);
  CHECK_INT(hp_process_start_async(context, options, NULL, NULL, &process, NULL), 0);
  hp_options_free(options);
  REQUIRE(process != NULL);
  CHECK_INT(hp_process_wait_ready(process, 100, NULL), HP_ETIMEDOUT);
  hp_test_make_file("go");
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  CHECK(hp_test_talks(process));
  finish(process);
}

/* Nobody is left who would let a caller wait for ever. */
HP_TEST(the_listener_goes_with_the_server) {
  NEEDS_INHERITANCE();
  context = hp_test_context();
  hp_process *process =
      hp_test_up(context, hp_test_child("tcp", INHERITING, "ready: {kind: inherit}", NULL));
  char url[128];
  REQUIRE(process != NULL);
  snprintf(url, sizeof url, "%s", hp_process_endpoint(process));
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  CHECK(hp_wire_to(url) == NULL);
  finish(process);
}

HP_TEST(where_it_cannot_be_had_the_plan_says_so) {
  if (can_inherit())
    SKIP("a listener can be inherited here");
  context = hp_test_context();
  hp_options *options = hp_test_child("local", INHERITING, "ready: {kind: inherit}", NULL);
  hp_plan *plan = NULL;
  hp_error *error = NULL;
  CHECK_INT(hp_plan_make(context, options, &plan, &error), HP_EUNSUPPORTED);
  CHECK_HAS(hp_error_message(error), "by 'inherit', which cannot be had on ");
  CHECK_HAS(hp_error_hint(error), "callback");
  hp_error_free(error);
  hp_options_free(options);
  hp_test_leave(context);
}
