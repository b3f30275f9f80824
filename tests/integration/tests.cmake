# SPDX-License-Identifier: MIT
# The lifecycle of a server through the public API.
foreach(subject plan profile fallback process failure stop callbacks address readiness output prepare plugin dispatch foreign)
  hp_add_tests(integration/${subject}_test.c SOURCES support/server.c support/tool.c)
endforeach()
hp_add_tests(integration/cli_connect_test.c SOURCES support/server.c support/tool.c)
hp_add_tests(integration/plan_settings_test.c SOURCES support/server.c support/tool.c)
hp_add_tests(integration/hyper_settings_test.c SOURCES support/server.c support/tool.c)
hp_add_tests(integration/ask_test.c SOURCES support/server.c support/tool.c)
hp_add_tests(integration/connect_test.c SOURCES support/server.c support/tool.c)
hp_add_tests(integration/health_test.c SOURCES support/server.c support/tool.c)
hp_add_tests(integration/server_version_test.c SOURCES support/server.c support/tool.c)
hp_add_tests(integration/steps_test.c SOURCES support/server.c support/tool.c)
hp_add_tests(integration/log_test.c SOURCES support/server.c support/tool.c)
hp_add_tests(integration/log_disk_test.c SOURCES support/server.c support/tool.c)
hp_add_tests(integration/event_log_test.c SOURCES support/server.c support/tool.c support/json.c)
foreach(subject file exec http group inherit)
  hp_add_tests(integration/readiness_${subject}_test.c SOURCES support/server.c support/tool.c)
endforeach()
hp_add_tests(integration/attach_test.c SOURCES support/server.c support/tool.c)
hp_add_tests(integration/examples_test.c SOURCES support/tool.c)
hp_add_tests(integration/leak_test.c TIMEOUT 300 SOURCES support/server.c support/tool.c)

# The tool.
hp_add_tests(integration/cli_test.c SOURCES support/tool.c)
hp_add_tests(integration/cli_manual_test.c SOURCES support/tool.c
  ENVIRONMENT HP_MANUAL=${root}${PROJECT_SOURCE_DIR}/cli/hyperprocess.1)
foreach(subject exec doctor init keep completion check settings)
  hp_add_tests(integration/cli_${subject}_test.c SOURCES support/tool.c)
endforeach()

# Hosts and tools where there are SIGCHLD, fork, and terminals of a test's own.
if(WIN32)
  hp_skip_tests("Windows has neither signals nor terminals of a test's own"
    integration/host_test.c integration/cli_signals_test.c integration/cli_terminal_test.c
    integration/cli_wrap_test.c)
else()
  hp_add_tests(integration/host_test.c SOURCES support/server.c)
  foreach(subject cli_signals cli_terminal cli_wrap)
    hp_add_tests(integration/${subject}_test.c SOURCES support/tool.c support/tool_posix.c)
  endforeach()
endif()
