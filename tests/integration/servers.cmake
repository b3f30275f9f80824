# SPDX-License-Identifier: MIT
# Real servers, unmodified; a test is skipped by name where its server or client cannot be found.
set(served support/served.c support/world.c)
hp_add_tests(integration/redis_test.c LABELS redis SOURCES ${served})
hp_add_tests(integration/postgres_test.c LABELS postgres SOURCES ${served})
foreach(server nginx memcached mariadb)
  hp_add_tests(integration/${server}_test.c LABELS ${server} SOURCES ${served})
endforeach()
hp_add_tests(integration/readiness_served_test.c SOURCES ${served})
hp_add_tests(integration/quiet_test.c SOURCES ${served})
hp_add_tests(integration/steps_served_test.c SOURCES ${served})

# hyperd is no part of the project: npm brings it, once a build folder.
set(hyperd_folder ${PROJECT_BINARY_DIR}/hyperd)
add_test(NAME hyperd.fetch
  COMMAND ${CMAKE_COMMAND} -DFOLDER=${hyperd_folder} -P ${CMAKE_CURRENT_SOURCE_DIR}/hyperd/fetch.cmake)
set_tests_properties(hyperd.fetch PROPERTIES FIXTURES_SETUP hyperd LABELS hyperd TIMEOUT 600)
hp_add_tests(integration/hyperd_test.c LABELS hyperd SOURCES ${served}
  ENVIRONMENT HP_TEST_HYPERD=${hyperd_folder})
file(STRINGS integration/hyperd_test.c lines REGEX "^HP_TEST\\(")
foreach(line IN LISTS lines)
  string(REGEX REPLACE "^HP_TEST\\(([a-z_0-9]+)\\).*" "hyperd_test.\\1" name "${line}")
  set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED hyperd)
endforeach()
