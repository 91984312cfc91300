// SPDX-License-Identifier: BSL-1.0
// A delay that stands at the longest of its law: the clock is read before the lock is had, so who looks next
// may come from a moment before the failure that began it.
#include "support/catch.hpp"

#include <sallyport/penalty/backoff.hpp>
#include <sallyport/testing/bench.hpp>

namespace {

using namespace std::chrono_literals;
using namespace sallyport;
using penalty::early_attempt;
using penalty::threshold_law;
using sallyport::testing::at;
using sallyport::testing::bench;
using sallyport::testing::knock;

using locked = penalty::backoff<penalty::by_account, threshold_law>;

locked one_failure(early_attempt early) {
    return locked{{.law = {.failures = 1, .lock = 900s}, .on_early_attempt = early}};
}

TEST_CASE("a clock that was read before the last failure was settled opens no door", "[penalty][backoff]") {
    for (auto const early : {early_attempt::extend, early_attempt::freeze})
        for (nanoseconds const before : {nanoseconds{1ns}, nanoseconds{1ms}, nanoseconds{4min}}) {
            bench b{one_failure(early)};
            visit const who = knock("admin");
            instant const then = at(1000s), earlier = at(1000s - before);
            b->note(arrival{who, then, nullptr, 0});
            b->note(failure{who, {}, then});
            REQUIRE(b->delay(who, then) == 900s);
            auto const said = b->check(arrival{who, earlier, nullptr, 0});
            REQUIRE_FALSE(said);
            CHECK(said.error().why == reason::penalty_delay_active);
            b->note(rebuff{who, said.error(), earlier});
            CHECK(b->delay(who, then) == 900s);  // as long as before
        }
}

TEST_CASE("an instant that no law has given keeps an owner out for the longest delay, and not for ever",
          "[penalty][backoff]") {
    for (auto const early : {early_attempt::extend, early_attempt::freeze}) {
        bench b{one_failure(early)};
        visit const who = knock("admin");
        b->note(arrival{who, at(10s), nullptr, 0});
        b->note(failure{who, {}, at(1'000'000s)});  // what somebody else has written
        nanoseconds const cut = b->delay(who, at(100s));
        CHECK(cut > 900s);
        CHECK(cut <= 1200s);
        auto const said = b->check(arrival{who, at(100s), nullptr, 0});
        REQUIRE_FALSE(said);
        b->note(rebuff{who, said.error(), at(100s)});
        CHECK(b->delay(who, at(200s)) <= cut - 100s);  // it runs down
        CHECK(b->check(arrival{who, at(100s + cut), nullptr, 0}));
    }
}

}  // namespace
