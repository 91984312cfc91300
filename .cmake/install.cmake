# SPDX-License-Identifier: BSL-1.0
# What `cmake --install` lays down: headers, a CMake package whose components find only what they need, pkg-config files.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir "${CMAKE_INSTALL_DATADIR}/cmake/sallyport")  # nothing here depends on the machine
install(DIRECTORY include/sallyport DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.[hi]pp")
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}")

# One export set each: to ask for `testing` must not require what `sodium` would.
install(TARGETS sallyport EXPORT sallyport-targets)
install(EXPORT sallyport-targets NAMESPACE sallyport:: DESTINATION "${package_dir}")
foreach(component IN LISTS sallyport_components)
    install(TARGETS sallyport-${component} EXPORT sallyport-${component}-targets)
    install(EXPORT sallyport-${component}-targets NAMESPACE sallyport:: DESTINATION "${package_dir}")
endforeach()

configure_package_config_file(.cmake/sallyport-config.cmake.in sallyport-config.cmake
    INSTALL_DESTINATION "${package_dir}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(sallyport-config-version.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES
    "${CMAKE_CURRENT_BINARY_DIR}/sallyport-config.cmake"
    "${CMAKE_CURRENT_BINARY_DIR}/sallyport-config-version.cmake"
    .cmake/FindSodium.cmake
    DESTINATION "${package_dir}")

# The prefix is written relative to the file itself, so that the installed tree may be moved.
file(RELATIVE_PATH up "${CMAKE_INSTALL_FULL_DATADIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" up "${up}")
function(sallyport_pkg_config name description requires cflags)
    configure_file(.cmake/sallyport.pc.in ${name}.pc @ONLY)
    install(FILES "${CMAKE_CURRENT_BINARY_DIR}/${name}.pc" DESTINATION "${CMAKE_INSTALL_DATADIR}/pkgconfig")
endfunction()
sallyport_pkg_config(sallyport "${PROJECT_DESCRIPTION}" "fmt >= 9" "-I\${includedir} -pthread")
sallyport_pkg_config(sallyport-openssl "sallyport with the trust store" "sallyport, libssl >= 3.0, libcrypto >= 3.0" "")
sallyport_pkg_config(sallyport-sodium "sallyport with Argon2id" "sallyport, libsodium >= 1.0.18" "")
sallyport_pkg_config(sallyport-toml "sallyport with accounts from a file" "sallyport, tomlplusplus >= 3.3" "")
