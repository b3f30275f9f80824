/* SPDX-License-Identifier: MIT */
/* The conformance suite, stamped over the transport of examples/transport, as its author would. */
#include "examples/transport/loopback6.h"
#include "tests/conformance/transport.h"
#include "tests/support/tool.h"

#include <stdio.h>

static void make(struct hp_transport_spec *spec, int number) {
  (void)number;
  (void)spec; /* all zero: any port */
}

static const struct hp_transport_subject subject = {
    .ops = &loopback6, .make = make, .impossible = {.host = "127.0.0.1"}, .refusal = HP_ECONFIG};

/* Some machines have no IPv6. */
static bool is_possible(void) {
  struct hp_transport_spec spec = {.port = 0};
  struct hp_endpoint endpoint;
  return loopback6.reserve(NULL, &spec, &endpoint, NULL) == 0;
}

#define NEEDS_IPV6()                                                                               \
  do {                                                                                             \
    if (!is_possible())                                                                            \
      SKIP("this machine has no IPv6");                                                            \
  } while (0)

HP_TEST(the_table_is_complete) {
  hp_conform_table(&subject);
}

HP_TEST(check_refuses_what_can_never_work) {
  hp_conform_check(&subject);
}

HP_TEST(release_is_safe_on_zeroed_memory) {
  hp_conform_release_of_nothing(&subject);
}

HP_TEST(reserve_and_release_can_be_repeated) {
  NEEDS_IPV6();
  hp_conform_reserve_and_release(&subject);
}

HP_TEST(two_reservations_differ) {
  NEEDS_IPV6();
  hp_conform_reservations_differ(&subject);
}

HP_TEST(a_failed_reserve_can_be_released) {
  hp_conform_failed_reserve(&subject);
}

HP_TEST(a_refused_connection_is_told_once) {
  NEEDS_IPV6();
  hp_conform_refused(&subject);
}

HP_TEST(an_endpoint_of_another_kind_is_refused) {
  hp_conform_foreign_endpoint(&subject);
}

HP_TEST(a_message_goes_round) {
  NEEDS_IPV6();
  hp_conform_round_trip(&subject);
}

HP_TEST(closing_while_connecting_is_told_once) {
  NEEDS_IPV6();
  hp_conform_close_while_connecting(&subject);
}

HP_TEST(no_descriptor_leaks) {
  NEEDS_IPV6();
  hp_conform_no_leak(&subject);
}

HP_TEST(a_server_is_started_over_it) {
  static struct tool tool;
  static char binary[1100];
  NEEDS_IPV6();
  snprintf(binary, sizeof binary, "HYPERPROCESS_BINARY_ECHO6=%s",
           hp_test_program("hyperprocess-echod"));
  tool_program(&tool, hp_test_program("hp-example-transport"), HP_EXAMPLE_SERVERS, NULL);
  tool.environment[0] = binary;
  CHECK_INT(tool_run(&tool), 0);
  CHECK_TEXT(tool.err, "");
  CHECK_HAS(tool.out, "loopback6 is ready at tcp://[::1]:");
  CHECK_HAS(tool.out, "it says: hello\n");
}
