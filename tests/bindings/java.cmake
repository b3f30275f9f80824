# SPDX-License-Identifier: MIT
# Java over JNA, where both are installed.
set(reason "")
find_file(JNA_JAR jna.jar PATHS /usr/share/java NO_CMAKE_FIND_ROOT_PATH)
if(CMAKE_CROSSCOMPILING)
  set(reason "the library is another system's than Java")
elseif(HP_SANITIZE)
  set(reason "Java is not sanitized, as the library is")
else()
  find_package(Java 17 QUIET COMPONENTS Development)
  if(NOT Java_FOUND)
    set(reason "a JDK of version 17 or newer is not installed")
  elseif(NOT JNA_JAR)
    set(reason "JNA is not installed (libjna-java)")
  endif()
endif()

set(java_test ${CMAKE_CURRENT_SOURCE_DIR}/bindings/JavaTest.java)
set(java_jar ${PROJECT_BINARY_DIR}/hyperprocess.jar)
set(java_classes ${CMAKE_CURRENT_BINARY_DIR}/java)
if(NOT reason)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/bindings/java/hyperprocess/*.java)
  add_custom_command(OUTPUT ${java_jar} VERBATIM
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${java_classes}/hyperprocess
    COMMAND ${Java_JAVAC_EXECUTABLE} -Xlint:all -Werror --release 11 -encoding UTF-8 -cp ${JNA_JAR} -d ${java_classes} ${sources}
    COMMAND ${Java_JAR_EXECUTABLE} cf ${java_jar} -C ${java_classes} hyperprocess
    DEPENDS ${sources})
  set(programs ${java_test} ${PROJECT_SOURCE_DIR}/examples/bindings/Example.java)
  add_custom_command(OUTPUT ${java_classes}/JavaTest.class VERBATIM
    COMMAND ${Java_JAVAC_EXECUTABLE} -Xlint:all -Werror -encoding UTF-8 -cp ${java_jar}:${JNA_JAR} -d ${java_classes} ${programs}
    DEPENDS ${java_jar} ${programs})
  add_custom_target(hyperprocess_java ALL DEPENDS ${java_jar} ${java_classes}/JavaTest.class)
  # Heaps of their own for as many as run at once; Debian's JNA has its native half in the system.
  set(java ${Java_JAVA_EXECUTABLE} -Xmx128m -Dfile.encoding=UTF-8
    -Djna.boot.library.path=/usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/jni -cp ${java_jar}:${JNA_JAR}:${java_classes})
endif()

set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${java_test})
file(STRINGS ${java_test} lines REGEX "^  public static void [a-zA-Z]+\\(\\) throws")
foreach(line IN LISTS lines)
  string(REGEX REPLACE "^.* void ([a-zA-Z]+).*" "\\1" name "${line}")
  if(reason)
    add_test(NAME java_test.${name} COMMAND ${CMAKE_COMMAND} -E echo "SKIPPED: ${reason}")
  else()
    add_test(NAME java_test.${name}
      COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/bindings/in_folder.sh ${java} JavaTest ${name})
  endif()
  set_tests_properties(java_test.${name} PROPERTIES TIMEOUT 120 LABELS "java;bindings" SKIP_REGULAR_EXPRESSION "^SKIPPED: "
    ENVIRONMENT "HP_TEST_BIN=${HP_TEST_PROGRAMS};HP_TEST_HYPERD=${PROJECT_BINARY_DIR}/hyperd;HYPERPROCESS_LIBRARY=$<TARGET_FILE:hyperprocess_shared>")
  if(name MATCHES "^hyperd" AND NOT reason)
    set_tests_properties(java_test.${name} PROPERTIES LABELS "java;bindings;hyperd" FIXTURES_REQUIRED hyperd)
  endif()
endforeach()
