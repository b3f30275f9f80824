/* SPDX-License-Identifier: MIT */
/*
 * Allocators that fail when they are told to: the library's, libuv's and libyaml's. One that libuv
 * itself cannot do without, its table of descriptors, never fails: it would end the host.
 */
#ifndef HP_TESTS_SUPPORT_FAULTY_H
#define HP_TESTS_SUPPORT_FAULTY_H

#include <stdbool.h>

/* Before anything else allocates. */
void hp_faulty_install(void);
/* From now on allocations are counted; the `first` one fails (0: none), and with `all` each after
 * it. */
void hp_faulty_arm(long first, bool all);
/* How many there were since. */
long hp_faulty_count(void);
void hp_faulty_disarm(void);
/* Allocations that are not freed. */
long hp_faulty_live(void);
/* Whether libyaml's come here: not where it calls its own without asking the linker. */
bool hp_faulty_has_yaml(void);

#endif
