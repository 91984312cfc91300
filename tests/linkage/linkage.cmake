# SPDX-License-Identifier: BSL-1.0
# The one-definition rule, put to the linker: everything in two units of one program, and two versions side by side.
set(linkage "${CMAKE_CURRENT_BINARY_DIR}/linkage")

# Every header there is, in one that is made here. A new header makes CMake run again.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${PROJECT_SOURCE_DIR}/include" "${PROJECT_SOURCE_DIR}/include/*.hpp")
list(TRANSFORM headers REPLACE "(.+)" "#include <\\1>")
list(JOIN headers "\n" headers)
file(CONFIGURE OUTPUT "${linkage}/everything.hpp" CONTENT "#pragma once\n${headers}\n")

add_executable(sallyport-linkage-units linkage/one_unit.cpp linkage/other_unit.cpp)
target_include_directories(sallyport-linkage-units PRIVATE "${linkage}")
target_link_libraries(sallyport-linkage-units PRIVATE sallyport-everything sallyport-strict)
target_compile_options(sallyport-linkage-units PRIVATE -O0)  # inline functions stay, for the linker to see
add_test(NAME linkage/units COMMAND sallyport-linkage-units)

# The next version, as a vendor would bring it in a library of his own: the same headers under another inline namespace.
add_custom_command(OUTPUT "${linkage}/next/made"
    COMMAND bash "${CMAKE_CURRENT_SOURCE_DIR}/linkage/next_version.sh" "${PROJECT_SOURCE_DIR}/include" "${linkage}/next"
    DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/linkage/next_version.sh" "${linkage}/everything.hpp" VERBATIM)
file(GLOB_RECURSE files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/include/*.[hi]pp")
add_custom_command(OUTPUT "${linkage}/next/made" APPEND DEPENDS ${files})
add_custom_target(sallyport-next-version DEPENDS "${linkage}/next/made")

add_library(sallyport-next INTERFACE)
target_compile_features(sallyport-next INTERFACE cxx_std_20)
target_include_directories(sallyport-next INTERFACE "${linkage}/next")
target_link_libraries(sallyport-next INTERFACE fmt::fmt Threads::Threads)

foreach(version IN ITEMS sallyport sallyport-next)
    add_library(linkage-${version} OBJECT linkage/gate.cpp)
    target_link_libraries(linkage-${version} PRIVATE ${version} sallyport-strict)
    target_compile_options(linkage-${version} PRIVATE -O0)
endforeach()
target_compile_definitions(linkage-sallyport PRIVATE GATE=v0_gate)
target_compile_definitions(linkage-sallyport-next PRIVATE GATE=v1_gate)
add_dependencies(linkage-sallyport-next sallyport-next-version)

add_executable(sallyport-linkage-versions linkage/two_versions.cpp)
target_link_libraries(sallyport-linkage-versions PRIVATE
    linkage-sallyport linkage-sallyport-next fmt::fmt Threads::Threads sallyport-strict)
add_test(NAME linkage/versions COMMAND sallyport-linkage-versions)
add_test(NAME linkage/symbols COMMAND bash "${CMAKE_CURRENT_SOURCE_DIR}/linkage/symbols.sh"
    $<TARGET_OBJECTS:linkage-sallyport> $<TARGET_OBJECTS:linkage-sallyport-next>)
