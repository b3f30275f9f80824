/* SPDX-License-Identifier: MIT */
/* An unmodified nginx, asked in HTTP. */
#include "tests/support/served.h"
#include "tests/support/wire.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOT "GET / HTTP/1.0\r\n\r\n"

/* What Debian's build takes where it is told nothing else. */
static const char *const system_folders[] = {".",
                                             "/var/lib/nginx",
                                             "/var/lib/nginx/body",
                                             "/var/lib/nginx/proxy",
                                             "/var/log/nginx",
                                             "/etc/nginx",
                                             "/usr/share/nginx",
                                             NULL};

/* A folder with one page, for a server that may be somebody else. */
static const char *make_site(void) {
  static char folder[600];
  char page[700];
  snprintf(folder, sizeof folder, "%s/site", hp_world_directory());
  snprintf(page, sizeof page, "%s/index.html", folder);
  mkdir(folder, 0755);
  FILE *file = fopen(page, "we");
  CHECK(file && fputs("<p>Served.</p>\n", file) >= 0);
  if (file)
    fclose(file);
  chmod(folder, 0755);
  chmod(page, 0644);
  return folder;
}

/* Root gives all of its tree to another user. */
static void check_users(void) {
  pid_t pids[64];
  size_t count = hp_world_processes(pids, 64);
  CHECK(count >= 2);
  for (size_t i = 0; i < count; i++)
    CHECK(geteuid() != 0 || hp_world_user(pids[i]) != 0);
}

static void serve_a_folder(const char *transport, const char *descriptor) {
  SERVED_ALONE(nginx, "nginx", transport);
  hp_served_watch(&nginx, system_folders);
  hp_options_set(nginx.options, "root", make_site(), NULL);
  if (hp_served_start(&nginx)) {
    CHECK_HAS(hp_served_ask(&nginx, ROOT), "HTTP/1.1 200 OK\r\n");
    CHECK_HAS(nginx.output, "Content-Type: text/html\r\n");
    CHECK_HAS(nginx.output, "<p>Served.</p>\n");
    CHECK_HAS(hp_process_descriptor(nginx.process), descriptor);
    CHECK(hp_process_is_verified(nginx.process));
    check_users();
    hp_served_stop(&nginx, "signal QUIT");
  }
  hp_served_end(&nginx);
}

HP_TEST(serves_a_folder_on_a_unix_socket) {
  serve_a_folder("unix", "http://unix:/");
}

HP_TEST(serves_a_folder_on_tcp) {
  serve_a_folder("tcp", "http://127.0.0.1:");
}

HP_TEST(serves_its_data_directory_s_own_folder) {
  SERVED_ALONE(nginx, "nginx", "unix");
  char data[600], html[700], line[64] = "";
  snprintf(data, sizeof data, "%s/data", hp_world_directory());
  snprintf(html, sizeof html, "%s/html", data);
  hp_options_set_data_dir(nginx.options, data, NULL);
  hp_options_set(nginx.options, "access_log", "requests", NULL);
  if (hp_served_start(&nginx)) {
    CHECK_HAS(hp_served_ask(&nginx, ROOT), "404 Not Found");
    mkdir(html, 0755);
    chmod(html, 0755);
    CHECK_HAS(hp_served_ask(&nginx, ROOT), "403 Forbidden");
    hp_served_stop(&nginx, "signal QUIT");
  }
  snprintf(html, sizeof html, "%s/requests", data);
  FILE *requests = fopen(html, "re");
  CHECK(requests && fgets(line, sizeof line, requests));
  CHECK_HAS(line, "unix:");
  if (requests)
    fclose(requests);
  hp_served_end(&nginx);
}

HP_TEST(takes_directives_of_one_s_own) {
  SERVED_ALONE(nginx, "nginx", "tcp");
  const char *file = hp_test_file("own.conf", "return 200 \"Mine.\\n\";\n");
  chmod(file, 0644);
  hp_options_set(nginx.options, "server_config", file, NULL);
  if (hp_served_start(&nginx)) {
    CHECK_HAS(hp_served_ask(&nginx, ROOT), "\r\n\r\nMine.\n");
    hp_served_stop(&nginx, "signal QUIT");
  }
  hp_served_end(&nginx);
}

/* The body of a request that does not fit into memory. */
HP_TEST(what_it_puts_aside_is_in_its_data_directory) {
  SERVED_ALONE(nginx, "nginx", "unix");
  char data[600];
  const char *file = hp_test_file("own.conf", "client_body_in_file_only on;\n"
                                              "location / { proxy_pass http://127.0.0.1:1; }\n");
  chmod(file, 0644);
  snprintf(data, sizeof data, "%s/data", hp_world_directory());
  hp_served_watch(&nginx, system_folders);
  hp_options_set_data_dir(nginx.options, data, NULL);
  hp_options_set(nginx.options, "server_config", file, NULL);
  if (hp_served_start(&nginx)) {
    CHECK_HAS(hp_served_ask(&nginx, "POST / HTTP/1.0\r\nContent-Length: 4\r\n\r\nbody"),
              "502 Bad Gateway");
    hp_served_stop(&nginx, "signal QUIT");
  }
  snprintf(data, sizeof data, "%s/data/client_body/0000000001", hp_world_directory());
  CHECK_INT(access(data, F_OK), 0);
  hp_served_end(&nginx);
}

/* QUIT waits for it: the next rung does not. */
HP_TEST(a_request_that_does_not_end_does_not_hold_up_the_stop) {
  static const char yaml[] = "version: 1\n"
                             "servers:\n"
                             "  nginx:\n"
                             "    extends: nginx\n"
                             "    stop:\n"
                             "      - {signal: QUIT, to: leader, wait: 300ms}\n"
                             "      - {signal: TERM, to: leader, wait: 20s}\n"
                             "      - {kill: true}\n";
  static const char half[] = "POST / HTTP/1.0\r\nContent-Length: 10\r\n\r\nhalf";
  SERVED_ALONE(nginx, "nginx", "unix");
  const char *file = hp_test_file("own.conf", "location / { proxy_pass http://127.0.0.1:1; }\n");
  chmod(file, 0644);
  hp_options_set(nginx.options, "server_config", file, NULL);
  hp_options_set_file(nginx.options, hp_test_file("hurry.yaml", yaml), NULL);
  if (hp_served_start(&nginx)) {
    CHECK_HAS(hp_served_ask(&nginx, "GET /answered HTTP/1.0\r\n\r\n"), "502"); /* it works */
    struct hp_wire *wire = hp_wire_to(hp_process_endpoint(nginx.process));
    CHECK(wire && hp_wire_say(wire, half, strlen(half)));
    CHECK_HAS(hp_served_ask(&nginx, "GET /later HTTP/1.0\r\n\r\n"), "502"); /* the first was read */
    hp_served_stop(&nginx, "signal TERM");
    hp_wire_close(wire);
  }
  hp_served_end(&nginx);
}

HP_TEST(its_own_words_are_the_error) {
  SERVED_ALONE(nginx, "nginx", "unix");
  const char *file = hp_test_file("own.conf", "retrun 200;\n");
  chmod(file, 0644);
  hp_options_set(nginx.options, "server_config", file, NULL);
  CHECK_INT(hp_process_start(nginx.context, nginx.options, &nginx.process, &nginx.error),
            HP_EEXITED);
  CHECK_HAS(hp_error_detail(nginx.error, HP_DETAIL_OUTPUT), "unknown directive \"retrun\"");
  hp_served_end(&nginx);
}

HP_TEST(killed_at_once_leaves_nothing) {
  SERVED_ALONE(nginx, "nginx", "unix");
  if (hp_served_start(&nginx)) {
    CHECK_INT(hp_process_shutdown(nginx.process, 0, NULL), 0);
    CHECK_TEXT(hp_process_stop_rung(nginx.process), "kill");
    CHECK_INT(hp_process_exit_status(nginx.process).kind, HP_EXIT_SIGNAL);
  }
  hp_served_end(&nginx);
}
