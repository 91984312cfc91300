// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/core/instant.hpp>

#include <chrono>
#include <cstdint>

namespace {

using namespace std::chrono_literals;
using sallyport::instant;
using sallyport::nanoseconds;
using sallyport::saturating_add;

static_assert(!instant{}.wall_trusted, "silence distrusts the wall clock");
static_assert(sizeof(instant{}.wall.count()) == 8, "64 bits also where time_t has 32");
static_assert(saturating_add(1s, 2s) == 3s && saturating_add(1s, -2s) == -1s);

constexpr nanoseconds end = nanoseconds::max(), beginning = nanoseconds::min();

TEST_CASE("a sum of times ends at the end of time", "[core][instant]") {
    CHECK(saturating_add(end - 1ns, 1ns) == end);
    CHECK(saturating_add(end, 0ns) == end);
    CHECK(saturating_add(end, 1ns) == end);
    CHECK(saturating_add(1ns, end) == end);
    CHECK(saturating_add(end, end) == end);
    CHECK(saturating_add(beginning, -1ns) == beginning);
    CHECK(saturating_add(beginning + 1ns, -1ns) == beginning);
    CHECK(saturating_add(end, beginning) == -1ns);
    CHECK(saturating_add(beginning, end) == -1ns);
}

TEST_CASE("the year 2038 is a year like any other", "[core][instant]") {
    instant const late{1s, nanoseconds{std::chrono::seconds{std::int64_t{1} << 31}}, true};
    CHECK(late.wall / 1s == std::int64_t{1} << 31);
    CHECK(late.wall + 24h > late.wall);
    CHECK(end / 1s / 31'556'952 + 1970 == 2262);
}

}  // namespace
