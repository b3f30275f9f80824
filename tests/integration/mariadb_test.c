/* SPDX-License-Identifier: MIT */
/* An unmodified MariaDB, asked by its own client. */
#include "tests/support/served.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What Debian's build takes where it is told nothing else. */
static const char *const system_folders[] = {
    ".", "/etc/mysql", "/run/mysqld", "/var/lib/mysql", "/var/log/mysql", NULL};

struct account {
  char password[128];
  char address[600]; /* --socket=… or --port=… */
  char host[64];
};

static void read_account(struct hp_served *served, struct account *account) {
  const char *path = hp_process_path(served->process);
  const char *host = hp_process_host(served->process);
  CHECK_INT(
      sscanf(hp_process_descriptor(served->process), "mysql://root:%127[^@]@", account->password),
      1);
  if (path)
    snprintf(account->address, sizeof account->address, "--socket=%s", path);
  else
    snprintf(account->address, sizeof account->address, "--port=%u",
             hp_process_port(served->process));
  snprintf(account->host, sizeof account->host, "--host=%s", host ? host : "localhost");
}

/* As the root of its accounts; without a password where it is NULL. */
static void ask(struct hp_served *served, const char *password, const char *sql) {
  struct account account;
  char word[200];
  read_account(served, &account);
  snprintf(word, sizeof word, "--password=%s", password ? password : "");
  hp_world_run(served->output, sizeof served->output, "mariadb", "--no-defaults", account.host,
               account.address, "--user=root", word, "--batch", "--skip-column-names", "-e", sql,
               NULL);
}

static void ask_by_descriptor(struct hp_served *served, const char *sql) {
  struct account account;
  read_account(served, &account);
  ask(served, account.password, sql);
}

/* Started by root, its tree runs as somebody else. */
static void check_users(void) {
  pid_t pids[64];
  size_t count = hp_world_processes(pids, 64);
  CHECK(count >= 1);
  for (size_t i = 0; i < count; i++)
    CHECK(geteuid() != 0 || hp_world_user(pids[i]) != 0);
}

HP_TEST(answers_its_client_on_a_unix_socket) {
  SERVED(mariadb, "mariadb", "unix", "mariadb");
  hp_served_watch(&mariadb, system_folders);
  if (hp_served_start(&mariadb)) {
    ask_by_descriptor(&mariadb, "select 6*7");
    CHECK_TEXT(mariadb.output, "42\n");
    CHECK_HAS(hp_process_descriptor(mariadb.process), hp_process_path(mariadb.process));
    CHECK(hp_process_is_verified(mariadb.process));
    check_users();
    hp_served_stop(&mariadb, "signal TERM");
  }
  hp_served_end(&mariadb);
}

/* The kernel's word is enough for root, and for nobody else: not for the server's own user either,
 * the one other that can enter the directory. */
HP_TEST(the_socket_knows_root_only) {
  SERVED(mariadb, "mariadb", "unix", "mariadb");
  if (hp_served_start(&mariadb)) {
    char user[64];
    struct account account;
    read_account(&mariadb, &account);
    snprintf(user, sizeof user, "--reuid=%ld",
             hp_world_user((pid_t)hp_process_pid(mariadb.process)));
    ask(&mariadb, NULL, "select 6*7");
    CHECK_HAS(mariadb.output, geteuid() == 0 ? "42\n" : "Access denied");
    if (geteuid() == 0) {
      hp_world_run(mariadb.output, sizeof mariadb.output, "setpriv", user, "--clear-groups",
                   "mariadb", "--no-defaults", account.address, "--user=root", "-e", "select 6*7",
                   NULL);
      CHECK_HAS(mariadb.output, "Access denied");
    }
    hp_served_stop(&mariadb, "signal TERM");
  }
  hp_served_end(&mariadb);
}

HP_TEST(tcp_is_open_to_the_descriptor_only) {
  SERVED(mariadb, "mariadb", "tcp", "mariadb");
  hp_served_watch(&mariadb, system_folders);
  if (hp_served_start(&mariadb)) {
    ask_by_descriptor(&mariadb, "select 6*7");
    CHECK_TEXT(mariadb.output, "42\n");
    ask(&mariadb, NULL, "select 6*7");
    CHECK_HAS(mariadb.output, "Access denied");
    ask(&mariadb, "guess", "select 6*7");
    CHECK_HAS(mariadb.output, "Access denied");
    ask_by_descriptor(&mariadb, "select count(*) from mysql.user where user not in ('root', "
                                "'mariadb.sys')");
    CHECK_TEXT(mariadb.output, "0\n");
    check_users();
    hp_served_stop(&mariadb, "signal TERM");
  }
  hp_served_end(&mariadb);
}

HP_TEST(password_is_in_no_command_line_and_no_environment) {
  SERVED(mariadb, "mariadb", "tcp", "mariadb");
  if (hp_served_start(&mariadb)) {
    struct account account;
    pid_t pids[64];
    read_account(&mariadb, &account);
    CHECK(strlen(account.password) >= 32);
    size_t count = hp_world_processes(pids, 64);
    for (size_t i = 0; i < count; i++) {
      CHECK(!strstr(hp_world_proc(pids[i], "cmdline"), account.password));
      CHECK(!strstr(hp_world_proc(pids[i], "environ"), account.password));
    }
    hp_served_stop(&mariadb, "signal TERM");
  }
  hp_served_end(&mariadb);
}

/* And are the same over either transport. */
HP_TEST(data_are_prepared_once_and_survive_a_restart) {
  SERVED(mariadb, "mariadb", "unix", "mariadb");
  char data[600], made[700];
  struct stat first, second;
  snprintf(data, sizeof data, "%s/data", hp_world_directory());
  snprintf(made, sizeof made, "%s/databases/mysql/db.opt", data);
  hp_options_set_data_dir(mariadb.options, data, NULL);
  if (hp_served_start(&mariadb)) {
    ask_by_descriptor(&mariadb, "create database words; create table words.t select 'kept' word");
    CHECK_TEXT(mariadb.output, "");
    CHECK_INT(stat(made, &first), 0);
    hp_served_stop(&mariadb, "signal TERM");
  }
  hp_options_set_transport(mariadb.options, "tcp", NULL);
  if (hp_served_start(&mariadb)) {
    ask_by_descriptor(&mariadb, "select word from words.t");
    CHECK_TEXT(mariadb.output, "kept\n");
    CHECK_INT(stat(made, &second), 0);
    CHECK_INT(second.st_ino, first.st_ino);
    CHECK_INT(second.st_ctim.tv_nsec, first.st_ctim.tv_nsec);
    hp_served_stop(&mariadb, "signal TERM");
  }
  hp_served_end(&mariadb);
}

HP_TEST(its_settings_are_its_own) {
  SERVED(mariadb, "mariadb", "unix", "mariadb");
  hp_options_set(mariadb.options, "innodb_buffer_pool_size", "32M", NULL);
  hp_options_set(mariadb.options, "innodb_log_file_size", "8M", NULL);
  hp_options_set(mariadb.options, "max_connections", "12", NULL);
  hp_options_set(mariadb.options, "sql_mode", "ANSI_QUOTES", NULL);
  if (hp_served_start(&mariadb)) {
    ask_by_descriptor(&mariadb, "select @@innodb_buffer_pool_size, @@innodb_log_file_size, "
                                "@@max_connections, @@sql_mode");
    CHECK_TEXT(mariadb.output, "33554432\t8388608\t12\tANSI_QUOTES\n");
    hp_served_stop(&mariadb, "signal TERM");
  }
  hp_served_end(&mariadb);
}

HP_TEST(killed_at_once_leaves_nothing) {
  SERVED(mariadb, "mariadb", "unix", "mariadb");
  if (hp_served_start(&mariadb)) {
    CHECK_INT(hp_process_shutdown(mariadb.process, 0, NULL), 0);
    CHECK_TEXT(hp_process_stop_rung(mariadb.process), "kill");
    CHECK_INT(hp_process_exit_status(mariadb.process).kind, HP_EXIT_SIGNAL);
  }
  hp_served_end(&mariadb);
}
