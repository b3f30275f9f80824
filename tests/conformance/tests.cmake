# SPDX-License-Identifier: MIT
hp_add_tests(conformance/transport_test.c SOURCES conformance/transport.c)
hp_add_tests(conformance/platform_test.c SOURCES
  conformance/platform.c conformance/platform_scene.c conformance/platform_spawn.c
  conformance/platform_exit.c conformance/platform_directory.c conformance/platform_loop.c
  conformance/platform_peer.c conformance/platform_leak.c conformance/platform_host.c)
if(WIN32)
  hp_skip_tests("the transport of the example uses the sockets of POSIX" conformance/example_transport_test.c)
else()
  hp_add_tests(conformance/example_transport_test.c SOURCES
    conformance/transport.c support/tool.c ${PROJECT_SOURCE_DIR}/examples/transport/loopback6.c)
  target_compile_definitions(test_example_transport_test PRIVATE
    HP_EXAMPLE_SERVERS="${PROJECT_SOURCE_DIR}/examples/transport/servers.yaml")
endif()
