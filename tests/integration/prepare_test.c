/* SPDX-License-Identifier: MIT */
/* Data directories: prepared once, never half, never twice at a time, never removed. */
#include "tests/support/server.h"

#include <stdio.h>
#include <string.h>

#define RUN "arguments: ['mark:${data_dir}/cluster/used', 'write:up', pause]", READY
#define READY "ready: {kind: line, line: up}"
#define PREPARE(orders)                                                                            \
  "prepare: {creates: cluster, timeout: 30s, command: ['${binary}', 'mark:${env.D}/prepares', "    \
  "'mark:${prepare.dir}/half', " orders "]}"

static hp_options *on_data(hp_options *options) {
  hp_options_set_data_dir(options, hp_test_path("data"), NULL);
  return options;
}

static void run_once(hp_context *context, hp_options *options) {
  hp_process *process = hp_test_up(context, options);
  if (!process)
    return;
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  hp_process_close(process);
}

HP_TEST(data_that_is_kept_is_prepared_once) {
  hp_context *context = hp_test_context();
  for (int i = 1; i <= 3; i++) {
    run_once(context, on_data(hp_test_child("local", RUN, PREPARE("'exit:0'"), NULL)));
    CHECK_INT(hp_test_count_lines("prepares"), 1);
    CHECK_INT(hp_test_count_lines("data/cluster/used"), i);
  }
  CHECK(!hp_test_exists("data/cluster.new"));
  hp_test_leave(context);
  CHECK(hp_test_exists("data/cluster/half"));
}

HP_TEST(temporary_data_goes_with_the_server) {
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_up(context, hp_test_child("local", RUN, PREPARE("'exit:0'"), NULL));
  REQUIRE(process != NULL);
  char folder[700];
  snprintf(folder, sizeof folder, "%s", hp_process_data_dir(process));
  CHECK_INT(strlen(folder), strlen(hp_test_path("tmp/")) + HP_DIRECTORY_NAME);
  folder[strlen(folder) - HP_DIRECTORY_NAME + strlen("hp-")] = '\0';
  CHECK(hp_os_same_path(folder, hp_test_path("tmp/hp-")));
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  CHECK_INT(hp_test_count_directories(), 0);
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(a_preparation_that_fails) {
  hp_context *context = hp_test_context();
  hp_process *process;
  hp_error *error;
  hp_options *options =
      hp_test_child("local", RUN, PREPARE("'error:there is no room', 'exit:9'"), NULL);
  CHECK_INT(hp_test_start(context, on_data(options), &process, &error), HP_EPREPARE);
  CHECK_INT(hp_error_phase(error), HP_PHASE_PREPARE);
  CHECK_HAS(hp_error_message(error), "exit code 9");
  CHECK_HAS(hp_error_cause(error), "there is no room");
  CHECK_HAS(hp_error_detail(error, HP_DETAIL_OUTPUT), "there is no room");
  CHECK_HAS(hp_error_detail(error, HP_DETAIL_COMMAND), "exit:9");
  CHECK_INT(hp_error_os_code(error), 9);
  hp_error_free(error);
  CHECK(!hp_test_exists("data/cluster"));
  run_once(context, on_data(hp_test_child("local", RUN, PREPARE("'exit:0'"), NULL)));
  CHECK_INT(hp_test_count_lines("data/cluster/half"), 1); /* not what the first one began */
  hp_test_leave(context);
}

HP_TEST(a_preparation_that_is_killed_by_a_signal) {
  NEEDS(HP_OS_SIGNALS);
  hp_context *context = hp_test_context();
  hp_process *process;
  hp_error *error;
  hp_options *options = hp_test_child("local", RUN, PREPARE("'raise:11'"), NULL);
  CHECK_INT(hp_test_start(context, options, &process, &error), HP_EPREPARE);
  CHECK_HAS(hp_error_message(error), "signal 11");
  CHECK_HAS(hp_error_cause(error), "SEGV");
  hp_error_free(error);
  hp_test_leave(context);
}

HP_TEST(a_preparation_without_end) {
  hp_context *context = hp_test_context();
  hp_process *process;
  hp_error *error;
  hp_options *options =
      hp_test_child("local", RUN,
                    "prepare: {creates: cluster, timeout: 200ms, command: ['${binary}', "
                    "'mark:${env.D}/prepares', pause]}",
                    NULL);
  double began = hp_test_now();
  CHECK_INT(hp_test_start(context, options, &process, &error), HP_ETIMEDOUT);
  CHECK_TOOK(began, 200);
  CHECK_INT(hp_error_phase(error), HP_PHASE_PREPARE);
  CHECK_HAS(hp_error_message(error), "200 ms");
  hp_error_free(error);
  CHECK(!hp_os_is_running(hp_test_number_in("prepares")));
  hp_test_leave(context);
}

HP_TEST(a_stop_while_it_prepares) {
  hp_context *context = hp_test_context();
  struct hp_test_log log;
  hp_test_log_init(&log);
  hp_process *process = hp_test_begin(
      context, on_data(hp_test_child("local", RUN, PREPARE("'mark:${env.D}/half', pause"), NULL)),
      &log);
  hp_error *error = NULL;
  REQUIRE(process != NULL);
  hp_test_await_file("half");
  hp_test_log_await(&log, "preparing ");
  CHECK_INT(hp_process_state(process), HP_STATE_PREPARING);
  CHECK_INT(hp_process_shutdown(process, -1, NULL), 0);
  CHECK_INT(hp_process_wait_ready(process, -1, &error), HP_ECANCELED);
  hp_error_free(error);
  CHECK(!hp_os_is_running(hp_test_number_in("half")));
  CHECK_INT(hp_process_state(process), HP_STATE_STOPPED);
  hp_process_close(process);
  hp_test_log_fini(&log);
  CHECK(!hp_test_exists("data/cluster"));
  run_once(context, on_data(hp_test_child("local", RUN, PREPARE("'exit:0'"), NULL)));
  CHECK_INT(hp_test_count_lines("prepares"), 2);
  CHECK_INT(hp_test_count_lines("data/cluster/half"), 1);
  hp_test_leave(context);
}

HP_TEST(a_deaf_preparation_is_killed) {
  hp_context *context = hp_test_context();
  hp_process *process = hp_test_begin(
      context,
      hp_test_child("local", RUN, PREPARE("'ignore:15', 'mark:${env.D}/half', pause"), NULL), NULL);
  REQUIRE(process != NULL);
  hp_test_await_file("half");
  double began = hp_test_now();
  CHECK_INT(hp_process_shutdown(process, 100, NULL), HP_EKILLED);
  CHECK(hp_test_now() - began >= 100);
  CHECK(!hp_os_is_running(hp_test_number_in("half")));
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(two_servers_on_the_same_data) {
  hp_context *context = hp_test_context();
  hp_process *first =
      hp_test_up(context, on_data(hp_test_child("local", RUN, PREPARE("'exit:0'"), NULL)));
  hp_process *second;
  hp_error *error;
  char owner[64];
  REQUIRE(first != NULL);
  CHECK_INT(hp_test_start(context, on_data(hp_test_child("local", RUN, PREPARE("'exit:0'"), NULL)),
                          &second, &error),
            HP_EINUSE);
  snprintf(owner, sizeof owner, "process %lld (hp-child", (long long)hp_process_pid(first));
  CHECK_HAS(hp_error_detail(error, HP_DETAIL_OWNER), owner);
  CHECK_HAS(hp_error_message(error), hp_test_path("data"));
  hp_error_free(error);
  CHECK(hp_process_is_alive(first));
  CHECK_INT(hp_test_count_lines("data/cluster/used"), 1);
  hp_process_close(first);
  run_once(context, on_data(hp_test_child("local", RUN, PREPARE("'exit:0'"), NULL)));
  hp_test_leave(context);
}

/* ---- Secrets ---- */

static void read_secret(char secret[128]) {
  FILE *file = fopen(hp_test_path("data/secret-password"), "rb");
  secret[0] = '\0';
  if (file && !fgets(secret, 128, file))
    secret[0] = '\0';
  if (file)
    fclose(file);
}

HP_TEST(secrets_stay_with_the_data) {
  hp_context *context = hp_test_context();
  char secrets[2][128];
  uv_fs_t request;
  for (int i = 0; i < 2; i++) {
    run_once(context, on_data(hp_test_child("local", "secrets: [password]",
                                            "arguments: ['mark:${env.D}/is-${secret.password}', "
                                            "'write:up', pause]",
                                            READY, NULL)));
    read_secret(secrets[i]);
  }
  char name[160];
  CHECK_INT(strlen(secrets[0]), 48);
  CHECK_TEXT(secrets[1], secrets[0]);
  snprintf(name, sizeof name, "is-%s", secrets[0]);
  CHECK_INT(hp_test_count_lines(name), 2);
  CHECK_INT(uv_fs_stat(NULL, &request, hp_test_path("data/secret-password"), NULL), 0);
  if (!hp_os_lacks(HP_OS_MODES))
    CHECK_INT(request.statbuf.st_mode & 0777, 0600);
  uv_fs_req_cleanup(&request);
  hp_test_leave(context);
}

/* Nothing that somebody put there is followed, waited for, or overwritten. */
HP_TEST(a_secret_that_is_no_file_of_ours) {
  NEEDS(HP_OS_LINKS);
  hp_context *context = hp_test_context();
  CHECK(hp_os_make_directory(hp_test_path("data")));
  for (int link = 0; link < 2; link++) {
    char path[700], target[700];
    hp_process *process;
    hp_error *error;
    snprintf(path, sizeof path, "%s", hp_test_path("data/secret-password"));
    snprintf(target, sizeof target, "%s", hp_test_path("elsewhere"));
    CHECK(link ? hp_os_make_link(target, path) : hp_os_make_fifo(path));
    hp_options *options = hp_test_child(
        "local", "secrets: [password]",
        "arguments: ['mark:${env.D}/is-${secret.password}', 'write:up', pause]", READY, NULL);
    REQUIRE(hp_test_start(context, on_data(options), &process, &error) < 0);
    CHECK_INT(hp_error_phase(error), HP_PHASE_PREPARE);
    CHECK_HAS(hp_error_message(error), "secret-password");
    CHECK_HAS(hp_error_cause(error), "no plain file of ours");
    hp_error_free(error);
    CHECK_INT(remove(path), 0);
  }
  CHECK(!hp_test_exists("elsewhere"));
  hp_test_leave(context);
}
