/* SPDX-License-Identifier: MIT */
/* Unmodified servers, each known to be ready in another way than its own definition has it. */
#include "tests/support/served.h"
#include "tests/support/wire.h"

#include <stdio.h>

/* The shipped definition with other lines in it. */
static void change(struct hp_served *served, const char *server, const char *lines) {
  char text[2048];
  snprintf(
      text, sizeof text,
      "version: 1\nservers:\n  %s:\n    extends: %s\n%sprofiles:\n  default:\n    server: %s\n",
      server, server, lines, server);
  hp_options_set_file(served->options, hp_test_file("changed.yaml", text), NULL);
}

static void start_and_stop(struct hp_served *served, const char *rung, bool verified) {
  if (hp_served_start(served)) {
    CHECK(hp_process_is_verified(served->process) == verified);
    hp_served_stop(served, rung);
  }
  hp_served_end(served);
}

HP_TEST(nginx_by_http_over_a_unix_socket) {
  SERVED_ALONE(nginx, "nginx", "unix");
  change(&nginx, "nginx",
         "    ready: {kind: http, status: 200-404}\n"
         "    health: {kind: http, status: 200-404, interval: 50ms}\n");
  start_and_stop(&nginx, "signal QUIT", true);
}

HP_TEST(nginx_by_http_over_tcp) {
  SERVED_ALONE(nginx, "nginx", "tcp");
  change(&nginx, "nginx",
         "    identity: required\n"
         "    ready: {all: [{kind: http, path: /no/such, status: 404, body: 404 Not Found}, "
         "{kind: file, path: '${data_dir}/nginx.pid', not_empty: yes}]}\n");
  start_and_stop(&nginx, "signal QUIT", true);
}

HP_TEST(redis_by_its_client) {
  SERVED(redis, "redis", "unix", "redis-cli");
  change(&redis, "redis",
         "    ready: {kind: exec, command: [redis-cli, -s, '${endpoint.path}', ping]}\n");
  start_and_stop(&redis, "signal TERM", false);
}

HP_TEST(redis_by_its_pid_file) {
  SERVED_ALONE(redis, "redis", "unix");
  change(&redis, "redis",
         "    arguments: [--pidfile, '${data_dir}/redis.pid']\n"
         "    ready: {all: [{kind: file, path: '${data_dir}/redis.pid', not_empty: yes}, "
         "{kind: connect}]}\n");
  start_and_stop(&redis, "signal TERM", true);
}

HP_TEST(postgres_by_its_client) {
  SERVED(postgres, "postgres", "unix", "pg_isready");
  change(&postgres, "postgres",
         "    ready: {kind: exec, command: [pg_isready, -q, -h, '${endpoint.dir}']}\n");
  start_and_stop(&postgres, "signal INT", false);
}

HP_TEST(postgres_by_its_pid_file) {
  SERVED_ALONE(postgres, "postgres", "unix");
  change(&postgres, "postgres",
         "    ready: {kind: file, path: '${data_dir}/cluster/postmaster.pid', content: ready}\n");
  start_and_stop(&postgres, "signal INT", true);
}

/* A stranger to us that takes its listener as systemd hands it down. */
static void bring_a_bus(const char *transport) {
  struct hp_served bus;
  char yaml[1024];
  FILE *program = fopen("/usr/bin/dbus-daemon", "rb");
  if (!program)
    SKIP("dbus-daemon is not installed");
  fclose(program);
  snprintf(yaml, sizeof yaml,
           "version: 1\nservers:\n  bus:\n    binary: {names: [dbus-daemon]}\n"
           "    arguments: ['--config-file=${files.bus.conf}', --nofork, --nopidfile, --nosyslog]\n"
           "    files:\n      bus.conf: {content: '<busconfig><type>session</type>"
           "<listen>systemd:</listen></busconfig>'}\n"
           "    transports: {%s: {arguments: []}}\n    ready: {kind: inherit}\n"
           "    stop: [{signal: TERM, wait: 10s}, {kill: true}]\n",
           transport);
  hp_served_open(&bus, "bus", transport);
  hp_options_set_binary(bus.options, "/usr/bin/dbus-daemon", NULL);
  hp_options_set_file(bus.options, hp_test_file("bus.yaml", yaml), NULL);
  if (hp_served_start(&bus)) {
    struct hp_wire *wire = hp_wire_to(hp_process_endpoint(bus.process));
    char answer[9] = "";
    CHECK(wire && hp_wire_say(wire, "\0AUTH\r\n", 7));
    CHECK(wire && hp_wire_hear(wire, answer, 8) == 8);
    CHECK_TEXT(answer, "REJECTED");
    hp_wire_close(wire);
    hp_served_stop(&bus, "signal TERM");
  }
  hp_served_end(&bus);
}

HP_TEST(dbus_inherits_a_unix_socket) {
  bring_a_bus("unix");
}

HP_TEST(dbus_inherits_a_port) {
  bring_a_bus("tcp");
}
