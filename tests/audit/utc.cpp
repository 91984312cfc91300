// SPDX-License-Identifier: BSL-1.0
#include "audit/made.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/utc.hpp>

#include <array>
#include <limits>

namespace {

using namespace made;

std::array<int, 7> parts(nanoseconds wall) {
    auto const t = audit::utc::from(wall);
    auto const i = [](unsigned u) { return static_cast<int>(u); };
    return {t.year, i(t.month), i(t.day), i(t.hour), i(t.minute), i(t.second), i(t.millisecond)};
}

TEST_CASE("a moment is what the calendar says", "[audit][utc]") {
    CHECK(parts(0s) == std::array{1970, 1, 1, 0, 0, 0, 0});
    CHECK(parts(that_afternoon) == std::array{2022, 5, 12, 13, 35, 33, 583});
    CHECK(parts(1709164800s) == std::array{2024, 2, 29, 0, 0, 0, 0});
    CHECK(parts(2147483648s) == std::array{2038, 1, 19, 3, 14, 8, 0});  // past 32 bits of time_t
    CHECK(parts(4107542399s + 999'999'999ns) == std::array{2100, 2, 28, 23, 59, 59, 999});
}

TEST_CASE("a moment before 1970, and the ends of time, are moments still", "[audit][utc]") {
    CHECK(parts(-1ns) == std::array{1969, 12, 31, 23, 59, 59, 999});
    CHECK(parts(nanoseconds::max()) == std::array{2262, 4, 11, 23, 47, 16, 854});
    CHECK(parts(nanoseconds::min()) == std::array{1677, 9, 21, 0, 12, 43, 145});
}

}  // namespace
