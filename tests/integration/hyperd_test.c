/* SPDX-License-Identifier: MIT */
/* The real hyperd, which tests/hyperd/fetch.cmake brings, asked by psql. */
#include "tests/support/served.h"

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
