# Where everything lies once it is installed (file-hierarchy(7), FHS): cmake --install OUT, with DESTDIR as usual.
# What the program itself made or what scdoc renders is in the target `documents`, a part of `all`.
#
# /etc/adsauditd is not installed: tmpfiles.d makes it, with its owners, and settings belong to the operator from the
# first byte (adsauditd config init).
include(GNUInstallDirs)
install(TARGETS adsauditd)

# systemd looks for all of these under <prefix>/lib, whatever the library directory is.
install(FILES systemd/adsauditd.service DESTINATION lib/systemd/system)
install(FILES systemd/adsauditd.sysusers DESTINATION lib/sysusers.d RENAME adsauditd.conf)
install(FILES systemd/adsauditd.tmpfiles DESTINATION lib/tmpfiles.d RENAME adsauditd.conf)
# For people and for other programs; the daemon has both tables built in.
install(FILES config/capabilities.yaml config/error_codes.yaml config/webhook.schema.json config/adsauditd.schema.json
              config/adsauditd.rules.yml config/adsauditd.dashboard.json
        DESTINATION ${CMAKE_INSTALL_DATADIR}/adsauditd)
install(DIRECTORY config/schemas DESTINATION ${CMAKE_INSTALL_DATADIR}/adsauditd FILES_MATCHING PATTERN "*.schema.json")
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES config/adsauditd.yaml DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)

set(documents "")
set(documents_dir ${CMAKE_CURRENT_BINARY_DIR}/documents)

# What the program writes of itself, so that it cannot lag behind: document(<file> <install directory> <verb>...)
function(document file destination)
  set(output ${documents_dir}/${file})
  cmake_path(GET output PARENT_PATH directory)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${directory}
    COMMAND adsauditd ${ARGN} > ${output}
    DEPENDS adsauditd
    VERBATIM)
  install(FILES ${output} DESTINATION ${destination})
  set(documents ${documents} ${output} PARENT_SCOPE)
endfunction()
document(adsauditd.catalog lib/systemd/catalog __catalog)
document(bash/adsauditd ${CMAKE_INSTALL_DATADIR}/bash-completion/completions completion bash)
document(zsh/_adsauditd ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions completion zsh)
document(fish/adsauditd.fish ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d completion fish)

find_program(SCDOC scdoc)
if(NOT SCDOC)
  message(STATUS "scdoc is not there: no man pages")
endif()
file(GLOB pages CONFIGURE_DEPENDS config/man/*.scd)
foreach(page IN LISTS pages)
  if(NOT SCDOC)
    break()
  endif()
  cmake_path(GET page STEM LAST_ONLY name)
  cmake_path(GET name EXTENSION LAST_ONLY section)
  string(SUBSTRING ${section} 1 -1 section)
  set(output ${documents_dir}/${name}.gz)
  # Commands are told by the program; the date is that of the pages, so that a build today is as one tomorrow.
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${documents_dir}
    COMMAND adsauditd __manual > ${documents_dir}/${name}.commands
    COMMAND sed -e "/@COMMANDS@/r ${documents_dir}/${name}.commands" -e /@COMMANDS@/d ${page} > ${documents_dir}/${name}.scd
    COMMAND ${CMAKE_COMMAND} -E env SOURCE_DATE_EPOCH=1796083200 ${SCDOC} < ${documents_dir}/${name}.scd >
            ${documents_dir}/${name}
    COMMAND gzip -9nf ${documents_dir}/${name}
    DEPENDS ${page} adsauditd
    VERBATIM)
  install(FILES ${output} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
  list(APPEND documents ${output})
endforeach()
add_custom_target(documents ALL DEPENDS ${documents})
