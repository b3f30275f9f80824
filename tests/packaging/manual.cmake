# SPDX-License-Identifier: MIT
# The examples of the manual do what it says; .ci/run compares the pages with the checked-in ones.
foreach(page keys errors)
  if(page STREQUAL "keys" OR CMAKE_SYSTEM_NAME STREQUAL "Linux")
    add_test(NAME manual.${page} COMMAND hp-manual ${page})
    if(WIN32 AND CMAKE_CROSSCOMPILING)
      set_tests_properties(manual.${page} PROPERTIES FIXTURES_REQUIRED wine)
    endif()
  else()
    add_test(NAME manual.${page} COMMAND ${CMAKE_COMMAND} -E echo "SKIPPED: its examples are of Linux")
    set_tests_properties(manual.${page} PROPERTIES SKIP_REGULAR_EXPRESSION "^SKIPPED: ")
  endif()
  set_tests_properties(manual.${page} PROPERTIES LABELS manual TIMEOUT 300)
endforeach()
