/* SPDX-License-Identifier: MIT */
/* An unmodified memcached, asked in its text protocol. */
#include "tests/support/served.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define VERSION "version\r\nquit\r\n"

static const char *const system_folders[] = {".", "/run/memcached", NULL};

/* Root gives it to another user; anybody else keeps it. */
static void check_user(struct hp_served *served) {
  long user = hp_world_user((pid_t)hp_process_pid(served->process));
  if (geteuid() == 0)
    CHECK(user > 0);
  else
    CHECK_INT(user, getuid());
}

HP_TEST(answers_on_a_unix_socket) {
  SERVED_ALONE(memcached, "memcached", "unix");
  hp_served_watch(&memcached, system_folders);
  if (hp_served_start(&memcached)) {
    CHECK_HAS(hp_served_ask(&memcached, VERSION), "VERSION 1.");
    CHECK_HAS(hp_served_ask(&memcached, "set word 0 0 4\r\nkept\r\nquit\r\n"), "STORED\r\n");
    CHECK_TEXT(hp_served_ask(&memcached, "get word\r\nquit\r\n"),
               "VALUE word 0 4\r\nkept\r\nEND\r\n");
    CHECK_HAS(hp_process_descriptor(memcached.process), hp_process_path(memcached.process));
    CHECK(hp_process_is_verified(memcached.process));
    check_user(&memcached);
    hp_served_stop(&memcached, "signal TERM");
  }
  hp_served_end(&memcached);
}

HP_TEST(tcp_is_open_to_the_descriptor_only) {
  SERVED_ALONE(memcached, "memcached", "tcp");
  hp_served_watch(&memcached, system_folders);
  if (hp_served_start(&memcached)) {
    char password[128] = "", hello[300];
    CHECK_INT(sscanf(hp_process_descriptor(memcached.process), "memcached://hyperprocess:%127[^@]@",
                     password),
              1);
    /* What a client says first: the name and the password, as the value of any key. */
    snprintf(hello, sizeof hello, "set a 0 0 %zu\r\nhyperprocess %s\r\n" VERSION,
             strlen("hyperprocess ") + strlen(password), password);
    hp_served_ask(&memcached, hello);
    CHECK_HAS(memcached.output, "STORED\r\nVERSION 1.");
    hp_served_answers(&memcached, "get a\r\n", "CLIENT_ERROR unauthenticated\r\n");
    hp_served_answers(&memcached, "set a 0 0 18\r\nhyperprocess guess\r\n", "CLIENT_ERROR ");
    check_user(&memcached);
    hp_served_stop(&memcached, "signal TERM");
  }
  hp_served_end(&memcached);
}

HP_TEST(password_is_in_no_command_line_and_no_environment) {
  SERVED_ALONE(memcached, "memcached", "tcp");
  if (hp_served_start(&memcached)) {
    char password[128] = "";
    pid_t pid = (pid_t)hp_process_pid(memcached.process);
    CHECK_INT(sscanf(hp_process_descriptor(memcached.process), "memcached://hyperprocess:%127[^@]@",
                     password),
              1);
    CHECK(strlen(password) >= 32);
    CHECK(!strstr(hp_world_proc(pid, "cmdline"), password));
    CHECK(!strstr(hp_world_proc(pid, "environ"), password));
    hp_served_stop(&memcached, "signal TERM");
  }
  hp_served_end(&memcached);
}

HP_TEST(its_settings_are_its_own) {
  SERVED_ALONE(memcached, "memcached", "unix");
  hp_options_set(memcached.options, "memory_limit", "16", NULL);
  hp_options_set(memcached.options, "max_item_size", "2M", NULL);
  hp_options_set(memcached.options, "connections", "77", NULL);
  hp_options_set(memcached.options, "threads", "2", NULL);
  if (hp_served_start(&memcached)) {
    hp_served_ask(&memcached, "stats settings\r\nquit\r\n");
    CHECK_HAS(memcached.output, "STAT maxbytes 16777216\r\n");
    CHECK_HAS(memcached.output, "STAT item_size_max 2097152\r\n");
    CHECK_HAS(memcached.output, "STAT maxconns 77\r\n");
    CHECK_HAS(memcached.output, "STAT num_threads 2\r\n");
    hp_served_stop(&memcached, "signal TERM");
  }
  hp_served_end(&memcached);
}

HP_TEST(killed_at_once_leaves_nothing) {
  SERVED_ALONE(memcached, "memcached", "unix");
  if (hp_served_start(&memcached)) {
    CHECK_INT(hp_process_shutdown(memcached.process, 0, NULL), 0);
    CHECK_TEXT(hp_process_stop_rung(memcached.process), "kill");
    CHECK_INT(hp_process_exit_status(memcached.process).kind, HP_EXIT_SIGNAL);
  }
  hp_served_end(&memcached);
}
