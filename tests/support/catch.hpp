// SPDX-License-Identifier: BSL-1.0
#pragma once

// Catch2 of either generation: version 3 in parts, version 2 as one header.
#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
