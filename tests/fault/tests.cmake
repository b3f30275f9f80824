# SPDX-License-Identifier: MIT
# The worst that can happen to a host. Alone, for half of them keep all processors busy.
hp_add_tests(fault/host_killed_test.c TIMEOUT 300 SERIAL SOURCES ${served}
  ENVIRONMENT HP_TEST_HYPERD=${PROJECT_BINARY_DIR}/hyperd)
set_tests_properties(host_killed_test.hyperd_on_unix host_killed_test.hyperd_on_tcp PROPERTIES
  FIXTURES_REQUIRED hyperd LABELS "fault;hyperd")

# Allocators of its own, and libuv's environment beside them.
include(CheckLinkerFlag)
check_linker_flag(C -Wl,--wrap=uv_os_environ HP_CAN_WRAP)
if(HP_CAN_WRAP)
  hp_add_tests(fault/allocation_test.c TIMEOUT 300 SOURCES support/server.c support/faulty.c)
  target_link_options(test_allocation_test PRIVATE -Wl,--wrap=uv_os_environ)
else()
  hp_skip_tests("this linker has no --wrap" fault/allocation_test.c)
endif()

if(CMAKE_CROSSCOMPILING)
  hp_skip_tests("musl makes threads by the call that makes processes: libuv ends a host without the former"
    fault/syscall_test.c)
else()
  hp_add_tests(fault/syscall_test.c TIMEOUT 300 SOURCES support/refusal_linux.c support/world.c)
endif()
