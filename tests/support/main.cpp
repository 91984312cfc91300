// SPDX-License-Identifier: BSL-1.0
// Catch2 version 2 keeps its own code and `main` behind a define, to be compiled once; version 3 brings
// both as a library.
#if !__has_include(<catch2/catch_test_macros.hpp>)
#define CATCH_CONFIG_MAIN
#endif
#include "support/catch.hpp"
