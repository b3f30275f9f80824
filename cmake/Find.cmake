# SPDX-License-Identifier: MIT
# Read while hyperprocess is built, and installed for those who build against it.

# hp_find(<NAME> <module and version> <package> <its target>…): the target PkgConfig::NAME, by
# pkg-config, and where there is none (vcpkg with MSVC) by the package's own CMake files. Where it
# is not found there is no such target.
function(hp_find name module package)
  if(PKG_CONFIG_FOUND AND NOT TARGET PkgConfig::${name})
    pkg_check_modules(${name} QUIET IMPORTED_TARGET GLOBAL ${module})
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
endfunction()

find_package(PkgConfig QUIET)
hp_find(UV libuv>=1.44 libuv libuv::uv_a libuv::uv uv_a uv)
hp_find(YAML yaml-0.1>=0.2.5 yaml yaml)
