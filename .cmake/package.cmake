# The Debian package, from the same install rules: scripts/package, or cpack in a build directory.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME adsauditd)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "adsauditd maintainers <maintainers@adsauditd.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "watch X Ads API tokens and roles, and tell what changed")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "adsauditd keeps the OAuth 1.0a tokens of your X (Twitter) Ads API apps and
asks X again and again what each of them may do on each ad account. When a
token is revoked, access is lost or a role changes, it tells Slack, a signed
webhook, an on-call service or people by mail what happened, since when, what
stops and how to repair it.
.
An alert is committed together with the change that it tells of, before it is
sent, so that no crash loses it; and no token is accused because X, the
network or a clock is ill.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# systemd-sysusers and systemd-tmpfiles make the user and the directories; the unit needs credentials of version 250.
# Maintenance windows need the time zones.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "systemd (>= 250), ca-certificates, tzdata")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${CMAKE_CURRENT_SOURCE_DIR}/systemd/package/postinst ${CMAKE_CURRENT_SOURCE_DIR}/systemd/package/prerm
    ${CMAKE_CURRENT_SOURCE_DIR}/systemd/package/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
                                                WORLD_EXECUTE)
set(CPACK_SET_DESTDIR OFF)

# What Debian asks of every package. Compressed the same way each time.
set(changelog ${CMAKE_CURRENT_BINARY_DIR}/package/changelog.gz)
file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/package)
configure_file(systemd/package/changelog.in ${CMAKE_CURRENT_BINARY_DIR}/package/changelog @ONLY)
execute_process(COMMAND gzip -9n INPUT_FILE ${CMAKE_CURRENT_BINARY_DIR}/package/changelog OUTPUT_FILE ${changelog}
                        COMMAND_ERROR_IS_FATAL ANY)
install(FILES ${changelog} systemd/package/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})

include(CPack)
