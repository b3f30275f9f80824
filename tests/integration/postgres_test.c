/* SPDX-License-Identifier: MIT */
/* An unmodified PostgreSQL, asked by its own client. */
#include "tests/support/served.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void ask(struct hp_served *served, const char *descriptor, const char *sql) {
  hp_world_run(served->output, sizeof served->output, "psql", "-w", "-X", "-t", "-A", "-d",
               descriptor, "-c", sql, NULL);
}

/* PostgreSQL refuses root: its whole tree runs as somebody else. */
static void check_users(void) {
  pid_t pids[64];
  size_t count = hp_world_processes(pids, 64);
  CHECK(count > 3);
  for (size_t i = 0; i < count; i++)
    CHECK(geteuid() != 0 || hp_world_user(pids[i]) != 0);
}

HP_TEST(answers_its_client_on_a_unix_socket) {
  SERVED(postgres, "postgres", "unix", "psql");
  if (hp_served_start(&postgres)) {
    ask(&postgres, hp_process_descriptor(postgres.process), "select 6*7");
    CHECK_TEXT(postgres.output, "42\n");
    CHECK(hp_process_is_verified(postgres.process));
    check_users();
    hp_served_stop(&postgres, "signal INT");
  }
  hp_served_end(&postgres);
}

HP_TEST(answers_its_client_on_tcp_by_the_descriptor_only) {
  SERVED(postgres, "postgres", "tcp", "psql");
  if (hp_served_start(&postgres)) {
    char text[300];
    const char *host = hp_process_host(postgres.process);
    unsigned port = hp_process_port(postgres.process);
    ask(&postgres, hp_process_descriptor(postgres.process), "select 6*7");
    CHECK_TEXT(postgres.output, "42\n");
    snprintf(text, sizeof text, "host=%s port=%u user=postgres dbname=postgres", host, port);
    ask(&postgres, text, "select 6*7");
    CHECK_HAS(postgres.output, "no password supplied");
    snprintf(text, sizeof text, "postgresql://postgres:guess@%s:%u/postgres", host, port);
    ask(&postgres, text, "select 6*7");
    CHECK_HAS(postgres.output, "password authentication failed");
    check_users();
    hp_served_stop(&postgres, "signal INT");
  }
  hp_served_end(&postgres);
}

HP_TEST(password_is_in_no_command_line_and_no_environment) {
  SERVED(postgres, "postgres", "tcp", "psql");
  if (hp_served_start(&postgres)) {
    char password[128] = "";
    pid_t pids[64];
    CHECK_INT(sscanf(hp_process_descriptor(postgres.process), "postgresql://postgres:%127[^@]@",
                     password),
              1);
    CHECK(strlen(password) >= 32);
    size_t count = hp_world_processes(pids, 64);
    for (size_t i = 0; i < count; i++) {
      CHECK(!strstr(hp_world_proc(pids[i], "cmdline"), password));
      CHECK(!strstr(hp_world_proc(pids[i], "environ"), password));
    }
    hp_served_stop(&postgres, "signal INT");
  }
  hp_served_end(&postgres);
}

HP_TEST(data_are_prepared_once_and_survive_a_restart) {
  SERVED(postgres, "postgres", "unix", "psql");
  char data[600], version[700];
  struct stat first, second;
  snprintf(data, sizeof data, "%s/data", hp_world_directory());
  snprintf(version, sizeof version, "%s/cluster/PG_VERSION", data);
  hp_options_set_data_dir(postgres.options, data, NULL);
  if (hp_served_start(&postgres)) {
    ask(&postgres, hp_process_descriptor(postgres.process),
        "create table words as select 'kept' as word");
    CHECK_TEXT(postgres.output, "SELECT 1\n");
    CHECK_INT(stat(version, &first), 0);
    hp_served_stop(&postgres, "signal INT");
  }
  if (hp_served_start(&postgres)) {
    ask(&postgres, hp_process_descriptor(postgres.process), "select word from words");
    CHECK_TEXT(postgres.output, "kept\n");
    CHECK_INT(stat(version, &second), 0);
    CHECK_INT(second.st_ino, first.st_ino);
    CHECK_INT(second.st_ctim.tv_nsec, first.st_ctim.tv_nsec);
    hp_served_stop(&postgres, "signal INT");
  }
  CHECK_INT(access(version, F_OK), 0);
  hp_served_end(&postgres);
}

/* The password that was made with the data is the one that opens it later. */
HP_TEST(data_keep_their_password) {
  SERVED(postgres, "postgres", "tcp", "psql");
  char data[600], first[128] = "", second[128] = "";
  snprintf(data, sizeof data, "%s/data", hp_world_directory());
  hp_options_set_data_dir(postgres.options, data, NULL);
  if (hp_served_start(&postgres)) {
    sscanf(hp_process_descriptor(postgres.process), "postgresql://postgres:%127[^@]@", first);
    hp_served_stop(&postgres, "signal INT");
  }
  if (hp_served_start(&postgres)) {
    sscanf(hp_process_descriptor(postgres.process), "postgresql://postgres:%127[^@]@", second);
    ask(&postgres, hp_process_descriptor(postgres.process), "select 6*7");
    CHECK_TEXT(postgres.output, "42\n");
    hp_served_stop(&postgres, "signal INT");
  }
  CHECK(first[0]);
  CHECK_TEXT(second, first);
  hp_served_end(&postgres);
}

/* Somebody may serve kept data by other means later, from a socket that all can reach. */
HP_TEST(kept_data_trust_nobody) {
  SERVED(postgres, "postgres", "unix", "psql");
  char data[600], path[700], line[300];
  snprintf(data, sizeof data, "%s/data", hp_world_directory());
  snprintf(path, sizeof path, "%s/cluster/pg_hba.conf", data);
  hp_options_set_data_dir(postgres.options, data, NULL);
  if (hp_served_start(&postgres))
    hp_served_stop(&postgres, "signal INT");
  FILE *rules = fopen(path, "re");
  int count = 0;
  while (rules && fgets(line, sizeof line, rules)) {
    count += line[0] != '#' && strstr(line, "scram-sha-256");
    CHECK(line[0] == '#' || !strstr(line, "trust"));
  }
  CHECK(count >= 3);
  if (rules)
    fclose(rules);
  hp_served_end(&postgres);
}

HP_TEST(a_client_that_stays_does_not_hold_up_the_stop) {
  SERVED(postgres, "postgres", "unix", "psql");
  if (hp_served_start(&postgres)) {
    int input, output;
    char line[100];
    const char *argv[] = {"psql", "-X", "-t", "-A", "-d", hp_process_descriptor(postgres.process),
                          NULL};
    pid_t client = hp_world_start(argv, &input, &output);
    CHECK(client > 0);
    CHECK_INT(write(input, "select 6*7;\n", 12), 12);
    CHECK(hp_world_read_line(output, "42", line, sizeof line));
    hp_served_stop(&postgres, "signal INT");
    close(input);
    close(output);
  }
  hp_process_close(postgres.process);
  postgres.process = NULL;
  CHECK(hp_world_is_empty_within(5000)); /* the client saw the end of its input */
  hp_served_end(&postgres);
}

/* But for 56 bytes of System V shared memory: only PostgreSQL's next start on those data would
 * remove them. */
HP_TEST(killed_at_once_leaves_no_process_and_no_file) {
  SERVED(postgres, "postgres", "unix", "psql");
  if (hp_served_start(&postgres)) {
    CHECK_INT(hp_process_shutdown(postgres.process, 0, NULL), 0);
    CHECK_TEXT(hp_process_stop_rung(postgres.process), "kill");
  }
  hp_process_close(postgres.process);
  postgres.process = NULL;
  CHECK(hp_world_is_empty_within(1000)); /* its children are in sessions of their own */
  hp_world_remove_segments();
  hp_served_end(&postgres);
}

/* A backend sees the end of its parent only between two queries. */
HP_TEST(killed_with_a_long_query_leaves_no_process) {
  SERVED(postgres, "postgres", "unix", "psql");
  if (hp_served_start(&postgres)) {
    int input, output;
    const char *descriptor = hp_process_descriptor(postgres.process);
    const char *argv[] = {"psql", "-X", "-d", descriptor, NULL};
    static const char query[] = "select count(*) from generate_series(1,1e12);\n";
    CHECK(hp_world_start(argv, &input, &output) > 0);
    CHECK_INT(write(input, query, sizeof query - 1), sizeof query - 1);
    for (int tries = 0; tries < 200 && !strstr(postgres.output, "1\n"); tries++)
      ask(&postgres, descriptor,
          "select count(*) from pg_stat_activity where query like 'select count(*) from gen%' and "
          "state = 'active'");
    CHECK_TEXT(postgres.output, "1\n");
    CHECK_INT(hp_process_shutdown(postgres.process, 0, NULL), 0);
    close(input);
    close(output);
  }
  hp_process_close(postgres.process);
  postgres.process = NULL;
  CHECK(hp_world_is_empty_within(2000));
  hp_world_remove_segments();
  hp_served_end(&postgres);
}

HP_TEST(stopped_during_its_preparation_leaves_nothing) {
  SERVED(postgres, "postgres", "unix", "psql");
  if (CHECK_INT(hp_process_start_async(postgres.context, postgres.options, NULL, NULL,
                                       &postgres.process, &postgres.error),
                0)) {
    pid_t pids[8];
    while (hp_world_processes(pids, 8) == 0 &&
           hp_process_state(postgres.process) <= HP_STATE_PREPARING)
      ;
    CHECK_INT(hp_process_shutdown(postgres.process, -1, NULL), 0);
    CHECK_INT(hp_process_wait_ready(postgres.process, -1, NULL), HP_ECANCELED);
  }
  hp_served_end(&postgres);
}

/* PostgreSQL is told a directory and a port, and makes the name of them itself. */
HP_TEST(a_socket_of_another_name_is_refused) {
  SERVED(postgres, "postgres", "unix", "psql");
  hp_plan *plan;
  hp_options_set_transport(postgres.options, "unix:/tmp/name", NULL);
  CHECK_INT(hp_plan_make(postgres.context, postgres.options, &plan, &postgres.error), HP_ECONFIG);
  CHECK_HAS(hp_error_message(postgres.error), "/tmp/name");
  CHECK_HAS(hp_error_message(postgres.error), ".s.PGSQL.5432");
  hp_options_set_transport(postgres.options, "unix:/tmp/.s.PGSQL.5432", NULL);
  CHECK_INT(hp_plan_make(postgres.context, postgres.options, &plan, NULL), 0);
  hp_plan_free(plan);
  hp_served_end(&postgres);
}
