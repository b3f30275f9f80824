# SPDX-License-Identifier: MIT
# The JSON Schema by a validator of somebody else's, where there is one.
find_package(Python3 QUIET COMPONENTS Interpreter)
if(CMAKE_CROSSCOMPILING OR NOT Python3_FOUND)
  add_test(NAME schema.validates
    COMMAND ${CMAKE_COMMAND} -E echo "SKIPPED: no Python 3 that could run the tool built here")
  set_tests_properties(schema.validates PROPERTIES SKIP_REGULAR_EXPRESSION "^SKIPPED: ")
else()
  add_test(NAME schema.validates COMMAND ${Python3_EXECUTABLE}
    ${CMAKE_CURRENT_SOURCE_DIR}/schema/validate.py $<TARGET_FILE:hyperprocess> ${PROJECT_SOURCE_DIR})
  set_tests_properties(schema.validates PROPERTIES SKIP_RETURN_CODE 77)
endif()
set_tests_properties(schema.validates PROPERTIES LABELS schema)
