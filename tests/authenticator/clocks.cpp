// SPDX-License-Identifier: BSL-1.0
#include "house.hpp"
#include "support/catch.hpp"

#include <string_view>

namespace {

using namespace gatehouse;

constexpr auto year = 24h * 365;
constexpr nanoseconds today = sallyport::testing::manual_clock::some_day;

TEST_CASE("a wall clock that is set moves no delay, no session and no attempt", "[authenticator][clocks]") {
    struct {
        char const* what;
        nanoseconds wall;
        bool trusted;
    } const settings[] = {{"a year back", today - year, false},
                          {"a year forward", today + year, true},
                          {"1970", 0s, false},
                          {"before 1970", -year, false},
                          {"2038", nanoseconds{std::chrono::seconds{2'147'483'648}}, true},
                          {"the end of time", nanoseconds::max(), true}};
    for (auto const& set : settings) {
        CAPTURE(set.what);
        auto at = published();
        auto who = at.gate.login(knock("bo", "pump-3"));
        auto waiting = at.gate.begin(knock("chen", "x"));
        REQUIRE((who && waiting));
        CHECK(fail(at.gate, "amira", 3).retry_after == 10s);
        at.gate.clock().set_wall(set.wall, set.trusted);
        CHECK(at.gate.delay(knock("amira", "")) == 10s);
        CHECK(who->touch());
        CHECK(at.at_the_door() == 1);
        waiting->verify(knock("chen", "x"));
        CHECK(waiting->settle().error().why == reason::unknown_account);  // and not overdue
        CHECK(at.last().at.wall == set.wall);
        CHECK(at.last().at.wall_trusted == set.trusted);
        CHECK(at.gate.login(knock("bo", "pump-3")));  // passwords work, whatever the date
    }
}

TEST_CASE("a delay runs on where only steady time goes by", "[authenticator][clocks]") {
    auto at = published();
    CHECK(fail(at.gate, "amira", 3).retry_after == 10s);
    at.gate.clock().advance(10s);
    at.gate.clock().set_wall(today - year, false);
    CHECK(at.gate.login(knock("amira", "valve-7")));
}

TEST_CASE("suspend counts: it is time that went by", "[authenticator][clocks]") {
    auto at = published();
    auto who = at.gate.login(knock("bo", "pump-3"));
    REQUIRE(who);
    CHECK(fail(at.gate, "amira", 3).retry_after == 10s);
    auto p = at.gate.begin(knock("bo", "pump-3"));
    REQUIRE(p);
    p->verify(knock("bo", "pump-3"));
    at.gate.clock().advance(8h);  // the lid was shut
    CHECK(at.gate.delay(knock("amira", "")) == 0s);
    CHECK(who->state() == standing::timed_out);
    CHECK(p->settle().error().why == reason::overdue);
}

TEST_CASE("a verifier is handed both clocks, and told what they are worth", "[authenticator][clocks]") {
    instant seen{};
    sallyport::authenticator gate{
        sallyport::environment{}.with_clock(sallyport::testing::manual_clock{{5s, 7s, false}}),
        voice{[&](attempt const&, instant now) -> answer {
            seen = now;
            return principal{.is = "amira"};
        }}};
    CHECK(gate.login(knock("amira", "valve-7")));
    CHECK(seen.steady == 5s);
    CHECK(seen.wall == 7s);
    CHECK_FALSE(seen.wall_trusted);
}

TEST_CASE("at the end of time nothing wraps round into an open door", "[authenticator][clocks]") {
    sallyport::testing::recorder log;
    sallyport::authenticator gate{
        sallyport::environment{}
            .with_clock(sallyport::testing::manual_clock{{nanoseconds::max() - 5s, nanoseconds::max(), true}})
            .with_audit(log)
            .with_house({.idle = nanoseconds::max(), .lifetime = nanoseconds::max()}),
        people{}, sallyport::penalty::backoff<>{}, sallyport::session::session_limit{}};
    auto who = gate.login(knock("bo", "pump-3"));
    REQUIRE(who);
    CHECK(who->state() == standing::open);
    CHECK(fail(gate, "amira", 3).retry_after == 5s);
    gate.clock().advance(5s - 1ns);
    CHECK(gate.login(knock("amira", "valve-7")).error() == denial{reason::penalty_delay_active, 1ns});
    CHECK(who->touch());
}

TEST_CASE("so many failures as there can be do not overflow the delay", "[authenticator][clocks]") {
    auto at = published();
    for (int i = 0; i < 10'000; ++i) (void)at.gate.begin(knock("amira", "x"));  // dropped, or early
    CHECK(at.gate.delay(knock("amira", "")) == 3600s);
    CHECK(at.gate.administer("root").penalties().at(0).failures == 10'000);
    at.wait(3600s - 1ns);
    CHECK(at.gate.begin(knock("amira", "x")).error().why == reason::penalty_delay_active);
}

TEST_CASE("the device's own clocks agree with themselves", "[authenticator][clocks]") {
    sallyport::authenticator gate{sallyport::environment{}, people{}, sallyport::penalty::backoff<>{}};
    auto const before = gate.clock().now();
    CHECK(gate.login(knock("amira", "valve-7")));
    CHECK(fail(gate, "amira", 3).retry_after > 9s);
    CHECK(gate.clock().now().steady >= before.steady);
    CHECK(gate.login(knock("amira", "valve-7")).error().why == reason::penalty_delay_active);
}

}  // namespace
