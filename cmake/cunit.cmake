# SPDX-License-Identifier: MIT
# CUnit as a CMake project, put into its unpacked source: what our tests use of it, for any
# toolchain file, without its configure script, which wants tools of its own age.
cmake_minimum_required(VERSION 3.25)
project(cunit LANGUAGES C)
file(GLOB sources CUnit/Sources/Framework/*.c CUnit/Sources/Basic/*.c)
add_library(cunit STATIC ${sources})
target_include_directories(cunit PRIVATE CUnit/Headers)
install(TARGETS cunit)
install(DIRECTORY CUnit/Headers/ DESTINATION include/CUnit FILES_MATCHING PATTERN "*.h")
