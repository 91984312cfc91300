// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/contained.hpp>

#include <stdexcept>

namespace {

using sallyport::contained;
static_assert(noexcept(contained([] {})));

TEST_CASE("what ends well is said to have ended well", "[core][contained]") {
    bool ran = false;
    CHECK(contained([&] { ran = true; }));
    CHECK(ran);
}

#if defined(__cpp_exceptions)
TEST_CASE("what throws is contained, whatever it throws", "[core][contained]") {
    CHECK_FALSE(contained([] { throw std::runtime_error{"a disk"}; }));
    CHECK_FALSE(contained([] { throw 7; }));
}
#endif

}  // namespace
