/* SPDX-License-Identifier: MIT */
/* A server that is ready when a file appears. */
#include "tests/support/server.h"

#include <stdio.h>
#include <string.h>

static hp_context *context;
static struct hp_test_log news;

static hp_process *begin(hp_options *options) {
  hp_test_log_init(&news);
  hp_process *process = hp_test_begin(context, options, &news);
  if (process)
    hp_test_log_await(&news, "waiting ");
  return process;
}

static void finish(hp_process *process) {
  hp_process_close(process);
  hp_test_leave(context);
  hp_test_log_fini(&news);
}

static bool is_waiting(hp_process *process) {
  return hp_process_wait_ready(process, 100, NULL) == HP_ETIMEDOUT &&
         hp_process_state(process) == HP_STATE_WAITING;
}

/* By the number in it the file is known to be the server's. */
HP_TEST(of_the_server_with_its_number) {
  context = hp_test_context();
  hp_process *process = begin(
      hp_test_child("local", "arguments: ['await:${env.D}/go', 'mark:${data_dir}/pid', pause]",
                    "ready: {kind: file, path: '${data_dir}/pid', not_empty: yes}", NULL));
  REQUIRE(process != NULL);
  CHECK(is_waiting(process));
  hp_test_make_file("go");
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  CHECK(hp_process_is_verified(process));
  finish(process);
}

HP_TEST(in_a_folder_that_is_made_later) {
  context = hp_test_context();
  hp_process *process =
      begin(hp_test_child("local", "arguments: [pause]",
                          "ready: {kind: file, path: '${env.D}/later/deep/flag'}", NULL));
  REQUIRE(process != NULL);
  CHECK(is_waiting(process));
  CHECK(hp_os_make_directory(hp_test_path("later")));
  CHECK(hp_os_make_directory(hp_test_path("later/deep")));
  CHECK(is_waiting(process));
  hp_test_make_file("later/deep/flag");
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  CHECK(!hp_process_is_verified(process));
  finish(process);
}

HP_TEST(of_an_older_run_does_not_count) {
  context = hp_test_context();
  hp_test_file("flag", "old");
  hp_process *process = begin(hp_test_child("local", "arguments: [pause]",
                                            "ready: {kind: file, path: '${env.D}/flag'}", NULL));
  REQUIRE(process != NULL);
  CHECK(is_waiting(process));
  hp_test_file("flag", "newer");
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  finish(process);
}

HP_TEST(of_an_older_run_is_named_in_the_error) {
  context = hp_test_context();
  hp_test_file("flag", "old");
  hp_options *options = hp_test_child("local", "arguments: [pause]",
                                      "ready: {kind: file, path: '${env.D}/flag'}", NULL);
  hp_error *error = hp_test_never_ready(context, options, HP_ETIMEDOUT, "flag is of an older run");
  CHECK_HAS(hp_error_cause(error), "it was waiting for a file to appear; the last attempt: ");
  hp_error_free(error);
  hp_test_leave(context);
}

/* It grows while it is open: no name appears and nothing is closed. */
HP_TEST(whose_content_says_the_port) {
  context = hp_test_context();
  hp_process *process = begin(hp_test_child(
      "tcp", "transports: {tcp: {port_auto: '0', arguments: [pause]}}",
      "ready: {kind: file, path: '${env.D}/log', content: 'on port ${endpoint.port} now'}", NULL));
  REQUIRE(process != NULL);
  FILE *file = fopen(hp_test_path("log"), "wb");
  REQUIRE(file != NULL);
  fputs("on port none\non po", file);
  fflush(file);
  CHECK(is_waiting(process));
  fputs("rt 4711 now\n", file);
  fflush(file);
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  CHECK_INT(hp_process_port(process), 4711);
  fclose(file);
  finish(process);
}

/* On Windows a file cannot be replaced while somebody looks at it, as we do all the time. */
static bool rename_over(const char *from, const char *to) {
  uv_fs_t request;
  int code = UV_EPERM;
  for (double end = hp_test_now() + HP_PATIENCE_MS;
       (code == UV_EPERM || code == UV_EBUSY || code == UV_EACCES) && hp_test_now() < end;) {
    code = uv_fs_rename(NULL, &request, from, to, NULL);
    uv_fs_req_cleanup(&request);
  }
  return code == 0;
}

HP_TEST(that_is_renamed_into_its_place) {
  context = hp_test_context();
  hp_process *process =
      begin(hp_test_child("local", "arguments: [pause]",
                          "ready: {kind: file, path: '${env.D}/flag', not_empty: yes}", NULL));
  REQUIRE(process != NULL);
  hp_test_make_file("flag");
  hp_test_file("flag", "");
  CHECK(is_waiting(process));
  char from[600];
  snprintf(from, sizeof from, "%s", hp_test_file("beside", "done"));
  CHECK(rename_over(from, hp_test_path("flag")));
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  finish(process);
}

static const struct hp_platform_ops *usual;

/* What is written between the look at the file and the watch of it. */
static hp_watch *write_then_watch(uv_loop_t *loop, const char *path, hp_alarm_callback callback,
                                  void *data) {
  if (strstr(path, "flag"))
    hp_test_file("flag", "done");
  return usual->watch_new(loop, path, callback, data);
}

HP_TEST(that_is_written_while_its_watch_is_made) {
  context = hp_test_context();
  usual = hp_test_platform();
  struct hp_platform_ops ops = *usual;
  ops.watch_new = write_then_watch;
  CHECK_INT(hp_context_register_platform(context, &ops, NULL), 0);
  hp_process *process =
      begin(hp_test_child("local", "arguments: [pause]",
                          "ready: {kind: file, path: '${env.D}/flag', not_empty: yes}", NULL));
  REQUIRE(process != NULL);
  hp_test_make_file("flag");
  CHECK_INT(hp_process_wait_ready(process, -1, NULL), 0);
  finish(process);
}

HP_TEST(that_is_a_folder_or_a_pipe_does_not_count) {
  NEEDS(HP_OS_LINKS);
  context = hp_test_context();
  hp_process *process = begin(hp_test_child("local", "arguments: [pause]",
                                            "ready: {any: [{kind: file, path: '${env.D}/fifo'}, "
                                            "{kind: file, path: '${env.D}/folder'}]}",
                                            NULL));
  REQUIRE(process != NULL);
  CHECK(hp_os_make_fifo(hp_test_path("fifo")));
  CHECK(hp_os_make_directory(hp_test_path("folder")));
  CHECK(is_waiting(process));
  finish(process);
}
