/* SPDX-License-Identifier: MIT */
/* The server's output in files: every byte, at rotations and at every kind of end. */
#include "tests/support/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MEGABYTE = 1 << 20 };

struct found { /* the files of a log */
  size_t count, bytes, largest;
  bool whole; /* each ends with a line */
  char last[8];
};

static size_t read_log(const char *path, struct found *found) {
  static char text[8 * MEGABYTE];
  FILE *file = fopen(path, "rb");
  if (!CHECK(file != NULL))
    return 0;
  size_t length = fread(text, 1, sizeof text, file);
  fclose(file);
  found->whole = found->whole && length > 0 && text[length - 1] == '\n';
  return length;
}

static struct found find_logs(const char *folder) {
  struct found found = {.whole = true};
  uv_dirent_t entry;
  uv_fs_t request;
  uv_fs_scandir(NULL, &request, folder, 0, NULL);
  while (uv_fs_scandir_next(&request, &entry) == 0) {
    char path[2048];
    snprintf(path, sizeof path, "%s/%s", folder, entry.name);
    size_t length = read_log(path, &found);
    found.count++;
    found.bytes += length;
    found.largest = length > found.largest ? length : found.largest;
  }
  uv_fs_req_cleanup(&request);
  return found;
}

static hp_options *child(const char *arguments, uint64_t limit, uint64_t count) {
  hp_options *options = hp_test_child("local", arguments, "ready: {kind: line, line: up}", NULL);
  CHECK_INT(hp_options_set_log_dir(options, hp_test_path("logs/below"), NULL), 0);
  hp_options_set_log_size_limit(options, limit, NULL);
  hp_options_set_log_max_count(options, count, NULL);
  return options;
}

static void stop(hp_context *context, hp_process *process) {
  hp_process_shutdown(process, -1, NULL);
  hp_process_close(process);
  hp_test_leave(context);
}

HP_TEST(one_file_has_every_byte) {
  hp_context *context = hp_test_context();
  hp_process *process =
      hp_test_up(context, child("arguments: ['flood:5', 'write:up', pause]", 0, 0));
  REQUIRE(process != NULL);
  char *path = hp_process_log_path(process);
  REQUIRE(path != NULL);
  CHECK_HAS(path, "/t.log");
  hp_free(path);
  stop(context, process);
  struct found found = find_logs(hp_test_path("logs/below"));
  CHECK_INT(found.count, 1);
  CHECK_INT(found.bytes, 5 * MEGABYTE + 3);
}

HP_TEST(rotation_loses_nothing_and_cuts_no_line) {
  hp_context *context = hp_test_context();
  hp_process *process =
      hp_test_up(context, child("arguments: ['flood:3', 'write:up', pause]", 100000, 0));
  REQUIRE(process != NULL);
  stop(context, process);
  struct found found = find_logs(hp_test_path("logs/below"));
  CHECK_INT(found.bytes, 3 * MEGABYTE + 3);
  CHECK_INT(found.largest, 100000 / 64 * 64);
  CHECK_INT(found.count, (3 * MEGABYTE + 3) / found.largest + 1);
  CHECK(found.whole);
}

HP_TEST(no_more_files_than_asked_for) {
  hp_context *context = hp_test_context();
  hp_process *process =
      hp_test_up(context, child("arguments: ['flood:2', 'write:up', pause]", 100000, 2));
  REQUIRE(process != NULL);
  stop(context, process);
  struct found found = find_logs(hp_test_path("logs/below"));
  CHECK_INT(found.count, 2);
  CHECK(found.largest <= 100000 && found.whole);
}

/* What it has written when it is killed is in the pipe. */
HP_TEST(a_death_loses_nothing) {
  hp_context *context = hp_test_context();
  hp_process *process;
  hp_error *error;
  CHECK_INT(hp_test_start(context, child("arguments: ['flood:4', 'raise:9']", 1000000, 0), &process,
                          &error),
            HP_EEXITED);
  CHECK_HAS(hp_error_detail(error, HP_DETAIL_LOG), "/t-2");
  hp_error_free(error);
  hp_process_close(process);
  hp_test_leave(context);
  CHECK_INT(find_logs(hp_test_path("logs/below")).bytes, 4 * MEGABYTE);
}

HP_TEST(two_instances_share_a_directory) {
  hp_context *context = hp_test_context();
  static const char arguments[] = "arguments: ['flood:1', 'write:up', pause]";
  hp_process *one = hp_test_up(context, child(arguments, 100000, 3));
  hp_process *other = hp_test_up(context, child(arguments, 100000, 3));
  REQUIRE(one != NULL && other != NULL);
  hp_process_shutdown(one, -1, NULL);
  hp_process_close(one);
  stop(context, other);
  struct found found = find_logs(hp_test_path("logs/below"));
  CHECK_INT(found.count, 6);
  CHECK(found.whole);
}

HP_TEST(a_directory_that_cannot_be_made_ends_the_start) {
  hp_context *context = hp_test_context();
  hp_process *process;
  hp_error *error;
  hp_test_make_file("logs");
  CHECK(hp_test_start(context, child("arguments: ['write:up', pause]", 0, 0), &process, &error) <
        0);
  CHECK_HAS(hp_error_message(error), "server 't': no log of 't' in ");
  hp_error_free(error);
  hp_process_close(process);
  hp_test_leave(context);
}
