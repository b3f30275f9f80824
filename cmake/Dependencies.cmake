# SPDX-License-Identifier: MIT
# libuv: loop, sockets, pipes, timers, threads. libyaml: YAML. CUnit: the tests.
set(HP_DEPENDENCIES "" CACHE PATH "Folder of libraries for another system; built there where it is empty")
if(HP_DEPENDENCIES AND CMAKE_CROSSCOMPILING)
  if(NOT EXISTS ${HP_DEPENDENCIES}/complete)
    message(STATUS "Building libuv, libyaml and CUnit in ${HP_DEPENDENCIES}")
    execute_process(
      COMMAND ${CMAKE_CURRENT_LIST_DIR}/source-dependencies ${HP_DEPENDENCIES} ${CMAKE_TOOLCHAIN_FILE}
      OUTPUT_FILE ${PROJECT_BINARY_DIR}/dependencies.log ERROR_FILE ${PROJECT_BINARY_DIR}/dependencies.log
      RESULT_VARIABLE status)
    if(NOT status EQUAL 0)
      message(FATAL_ERROR "The libraries were not built: see ${PROJECT_BINARY_DIR}/dependencies.log")
    endif()
  endif()
  list(APPEND CMAKE_FIND_ROOT_PATH ${HP_DEPENDENCIES})
  set(ENV{PKG_CONFIG_LIBDIR} ${HP_DEPENDENCIES}/lib/pkgconfig)
endif()

include(cmake/Find.cmake)
if(HP_TESTS)
  hp_find(CUNIT cunit unofficial-cunit unofficial::cunit::cunit unofficial::cunit::libcunit)
endif()
foreach(need UV=libuv YAML=libyaml CUNIT=CUnit)
  string(REPLACE "=" ";" need ${need})
  list(GET need 0 name)
  list(GET need 1 library)
  if(NOT TARGET PkgConfig::${name} AND (HP_TESTS OR NOT name STREQUAL "CUNIT"))
    message(FATAL_ERROR "${library} was not found: not by pkg-config, nor as a CMake package")
  endif()
endforeach()
