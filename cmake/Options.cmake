# SPDX-License-Identifier: MIT
# What every target of the house is compiled with.
add_library(hp_options INTERFACE)
target_include_directories(hp_options INTERFACE
  ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/core/include ${PROJECT_BINARY_DIR}/include)
target_compile_definitions(hp_options INTERFACE _GNU_SOURCE)
target_compile_options(hp_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
  -Wwrite-strings -Wvla -Wformat=2 -Wimplicit-fallthrough $<$<BOOL:${HP_WERROR}>:-Werror>)
if(HP_SANITIZE)
  target_compile_options(hp_options INTERFACE
    -fsanitize=${HP_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(hp_options INTERFACE -fsanitize=${HP_SANITIZE})
endif()
