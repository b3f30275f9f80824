# SPDX-License-Identifier: MIT
# The lifecycle of a server through the public API.
foreach(subject plan process failure stop callbacks address readiness output prepare host plugin leak)
  hp_add_tests(integration/${subject}_test.c SOURCES support/server.c)
endforeach()

# The tool.
hp_add_tests(integration/cli_test.c SOURCES support/tool.c)
hp_add_tests(integration/cli_terminal_test.c SOURCES support/tool.c)
