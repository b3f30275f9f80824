# SPDX-License-Identifier: MIT
# The worst that can happen to a host. Alone, for half of them keep all processors busy.
hp_add_tests(fault/host_killed_test.c TIMEOUT 900 SERIAL SOURCES ${served}
  ENVIRONMENT HP_TEST_HYPERD=${PROJECT_BINARY_DIR}/hyperd)
set_tests_properties(host_killed_test.hyperd_on_unix host_killed_test.hyperd_on_tcp PROPERTIES
  FIXTURES_REQUIRED hyperd LABELS "fault;hyperd")
