// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/environment/boot_clock.hpp>

#include <chrono>

#include <ctime>

namespace {

using namespace std::chrono_literals;
using namespace sallyport;

static_assert(boot_clock::released ==
              std::chrono::sys_days{std::chrono::year{2026} / 11 / 1}.time_since_epoch());

TEST_CASE("steady time goes on, and counts from the boot with suspend", "[environment][boot_clock]") {
    boot_clock const clock;
    instant const first = clock.now();
    timespec t{};
    REQUIRE(clock_gettime(CLOCK_BOOTTIME, &t) == 0);
    nanoseconds const boot = std::chrono::seconds{t.tv_sec} + nanoseconds{t.tv_nsec};
    instant const last = clock.now();
    CHECK(first.steady > 0ns);
    CHECK(first.steady <= boot);
    CHECK(boot <= last.steady);
}

TEST_CASE("the wall clock is believed from a given day on, and not before", "[environment][boot_clock]") {
    auto const wall =
        std::chrono::duration_cast<nanoseconds>(std::chrono::system_clock::now().time_since_epoch());
    CHECK(boot_clock{wall - 1h}.now().wall_trusted);
    CHECK_FALSE(boot_clock{wall + 1h}.now().wall_trusted);
    instant const now = boot_clock{}.now();
    CHECK(now.wall >= wall);
    CHECK(now.wall < wall + 1h);
    CHECK(now.wall_trusted == (now.wall >= boot_clock::released));
}

}  // namespace
