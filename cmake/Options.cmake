# SPDX-License-Identifier: MIT
# What every target of the house is compiled with.
add_library(hp_options INTERFACE)
target_include_directories(hp_options INTERFACE
  ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/core/include ${PROJECT_BINARY_DIR}/include)
if(WIN32)
  # Windows 10, wide functions where none is named, and printf as C has it. The runtime of mingw-w64
  # is linked in: no DLL has to travel along.
  target_compile_definitions(hp_options INTERFACE _WIN32_WINNT=0x0A00 UNICODE _UNICODE
    WIN32_LEAN_AND_MEAN NOMINMAX __USE_MINGW_ANSI_STDIO=1 _CRT_SECURE_NO_WARNINGS)
  set(HP_WINDOWS_LIBRARIES advapi32 iphlpapi ntdll ole32 psapi shell32 user32 userenv ws2_32)
  target_link_libraries(hp_options INTERFACE ${HP_WINDOWS_LIBRARIES})
  target_link_options(hp_options INTERFACE $<$<BOOL:${MINGW}>:-static>)
else()
  target_compile_definitions(hp_options INTERFACE _GNU_SOURCE)
endif()
if(MSVC)
  target_compile_options(hp_options INTERFACE /W4 /utf-8 $<$<BOOL:${HP_WERROR}>:/WX>)
else()
  target_compile_options(hp_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 -Wimplicit-fallthrough
    $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes;-Wmissing-prototypes> $<$<BOOL:${HP_WERROR}>:-Werror>)
endif()
if(HP_SANITIZE)
  target_compile_options(hp_options INTERFACE
    -fsanitize=${HP_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(hp_options INTERFACE -fsanitize=${HP_SANITIZE})
endif()
if(HP_FUZZ)
  target_compile_options(hp_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
