# SPDX-License-Identifier: MIT
hp_add_tests(conformance/transport_test.c SOURCES conformance/transport.c)
