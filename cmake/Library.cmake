# SPDX-License-Identifier: MIT
# The library, static and shared, out of the objects of its rooms.
set(HP_ROOMS hp_core hp_config hp_transports hp_platform)
foreach(room IN LISTS HP_ROOMS)
  target_compile_definitions(${room} PRIVATE hp_core_EXPORTS) # what export.h asks for in a DLL
endforeach()
foreach(kind STATIC SHARED)
  string(TOLOWER hyperprocess_${kind} target)
  add_library(${target} ${kind})
  foreach(room IN LISTS HP_ROOMS)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:${room}>)
  endforeach()
  set_target_properties(${target} PROPERTIES OUTPUT_NAME hyperprocess
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/core/include>
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${target} PRIVATE PkgConfig::YAML PUBLIC PkgConfig::UV)
  if(HP_SANITIZE)
    target_link_options(${target} PUBLIC -fsanitize=${HP_SANITIZE})
  endif()
endforeach()
target_compile_definitions(hyperprocess_static INTERFACE HP_STATIC_DEFINE)
if(WIN32)
  foreach(kind static shared)
    target_link_libraries(hyperprocess_${kind} PRIVATE ${HP_WINDOWS_LIBRARIES})
    target_link_options(hyperprocess_${kind} PRIVATE $<$<BOOL:${MINGW}>:-static>)
  endforeach()
endif()
if(MSVC) # else it and the DLL's import library have one name
  set_target_properties(hyperprocess_static PROPERTIES OUTPUT_NAME hyperprocess_static)
endif()
