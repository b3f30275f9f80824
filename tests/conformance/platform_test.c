/* SPDX-License-Identifier: MIT */
/* The conformance suite, stamped over the platform that is built in here. */
#include "tests/conformance/platform.h"

#include "core/registry.h"
#include "tests/support/os.h"

#include <stdio.h>
#include <string.h>

#define HOST_CASE "a_host_that_other_cases_start"

/* What each platform claims; on its own host it is built in, and held to it. */
static const struct {
  const char *name;
  unsigned claims;
} rows[] = {
    {"linux", HP_CLAIM_SIGNALS | HP_CLAIM_TREE | HP_CLAIM_CONTAINS | HP_CLAIM_STREAM_PEER |
                  HP_CLAIM_PORT_OWNER | HP_CLAIM_DEATH_SIGNAL | HP_CLAIM_WATCH | HP_CLAIM_NOTIFY |
                  HP_CLAIM_MODES | HP_CLAIM_STDIO},
    {"windows", HP_CLAIM_TREE | HP_CLAIM_CONTAINS | HP_CLAIM_STREAM_PEER | HP_CLAIM_PORT_OWNER |
                    HP_CLAIM_DEATH_SIGNAL},
};

static void each(hp_conform_platform *conform) {
  struct hp_registry registry = {0};
  int count = 0;
  unsigned hidden = hp_os_lacks(HP_OS_PORT_OWNERS) ? HP_CLAIM_PORT_OWNER : 0;
  CHECK_INT(hp__registry_init(&registry, NULL), 0);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    if (strcmp(rows[i].name, registry.platform->name) == 0) {
      struct hp_platform_subject subject = {registry.platform,
                                            hp__registry_transport(&registry, "local"),
                                            rows[i].claims & ~hidden, HOST_CASE};
      conform(&subject);
      count++;
    }
  CHECK_INT(count, 1);
}

HP_TEST(the_table_is_complete) {
  each(hp_conform_platform_table);
}

HP_TEST(a_platform_is_registered) {
  each(hp_conform_platform_register);
}

HP_TEST(what_is_not_whole_is_refused) {
  each(hp_conform_platform_refuse);
}

HP_TEST(a_wrapped_platform_serves_the_sample_server) {
  each(hp_conform_platform_serve);
}

HP_TEST(a_given_program_is_found) {
  each(hp_conform_platform_locate);
}

HP_TEST(a_program_is_found_in_other_ways) {
  each(hp_conform_platform_locate_ways);
}

HP_TEST(a_program_that_is_nowhere) {
  each(hp_conform_platform_locate_nothing);
}

HP_TEST(users) {
  each(hp_conform_platform_users);
  each(hp_conform_platform_own_environment);
}

HP_TEST(places) {
  each(hp_conform_platform_places);
}

HP_TEST(every_exit_is_explained_or_not) {
  each(hp_conform_platform_explain);
}

HP_TEST(closed_stdio_is_held) {
  each(hp_conform_platform_stdio_hold);
}

HP_TEST(arguments_arrive_exactly) {
  each(hp_conform_platform_arguments);
}

HP_TEST(the_environment_arrives_exactly) {
  each(hp_conform_platform_environment);
}

HP_TEST(the_working_directory_is_the_one_that_was_named) {
  each(hp_conform_platform_working_directory);
}

HP_TEST(output_and_errors_are_apart_and_input_is_empty) {
  each(hp_conform_platform_stdio);
}

HP_TEST(standard_streams_are_inherited) {
  each(hp_conform_platform_inherited_stdio);
}

HP_TEST(a_spawn_that_fails_says_why_and_owes_nothing) {
  each(hp_conform_platform_spawn_failures);
}

HP_TEST(a_process_is_told_of_its_hosts_death) {
  each(hp_conform_platform_death_signal);
}

HP_TEST(an_exit_is_told_once) {
  each(hp_conform_platform_exits);
}

HP_TEST(an_exit_before_the_watch_is_told) {
  each(hp_conform_platform_late_watch);
}

HP_TEST(exit_codes_are_exact) {
  each(hp_conform_platform_exit_codes);
}

HP_TEST(an_end_by_a_signal_is_told_apart) {
  each(hp_conform_platform_exit_signals);
}

HP_TEST(between_exit_and_reap_the_tree_is_signalled) {
  each(hp_conform_platform_before_reap);
}

HP_TEST(a_signal_for_the_leader_is_for_it_alone) {
  each(hp_conform_platform_leader);
}

HP_TEST(a_signal_for_the_tree_reaches_it) {
  each(hp_conform_platform_tree);
}

HP_TEST(a_process_that_is_gone_is_no_error) {
  each(hp_conform_platform_gone);
}

HP_TEST(an_unknown_signal_is_refused) {
  each(hp_conform_platform_unknown_signal);
}

HP_TEST(a_process_that_is_let_go_lives_on) {
  each(hp_conform_platform_close);
}

HP_TEST(a_close_from_inside_exited) {
  each(hp_conform_platform_close_inside);
}

HP_TEST(descendants_are_known_and_strangers_are_not) {
  each(hp_conform_platform_contains);
}

HP_TEST(a_new_directory_is_private_and_goes) {
  each(hp_conform_platform_directory_new);
}

HP_TEST(a_users_directory_is_locked_and_kept) {
  each(hp_conform_platform_directory_open);
}

HP_TEST(files_are_written_whole_and_inside) {
  each(hp_conform_platform_directory_write);
}

HP_TEST(files_are_read_from_inside_alone) {
  each(hp_conform_platform_directory_read);
}

HP_TEST(directories_are_made_and_renamed_inside) {
  each(hp_conform_platform_directory_make);
}

HP_TEST(a_tree_is_cleared_and_nothing_else) {
  each(hp_conform_platform_directory_clear);
}

HP_TEST(a_directory_in_use_outlives_its_host) {
  each(hp_conform_platform_directory_use);
}

HP_TEST(a_directory_that_cannot_be) {
  each(hp_conform_platform_directory_failures);
}

HP_TEST(a_sweep_takes_what_was_abandoned_alone) {
  each(hp_conform_platform_sweep);
}

HP_TEST(an_alarm_rings_once_and_never_early) {
  each(hp_conform_platform_alarm);
}

HP_TEST(a_stopped_alarm_is_silent) {
  each(hp_conform_platform_alarm_stop);
}

HP_TEST(an_alarm_is_set_or_freed_by_its_callback) {
  each(hp_conform_platform_alarm_inside);
}

HP_TEST(a_watch_sees_what_appears) {
  each(hp_conform_platform_watch);
}

HP_TEST(a_notification_and_its_sender) {
  each(hp_conform_platform_notify);
}

HP_TEST(a_notify_socket_is_freed_by_its_callback) {
  each(hp_conform_platform_notify_inside);
}

HP_TEST(the_other_end_of_a_stream) {
  each(hp_conform_platform_stream_peer);
}

HP_TEST(the_other_end_is_a_process_of_ours) {
  each(hp_conform_platform_stream_stranger);
}

HP_TEST(a_stream_that_is_cut_ends_at_both_ends) {
  each(hp_conform_platform_stream_cut);
}

HP_TEST(a_stream_leaves_its_loop) {
  each(hp_conform_platform_stream_take);
}

HP_TEST(the_owner_of_a_port) {
  NEEDS(HP_OS_PORT_OWNERS);
  each(hp_conform_platform_port_owner);
}

HP_TEST(nothing_leaks) {
  each(hp_conform_platform_no_leak);
}

/* Its name is HOST_CASE; by itself it does nothing. */
HP_TEST(a_host_that_other_cases_start) {
  each(hp_conform_platform_host);
}
