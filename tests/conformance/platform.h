/* SPDX-License-Identifier: MIT */
/*
 * What every platform must hold, the built-in one and an embedder's: the promises of plugin.h and
 * nothing of any operating system. A program that tests one of its own writes a subject for it and
 * calls the functions with it, as platform_test.c does; hp-child has to lie in HP_TEST_BIN.
 */
#ifndef HP_TESTS_CONFORMANCE_PLATFORM_H
#define HP_TESTS_CONFORMANCE_PLATFORM_H

#include <hyperprocess/plugin.h>

/* What a platform can do on its OS. Where it does not claim a thing, "cannot tell", NULL or
 * HP_EUNSUPPORTED is an answer too; a wrong one never is. */
enum hp_platform_claims {
  HP_CLAIM_SIGNALS = 1 << 0, /* TERM and KILL differ, and reap() tells them apart */
  HP_CLAIM_TREE = 1 << 1,    /* a process of its own session is signalled with its descendants */
  HP_CLAIM_CONTAINS = 1 << 2,
  HP_CLAIM_STREAM_PEER = 1 << 3, /* over the local transport */
  HP_CLAIM_PORT_OWNER = 1 << 4,
  HP_CLAIM_DEATH_SIGNAL = 1 << 5,
  HP_CLAIM_WATCH = 1 << 6,
  HP_CLAIM_NOTIFY = 1 << 7,
  HP_CLAIM_MODES = 1 << 8, /* the mode of a file says who may read it */
  HP_CLAIM_STDIO = 1 << 9  /* a descriptor takes the lowest number that is free */
};

struct hp_platform_subject {
  const struct hp_platform_ops *ops;
  const struct hp_transport_ops *local; /* the transport that ops->local names */
  unsigned claims;
  /* The case of this program that calls hp_conform_platform_host(): it is started as a process of
   * its own by cases that need a host to kill. */
  const char *host_case;
};

typedef void hp_conform_platform(const struct hp_platform_subject *subject);

/* platform.c: what needs no process */
hp_conform_platform hp_conform_platform_table, hp_conform_platform_register,
    hp_conform_platform_refuse, hp_conform_platform_serve, hp_conform_platform_locate,
    hp_conform_platform_locate_ways, hp_conform_platform_locate_nothing, hp_conform_platform_users,
    hp_conform_platform_own_environment, hp_conform_platform_places, hp_conform_platform_explain,
    hp_conform_platform_stdio_hold;

/* platform_spawn.c: what reaches a process, and what one says that cannot be */
hp_conform_platform hp_conform_platform_arguments, hp_conform_platform_environment,
    hp_conform_platform_working_directory, hp_conform_platform_stdio,
    hp_conform_platform_inherited_stdio, hp_conform_platform_spawn_failures,
    hp_conform_platform_death_signal;

/* platform_exit.c: how it ends */
hp_conform_platform hp_conform_platform_exits, hp_conform_platform_late_watch,
    hp_conform_platform_exit_codes, hp_conform_platform_exit_signals,
    hp_conform_platform_before_reap, hp_conform_platform_leader, hp_conform_platform_tree,
    hp_conform_platform_gone, hp_conform_platform_unknown_signal, hp_conform_platform_close,
    hp_conform_platform_close_inside, hp_conform_platform_contains;

/* platform_directory.c */
hp_conform_platform hp_conform_platform_directory_new, hp_conform_platform_directory_open,
    hp_conform_platform_directory_write, hp_conform_platform_directory_read,
    hp_conform_platform_directory_make, hp_conform_platform_directory_clear,
    hp_conform_platform_directory_use, hp_conform_platform_directory_failures,
    hp_conform_platform_sweep;

/* platform_loop.c: what it brings into the loop */
hp_conform_platform hp_conform_platform_alarm, hp_conform_platform_alarm_stop,
    hp_conform_platform_alarm_inside, hp_conform_platform_watch, hp_conform_platform_notify,
    hp_conform_platform_notify_inside;

/* platform_peer.c: who is at the other end */
hp_conform_platform hp_conform_platform_stream_peer, hp_conform_platform_stream_stranger,
    hp_conform_platform_stream_cut, hp_conform_platform_stream_take, hp_conform_platform_port_owner;

/* platform_leak.c: all of it, many times */
hp_conform_platform hp_conform_platform_no_leak;

/* platform_host.c: a host that another case starts; does nothing when it runs by itself */
hp_conform_platform hp_conform_platform_host;

#endif
