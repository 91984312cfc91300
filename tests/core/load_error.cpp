// SPDX-License-Identifier: BSL-1.0
#include <sallyport/core/load_error.hpp>

#include "support/catch.hpp"

using namespace sallyport;

TEST_CASE("an error names its place as compilers do", "[core][load_error]") {
    CHECK(load_error{"accounts.toml", 12, 9, "expected more"}.to_string() ==
          "accounts.toml:12:9: expected more");
    CHECK(load_error{.file = "accounts.toml", .message = "is too large"}.to_string() ==
          "accounts.toml: is too large");
    CHECK(load_error{.message = "no memory"}.to_string() == "no memory");
}

TEST_CASE("something is loaded, or there is an error", "[core][load_error]") {
    loaded<int> const some{7}, none{load_error{.message = "none"}};
    REQUIRE(some);
    CHECK(*some == 7);
    REQUIRE_FALSE(none);
    CHECK(none.error().message == "none");
}
