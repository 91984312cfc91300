// SPDX-License-Identifier: BSL-1.0
#include "authenticator/house.hpp"
#include "support/catch.hpp"
#include "support/folder.hpp"

#include <sallyport/penalty/journal.hpp>
#include <sallyport/presets/resilient.hpp>

#include <filesystem>
#include <string>

namespace {

using namespace gatehouse;
using sallyport::thumbprint;
using sallyport::penalty::volatile_state;
using sallyport::testing::device_forge;

auto made(people folk, sallyport::presets::resilient_options o = {}) {
    return sallyport::presets::resilient(
        sallyport::environment{}.with_clock(sallyport::testing::manual_clock{}), folk,
        volatile_state{.restarts_per_day = 1}, o);
}
thumbprint device(std::uint8_t n) {
    thumbprint t;
    t.bytes.fill(n);
    return t;
}
/// So many different wrong secrets, each from a source of its own; how many were verified.
template <class Gate>
int guess(Gate& gate, people const& folk, std::string const& user, unsigned times, unsigned sources = 64) {
    int const before = folk.book->asked;
    for (unsigned n = 0; n < times; ++n) {
        std::string const secret = "guess" + std::to_string(folk.book->asked);
        (void)gate.login(knock(user, secret, host(n % sources)));
    }
    return folk.book->asked - before;
}

TEST_CASE("resilient: strangers have ten guesses at once, and then one an hour", "[presets]") {
    people const folk;
    auto gate = made(folk);
    CHECK(guess(gate, folk, "amira", 64) == 10);
    CHECK(gate.login(knock("amira", "valve-7")).error() == denial{reason::penalty_delay_active, 1h});
    gate.clock().advance(1h);
    CHECK(gate.login(knock("amira", "valve-7")));
}

TEST_CASE("resilient: no more than 34 guesses a day from all strangers of the world together", "[presets]") {
    people const folk;
    auto gate = made(folk);
    int verified = guess(gate, folk, "amira", 64);
    for (int minute = 1; minute <= 24 * 60; ++minute) {
        gate.clock().advance(1min);
        verified += guess(gate, folk, "amira", 5, 100'000);
    }
    CHECK(verified == 34);
}

TEST_CASE("resilient: the device that the owner has logged in on is refused by nobody else's guesses",
          "[presets]") {
    people const folk;
    auto gate = made(folk);
    attempt panel = knock("amira", "valve-7");
    panel.device = device_forge::make(device(1));
    CHECK(gate.login(panel));
    guess(gate, folk, "amira", 1000);
    CHECK(gate.login(panel));
    CHECK(gate.delay(panel) == 0s);
    CHECK(gate.login(knock("amira", "valve-7")).error().why == reason::penalty_delay_active);
}

TEST_CASE("resilient: an attempt during the wait changes nothing", "[presets]") {
    people const folk;
    auto gate = made(folk);
    guess(gate, folk, "amira", 10);
    for (int minutes = 59; minutes > 0; --minutes) {
        gate.clock().advance(1min);
        CHECK(guess(gate, folk, "amira", 20) == 0);
        CHECK(gate.delay(knock("amira", "")) == std::chrono::minutes{minutes});
    }
}

TEST_CASE("resilient: 32 sessions, refuse when full, and the right secret pairs all the same", "[presets]") {
    people const folk;
    auto gate = made(folk);
    CHECK(gate.administer("root").session_maximum() == 32);
    for (int i = 0; i < 32; ++i) {
        auto who = gate.login(knock("bo", "pump-3"));
        REQUIRE(who);
        (void)who->detach();
    }
    attempt panel = knock("amira", "valve-7");
    panel.device = device_forge::make(device(1));
    CHECK(gate.login(panel).error() == denial{reason::session_limit_reached, {}});
    CHECK(gate.delay(panel) == 0s);
    CHECK(gate.administer("root").pairs("amira").size() == 1);
}

TEST_CASE("resilient: who sleeps until next_tick writes down the time that goes by", "[presets]") {
    support::folder const disk;
    people const folk;
    auto const boot = [&](char const* id) {
        return sallyport::presets::resilient(
            sallyport::environment{}.with_clock(sallyport::testing::manual_clock{}), folk,
            sallyport::penalty::journal{{.path = disk.file("lanes"), .device = "device", .boot_id = id}});
    };
    {
        auto gate = boot("first");
        REQUIRE(gate.ready());
        CHECK(guess(gate, folk, "amira", 64) == 10);
        auto const end = gate.clock().now().steady + 30 * 24h;
        int wakes = 0;
        for (nanoseconds next; (next = gate.next_tick()) < end; ++wakes) {
            REQUIRE(next > gate.clock().now().steady);
            gate.clock().set_steady(next);
            while (gate.tick()) {}
        }
        CHECK(wakes >= 1);
        CHECK(wakes <= 4);
        std::filesystem::copy(disk.file("lanes"), disk.file("as the power went"));
    }
    std::filesystem::rename(disk.file("as the power went"), disk.file("lanes"));
    auto gate = boot("second");
    CHECK(gate.login(knock("amira", "valve-7")));
}

TEST_CASE("resilient: options that cannot be are refused with their reason", "[presets]") {
    sallyport::presets::resilient_options o;
    o.lanes.strangers.burst = 0;
    auto gate = made(people{}, o);
    CHECK(gate.fault() == "penalty::lanes: a lane with a burst of 0 lets nobody through");
    CHECK(gate.login(knock("amira", "valve-7")).error().why == reason::storage_unavailable);
}

}  // namespace
