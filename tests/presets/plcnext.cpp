// SPDX-License-Identifier: BSL-1.0
#include "authenticator/house.hpp"
#include "support/catch.hpp"

#include <sallyport/presets/plcnext.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace {

using namespace gatehouse;

auto published_environment() {
    return sallyport::environment{}.with_clock(sallyport::testing::manual_clock{});
}

TEST_CASE("plcnext: from the third failure 10 s, then 30 s more for each, at most an hour", "[presets]") {
    auto gate = sallyport::presets::plcnext(published_environment(), people{});
    REQUIRE(gate.ready());
    for (int n = 1; n <= 130; ++n) {
        CAPTURE(n);
        auto const no = fail(gate, "amira");
        auto const delay = n < 3 ? 0s : std::min(10s + 30s * (n - 3), 3600s);
        CHECK(no == denial{reason::invalid_credentials, delay});
        if (delay > 0s) {
            gate.clock().advance(delay - 1ms);
            CHECK(gate.delay(knock("amira", "")) == 1ms);
            gate.clock().advance(1ms);
        }
    }
    CHECK(gate.login(knock("amira", "valve-7")));
    CHECK(fail(gate, "amira", 2).retry_after == 0s);
}

TEST_CASE("plcnext: an early attempt fails unseen and extends the delay, the right secret too", "[presets]") {
    auto gate = sallyport::presets::plcnext(published_environment(), people{});
    CHECK(fail(gate, "amira", 3).retry_after == 10s);
    gate.clock().advance(9s);
    CHECK(gate.login(knock("amira", "valve-7")).error() == denial{reason::penalty_delay_active, 40s});
    gate.clock().advance(39s);
    CHECK(gate.login(knock("amira", "valve-7", there, "wbm")).error() ==
          denial{reason::penalty_delay_active, 70s});
    gate.clock().advance(70s);
    CHECK(gate.login(knock("amira", "valve-7")));
}

TEST_CASE("plcnext: an early attempt never makes a delay shorter", "[presets]") {
    auto gate = sallyport::presets::plcnext(published_environment(), people{});
    fail(gate, "amira", 3);
    nanoseconds last = 0s;
    for (int i = 0; i < 200; ++i) {
        auto const now = fail(gate, "amira").retry_after;
        CHECK(now >= last);
        last = now;
    }
    CHECK(last == 3600s);
}

TEST_CASE("plcnext: 32 sessions over all services, settable while running", "[presets]") {
    auto gate = sallyport::presets::plcnext(published_environment(), people{});
    std::vector<sallyport::session::session> open;
    for (int i = 0; i < 32; ++i) {
        auto who = gate.login(knock("amira", "valve-7", here, i % 2 == 0 ? "opcua" : "wbm"));
        REQUIRE(who);
        open.push_back(std::move(*who));
    }
    CHECK(gate.login(knock("bo", "pump-3", there, "ssh")).error() ==
          denial{reason::session_limit_reached, {}});
    auto root = gate.administer("root");
    CHECK(root.session_maximum() == 32);
    CHECK(root.set_session_maximum(33));
    CHECK(gate.login(knock("bo", "pump-3")));
    CHECK(root.set_session_maximum(10));
    CHECK(open[31].state() == standing::open);
    CHECK(gate.login(knock("bo", "pump-3")).error().why == reason::session_limit_reached);
}

TEST_CASE("plcnext: a session unused for twenty minutes ends", "[presets]") {
    auto gate = sallyport::presets::plcnext(published_environment(), people{});
    auto const who = gate.login(knock("amira", "valve-7"));
    REQUIRE(who);
    gate.clock().advance(20min - 1ns);
    CHECK(who->state() == standing::open);
    gate.clock().advance(1ns);
    CHECK(who->state() == standing::timed_out);
}

TEST_CASE("plcnext: single rules may be replaced, and more guards may follow", "[presets]") {
    sallyport::presets::plcnext_options rules;
    rules.penalties.law.first = 20s;
    rules.sessions.total = 1;
    auto gate = sallyport::presets::plcnext(published_environment(), people{}, rules,
                                            sallyport::role::role_check{{.any_of = admins}});
    CHECK(fail(gate, "amira", 3).retry_after == 20s);
    CHECK(gate.login(knock("bo", "pump-3")).error().why == reason::missing_role);
    CHECK(gate.administer("root").session_maximum() == 1);
    rules.sessions.total = 0;
    auto broken = sallyport::presets::plcnext(published_environment(), people{}, rules);
    CHECK_FALSE(broken.ready());
}

}  // namespace
