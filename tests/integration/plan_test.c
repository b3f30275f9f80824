/* SPDX-License-Identifier: MIT */
/* What the plan says and refuses, before anything has been started. */
#include "core/error.h"
#include "core/launch.h"
#include "tests/support/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes the options. */
static hp_plan *make(hp_context *context, hp_options *options, hp_error **error) {
  hp_plan *plan = NULL;
  *error = NULL;
  hp_plan_make(context, options, &plan, error);
  hp_options_free(options);
  return plan;
}

static void check_refused(hp_context *context, hp_options *options, int code, const char *part) {
  hp_error *error;
  hp_plan *plan = make(context, options, &error);
  CHECK(plan == NULL);
  CHECK_INT(hp_error_code(error), code);
  CHECK_INT(hp_error_phase(error), HP_PHASE_PLAN);
  CHECK_HAS(hp_error_message(error), part);
  hp_error_free(error);
  hp_plan_free(plan);
}

/* The plan as text, in static storage. */
static const char *shown(hp_context *context, hp_options *options) {
  static char text[16384];
  hp_error *error;
  hp_plan *plan = make(context, options, &error);
  char *print = plan ? hp_plan_print(plan) : NULL;
  snprintf(text, sizeof text, "%s", print ? print : hp_error_message(error));
  hp_free(print);
  hp_error_free(error);
  hp_plan_free(plan);
  return text;
}

/* Of a shipped server, whose binary is of no interest. */
static hp_options *shipped(const char *server, const char *transport) {
  hp_options *options;
  CHECK_INT(hp_options_new(&options, NULL), 0);
  hp_options_set_server(options, server, NULL);
  hp_options_set_transport(options, transport, NULL);
  hp_options_set_binary(options, hp_test_program("hp-child"), NULL);
  return options;
}

/* What a program wants to know of the end and of the probes is in keys of their own. */
HP_TEST(the_ladder_and_the_health_as_json) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  static const char extra[] =
      "stop: [{command: [stop-it, '\"'], wait: 1s}, {signal: INT, to: leader, wait: 2s}, {kill: "
      "true}]\n"
      "    health: {kind: connect, interval: 3s, timeout: 4s, failures: 5}";
  hp_context *context = hp_test_context();
  hp_error *error;
  hp_plan *plan = make(context, hp_test_child("local", extra, NULL), &error);
  CHECK_TEXT(error ? hp_error_message(error) : "", "");
  char *json = plan ? hp_plan_print_json(plan) : NULL;
  CHECK_HAS(json,
            ",\"stop\":[{\"kind\":\"command\",\"command\":[\"stop-it\",\"\\\"\"],\"wait\":1000},"
            "{\"kind\":\"signal\",\"signal\":\"INT\",\"leader\":true,\"wait\":2000},"
            "{\"kind\":\"kill\"}],");
  CHECK_HAS(json, ",\"health\":{\"kind\":\"connect\",");
  CHECK_HAS(json, ",\"interval\":3000,\"timeout\":4000,\"failures\":5},");
  hp_free(json);
  hp_error_free(error);
  hp_plan_free(plan);
  hp_test_leave(context);
}

HP_TEST(paths_with_control_characters_are_refused) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  hp_context *context = hp_test_context();
  hp_options *options = shipped("redis", "unix");
  hp_options_set_data_dir(options, "/tmp/a\nslaveof evil 1", NULL);
  check_refused(context, options, HP_ECONFIG, "the data directory holds a control character");
  check_refused(context, shipped("redis", "unix:/tmp/a\x7f/s"), HP_ECONFIG, "the socket holds");
  uv_os_setenv("TMPDIR", "/tmp/a\tb");
  options = hp_test_child("local", "arguments: ['mark:${data_dir}']", NULL);
  check_refused(context, options, HP_ECONFIG, "the place for temporary data holds");
  uv_os_unsetenv("TMPDIR");
  hp_test_leave(context);
}

/* Whatever is in a path, it is one argument, and no line of a file. */
HP_TEST(paths_of_redis_are_arguments) {
  NEEDS(HP_OS_ROOTED_PATHS);
  hp_context *context = hp_test_context();
  hp_options *options = shipped("redis", "tcp");
  hp_options_set_data_dir(options, "/tmp/a\"b", NULL);
  const char *text = shown(context, options);
  CHECK_HAS(text, "\n                --dir\n                /tmp/a\"b\n");
  CHECK_HAS(text, "files           redis.conf:\n"
                  "                  requirepass <secret.password>\n");
  hp_test_leave(context);
}

static void go_to(const char *path, char before[512]) {
  size_t size = 512;
  CHECK_INT(uv_cwd(before, &size), 0);
  CHECK_INT(uv_chdir(path), 0);
}

static void change_mode(const char *path, int mode) {
  uv_fs_t request;
  CHECK_INT(uv_fs_chmod(NULL, &request, path, mode, NULL), 0);
  uv_fs_req_cleanup(&request);
}

HP_TEST(paths_are_made_absolute_and_tidy) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  hp_context *context = hp_test_context();
  char wanted[700], before[512];
  go_to(hp_test_directory(), before);
  hp_options *options = shipped("redis", "unix");
  hp_options_set_data_dir(options, ".//a/./../b/", NULL);
  snprintf(wanted, sizeof wanted, "data_dir        %s/a/../b\n", hp_test_directory());
  CHECK_HAS(shown(context, options), wanted);
  CHECK_INT(uv_chdir(before), 0);
  hp_test_leave(context);
}

HP_TEST(a_directory_that_cannot_be_told_is_an_error) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  hp_context *context = hp_test_context();
  char before[512];
  uv_fs_t request;
  CHECK(hp_os_make_directory(hp_test_path("gone")));
  go_to(hp_test_path("gone"), before);
  CHECK_INT(uv_fs_rmdir(NULL, &request, hp_test_path("gone"), NULL), 0);
  uv_fs_req_cleanup(&request);
  hp_options *options = shipped("redis", "unix");
  hp_options_set_data_dir(options, "data", NULL);
  check_refused(context, options, HP_ECONFIG, "relative to a current directory");
  CHECK_INT(uv_chdir(before), 0);
  hp_test_leave(context);
}

/* ---- Variables ---- */

static void check_open(const char *transport, const char *line, const char *variable) {
  hp_context *context = hp_test_context();
  char part[128];
  if (strcmp(transport, "local") == 0)
    snprintf(part, sizeof part, "${%s} has no value over transport '%s'", variable,
             hp_test_platform()->local);
  else
    snprintf(part, sizeof part, "${%s} has no value over transport '%s'", variable, transport);
  check_refused(context, hp_test_child(transport, line, NULL), HP_ECONFIG, part);
  hp_test_leave(context);
}

HP_TEST(a_variable_of_the_other_transport_is_refused) {
  check_open("tcp", "arguments: ['${endpoint.path}']", "endpoint.path");
  check_open("tcp", "arguments: ['${endpoint.dir.encoded}']", "endpoint.dir.encoded");
  check_open("local", "arguments: ['${endpoint.port}']", "endpoint.port");
  check_open("local", "environment: {A: '${endpoint.authority}'}", "endpoint.authority");
  check_open("local", "files: {f: {content: 'host ${endpoint.host}'}}", "endpoint.host");
  check_open("tcp", "stop: [{command: [a, '${endpoint.name}'], wait: 1s}, {kill: true}]",
             "endpoint.name");
}

HP_TEST(a_variable_that_nothing_will_fill_is_refused) {
  check_open("local", "arguments: ['${callback}']", "callback");
  check_open("local", "arguments: ['${callback.dir}']", "callback.dir");
  check_open("local", "environment: {A: '${nonce}'}", "nonce");
}

HP_TEST(a_file_of_the_other_transport_is_refused) {
  hp_context *context = hp_test_context();
  check_refused(
      context, hp_test_child("tcp", "files: {f: {local: text}}", "arguments: ['${files.f}']", NULL),
      HP_ECONFIG, "${files.f} has no value over transport 'tcp'");
  hp_test_leave(context);
}

HP_TEST(a_stop_command_makes_a_data_directory_needed) {
  hp_context *context = hp_test_context();
  const char *text = shown(
      context,
      hp_test_child("local", "stop: [{command: [stop-it, '${data_dir}'], wait: 1s}, {kill: true}]",
                    NULL));
  CHECK_HAS(text, "data_dir        temporary\n");
  CHECK_HAS(text, "stop            command stop-it <data_dir>, then wait 1000 ms\n");
  hp_test_leave(context);
}

/* The word for "pick one" is for the server alone. */
HP_TEST(a_port_that_is_picked_is_a_number_afterwards) {
  hp_context *context = hp_test_context();
  const char *text = shown(
      context,
      hp_test_child("tcp",
                    "transports: {tcp: {port_auto: auto, arguments: ['${endpoint.port}', "
                    "'${endpoint.authority}'], descriptor: 'x:${endpoint.port}'}}",
                    "stop: [{command: [end, '${endpoint.port}'], wait: 1s}, {kill: true}]", NULL));
  CHECK_HAS(text, "\n                auto\n                127.0.0.1:auto\n");
  CHECK_HAS(text, "descriptor      x:<endpoint.port>\n");
  CHECK_HAS(text, "command end <endpoint.port>,");
  hp_test_leave(context);
}

/* ---- The launch ---- */

static void check_descriptor(hp_context *context, hp_options *options,
                             const struct hp_endpoint *endpoint, const char *expected) {
  hp_error *given;
  struct hp_error error = {0};
  const char *text = "";
  static char secrets[1][HP_SECRET_SIZE] = {"secret"};
  hp_plan *plan = make(context, options, &given);
  hp_error_free(given);
  REQUIRE(plan != NULL);
  struct hp_launch launch;
  hp__launch_init(&launch, plan);
  launch.secrets = secrets;
  launch.endpoint = *endpoint;
  CHECK_INT(hp__launch_text(&launch, &plan->descriptor, &text, &error), 0);
  CHECK_TEXT(text, expected);
  hp__error_fini(&error);
  hp__launch_fini(&launch);
  hp_plan_free(plan);
}

HP_TEST(descriptors_hold_ipv6_in_brackets) {
  NEEDS(HP_OS_NOTIFY); /* which Redis says it by */
  static const struct hp_endpoint endpoint = {.kind = HP_ENDPOINT_TCP, .port = 6399, .host = "::1"};
  hp_context *context = hp_test_context();
  check_descriptor(context, shipped("redis", "tcp:[::1]:auto"), &endpoint,
                   "redis://default:secret@[::1]:6399");
  check_descriptor(context, shipped("redis", "tcp:[::1]:6399"), &endpoint,
                   "redis://default:secret@[::1]:6399");
  check_descriptor(context, shipped("postgres", "tcp:[::1]:auto"), &endpoint,
                   "postgresql://postgres:secret@[::1]:6399/postgres");
  CHECK_HAS(shown(context, shipped("redis", "tcp:[::1]:auto")),
            "endpoint        tcp://[::1]:<port>");
  hp_test_leave(context);
}

HP_TEST(descriptors_encode_paths) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  struct hp_endpoint endpoint = {.kind = HP_ENDPOINT_UNIX, .path = "/tmp/a b&c%/.s.PGSQL.5432"};
  hp_context *context = hp_test_context();
  check_descriptor(context, shipped("redis", "unix"), &endpoint,
                   "unix:///tmp/a%20b%26c%25/.s.PGSQL.5432");
  check_descriptor(context, shipped("postgres", "unix"), &endpoint,
                   "postgresql:///postgres?host=/tmp/a%20b%26c%25&user=postgres");
  hp_test_leave(context);
}

HP_TEST(a_report_with_ipv6_is_read) {
  hp_context *context = hp_test_context();
  hp_error *error;
  hp_options *options = shipped("hyperd", "tcp:[::1]:auto");
  hp_options_set(options, "telemetry", "off", NULL);
  hp_plan *plan = make(context, options, &error);
  hp_error_free(error);
  REQUIRE(plan != NULL);
  struct hp_launch launch;
  hp__launch_init(&launch, plan);
  CHECK(hp__launch_read_report(&launch, "tab.tcp://[::1]:7483"));
  CHECK_TEXT(launch.endpoint.host, "::1");
  CHECK_INT(launch.endpoint.port, 7483);
  hp__launch_fini(&launch);
  hp_plan_free(plan);
  hp_test_leave(context);
}

HP_TEST(a_variable_without_a_value_is_never_an_empty_text) {
  hp_context *context = hp_test_context();
  struct hp_error error = {0};
  hp_error *given;
  const char *text;
  hp_plan *plan = make(
      context, hp_test_child("tcp", "transports: {tcp: {descriptor: '${endpoint.port}'}}", NULL),
      &given);
  hp_error_free(given);
  REQUIRE(plan != NULL);
  struct hp_launch launch;
  hp__launch_init(&launch, plan);
  CHECK_INT(hp__launch_text(&launch, &plan->descriptor, &text, &error), HP_ECONFIG);
  CHECK_HAS(hp_error_message(&error), "${endpoint.port} has no value");
  hp__error_fini(&error);
  hp__launch_fini(&launch);
  hp_plan_free(plan);
  hp_test_leave(context);
}

/* ---- Places, containment, files ---- */

HP_TEST(data_of_another_user_are_not_in_a_private_place) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  if (!hp_test_platform()->is_privileged())
    SKIP("only root gives a server to another user");
  hp_context *context = hp_test_context();
  hp_error *error;
  hp_plan *plan = make(context, shipped("redis", "unix"), &error);
  hp_error_free(error);
  REQUIRE(plan != NULL);
  CHECK_TEXT(plan->temporary_base, "/tmp");
  hp_plan_free(plan);
  plan = make(context, hp_test_child("local", "arguments: ['${data_dir}']", NULL), &error);
  hp_error_free(error);
  REQUIRE(plan != NULL);
  CHECK_TEXT(plan->temporary_base, hp_test_path("tmp"));
  hp_plan_free(plan);
  hp_test_leave(context);
}

HP_TEST(a_containment_that_cannot_be_had_is_refused) {
  NEEDS(HP_OS_CRASH_LESS);
  hp_context *context = hp_test_context();
  check_refused(context, hp_test_child("local", "profile.containment: tree+crash", NULL),
                HP_ECONTAINMENT, "'tree+crash' was required, 'tree' is what can be had");
  CHECK_HAS(shown(context, hp_test_child("local", "profile.containment: tree", NULL)),
            "containment_min tree\n");
  hp_test_leave(context);
}

HP_TEST(a_port_without_a_sign_of_its_own_has_the_usual_one) {
  hp_context *context = hp_test_context();
  hp_error *error;
  hp_plan *plan = make(context, hp_test_child("tcp", NULL), &error);
  hp_error_free(error);
  REQUIRE(plan != NULL);
  CHECK_TEXT(plan->definition->port_taken, "Address already in use");
  hp_plan_free(plan);
  plan =
      make(context, hp_test_child("local", "transports: {local: {}, tcp: {port_auto: '0'}}", NULL),
           &error);
  hp_error_free(error);
  REQUIRE(plan != NULL);
  CHECK(plan->definition->port_taken == NULL);
  hp_plan_free(plan);
  hp_test_leave(context);
}

HP_TEST(the_whole_plan_is_shown) {
  NEEDS(HP_OS_UNIX_SOCKETS);
  hp_context *context = hp_test_context();
  hp_options *options = shipped("postgres", "unix");
  const char *text = shown(context, options);
  CHECK_HAS(text, "inherited       ours, without HYPERPROCESS_*, NOTIFY_SOCKET, ");
  CHECK_HAS(text, "NOTIFY_SOCKET=");
  CHECK_HAS(text, "files           pg_hba.conf:\n                  local all all trust\n");
  CHECK_HAS(text, "creates         cluster\n");
  CHECK_HAS(text, "prepare_timeout 120000 ms\n");
  CHECK_HAS(text, "runtime_dir     /");
  CHECK_HAS(text, "signal QUIT to the leader, by force, then wait 5000 ms\n");
  CHECK_HAS(text, "unix_socket_directories=\"<endpoint.dir>\"\n");
  hp_test_leave(context);
}

HP_TEST(a_configuration_of_somebody_else_is_not_read) {
  NEEDS(HP_OS_MODES);
  hp_context *context = hp_test_context();
  char path[700], before[512];
  static const char text[] = "version: 1\nprofiles: {default: {server: echo}}\n";
  snprintf(path, sizeof path, "%s", hp_test_file("hyperprocess.yaml", text));
  go_to(hp_test_directory(), before);
  change_mode(path, 0644);
  CHECK_HAS(shown(context, hp_test_echo("local")), "file            ./hyperprocess.yaml\n");
  change_mode(path, 0666);
  CHECK_HAS(shown(context, hp_test_echo("local")), "./hyperprocess.yaml: not read, for others");
  change_mode(path, 0664); /* as umask 0002 makes it, with a group of one's own */
  CHECK_HAS(shown(context, hp_test_echo("local")), "file            ./hyperprocess.yaml\n");
  hp_options *named = hp_test_echo("local");
  hp_options_set_file(named, path, NULL);
  CHECK_HAS(shown(context, named), "server          echo\n");
  change_mode(path, 0644);
  if (hp_test_platform()->is_privileged()) {
    uv_fs_t request;
    CHECK_INT(uv_fs_chown(NULL, &request, path, (uv_uid_t)1234, 0, NULL), 0);
    uv_fs_req_cleanup(&request);
    CHECK_HAS(shown(context, hp_test_echo("local")), "not read, for it belongs to user 1234");
  }
  CHECK_INT(uv_chdir(before), 0);
  hp_test_leave(context);
}
