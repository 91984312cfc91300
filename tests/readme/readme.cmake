# SPDX-License-Identifier: BSL-1.0
# What README.md shows is compiled and run from README.md itself: each block of C++ that has a `main`.
set(readme "${PROJECT_SOURCE_DIR}/README.md")
set(shown "${CMAKE_CURRENT_BINARY_DIR}/readme")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${readme}")
file(MAKE_DIRECTORY "${shown}")
execute_process(COMMAND awk -f "${CMAKE_CURRENT_SOURCE_DIR}/readme/blocks.awk" -v "folder=${shown}" "${readme}"
    OUTPUT_VARIABLE programs OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)

string(REPLACE "\n" ";" programs "${programs}")
foreach(program IN LISTS programs)
    add_executable(sallyport-readme-${program} "${shown}/${program}.cpp")
    target_link_libraries(sallyport-readme-${program} PRIVATE sallyport-everything sallyport-strict)
    add_test(NAME readme/${program} COMMAND sallyport-readme-${program})
endforeach()
