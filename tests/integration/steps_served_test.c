/* SPDX-License-Identifier: MIT */
/* Steps with the clients of real servers: what they have made is there when READY is told. */
#include "tests/support/served.h"

#include <stdio.h>

static void add_steps(struct hp_served *served, const char *server, const char *steps) {
  char text[2048];
  snprintf(text, sizeof text,
           "version: 1\nprofiles:\n  default:\n    server: %s\n    after_ready:\n%s", server,
           steps);
  hp_options_set_file(served->options, hp_test_file("steps.yaml", text), NULL);
}

static void ask_postgres(struct hp_served *served, const char *sql) {
  hp_world_run(served->output, sizeof served->output, "psql", "-w", "-X", "-t", "-A", "-d",
               hp_process_descriptor(served->process), "-c", sql, NULL);
}

/* A script beside the file, and a second step that sees what the first has made. */
HP_TEST(postgres_gets_a_schema_and_data_over_a_unix_socket) {
  SERVED(postgres, "postgres", "unix", "psql");
  hp_test_file("schema.sql", "create table seeds (name text primary key);\n");
  add_steps(&postgres, "postgres",
            "    - {name: schema, command: [psql, -w, -X, -v, ON_ERROR_STOP=1, -h, "
            "'${endpoint.dir}', -U, postgres, -d, postgres, -f, schema.sql]}\n"
            "    - {name: seed, timeout: 1m, command: [psql, -w, -X, -v, ON_ERROR_STOP=1, -h, "
            "'${endpoint.dir}', -U, postgres, -d, postgres, -c, \"insert into seeds values "
            "('oak'), ('elm')\"]}\n");
  if (hp_served_start(&postgres)) {
    ask_postgres(&postgres, "select count(*) from seeds");
    CHECK_TEXT(postgres.output, "2\n");
    hp_served_stop(&postgres, "signal INT");
  }
  hp_served_end(&postgres);
}

/* The password goes by the environment. */
HP_TEST(postgres_gets_data_over_tcp) {
  SERVED(postgres, "postgres", "tcp", "psql");
  add_steps(&postgres, "postgres",
            "    - command: [psql, -w, -X, -h, '${endpoint.host}', -p, '${endpoint.port}', -U, "
            "postgres, -d, postgres, -c, 'create table seeds as select 7 as number']\n"
            "      environment: {PGPASSWORD: '${secret.password}'}\n");
  if (hp_served_start(&postgres)) {
    ask_postgres(&postgres, "select number from seeds");
    CHECK_TEXT(postgres.output, "7\n");
    hp_served_stop(&postgres, "signal INT");
  }
  hp_served_end(&postgres);
}

HP_TEST(postgres_stops_well_after_a_step_that_fails) {
  SERVED(postgres, "postgres", "unix", "psql");
  add_steps(&postgres, "postgres",
            "    - {name: seed, command: [psql, -w, -X, -h, '${endpoint.dir}', -U, postgres, -d, "
            "postgres, -c, 'insert into nothing values (1)']}\n");
  CHECK_INT(
      hp_process_start(postgres.context, postgres.options, &postgres.process, &postgres.error),
      HP_ESTEP);
  CHECK_HAS(hp_error_message(postgres.error), "step 'seed' ended with exit code 1");
  CHECK_HAS(hp_error_detail(postgres.error, HP_DETAIL_OUTPUT),
            "relation \"nothing\" does not exist");
  hp_process_wait(postgres.process, -1, NULL);
  CHECK_TEXT(hp_process_stop_rung(postgres.process), "signal INT");
  CHECK_INT(hp_process_exit_status(postgres.process).kind, HP_EXIT_CODE);
  hp_process_close(postgres.process);
  postgres.process = NULL;
  hp_served_end(&postgres);
}

/* By its descriptor, as a shell has it. */
HP_TEST(redis_gets_data_over_tcp) {
  SERVED(redis, "redis", "tcp", "redis-cli");
  add_steps(&redis, "redis",
            "    - {name: seed, command: [sh, -c, 'redis-cli --no-auth-warning -u "
            "\"$HYPERPROCESS_DESCRIPTOR\" set tree oak']}\n");
  if (hp_served_start(&redis)) {
    hp_world_run(redis.output, sizeof redis.output, "redis-cli", "--no-auth-warning", "-u",
                 hp_process_descriptor(redis.process), "get", "tree", NULL);
    CHECK_TEXT(redis.output, "oak\n");
    hp_served_stop(&redis, "signal TERM");
  }
  hp_served_end(&redis);
}

HP_TEST(redis_gets_data_over_a_unix_socket) {
  SERVED(redis, "redis", "unix", "redis-cli");
  add_steps(&redis, "redis",
            "    - {command: [redis-cli, -s, '${endpoint.path}', set, tree, elm]}\n"
            "    - {command: [redis-cli, -s, '${endpoint.path}', append, tree, s]}\n");
  if (hp_served_start(&redis)) {
    hp_world_run(redis.output, sizeof redis.output, "redis-cli", "-s",
                 hp_process_path(redis.process), "get", "tree", NULL);
    CHECK_TEXT(redis.output, "elms\n");
    hp_served_stop(&redis, "signal TERM");
  }
  hp_served_end(&redis);
}
