# SPDX-License-Identifier: MIT
# What is installed, used as others use it.
set(steps cmake_shared cmake_static pkgconfig_shared pkgconfig_static pkgconfig_says another_version cplusplus tool)
foreach(step install ${steps} remove)
  if(WIN32 OR CMAKE_CROSSCOMPILING OR HP_SANITIZE)
    add_test(NAME packaging.${step}
      COMMAND ${CMAKE_COMMAND} -E echo "SKIPPED: it is built by this machine's own compiler, as it is")
    set_tests_properties(packaging.${step} PROPERTIES SKIP_REGULAR_EXPRESSION "^SKIPPED: ")
  else()
    add_test(NAME packaging.${step}
      COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/packaging/consumer.sh ${PROJECT_BINARY_DIR} ${step})
    set_tests_properties(packaging.${step} PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 600
      ENVIRONMENT "CC=${CMAKE_C_COMPILER}" FIXTURES_REQUIRED installed)
  endif()
  set_property(TEST packaging.${step} PROPERTY LABELS packaging)
endforeach()
set_tests_properties(packaging.install PROPERTIES FIXTURES_SETUP installed FIXTURES_REQUIRED "")
set_tests_properties(packaging.remove PROPERTIES FIXTURES_CLEANUP installed FIXTURES_REQUIRED "")

# The binary interface.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND NOT CMAKE_CROSSCOMPILING AND NOT HP_SANITIZE)
  add_test(NAME packaging.symbols COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/packaging/symbols.sh
    ${CMAKE_NM} $<TARGET_FILE:hyperprocess_shared> ${PROJECT_SOURCE_DIR}/core/hyperprocess.symbols ${PROJECT_VERSION})
else()
  add_test(NAME packaging.symbols
    COMMAND ${CMAKE_COMMAND} -E echo "SKIPPED: the symbols are compared on Linux, without a sanitizer's own or those of libuv linked in")
  set_tests_properties(packaging.symbols PROPERTIES SKIP_REGULAR_EXPRESSION "^SKIPPED: ")
endif()
set_tests_properties(packaging.symbols PROPERTIES LABELS packaging)

# The Debian packages.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND NOT CMAKE_CROSSCOMPILING AND NOT HP_SANITIZE)
  add_test(NAME packaging.deb COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/packaging/deb.sh ${PROJECT_BINARY_DIR})
  set_tests_properties(packaging.deb PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 600)
else()
  add_test(NAME packaging.deb COMMAND ${CMAKE_COMMAND} -E echo "SKIPPED: Debian packages are made on Debian, of a plain build")
  set_tests_properties(packaging.deb PROPERTIES SKIP_REGULAR_EXPRESSION "^SKIPPED: ")
endif()
set_tests_properties(packaging.deb PROPERTIES LABELS packaging)
