// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/options.hpp>

#include <string_view>

namespace {

using sallyport::options_with_fault;
using sallyport::valid;

struct temperature {
    int low = 10, high = 20;
    [[nodiscard]] constexpr std::string_view fault() const noexcept {
        return low > high ? "temperature: low is above high" : "";
    }
};
struct says_nothing {};
struct says_it_in_numbers {
    [[nodiscard]] int fault() const noexcept { return 0; }
};
static_assert(options_with_fault<temperature> && !options_with_fault<says_nothing> &&
              !options_with_fault<says_it_in_numbers>);

// That options which contradict each other do not compile is shown in tests/compile_fail.
TEST_CASE("options that agree pass through the compiler unchanged", "[core][options]") {
    constexpr temperature t = valid(temperature{.low = 20});
    CHECK(t.low == 20);
    CHECK(t.high == 20);
    CHECK(temperature{.low = 21}.fault() == "temperature: low is above high");
}

}  // namespace
