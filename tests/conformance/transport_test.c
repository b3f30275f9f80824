/* SPDX-License-Identifier: MIT */
/* The conformance suite, stamped over the built-in transports. */
#include "tests/conformance/transport.h"

#include "core/registry.h"
#include "tests/support/test.h"
#include "transports/transports.h"

#include <stddef.h>
#include <stdio.h>

#define TEN "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static void make_local(struct hp_transport_spec *spec, int number) {
  static char name[32];
  snprintf(name, sizeof name, "s%d", number);
  spec->directory = hp_test_directory();
  spec->name = name;
}

static void make_tcp(struct hp_transport_spec *spec, int number) {
  (void)number;
  (void)spec; /* all zero: the default host, any port */
}

static void make_tcp6(struct hp_transport_spec *spec, int number) {
  (void)number;
  spec->host = "::1";
}

static void make_tcp_name(struct hp_transport_spec *spec, int number) {
  (void)number;
  spec->host = "localhost";
}

static struct hp_transport_subject subjects[] = {
    {NULL, make_local, {0}, HP_ETOOLONG},
    {&hp__transport_tcp, make_tcp, {.host = "127.0.0.1:80"}, HP_ECONFIG},
    {&hp__transport_tcp, make_tcp6, {.host = "[::1]"}, HP_ECONFIG},
    {&hp__transport_tcp, make_tcp_name, {.host = "a b"}, HP_ECONFIG},
};

/* Some machines have no IPv6. */
static bool is_possible(const struct hp_transport_subject *subject) {
  struct hp_transport_spec spec = {.reuse_address = true};
  struct hp_endpoint endpoint;
  max_align_t state[32] = {0};
  subject->make(&spec, 0);
  int code = subject->make == make_tcp6 ? subject->ops->reserve(state, &spec, &endpoint, NULL) : 0;
  subject->ops->release(state);
  if (code != 0)
    printf("no IPv6 here\n");
  return code == 0;
}

/* What `local` means here: a Unix socket or a pipe, the longest of which has 256 characters. */
static void find_local(struct hp_transport_subject *subject) {
  static const char path[] = "/" HUNDRED HUNDRED HUNDRED;
  struct hp_registry registry = {0};
  hp__registry_init(&registry, NULL);
  subject->ops = hp__registry_transport(&registry, "local");
  subject->impossible.path = subject->ops->kind == HP_ENDPOINT_PIPE ? path + 1 : path;
}

static void each(void (*conform)(const struct hp_transport_subject *subject)) {
  find_local(&subjects[0]);
  for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
    if (is_possible(&subjects[i]))
      conform(&subjects[i]);
}

HP_TEST(the_table_is_complete) {
  each(hp_conform_table);
}

HP_TEST(check_refuses_what_can_never_work) {
  each(hp_conform_check);
}

HP_TEST(release_is_safe_on_zeroed_memory) {
  each(hp_conform_release_of_nothing);
}

HP_TEST(reserve_and_release_can_be_repeated) {
  each(hp_conform_reserve_and_release);
}

HP_TEST(two_reservations_differ) {
  each(hp_conform_reservations_differ);
}

HP_TEST(a_failed_reserve_can_be_released) {
  each(hp_conform_failed_reserve);
}

HP_TEST(a_refused_connection_is_told_once) {
  each(hp_conform_refused);
}

HP_TEST(an_endpoint_of_another_kind_is_refused) {
  each(hp_conform_foreign_endpoint);
}

HP_TEST(a_message_goes_round) {
  each(hp_conform_round_trip);
}

HP_TEST(closing_while_connecting_is_told_once) {
  each(hp_conform_close_while_connecting);
}

HP_TEST(no_descriptor_leaks) {
  each(hp_conform_no_leak);
}
