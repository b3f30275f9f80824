# SPDX-License-Identifier: MIT
# Where the library goes, and how others find it: find_package(hyperprocess), pkg-config. The folder
# may be moved after it was installed. The component `development` is what only a compiler needs.
include(CMakePackageConfigHelpers)
set(HP_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/hyperprocess)

set_target_properties(hyperprocess_shared PROPERTIES EXPORT_NAME hyperprocess)
set_target_properties(hyperprocess_static PROPERTIES EXPORT_NAME static)
install(TARGETS hyperprocess_static hyperprocess_shared EXPORT hyperprocess
  RUNTIME COMPONENT runtime
  LIBRARY COMPONENT runtime NAMELINK_COMPONENT development
  ARCHIVE COMPONENT development)
install(DIRECTORY core/include/hyperprocess ${PROJECT_BINARY_DIR}/include/hyperprocess
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")

install(EXPORT hyperprocess NAMESPACE hyperprocess:: FILE hyperprocess-targets.cmake
  DESTINATION ${HP_CMAKE_DIR} COMPONENT development)
configure_package_config_file(cmake/hyperprocess-config.cmake.in hyperprocess-config.cmake
  INSTALL_DESTINATION ${HP_CMAKE_DIR} NO_SET_AND_CHECK_MACRO)
# Until 1.0 a minor version may change the interface.
write_basic_package_version_file(hyperprocess-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES cmake/Find.cmake ${PROJECT_BINARY_DIR}/hyperprocess-config.cmake
    ${PROJECT_BINARY_DIR}/hyperprocess-config-version.cmake
  DESTINATION ${HP_CMAKE_DIR} COMPONENT development)

# A prefix that is found from where the file lies.
set(HP_PC_DIR ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
  set(HP_PC_PREFIX ${CMAKE_INSTALL_PREFIX})
else()
  file(RELATIVE_PATH up /prefix/${HP_PC_DIR} /prefix)
  string(REGEX REPLACE "/$" "" HP_PC_PREFIX "\${pcfiledir}/${up}")
endif()
list(TRANSFORM HP_WINDOWS_LIBRARIES PREPEND -l OUTPUT_VARIABLE private)
list(JOIN private " " HP_PC_PRIVATE)
foreach(file hyperprocess hyperprocess-static)
  configure_file(cmake/${file}.pc.in ${file}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/${file}.pc DESTINATION ${HP_PC_DIR} COMPONENT development)
endforeach()
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md")
