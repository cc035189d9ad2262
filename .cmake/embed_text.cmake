# A text file becomes a string of the program:
#
#   embed_text(<target> <file> <name>)
#
# writes ${CMAKE_CURRENT_BINARY_DIR}/generated/<target>/<name>.inc, a raw string literal, which <target> includes as
# "<target>/<name>.inc". A change of the file configures again.
function(embed_text target source name)
  cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(READ ${source} text)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/generated)
  file(CONFIGURE OUTPUT ${folder}/${target}/${name}.inc CONTENT "R\"embedded(@text@)embedded\"\n" @ONLY)
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
