/* SPDX-License-Identifier: MIT */
/* The example with a window, on a screen that nobody sees. */
#include "tests/support/tool.h"

#include <stdio.h>
#include <string.h>

static char picture[700];

/* By the header of its format, and by its size: a window of one colour needs less. */
static void check_picture(void) {
  static const unsigned char signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  unsigned char data[sizeof signature] = {0};
  FILE *file = fopen(picture, "rb");
  REQUIRE(file != NULL);
  CHECK_INT(fread(data, 1, sizeof data, file), sizeof data);
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  fclose(file);
  CHECK(memcmp(data, signature, sizeof signature) == 0);
  CHECK(size > 4000 && size < 100000);
}

HP_TEST(a_window_shows_the_states_of_a_server) {
  static struct tool tool;
  char variable[1100];
  snprintf(picture, sizeof picture, "%s/window.png", hp_test_directory());
  snprintf(variable, sizeof variable, "HYPERPROCESS_BINARY_ECHO=%s",
           hp_test_program("hyperprocess-echod"));
  tool_program(&tool, HP_SCREEN, hp_test_program("hp-example-gtk"), "--demo", "--picture", picture,
               NULL);
  tool.environment[0] = variable;
  int status = tool_run(&tool);
  if (status == 77)
    SKIP("Xvfb is not here");
  CHECK_INT(status, 0);
  CHECK_HAS(tool.out, "preparing\nstarting\nwaiting\nready      unix:///");
  CHECK_HAS(tool.out, "\nfailed     server 'echo' was ended by signal 9\npreparing\n");
  CHECK_HAS(tool.out, "\nstopping   tether\nstopped\n");
  check_picture();
}
