// SPDX-License-Identifier: BSL-1.0
#include "authenticator/house.hpp"
#include "support/catch.hpp"

#include <sallyport/presets/resilient.hpp>

namespace {

using namespace gatehouse;

TEST_CASE("resilient: an early attempt is refused and changes nothing", "[presets]") {
    auto gate = sallyport::presets::resilient(
        sallyport::environment{}.with_clock(sallyport::testing::manual_clock{}), people{});
    CHECK(fail(gate, "amira", 3).retry_after == 10s);
    for (int i = 9; i > 0; --i) {
        gate.clock().advance(1s);
        for (int n = 0; n < 20; ++n)
            CHECK(fail(gate, "amira") == denial{reason::penalty_delay_active, std::chrono::seconds{i}});
    }
    gate.clock().advance(1s);
    CHECK(fail(gate, "amira").retry_after == 40s);  // the fourth failure, after hundreds of attempts
    gate.clock().advance(40s);
    CHECK(gate.login(knock("amira", "valve-7")));
}

TEST_CASE("resilient: whoever asks for extension by mistake gets none", "[presets]") {
    sallyport::presets::plcnext_options rules;
    rules.penalties.on_early_attempt = sallyport::penalty::early_attempt::extend;
    auto gate = sallyport::presets::resilient(
        sallyport::environment{}.with_clock(sallyport::testing::manual_clock{}), people{}, rules);
    fail(gate, "amira", 30);
    CHECK(gate.delay(knock("amira", "")) == 10s);
}

TEST_CASE("resilient: 32 sessions, refuse when full", "[presets]") {
    auto gate = sallyport::presets::resilient(
        sallyport::environment{}.with_clock(sallyport::testing::manual_clock{}), people{});
    CHECK(gate.administer("root").session_maximum() == 32);
    for (int i = 0; i < 32; ++i) {
        auto who = gate.login(knock("bo", "pump-3"));
        REQUIRE(who);
        (void)who->detach();
    }
    CHECK(gate.login(knock("amira", "valve-7")).error() == denial{reason::session_limit_reached, {}});
    CHECK(gate.delay(knock("amira", "")) == 0s);
}

}  // namespace
