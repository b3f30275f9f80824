# SPDX-License-Identifier: MIT
# The other languages, where there is a compiler or an interpreter for them. A sanitized library wants
# its runtime in the host itself, which an interpreter has not.
include(CheckLanguage)
if(NOT CMAKE_CROSSCOMPILING) # the toolchains are for C; what is found besides is the host's
  check_language(CXX)
endif()
if(CMAKE_CXX_COMPILER)
  enable_language(CXX)
  set(CMAKE_CXX_STANDARD 17)
  hp_add_tests(bindings/cpp_test.cpp)
  hp_add_tests(bindings/cpp_hyper_test.cpp LABELS hyperd ENVIRONMENT HP_TEST_HYPERD=${PROJECT_BINARY_DIR}/hyperd)
  file(STRINGS bindings/cpp_hyper_test.cpp lines REGEX "^HP_TEST\\(")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^HP_TEST\\(([a-z_0-9]+)\\).*" "cpp_hyper_test.\\1" name "${line}")
    set_property(TEST ${name} APPEND PROPERTY FIXTURES_REQUIRED hyperd)
  endforeach()
  add_executable(hp-example-cpp ${PROJECT_SOURCE_DIR}/examples/bindings/example.cpp)
  target_link_libraries(hp-example-cpp PRIVATE hp_options hyperprocess_static)
else()
  hp_skip_tests("there is no C++ compiler for this system" bindings/cpp_test.cpp bindings/cpp_hyper_test.cpp)
endif()

# The header by each compiler and dialect that is here, with all that they warn of.
foreach(compiler g++ clang++)
  find_program(cpp_${compiler} ${compiler})
  foreach(dialect -std=c++17 -fno-rtti -std=c++20)
    set(name cpp_header.${compiler}${dialect})
    if(cpp_${compiler})
      add_test(NAME ${name} COMMAND ${cpp_${compiler}} -std=c++17 -Wall -Wextra -Wpedantic -Wshadow -Wconversion
        -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual -Werror ${dialect} -fsyntax-only -DHP_STATIC_DEFINE
        -I${PROJECT_SOURCE_DIR}/core/include -I${PROJECT_BINARY_DIR}/include ${CMAKE_CURRENT_SOURCE_DIR}/bindings/cpp_header.cpp)
    else()
      add_test(NAME ${name} COMMAND ${CMAKE_COMMAND} -E echo "SKIPPED: ${compiler} is not installed")
    endif()
    set_tests_properties(${name} PROPERTIES LABELS bindings SKIP_REGULAR_EXPRESSION "^SKIPPED: ")
  endforeach()
endforeach()

find_package(Python3 QUIET COMPONENTS Interpreter)
set(reason "")
if(CMAKE_CROSSCOMPILING)
  set(reason "the library is another system's than Python")
elseif(HP_SANITIZE)
  set(reason "Python is not sanitized, as the library is")
elseif(NOT Python3_FOUND)
  set(reason "Python 3 is not installed")
endif()
# hp_add_python_tests(<file.py> <class>): one CTest entry for each of its tests.
function(hp_add_python_tests source class)
  get_filename_component(program ${source} NAME_WE)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(STRINGS ${source} lines REGEX "^    def test_")
  foreach(line IN LISTS lines)
    string(REGEX REPLACE "^ +def (test_[a-z_0-9]+).*" "\\1" name "${line}")
    if(reason)
      add_test(NAME ${program}.${name} COMMAND ${CMAKE_COMMAND} -E echo "SKIPPED: ${reason}")
    else()
      add_test(NAME ${program}.${name}
        COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/${source} ${class}.${name})
    endif()
    set_tests_properties(${program}.${name} PROPERTIES
      TIMEOUT 300 LABELS "bindings;${ARGN}" SKIP_REGULAR_EXPRESSION "^SKIPPED: "
      ENVIRONMENT "HP_TEST_BIN=${HP_TEST_PROGRAMS};HP_TEST_HYPERD=${PROJECT_BINARY_DIR}/hyperd;PYTHONPATH=${PROJECT_SOURCE_DIR}/bindings/python;HYPERPROCESS_LIBRARY=$<TARGET_FILE:hyperprocess_shared>;HP_TEST_OFFICIAL=${official}")
    list(FILTER ARGN INCLUDE REGEX "^(hyperd|official)$")
    if(ARGN AND NOT reason)
      set_tests_properties(${program}.${name} PROPERTIES FIXTURES_REQUIRED "${ARGN}")
    endif()
  endforeach()
endfunction()

# The official Python API is no part of the project: pip brings it, once a build folder.
set(official ${PROJECT_BINARY_DIR}/hyperd/official)
if(NOT reason)
  add_test(NAME official.fetch COMMAND ${CMAKE_COMMAND} -DFOLDER=${official} -DPYTHON=${Python3_EXECUTABLE}
    -P ${CMAKE_CURRENT_SOURCE_DIR}/hyperd/official.cmake)
  set_tests_properties(official.fetch PROPERTIES FIXTURES_SETUP official LABELS hyperd TIMEOUT 600)
endif()

hp_add_python_tests(bindings/python_test.py PythonTest)
hp_add_python_tests(bindings/package_test.py PackageTest)
hp_add_python_tests(bindings/hyper_test.py HyperTest hyperd)
hp_add_python_tests(bindings/official_test.py OfficialTest hyperd official)

include(bindings/java.cmake)

# The examples of the page are those files.
foreach(example example.cpp example.py Example.java Example.cs)
  add_test(NAME bindings_page.${example} COMMAND perl -0777 -e "open D, shift; open E, shift; ($d, $e) = (join('', <D>), join('', <E>)); $e =~ s/^.*\\n//; exit(index($d, $e) < 0)"
    ${PROJECT_SOURCE_DIR}/docs/bindings.md ${PROJECT_SOURCE_DIR}/examples/bindings/${example})
  set_tests_properties(bindings_page.${example} PROPERTIES LABELS bindings)
endforeach()
