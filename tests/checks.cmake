# SPDX-License-Identifier: BSL-1.0
# Questions asked of the tree as it stands, each an entry of its own: does every header stand alone, does misuse fail for the
# right reason, do two units and two versions link, can a stranger's project consume us, is the hand clean, do the documents build?
find_program(SALLYPORT_GXX NAMES g++)
find_program(SALLYPORT_CLANGXX NAMES clang++)
set(source "${PROJECT_SOURCE_DIR}")
set(here "${CMAKE_CURRENT_SOURCE_DIR}")
set(there "${CMAKE_CURRENT_BINARY_DIR}")

# How a compiler is called by hand: what the targets would say, one word a line.
add_library(sallyport-everything INTERFACE)
target_link_libraries(sallyport-everything INTERFACE sallyport::sallyport sallyport::openssl
    sallyport::sodium sallyport::toml sallyport::testing)
set(includes $<TARGET_PROPERTY:sallyport-everything,INTERFACE_INCLUDE_DIRECTORIES>)
set(defines $<TARGET_PROPERTY:sallyport-everything,INTERFACE_COMPILE_DEFINITIONS>)
set(options $<TARGET_PROPERTY:sallyport-everything,INTERFACE_COMPILE_OPTIONS>)
set(ours "${source}/include")
string(JOIN "\n" flags
    -std=c++20 -pthread -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -I${ours}
    # after the compiler's own: a system folder moved to the front hides the C headers from libstdc++
    "$<$<BOOL:$<FILTER:${includes},EXCLUDE,^${ours}$>>:-idirafter$<JOIN:$<FILTER:${includes},EXCLUDE,^${ours}$>,\n-idirafter>>"
    "$<$<BOOL:${defines}>:-D$<JOIN:${defines},\n-D>>"
    "$<JOIN:${options},\n>" "")
file(GENERATE OUTPUT "${there}/flags.txt" CONTENT "${flags}")

# ---- every header alone, under both compilers ------------------------------------------------------------------------
foreach(compiler IN ITEMS ${SALLYPORT_GXX} ${SALLYPORT_CLANGXX})
    cmake_path(GET compiler FILENAME called)
    add_test(NAME headers/${called} COMMAND bash "${here}/headers/check.sh" ${compiler} "${ours}" "${there}/flags.txt")
    set_tests_properties(headers/${called} PROPERTIES PROCESSORS 2 TIMEOUT 600)
endforeach()

# ---- each misuse fails, for the reason it names -----------------------------------------------------------------------
file(GLOB misuses CONFIGURE_DEPENDS compile_fail/*.cpp)
foreach(misuse IN LISTS misuses)
    cmake_path(GET misuse STEM what)
    foreach(compiler IN ITEMS ${SALLYPORT_GXX} ${SALLYPORT_CLANGXX})
        cmake_path(GET compiler FILENAME called)
        add_test(NAME compile_fail/${what}/${called}
            COMMAND bash "${here}/compile_fail/check.sh" ${compiler} "${misuse}" "${there}/flags.txt")
    endforeach()
endforeach()

# ---- two units that include everything, two versions of the library: one program each --------------------------------
include(linkage/linkage.cmake)

# ---- a stranger's project: installed, as a folder of his, through pkg-config -----------------------------------------
foreach(way IN ITEMS installed bare subdirectory pkg_config)
    add_test(NAME consumer/${way} COMMAND bash "${here}/consumer/check.sh" ${way}
        "${source}" "${CMAKE_BINARY_DIR}" "${there}/consumer/${way}" "${CMAKE_CXX_COMPILER}")
    set_tests_properties(consumer/${way} PROPERTIES TIMEOUT 300)
endforeach()

# ---- the hand, and the documents --------------------------------------------------------------------------------------
add_test(NAME style/format COMMAND bash "${here}/style/format.sh" "${source}")
add_test(NAME style/spdx COMMAND bash "${here}/style/spdx.sh" "${source}")
add_test(NAME style/tidy COMMAND bash "${here}/style/tidy.sh" "${source}" "${there}/flags.txt" "${there}/tidy")
set_tests_properties(style/tidy PROPERTIES PROCESSORS 2 TIMEOUT 600)
add_test(NAME documentation COMMAND bash "${here}/style/documentation.sh" "${source}" "${CMAKE_BINARY_DIR}/documentation")

# ---- each attack has its test, and each such test its line in the table -----------------------------------------------
add_test(NAME attacks COMMAND bash "${here}/authenticator/attacks.sh"
    "${here}/authenticator/README.md" "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")

# ---- what the README shows --------------------------------------------------------------------------------------------
if(EXISTS "${source}/README.md")
    include(readme/readme.cmake)
endif()

# ---- the pages, in a browser ------------------------------------------------------------------------------------------
if(EXISTS "${here}/browser/run.sh")
    add_test(NAME browser COMMAND bash "${here}/browser/run.sh" "${CMAKE_BINARY_DIR}")
    set_tests_properties(browser PROPERTIES TIMEOUT 300)
endif()
