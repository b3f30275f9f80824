# SPDX-License-Identifier: MIT
hp_add_tests(conformance/transport_test.c SOURCES conformance/transport.c)
hp_add_tests(conformance/platform_test.c TIMEOUT 180 SOURCES
  conformance/platform.c conformance/platform_scene.c conformance/platform_spawn.c
  conformance/platform_exit.c conformance/platform_directory.c conformance/platform_loop.c
  conformance/platform_peer.c conformance/platform_leak.c conformance/platform_host.c)
