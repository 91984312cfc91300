// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/version.hpp>

#include <algorithm>
#include <string_view>

namespace {

TEST_CASE("the version is three numbers with dots between", "[core][version]") {
    std::string_view const v = sallyport::version;
    CHECK(std::count(v.begin(), v.end(), '.') == 2);
    CHECK(std::all_of(v.begin(), v.end(), [](char c) { return c == '.' || (c >= '0' && c <= '9'); }));
    CHECK(v.front() != '.');
    CHECK(v.back() != '.');
    CHECK(v.find("..") == std::string_view::npos);
}

}  // namespace
