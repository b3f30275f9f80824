# SPDX-License-Identifier: MIT
find_package(Perl QUIET)
if(PERL_FOUND)
  set(law ${CMAKE_CURRENT_SOURCE_DIR}/law/law.pl)
  add_test(NAME law.holds COMMAND ${PERL_EXECUTABLE} ${law} ${PROJECT_SOURCE_DIR})
  add_test(NAME law.sees_every_breach
    COMMAND ${PERL_EXECUTABLE} ${law} --self-test ${PROJECT_SOURCE_DIR})
  set_tests_properties(law.holds law.sees_every_breach PROPERTIES LABELS law TIMEOUT 300)
endif()
