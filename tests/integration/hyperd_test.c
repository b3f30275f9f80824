/* SPDX-License-Identifier: MIT */
/* The real hyperd, which tests/hyperd/fetch.cmake brings, asked by psql. */
#include "tests/support/served.h"
#include "tests/support/wire.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder of the binary; NULL where it could not be had, and then *reason says why. */
static const char *find_hyperd(const char **reason) {
  static char text[512] = "hyperd was not fetched: run the test hyperd.fetch";
  const char *folder = getenv("HP_TEST_HYPERD");
  char path[600];
  *reason = text;
  snprintf(path, sizeof path, "%s/hyperd", folder ? folder : "");
  if (folder && access(path, X_OK) == 0)
    return folder;
  snprintf(path, sizeof path, "%s/reason", folder ? folder : "");
  FILE *file = fopen(path, "re");
  if (file && !fgets(text, sizeof text, file))
    text[0] = '\0';
  if (file)
    fclose(file);
  return NULL;
}

/* Begins a test of hyperd, found by its setting, or skips it. */
#define HYPERD(served, transport)                                                                  \
  struct hp_served served;                                                                         \
  do {                                                                                             \
    const char *hp_reason, *hp_folder = find_hyperd(&hp_reason);                                   \
    if (!hp_folder)                                                                                \
      SKIP(hp_reason);                                                                             \
    if (!hp_served_has("psql"))                                                                    \
      SKIP("the client psql is not installed");                                                    \
    hp_served_open(&served, "hyperd", transport);                                                  \
    CHECK_INT(hp_options_set(served.options, "hyper_path", hp_folder, NULL), 0);                   \
    CHECK_INT(hp_options_set(served.options, "telemetry", "off", NULL), 0);                        \
  } while (0)

static void ask(struct hp_served *served, const char *host, const char *port) {
  hp_world_run(served->output, sizeof served->output, "psql", "-w", "-X", "-t", "-A", "-h", host,
               "-p", port, "-U", "tableau_internal_user", "-d", "", "-c", "select 6*7", NULL);
}

/* Goes to an empty directory, to see that nothing is written there. */
static void go_to(char *path, size_t size) {
  snprintf(path, size, "%s/current", hp_world_directory());
  CHECK_INT(mkdir(path, 0700), 0);
  CHECK_INT(chdir(path), 0);
}

static void leave(const char *path) {
  CHECK_INT(chdir("/"), 0);
  CHECK_INT(rmdir(path), 0); /* it is still empty */
}

HP_TEST(answers_psql_on_a_unix_socket) {
  HYPERD(hyperd, "unix");
  char current[600], folder[600];
  go_to(current, sizeof current);
  if (hp_served_start(&hyperd)) {
    const char *path = hp_process_path(hyperd.process);
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
    ask(&hyperd, folder, "5432");
    CHECK_TEXT(hyperd.output, "42\n");
    CHECK_HAS(hp_process_descriptor(hyperd.process), "tab.domain://");
    CHECK_HAS(hp_process_descriptor(hyperd.process), folder);
    CHECK(hp_process_is_verified(hyperd.process));
    hp_served_stop(&hyperd, "tether");
  }
  hp_served_end(&hyperd);
  leave(current);
}

HP_TEST(answers_psql_on_tcp) {
  HYPERD(hyperd, "tcp");
  char current[600], port[8], descriptor[64];
  go_to(current, sizeof current);
  if (hp_served_start(&hyperd)) {
    snprintf(port, sizeof port, "%u", hp_process_port(hyperd.process));
    ask(&hyperd, hp_process_host(hyperd.process), port);
    CHECK_TEXT(hyperd.output, "42\n");
    snprintf(descriptor, sizeof descriptor, "tab.tcp://127.0.0.1:%s", port);
    CHECK_TEXT(hp_process_descriptor(hyperd.process), descriptor);
    CHECK(hp_process_is_verified(hyperd.process));
    hp_served_stop(&hyperd, "tether");
  }
  hp_served_end(&hyperd);
  leave(current);
}

HP_TEST(logs_to_its_data_directory) {
  HYPERD(hyperd, "unix");
  char data[600], log[620];
  snprintf(data, sizeof data, "%s/data", hp_world_directory());
  snprintf(log, sizeof log, "%s/hyperd.log", data);
  hp_options_set_data_dir(hyperd.options, data, NULL);
  if (hp_served_start(&hyperd))
    hp_served_stop(&hyperd, "tether");
  CHECK_INT(access(log, F_OK), 0);
  hp_served_end(&hyperd);
}

static void kill_as_it_starts(hp_process *process, const hp_event *event, void *user) {
  (void)user;
  if (hp_event_kind(event) == HP_EVENT_STATE && hp_event_state(event) == HP_STATE_WAITING)
    kill((pid_t)hp_process_pid(process), SIGKILL);
}

HP_TEST(killed_while_it_starts_is_an_error_at_once) {
  HYPERD(hyperd, "unix");
  CHECK_INT(hp_process_start_async(hyperd.context, hyperd.options, kill_as_it_starts, NULL,
                                   &hyperd.process, &hyperd.error),
            0);
  CHECK_INT(hp_process_wait_ready(hyperd.process, 2000, &hyperd.error), HP_EEXITED);
  CHECK_INT(hp_process_exit_status(hyperd.process).kind, HP_EXIT_SIGNAL);
  CHECK_INT(hp_process_exit_status(hyperd.process).value, SIGKILL);
  hp_served_end(&hyperd);
}

static void stop_as_it_starts(hp_process *process, const hp_event *event, void *user) {
  (void)user;
  if (hp_event_kind(event) == HP_EVENT_STATE && hp_event_state(event) == HP_STATE_WAITING)
    hp_process_stop_async(process);
}

/* There is no tether yet to be cut. */
HP_TEST(stopped_while_it_starts) {
  HYPERD(hyperd, "unix");
  CHECK_INT(hp_process_start_async(hyperd.context, hyperd.options, stop_as_it_starts, NULL,
                                   &hyperd.process, &hyperd.error),
            0);
  CHECK_INT(hp_process_wait_ready(hyperd.process, -1, &hyperd.error), HP_ECANCELED);
  CHECK_INT(hp_process_wait(hyperd.process, -1, NULL), 0);
  CHECK_TEXT(hp_process_stop_rung(hyperd.process), "signal TERM");
  hp_served_end(&hyperd);
}

/* ---- settings ---- */

/* Telemetry stays off: nothing of a test is for its vendor. */
static const char *const settings[][2] = {
    {"use_tcp_port", "off"},
    {"use_tcp_port", "auto"},
    {"domain_socket_dir", "${world}"},
    {"log_config", ""},
    {"log_dir", "${world}"},
    {"log_file_size_limit", "1M"},
    {"default_database_version", "0"},
    {"default_database_version", "1"},
    {"default_database_version", "2"},
    {"default_database_version", "3"},
    {"default_database_version", "4"},
    {"memory_limit", "50%"},
    {"memory_limit", "2G"},
    {"shutdown_draining_period_limit", "5s"},
    {"hyper_temp_directory_override", "${world}"},
    {"log_redo", "1"}, /* of the server's own list */
};

static void start_with(const char *folder, const char *name, const char *value) {
  struct hp_served hyperd;
  hp_served_open(&hyperd, "hyperd", NULL);
  const char *meant = strcmp(value, "${world}") == 0 ? hp_world_directory() : value;
  hp_options_set(hyperd.options, "hyper_path", folder, NULL);
  hp_options_set(hyperd.options, "telemetry", "off", NULL);
  hp_options_set(hyperd.options, name, meant, NULL);
  hp_options_set_experimental(hyperd.options, true, NULL);
  printf("%s=%s\n", name, meant);
  if (hp_served_start(&hyperd)) {
    if (strcmp(name, "use_tcp_port") == 0)
      CHECK_TEXT(hp_process_transport(hyperd.process), strcmp(value, "off") == 0 ? "unix" : "tcp");
    if (strcmp(name, "domain_socket_dir") == 0)
      CHECK_HAS(hp_process_path(hyperd.process), meant);
    hp_served_stop(&hyperd, "tether");
  }
  hp_served_end(&hyperd);
}

HP_TEST(takes_each_of_its_settings) {
  const char *reason, *folder = find_hyperd(&reason);
  if (!folder)
    SKIP(reason);
  for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
    start_with(folder, settings[i][0], settings[i][1]);
}

HP_TEST(its_files_go_where_log_dir_says) {
  HYPERD(hyperd, "unix");
  char folder[600], log[640];
  snprintf(folder, sizeof folder, "%s/logs", hp_world_directory());
  snprintf(log, sizeof log, "%s/hyperd.log", folder);
  CHECK_INT(mkdir(folder, 0700), 0);
  hp_options_set(hyperd.options, "log_dir", folder, NULL);
  if (hp_served_start(&hyperd))
    hp_served_stop(&hyperd, "tether");
  CHECK_INT(access(log, F_OK), 0);
  hp_served_end(&hyperd);
}

/* ---- errors ---- */

static void check_fails(struct hp_served *hyperd, int code, const char *message, const char *hint) {
  CHECK_INT(hp_process_start(hyperd->context, hyperd->options, &hyperd->process, &hyperd->error),
            code);
  if (!CHECK(hyperd->error != NULL))
    return;
  CHECK_HAS(hp_error_message(hyperd->error), message);
  CHECK_HAS(hp_error_hint(hyperd->error) ? hp_error_hint(hyperd->error) : "", hint);
}

HP_TEST(a_folder_without_it_is_said_with_all_places) {
  HYPERD(hyperd, "unix");
  hp_options_set(hyperd.options, "hyper_path", hp_world_directory(), NULL);
  check_fails(&hyperd, HP_ENOTFOUND, "\"hyperd\" was not found at the given path",
              "the folder that holds it");
  CHECK_HAS(hp_error_detail(hyperd.error, HP_DETAIL_PLACES), "tableauhyperapi/bin/hyper/hyperd");
  hp_served_end(&hyperd);
}

HP_TEST(a_log_directory_that_cannot_be_written_is_said) {
  HYPERD(hyperd, "unix");
  hp_options_set(hyperd.options, "log_dir", "/proc", NULL);
  check_fails(&hyperd, HP_EEXITED, "ended with exit code 1 before it was ready",
              "log_dir must be a directory");
  CHECK_HAS(hp_error_detail(hyperd.error, HP_DETAIL_OUTPUT), "Unable to open log file");
  hp_served_end(&hyperd);
}

HP_TEST(a_port_that_is_taken_is_said_with_its_owner) {
  HYPERD(hyperd, NULL);
  char port[16], owner[32];
  struct hp_wire *taken = hp_wire_listen("tcp://127.0.0.1:0", 1);
  REQUIRE(taken != NULL);
  snprintf(port, sizeof port, "%u", hp_wire_port(taken));
  snprintf(owner, sizeof owner, "process %lld", (long long)getpid());
  hp_options_set(hyperd.options, "use_tcp_port", port, NULL);
  check_fails(&hyperd, HP_EADDRINUSE, "is already in use", "auto");
  CHECK_HAS(hp_error_detail(hyperd.error, HP_DETAIL_OWNER), owner);
  hp_wire_close(taken);
  hp_served_end(&hyperd);
}

HP_TEST(a_setting_that_it_does_not_know_is_refused_before_it_runs) {
  HYPERD(hyperd, "unix");
  hp_options_set(hyperd.options, "log_querie", "1", NULL);
  check_fails(&hyperd, HP_ECONFIG, "has no setting 'log_querie', did you mean 'log_queries'?",
              "lists its settings");
  hp_served_end(&hyperd);
}

/* Nothing is written there, so nothing needs to be writable: not even root can write to /proc. */
HP_TEST(a_current_directory_that_cannot_be_written_is_no_obstacle) {
  HYPERD(hyperd, "unix");
  CHECK_INT(chdir("/proc"), 0);
  if (hp_served_start(&hyperd))
    hp_served_stop(&hyperd, "tether");
  CHECK_INT(chdir("/"), 0);
  hp_served_end(&hyperd);
}

HP_TEST(killed_while_it_runs_is_told) {
  HYPERD(hyperd, "unix");
  if (hp_served_start(&hyperd)) {
    kill((pid_t)hp_process_pid(hyperd.process), SIGKILL);
    CHECK_INT(hp_process_wait(hyperd.process, 20000, &hyperd.error), HP_EDIED);
    CHECK_HAS(hp_error_message(hyperd.error), "was ended by signal 9");
  }
  hp_served_end(&hyperd);
}

/* ---- as the document advises ---- */

/* One statement each; what the last one answers is in `output`. */
static void say(struct hp_served *hyperd, const char *const *statements) {
  char folder[600];
  const char *path = hp_process_path(hyperd->process);
  snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
  CHECK_INT(hp_world_run(hyperd->output, sizeof hyperd->output, "psql", "-w", "-X", "-q", "-t",
                         "-A", "-h", folder, "-p", "5432", "-U", "tableau_internal_user", "-d", "",
                         "-c", statements[0], "-c", statements[1], "-c", statements[2], "-c",
                         statements[3], NULL),
            0);
}

HP_TEST(one_process_serves_many_connections_and_files) {
  HYPERD(hyperd, "unix");
  char create[700], attach[700];
  for (int i = 0; hyperd.process || (i == 0 && hp_served_start(&hyperd)); i++) {
    if (i == 3)
      break;
    snprintf(create, sizeof create, "create database \"%s/%d.hyper\"", hp_world_directory(), i);
    snprintf(attach, sizeof attach, "attach database \"%s/%d.hyper\" as f", hp_world_directory(),
             i);
    say(&hyperd,
        (const char *const[]){create, attach, "create table f.public.t as (select 42 as i)",
                              "select sum(i) from f.public.t"});
    CHECK_HAS(hyperd.output, "42\n");
  }
  if (hyperd.process)
    hp_served_stop(&hyperd, "tether");
  hp_served_end(&hyperd);
}
