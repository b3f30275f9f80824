# SPDX-License-Identifier: MIT
# cmake -DFOLDER=<folder> -DPYTHON=<interpreter> -P official.cmake
#
# Has pip bring the official Python API into the folder, once. Where it cannot be had, FOLDER/reason
# says why, and the tests that need it are skipped with that reason: this script itself never fails.
set(package tableauhyperapi==0.0.26963)

function(fetch)
  execute_process(COMMAND ${PYTHON} -m pip --version OUTPUT_QUIET ERROR_QUIET RESULT_VARIABLE result)
  if(NOT result STREQUAL "0")
    set(reason "pip is not installed" PARENT_SCOPE)
    return()
  endif()
  file(REMOVE_RECURSE ${FOLDER}.new)
  execute_process(
    COMMAND ${PYTHON} -m pip install --quiet --disable-pip-version-check --retries 1 --only-binary :all:
      --target ${FOLDER}.new ${package}
    TIMEOUT 400 RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
  if(NOT result STREQUAL "0")
    set(reason "pip could not get ${package} (${result})" PARENT_SCOPE)
    return()
  endif()
  file(REMOVE_RECURSE ${FOLDER})
  file(RENAME ${FOLDER}.new ${FOLDER})
endfunction()

set(reason "")
file(REMOVE ${FOLDER}/reason)
if(NOT EXISTS ${FOLDER}/tableauhyperapi)
  fetch()
endif()
if(reason)
  file(WRITE ${FOLDER}/reason "${reason}")
  message("no official API: ${reason}")
else()
  message("${package} is here")
endif()
