# SPDX-License-Identifier: MIT
# `cmake --workflow --preset package` makes two Debian packages: `hyperprocess` (tool, shared library,
# sample server, manual) and `libhyperprocess-dev` (what a compiler needs).
set(CPACK_PACKAGE_CONTACT "The hyperprocess maintainers <maintainers@hyperprocess.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "starts local servers and is sure that they are gone")
set(CPACK_PACKAGE_VENDOR hyperprocess)
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_COMPONENTS_ALL runtime development)
set(CPACK_STRIP_FILES ON)
set(CPACK_SOURCE_GENERATOR TGZ)
set(CPACK_SOURCE_IGNORE_FILES "/build/;/\\.git/")
if(NOT CPACK_GENERATOR)
  set(CPACK_GENERATOR TGZ)
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
    set(CPACK_GENERATOR DEB)
  endif()
endif()

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)
# Not CPack's own: that runs ldconfig by a script, where a trigger is due.
set(control ${PROJECT_BINARY_DIR}/debian)
file(WRITE ${control}/shlibs "libhyperprocess ${PROJECT_VERSION_MAJOR} hyperprocess (>= ${PROJECT_VERSION})\n")
file(WRITE ${control}/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${control}/shlibs ${control}/triggers)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME hyperprocess)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION
  "The tool hyperprocess runs a command beside a server that is started for it
and gone after it; programs do the same by the shared library.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libhyperprocess-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "hyperprocess (= ${PROJECT_VERSION}), libuv1-dev (>= 1.44), libyaml-dev (>= 0.2.5)")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
  "Development files: headers, the static library, and what CMake and pkg-config
look for.")

# What Debian's policy asks of every package.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  install(FILES cmake/debian-copyright RENAME copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/hyperprocess)
  install(FILES cmake/debian-copyright RENAME copyright COMPONENT development
    DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/libhyperprocess-dev)
endif()
include(CPack)
