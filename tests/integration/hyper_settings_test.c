/* SPDX-License-Identifier: MIT */
/* What the shipped definition of hyperd accepts, warns of and refuses; no hyperd is needed. */
#include "tests/support/server.h"

#include <stdio.h>
#include <string.h>

enum { PAIRS = 4 };

struct answer {
  hp_plan *plan;
  hp_error *error;
  char *text;
};

/* Settings as NAME=VALUE, NULL-terminated; telemetry is off unless they say it. */
static struct answer ask(hp_context *context, const char *transport, const char *const *pairs) {
  struct answer answer = {0};
  hp_options *options;
  CHECK_INT(hp_options_new(&options, NULL), 0);
  hp_options_set_server(options, "hyperd", NULL);
  hp_options_set_binary(options, hp_test_program("hp-child"), NULL);
  hp_options_set(options, "telemetry", "off", NULL);
  if (transport)
    hp_options_set_transport(options, transport, NULL);
  for (int i = 0; i < PAIRS && pairs[i]; i++) {
    char name[64];
    const char *value = strchr(pairs[i], '=') + 1;
    snprintf(name, sizeof name, "%.*s", (int)(value - pairs[i] - 1), pairs[i]);
    hp_options_set(options, name, value, NULL);
  }
  if (hp_plan_make(context, options, &answer.plan, &answer.error) == 0)
    answer.text = hp_plan_print(answer.plan);
  hp_options_free(options);
  return answer;
}

static void done(struct answer *answer) {
  hp_free(answer->text);
  hp_plan_free(answer->plan);
  hp_error_free(answer->error);
}

static void check_refused(hp_context *context, const char *transport, const char *setting, int code,
                          const char *message, const char *hint) {
  struct answer answer = ask(context, transport, (const char *const[PAIRS]){setting});
  CHECK_INT(answer.error ? hp_error_code(answer.error) : 0, code);
  CHECK_HAS(answer.error ? hp_error_message(answer.error) : "", message);
  if (hint && answer.error)
    CHECK_HAS(hp_error_hint(answer.error), hint);
  done(&answer);
}

/* `part` of the plan, and the one warning; NULL: none. */
static void check_plan(hp_context *context, const char *transport, const char *setting,
                       const char *part, const char *warning) {
  struct answer answer = ask(context, transport, (const char *const[PAIRS]){setting});
  if (answer.error)
    CHECK_TEXT(hp_error_message(answer.error), "a plan");
  CHECK_HAS(answer.text ? answer.text : "", part);
  CHECK_INT(answer.plan ? hp_plan_warning_count(answer.plan) : 99, warning != NULL);
  if (answer.plan && warning)
    CHECK_HAS(hp_plan_warning(answer.plan, 0), warning);
  done(&answer);
}

static const char disagree[] = "they do not agree";

HP_TEST(use_tcp_port_says_the_transport) {
  static const char fixed[] = "another process may have that port; auto is one that is free";
  hp_context *context = hp_test_context();
  check_plan(context, NULL, "use_tcp_port=auto", "tab.tcp://127.0.0.1:auto", NULL);
  check_plan(context, NULL, "use_tcp_port=7483", "tab.tcp://127.0.0.1:7483", fixed);
  check_plan(context, NULL, "use_tcp_port=1", "tab.tcp://127.0.0.1:1", fixed);
  check_plan(context, NULL, "use_tcp_port=65535", "tab.tcp://127.0.0.1:65535", fixed);
  static const char *const none[] = {"0", "65536", "-1", "on", "", "7483 "};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
    char setting[64];
    snprintf(setting, sizeof setting, "use_tcp_port=%s", none[i]);
    check_refused(context, NULL, setting, HP_ECONFIG,
                  "--set: setting 'use_tcp_port': ", "off, auto");
  }
  hp_test_leave(context);
}

HP_TEST(use_tcp_port_and_a_transport_must_agree) {
  hp_context *context = hp_test_context();
  check_plan(context, "tcp", "use_tcp_port=auto", "tab.tcp://127.0.0.1:auto", NULL);
  check_plan(context, "tcp:[::1]:auto", "use_tcp_port=auto", "tab.tcp://[::1]:auto", NULL);
  check_plan(context, "tcp", "use_tcp_port=7483", "tab.tcp://127.0.0.1:7483", "discouraged");
  check_plan(context, "local,tcp:7483", "use_tcp_port=7483", "tab.tcp://127.0.0.1:7483",
             "discouraged");
  check_refused(context, "tcp", "use_tcp_port=off", HP_ECONFIG, disagree, "--transport");
  check_refused(context, "local", "use_tcp_port=auto", HP_ECONFIG, disagree, "--transport");
  check_refused(context, "tcp:7483", "use_tcp_port=auto", HP_ECONFIG,
                "'use_tcp_port' is auto, and the transport is tcp:7483", NULL);
  check_refused(context, "tcp:7483", "use_tcp_port=7484", HP_ECONFIG, disagree, NULL);
  hp_test_leave(context);
}

HP_TEST(without_a_word_hyperd_listens_where_only_we_reach_it) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  hp_context *context = hp_test_context();
  check_plan(context, NULL, NULL, "unix:///tmp/hp-XXXXXXXX/.s.PGSQL.5432", NULL);
  check_plan(context, NULL, "use_tcp_port=off", "unix:///tmp/hp-XXXXXXXX/.s.PGSQL.5432", NULL);
  check_plan(context, "unix", "use_tcp_port=off", "unix:///tmp/hp-XXXXXXXX/.s.PGSQL.5432", NULL);
  check_plan(context, "tcp,local", "use_tcp_port=off", "unix:///tmp/hp-XXXXXXXX/.s.PGSQL.5432",
             NULL);
  hp_test_leave(context);
}

HP_TEST(domain_socket_dir_is_where_the_private_directory_is_made) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  hp_context *context = hp_test_context();
  char longer[160] = "domain_socket_dir=/tmp/";
  check_plan(context, NULL, "domain_socket_dir=/var/../run", "unix:///var/../run/hp-", NULL);
  check_plan(context, NULL, "domain_socket_dir=/", "unix:///hp-", NULL);
  check_plan(context, "tcp", "domain_socket_dir=/run", "tab.tcp://127.0.0.1:auto",
             "'domain_socket_dir' has no effect: the server listens over tcp");
  check_plan(context, "unix:/run/s/x", "domain_socket_dir=/run/s", "tab.domain:///run/s/domain/x",
             NULL);
  check_refused(context, "unix:/run/s/x", "domain_socket_dir=/run", HP_ECONFIG, disagree, NULL);
  check_refused(context, NULL, "domain_socket_dir=", HP_ECONFIG, "'' is not a path", NULL);
  memset(longer + strlen(longer), 'x', 100);
  check_refused(context, NULL, longer, HP_ETOOLONG, "bytes long, at most ",
                "a shorter 'domain_socket_dir' serves");
  hp_test_leave(context);
}

HP_TEST(a_profile_may_say_either) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  static const char both[] =
      "version: 1\nprofiles:\n  default:\n    server: hyperd\n"
      "    transport: tcp\n    settings: {telemetry: off, use_tcp_port: off}\n";
  hp_context *context = hp_test_context();
  hp_options *options;
  hp_plan *plan = NULL;
  hp_error *error = NULL;
  CHECK_INT(hp_options_new(&options, NULL), 0);
  hp_options_set_binary(options, hp_test_program("hp-child"), NULL);
  hp_options_set_file(options, hp_test_file("both.yaml", both), NULL);
  CHECK_INT(hp_plan_make(context, options, &plan, &error), HP_ECONFIG);
  CHECK_HAS(hp_error_message(error), "both.yaml:6:46: setting 'use_tcp_port' is off, and the "
                                     "transport is tcp: they do not agree");
  CHECK_HAS(hp_error_hint(error), "both.yaml:5:16: the transport is said here");
  hp_error_free(error);
  hp_options_free(options);
  hp_test_leave(context);
}

HP_TEST(settings_of_a_connection_are_said_elsewhere) {
  hp_context *context = hp_test_context();
  static const char *const names[] = {"lc_time", "date_style", "date_style_lenient"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char setting[64];
    snprintf(setting, sizeof setting, "%s=de", names[i]);
    check_refused(context, "tcp", setting, HP_ECONFIG,
                  "is not one of the process: it belongs to a client's connection", NULL);
  }
  hp_test_leave(context);
}
