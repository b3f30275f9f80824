/* SPDX-License-Identifier: MIT */
/*
 * What every transport must hold, the built-in ones and an embedder's. A program that tests one of
 * its own writes a subject for it and calls the functions with it, as transport_test.c does.
 */
#ifndef HP_TESTS_CONFORMANCE_TRANSPORT_H
#define HP_TESTS_CONFORMANCE_TRANSPORT_H

#include <hyperprocess/plugin.h>

struct hp_transport_subject {
  const struct hp_transport_ops *ops;
  /* Fills a zeroed spec that works, another address for each `number`. Strings stay valid until
   * the next call. */
  void (*make)(struct hp_transport_spec *spec, int number);
  /* One that can never work, and what check() must say of it. */
  struct hp_transport_spec impossible;
  int refusal;
};

void hp_conform_table(const struct hp_transport_subject *subject);
void hp_conform_check(const struct hp_transport_subject *subject);
void hp_conform_release_of_nothing(const struct hp_transport_subject *subject);
void hp_conform_reserve_and_release(const struct hp_transport_subject *subject);
void hp_conform_reservations_differ(const struct hp_transport_subject *subject);
void hp_conform_failed_reserve(const struct hp_transport_subject *subject);
void hp_conform_refused(const struct hp_transport_subject *subject);
void hp_conform_foreign_endpoint(const struct hp_transport_subject *subject);
void hp_conform_round_trip(const struct hp_transport_subject *subject);
void hp_conform_close_while_connecting(const struct hp_transport_subject *subject);
void hp_conform_no_leak(const struct hp_transport_subject *subject);

#endif
