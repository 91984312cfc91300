// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/house.hpp>

#include <chrono>
#include <cstdint>
#include <limits>

namespace {

using namespace std::chrono_literals;
using sallyport::guest;
using sallyport::nanoseconds;

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

constexpr guest with(nanoseconds idle, nanoseconds last) {
    guest g{};
    g.idle = idle.count();
    g.last_instant = last.count();
    return g;
}

TEST_CASE("a guest may stay until he is idle too long or his time is over, whichever comes first",
          "[core][house]") {
    CHECK(with(20min, nanoseconds{never}).deadline(1h) == 1h + 20min);
    CHECK(with(20min, 1h + 10min).deadline(1h) == 1h + 10min);
    CHECK(with(20min, 1h + 20min).deadline(1h) == 1h + 20min);
    CHECK(with(0ns, 1h + 10min).deadline(1h) == 1h + 10min);
    CHECK(with(0ns, nanoseconds{never}).deadline(1h) == nanoseconds::max());
    CHECK(with(nanoseconds::max(), nanoseconds{never}).deadline(1h) ==
          nanoseconds::max());                  // no wrapping round
    CHECK(with(20min, 1h).deadline(2h) == 1h);  // over already
}

}  // namespace
