/* SPDX-License-Identifier: MIT */
/* An unmodified Redis, asked by its own client. */
#include "tests/support/served.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Root gives it to another user; anybody else keeps it. */
static void check_user(struct hp_served *served) {
  long user = hp_world_user((pid_t)hp_process_pid(served->process));
  if (geteuid() == 0)
    CHECK(user > 0);
  else
    CHECK_INT(user, getuid());
}

static void check_private(const char *path) {
  char folder[512];
  struct stat info;
  snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
  CHECK_INT(stat(folder, &info), 0);
  CHECK_INT(info.st_mode & 07777, 0700);
}

HP_TEST(answers_its_client_on_a_unix_socket) {
  SERVED(redis, "redis", "unix", "redis-cli");
  if (hp_served_start(&redis)) {
    const char *path = hp_process_path(redis.process);
    CHECK_INT(
        hp_world_run(redis.output, sizeof redis.output, "redis-cli", "-s", path, "ping", NULL), 0);
    CHECK_TEXT(redis.output, "PONG\n");
    CHECK_HAS(hp_process_descriptor(redis.process), path);
    CHECK(hp_process_is_verified(redis.process));
    check_user(&redis);
    check_private(path);
    hp_served_stop(&redis, "signal TERM");
  }
  hp_served_end(&redis);
}

HP_TEST(tcp_is_open_to_the_descriptor_only) {
  SERVED(redis, "redis", "tcp", "redis-cli");
  if (hp_served_start(&redis)) {
    char port[8];
    const char *host = hp_process_host(redis.process);
    const char *descriptor = hp_process_descriptor(redis.process);
    snprintf(port, sizeof port, "%u", hp_process_port(redis.process));
    hp_world_run(redis.output, sizeof redis.output, "redis-cli", "-h", host, "-p", port, "ping",
                 NULL);
    CHECK_HAS(redis.output, "NOAUTH");
    hp_world_run(redis.output, sizeof redis.output, "redis-cli", "-h", host, "-p", port, "-a",
                 "guess", "ping", NULL);
    CHECK_HAS(redis.output, "WRONGPASS");
    hp_world_run(redis.output, sizeof redis.output, "redis-cli", "--no-auth-warning", "-u",
                 descriptor, "ping", NULL);
    CHECK_TEXT(redis.output, "PONG\n");
    check_user(&redis);
    hp_served_stop(&redis, "signal TERM");
  }
  hp_served_end(&redis);
}

HP_TEST(password_is_in_no_command_line_and_no_environment) {
  SERVED(redis, "redis", "tcp", "redis-cli");
  if (hp_served_start(&redis)) {
    char password[128] = "";
    pid_t pid = (pid_t)hp_process_pid(redis.process);
    CHECK_INT(sscanf(hp_process_descriptor(redis.process), "redis://default:%127[^@]@", password),
              1);
    CHECK(strlen(password) >= 32);
    CHECK(!strstr(hp_world_proc(pid, "cmdline"), password));
    CHECK(!strstr(hp_world_proc(pid, "environ"), password));
    hp_served_stop(&redis, "signal TERM");
  }
  hp_served_end(&redis);
}

HP_TEST(data_survive_a_restart) {
  SERVED(redis, "redis", "unix", "redis-cli");
  char data[600];
  snprintf(data, sizeof data, "%s/data", hp_world_directory());
  hp_options_set_data_dir(redis.options, data, NULL);
  hp_options_set(redis.options, "save", "3600 1", NULL);
  if (hp_served_start(&redis)) {
    hp_world_run(redis.output, sizeof redis.output, "redis-cli", "-s",
                 hp_process_path(redis.process), "set", "word", "kept", NULL);
    CHECK_TEXT(redis.output, "OK\n");
    hp_served_stop(&redis, "signal TERM");
  }
  if (hp_served_start(&redis)) {
    hp_world_run(redis.output, sizeof redis.output, "redis-cli", "-s",
                 hp_process_path(redis.process), "get", "word", NULL);
    CHECK_TEXT(redis.output, "kept\n");
    hp_served_stop(&redis, "signal TERM");
  }
  CHECK_INT(access(data, F_OK), 0);
  hp_served_end(&redis);
}

HP_TEST(killed_at_once_leaves_nothing) {
  SERVED(redis, "redis", "unix", "redis-cli");
  if (hp_served_start(&redis)) {
    CHECK_INT(hp_process_shutdown(redis.process, 0, NULL), 0);
    CHECK_TEXT(hp_process_stop_rung(redis.process), "kill");
    CHECK_INT(hp_process_exit_status(redis.process).kind, HP_EXIT_SIGNAL);
  }
  hp_served_end(&redis);
}
