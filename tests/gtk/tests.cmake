# SPDX-License-Identifier: MIT
# A window, where GTK and an X server of our own can be had (libgtk-3-dev, xvfb).
if(TARGET hp-example-gtk)
  hp_add_tests(gtk/gtk_test.c SOURCES support/tool.c)
  target_compile_definitions(test_gtk_test PRIVATE HP_SCREEN="${CMAKE_CURRENT_SOURCE_DIR}/gtk/screen")
else()
  hp_skip_tests("GTK is not here, or this build cannot use it" gtk/gtk_test.c)
endif()
