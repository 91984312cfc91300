// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/testing/manual_clock.hpp>

#include <chrono>
#include <utility>

namespace {

using namespace std::chrono_literals;
using namespace sallyport;
using sallyport::testing::manual_clock;

static_assert(manual_clock::some_day ==
              std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}.time_since_epoch());

TEST_CASE("a manual clock stands until it is told", "[testing][manual_clock]") {
    manual_clock c;
    CHECK(c.now().steady == 1h);
    CHECK(c.now().wall == manual_clock::some_day);
    CHECK(c.now().wall_trusted);
    c.advance(1ns);
    CHECK(c.now().steady == 1h + 1ns);
    CHECK(c.now().wall == manual_clock::some_day + 1ns);
}

TEST_CASE("setting the wall touches no waiting, and steady time never goes back", "[testing][manual_clock]") {
    manual_clock c{instant{5s, 0s, false}};
    c.set_wall(7s);
    CHECK(c.now().wall == 7s);
    CHECK(c.now().wall_trusted);
    CHECK(c.now().steady == 5s);
    c.set_wall(-1s, false);
    CHECK(c.now().wall == -1s);
    CHECK_FALSE(c.now().wall_trusted);
    c.set_steady(8s);
    CHECK(c.now().steady == 8s);
    CHECK(c.now().wall == 2s);
    c.set_steady(3s);
    CHECK(c.now().steady == 8s);
    manual_clock const moved{std::move(c)};
    CHECK(moved.now().steady == 8s);
    CHECK(moved.now().wall == 2s);
}

}  // namespace
