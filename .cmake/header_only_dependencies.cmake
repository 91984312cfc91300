# SPDX-License-Identifier: BSL-1.0
# For cross builds: fmt and Catch2 as the headers of the machine that builds, which are the same for every processor. A folder of
# links keeps the rest of its /usr/include out of sight.
set(links "${CMAKE_BINARY_DIR}/header-only")
file(MAKE_DIRECTORY "${links}")
foreach(library IN ITEMS fmt catch2)
    find_path(${library}_headers NAMES ${library} PATHS /usr/include /usr/local/include
        NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH REQUIRED)
    file(CREATE_LINK "${${library}_headers}/${library}" "${links}/${library}" SYMBOLIC)
endforeach()

add_library(fmt::fmt INTERFACE IMPORTED GLOBAL)
target_include_directories(fmt::fmt INTERFACE "${links}")
target_compile_definitions(fmt::fmt INTERFACE FMT_HEADER_ONLY)
add_library(Catch2::Catch2 INTERFACE IMPORTED GLOBAL)
target_include_directories(Catch2::Catch2 INTERFACE "${links}")
