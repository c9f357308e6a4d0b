# cmake -DBUILD=<folder> -P AskCMake.cmake
# The query of nextframe_add_live_target() is written while CMake runs for the first
# time, and answered when it runs again: let it run again where there is no answer.
file(GLOB Reply "${BUILD}/.cmake/api/v1/reply/index-*.json")
if(NOT Reply)
  execute_process(COMMAND ${CMAKE_COMMAND} "${BUILD}" OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endif()
