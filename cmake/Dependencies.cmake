# SPDX-License-Identifier: MIT
# libuv: loop, sockets, pipes, timers, threads. libyaml: YAML. CUnit: the tests. By pkg-config, and
# where there is none (vcpkg with MSVC) by the packages' own CMake files.
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

# hp_need(<NAME> <module and version> <package> <its target>…): the target PkgConfig::NAME.
function(hp_need name module package)
  if(PKG_CONFIG_FOUND)
    pkg_check_modules(${name} IMPORTED_TARGET GLOBAL ${module})
  endif()
  if(TARGET PkgConfig::${name})
    return()
  endif()
  find_package(${package} CONFIG QUIET)
  foreach(target IN LISTS ARGN)
    if(TARGET ${target})
      add_library(PkgConfig::${name} INTERFACE IMPORTED GLOBAL)
      set_property(TARGET PkgConfig::${name} PROPERTY INTERFACE_LINK_LIBRARIES ${target})
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "${module} was not found: not by pkg-config, nor as the CMake package ${package}")
endfunction()

find_package(PkgConfig QUIET)
hp_need(UV libuv>=1.44 libuv libuv::uv_a libuv::uv uv_a uv)
hp_need(YAML yaml-0.1>=0.2.5 yaml yaml)
if(HP_TESTS)
  hp_need(CUNIT cunit unofficial-cunit unofficial::cunit::cunit unofficial::cunit::libcunit)
endif()
