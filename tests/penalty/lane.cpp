// SPDX-License-Identifier: BSL-1.0
// The law of one lane: no guard, no account, some instants.
#include "support/catch.hpp"

#include <sallyport/penalty/lane.hpp>
#include <sallyport/penalty/lane_options.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <limits>

namespace {

using namespace std::chrono_literals;
using sallyport::nanoseconds;
using sallyport::penalty::lane;
using sallyport::penalty::lane_options;
using sallyport::penalty::lane_rate;

constexpr lane_rate hourly{3, 1h};

/// Tries once at that instant; was it verified (and wrong)?
constexpr bool fails(lane& l, lane_rate const& r, nanoseconds now) {
    if (!l.admissible(r, now)) return false;
    l.reserve();
    l.fail(r, now);
    return true;
}

TEST_CASE("a lane lets its burst through at once, and then one an interval", "[penalty][lane]") {
    lane l;
    for (int i = 0; i < 3; ++i) CHECK(fails(l, hourly, 10s));
    CHECK_FALSE(fails(l, hourly, 10s));
    CHECK(l.retry_after(hourly, 10s) == 1h);
    CHECK_FALSE(l.admissible(hourly, 1h + 10s - 1ns));  // the instant before …
    CHECK(l.retry_after(hourly, 1h + 10s - 1ns) == 1ns);
    CHECK(fails(l, hourly, 1h + 10s));  // … and the instant itself
    CHECK_FALSE(l.admissible(hourly, 1h + 10s));
    CHECK(l.retry_after(hourly, 2h) == 10s);
}

TEST_CASE("an idle lane holds no more than its burst", "[penalty][lane]") {
    lane l;
    int verified = 0;
    for (int i = 0; i < 10; ++i) verified += fails(l, hourly, 24h * 365) ? 1 : 0;
    CHECK(verified == 3);
    CHECK(l.spent(hourly, 24h * 365) == 3);
    CHECK_FALSE(l.at_rest(24h * 365 + 3h - 1ns));
    CHECK(l.at_rest(24h * 365 + 3h));
}

TEST_CASE("what is reserved is as good as spent until it is released", "[penalty][lane]") {
    lane l;
    for (int i = 0; i < 3; ++i) {
        REQUIRE(l.admissible(hourly, 1s));
        l.reserve();
    }
    CHECK_FALSE(l.admissible(hourly, 1s));
    CHECK(l.retry_after(hourly, 1s) == 0s);  // nothing of it has failed
    l.release();
    CHECK(l.admissible(hourly, 1s));
    l.fail(hourly, 5s);
    l.release();
    CHECK(l.in_flight == 0);
    CHECK(l.tat == nanoseconds{1h + 5s}.count());  // charged when it was settled
    l.release();
    CHECK(l.in_flight == 0);  // what was not reserved is not released
}

TEST_CASE("a lane that reserves is not one that charges first and takes back", "[penalty][lane]") {
    // Charged at arrival, an idle lane would drain while the owner's success is in flight.
    lane l;
    l.reserve();  // the owner, at 0; right after an hour
    CHECK(fails(l, hourly, 0s));
    CHECK(fails(l, hourly, 0s));
    CHECK_FALSE(fails(l, hourly, 0s));
    l.release();
    CHECK(fails(l, hourly, 1h));
    CHECK(fails(l, hourly, 1h));
    CHECK_FALSE(fails(l, hourly, 1h));  // 4 within the hour: B + R·τ
}

TEST_CASE("no sum of a lane wraps round", "[penalty][lane]") {
    constexpr nanoseconds last = nanoseconds::max();
    lane l{last.count(), 0};
    CHECK_FALSE(l.admissible(hourly, 0s));
    CHECK(l.retry_after(hourly, 0s) == last - 2h);
    l.charge(hourly, 0s);
    CHECK(l.tat == last.count());
    CHECK(lane{}.admissible(hourly, last));
    lane late{};
    late.charge(hourly, last);
    CHECK(late.tat == last.count());
    CHECK_FALSE(l.admissible(hourly, nanoseconds::min()));
    lane last_hour{};
    CHECK(fails(last_hour, hourly, last - 1s));  // owed until after the end of time
    CHECK_FALSE(fails(last_hour, hourly, last - 1s));
    CHECK_FALSE(last_hour.admissible(hourly, last));
    CHECK_FALSE(last_hour.at_rest(last));
    lane many{0, std::numeric_limits<std::uint64_t>::max()};
    many.reserve();
    CHECK(many.in_flight == std::numeric_limits<std::uint64_t>::max());
    CHECK_FALSE(many.admissible(hourly, 0s));
    constexpr lane_rate slow{lane_rate::most_burst, lane_rate::longest};
    CHECK(lane{}.admissible(slow, 0s));
}

TEST_CASE("a lane is held to what can be, and no further", "[penalty][lane]") {
    lane l;
    for (int i = 0; i < 3; ++i) CHECK(fails(l, hourly, 1s));
    l.reserve();
    lane const honest = l;
    l.hold_to(hourly, 1s, 1);
    CHECK((l.tat == honest.tat && l.in_flight == honest.in_flight));
    l.hold_to(hourly, 1s, 0);
    CHECK(l.in_flight == 0);
    lane forged{std::numeric_limits<std::int64_t>::max(), 1'000'000};
    forged.hold_to(hourly, 1s, 2);
    CHECK(forged.in_flight == 2);
    CHECK(forged.retry_after(hourly, 1s) <= 1h + 5min);
    forged = {std::numeric_limits<std::int64_t>::min(), 0};
    forged.hold_to(hourly, 1s, 2);
    CHECK(forged.tat == 0);
}

TEST_CASE("a rate of so many in a span never lets more through", "[penalty][lane]") {
    constexpr lane_rate seven = lane_rate::per(1, 7, 1h);
    static_assert(seven.every * 7 >= 1h && seven.within(1h) <= 7 && seven.within(-1s) == 0);
    static_assert(!lane_rate::per(1, 0, 1h).fault().empty() && !lane_rate{0, 1h}.fault().empty());
    static_assert(!lane_rate{1, 0s}.fault().empty() &&
                  !lane_rate{lane_rate::most_burst + 1, 1h}.fault().empty());
    static_assert(!lane_rate{1, lane_rate::longest + 1ns}.fault().empty());
    CHECK(lane_options{}.strangers.most_within(24h) == 34);
}

TEST_CASE("the wrong secrets verified in any window are at most B + R·τ", "[penalty][lane][property]") {
    std::uint64_t seed = 42;
    auto const dice = [&](std::uint64_t sides) {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;  // xorshift64
        return seed % sides;
    };
    for (int round = 0; round < 400; ++round) {
        lane_rate const r{static_cast<std::uint32_t>(1 + dice(4)), std::chrono::seconds{1 + dice(5)}};
        lane l;
        std::deque<nanoseconds> wrong;  // when each guess was known to be wrong
        nanoseconds now{};
        int flying = 0;
        for (int step = 0; step < 300; ++step) {
            now += std::chrono::milliseconds{dice(3) == 0 ? dice(4000) : dice(50)};
            if (dice(2) == 0 && l.admissible(r, now)) l.reserve(), ++flying;
            while (flying > 0 && dice(2) == 0) {
                --flying;
                if (dice(4) == 0) {
                    l.release();
                } else {
                    l.fail(r, now);
                    wrong.push_back(now);
                }
            }
        }
        for (std::size_t i = 0; i < wrong.size(); ++i)
            for (std::size_t j = i; j < wrong.size(); ++j)
                if (j - i + 1 > r.most_within(wrong[j] - wrong[i])) FAIL("more than the bound");
    }
    SUCCEED();
}

}  // namespace
