# Tables that are data for people and code for the compiler: each row of a YAML file becomes one line of C++.
#
#   embed_rows(<target> <yaml file> <name> <regex> <replacement> [SECTION <key>])
#
# writes ${CMAKE_CURRENT_BINARY_DIR}/generated/<target>/<name>.inc, which <target> includes as "<target>/<name>.inc".
# A row is a line that begins with "- {", indented or not. The regex must match all of it, less the blanks around it
# (alternatives stand in a group); in the replacement \1 to \9 are its groups, empty for one that took no part.
# A row that does not match is an error here, at configure time, with its file and line. All other lines are passed
# over, so comments stand on lines of their own.
# SECTION takes only the rows that stand under the key `<key>:` at the left margin, up to the next such key.
# A change of the file configures again; an .inc that would stay the same is not written, so nothing is compiled again.
function(embed_rows target yaml name regex replacement)
  cmake_parse_arguments(PARSE_ARGV 5 EMBED "" "SECTION" "")
  cmake_path(ABSOLUTE_PATH yaml BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${yaml})

  # What CMake's lists would take for a separator, an end of line, or a bracket that keeps separators together.
  file(READ ${yaml} text)
  string(ASCII 1 semicolon)
  string(ASCII 2 opening)
  string(ASCII 3 closing)
  string(ASCII 4 backslash)
  string(REPLACE "\\" "${backslash}" text "${text}")
  string(REPLACE ";" "${semicolon}" text "${text}")
  string(REPLACE "[" "${opening}" text "${text}")
  string(REPLACE "]" "${closing}" text "${text}")
  string(REPLACE "\n" ";" lines "${text}")

  set(rows "")
  set(number 0)
  set(section "")
  foreach(line IN LISTS lines)
    math(EXPR number "${number} + 1")
    if(line MATCHES "^([A-Za-z_]+):")
      set(section ${CMAKE_MATCH_1})
    endif()
    string(STRIP "${line}" line)
    if(NOT line MATCHES "^- {" OR (EMBED_SECTION AND NOT section STREQUAL EMBED_SECTION))
      continue()
    endif()
    string(REPLACE "${backslash}" "\\" line "${line}")
    string(REPLACE "${semicolon}" ";" line "${line}")
    string(REPLACE "${opening}" "[" line "${line}")
    string(REPLACE "${closing}" "]" line "${line}")
    if(NOT line MATCHES "^${regex}$")
      message(FATAL_ERROR "${yaml}:${number}: this row is not of the form that ${target} knows:\n${line}\n"
                          "It must match ${regex}")
    endif()
    # Not string(REGEX REPLACE), which refuses a group that took no part.
    set(row "${replacement}")
    foreach(group RANGE 1 9)
      set(value "")
      if(group LESS_EQUAL CMAKE_MATCH_COUNT)
        set(value "${CMAKE_MATCH_${group}}")
      endif()
      string(REPLACE "\\${group}" "${value}" row "${row}")
    endforeach()
    string(APPEND rows "${row}\n")
  endforeach()
  if(rows STREQUAL "")
    message(FATAL_ERROR "${yaml}: there is no row to embed")
  endif()

  set(output ${CMAKE_CURRENT_BINARY_DIR}/generated/${target}/${name}.inc)
  set(present "")
  if(EXISTS ${output})
    file(READ ${output} present)
  endif()
  if(NOT rows STREQUAL present)
    file(WRITE ${output} "${rows}")
  endif()
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/generated)
endfunction()
