/* SPDX-License-Identifier: MIT */
#include "core/log_file.h"
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

HP_TEST(whole_lines_fit) {
  CHECK_INT(hp__log_fit(10, "abc\ndef\n", 8), 8);
  CHECK_INT(hp__log_fit(8, "abc\ndef\n", 8), 8);
  CHECK_INT(hp__log_fit(7, "abc\ndef\n", 8), 4);
  CHECK_INT(hp__log_fit(4, "abc\ndef\n", 8), 4);
  CHECK_INT(hp__log_fit(3, "abc\ndef\n", 8), 0);
  CHECK_INT(hp__log_fit(0, "abc\n", 4), 0);
}

HP_TEST(times) {
  char text[HP_LOG_TIME_SIZE];
  hp__log_time(0, text);
  CHECK_TEXT(text, "19700101T000000.000000Z");
  hp__log_time(UINT64_C(951827696789012), text);
  CHECK_TEXT(text, "20000229T123456.789012Z");
  hp__log_time(UINT64_C(1795393530123456), text);
  CHECK_TEXT(text, "20261123T002530.123456Z");
}

static bool holds(const char *path, const char *content) {
  char text[64] = "";
  FILE *stream = fopen(path, "rb");
  size_t length = stream ? fread(text, 1, sizeof text - 1, stream) : 0;
  if (stream)
    fclose(stream);
  return CHECK_INT(length, strlen(content)) && CHECK_TEXT(text, content);
}

/* A line that came in pieces goes with its end; one longer than a file is cut. */
HP_TEST(lines_are_not_cut) {
  struct hp_log_rules rules = {.folder = hp_test_directory(), .name = "s", .size_limit = 10};
  struct hp_log_file file;
  size_t written = 0;
  CHECK_INT(hp__log_file_open(&file, &rules), 0);
  CHECK_INT(hp__log_file_write(&file, "abcd\nefg", 8, &written), 0);
  CHECK_INT(hp__log_file_write(&file, "hijk\n", 5, &written), 0);
  CHECK_INT(file.older_count, 1);
  CHECK_INT(file.size, 8);
  CHECK(holds(file.older[0], "abcd\n")); /* the moved line is not there as well */
  CHECK(holds(file.path, "efghijk\n"));
  CHECK_INT(hp__log_file_write(&file, "0123456789abcdef\n", 17, &written), 0);
  CHECK_INT(written, 17);
  CHECK_INT(file.older_count, 3);
  CHECK_INT(file.size, 7);
  hp__log_file_close(&file);
}
