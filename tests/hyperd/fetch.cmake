# SPDX-License-Identifier: MIT
# cmake -DFOLDER=<folder> -P fetch.cmake
#
# Has npm bring a real hyperd into the folder, once. Where it cannot be had, FOLDER/reason says why,
# and the tests that need it are skipped with that reason: this script itself never fails.
set(package hyperdb-mcp-linux-x64-gnu)
set(version 0.7.3)

function(give_up reason)
  file(WRITE ${FOLDER}/reason "${reason}")
  message("no hyperd: ${reason}")
endfunction()

# Sets `said` to what it answers to --version, "" when it does not run.
function(ask binary)
  execute_process(COMMAND ${binary} --version TIMEOUT 60
    OUTPUT_VARIABLE out ERROR_VARIABLE out RESULT_VARIABLE result)
  if(NOT result STREQUAL "0")
    set(out "")
  endif()
  string(STRIP "${out}" out)
  set(said "${out}" PARENT_SCOPE)
endfunction()

function(fetch)
  cmake_host_system_information(RESULT os QUERY OS_NAME)
  cmake_host_system_information(RESULT architecture QUERY OS_PLATFORM)
  if(NOT "${os} ${architecture}" STREQUAL "Linux x86_64")
    give_up("${package} is for Linux on x86_64, this is ${os} on ${architecture}")
    return()
  endif()
  find_program(NPM npm)
  if(NOT NPM)
    give_up("npm is not installed")
    return()
  endif()
  file(REMOVE_RECURSE ${FOLDER}/new)
  file(MAKE_DIRECTORY ${FOLDER}/new)
  execute_process(
    COMMAND ${NPM} pack --silent --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=1000
      ${package}@${version}
    WORKING_DIRECTORY ${FOLDER}/new TIMEOUT 400 RESULT_VARIABLE result ERROR_VARIABLE error
    OUTPUT_QUIET)
  set(archive ${FOLDER}/new/${package}-${version}.tgz)
  if(NOT result STREQUAL "0" OR NOT EXISTS ${archive})
    give_up("npm could not get ${package}@${version} (${result})")
    return()
  endif()
  file(ARCHIVE_EXTRACT INPUT ${archive} DESTINATION ${FOLDER}/new PATTERNS package/hyperd)
  file(REMOVE ${archive})
  ask(${FOLDER}/new/package/hyperd)
  if(NOT said)
    give_up("the hyperd of ${package}@${version} does not run here")
    return()
  endif()
  file(RENAME ${FOLDER}/new/package/hyperd ${FOLDER}/hyperd)
  file(REMOVE_RECURSE ${FOLDER}/new)
  message("${said}")
endfunction()

file(REMOVE ${FOLDER}/reason)
if(EXISTS ${FOLDER}/hyperd)
  message("hyperd is here")
else()
  fetch()
endif()
