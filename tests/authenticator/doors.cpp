// SPDX-License-Identifier: BSL-1.0
#include "house.hpp"
#include "support/catch.hpp"

#include <string>
#include <utility>
#include <vector>

namespace {

using namespace gatehouse;

using the_site = decltype(published());
using waiting_room = std::vector<decltype(the_site::gate)::pending>;

/// Begins for that source until it is refused; how many got in. Each for another name, so that no penalty
/// has a say in it.
std::size_t crowd(the_site& at, waiting_room& room, address from, sallyport::trusted_device device = {},
                  sallyport::whereabouts presence = sallyport::whereabouts::remote) {
    std::size_t in = 0;
    for (;; ++in) {
        std::string const user = "user" + std::to_string(room.size());
        auto a = knock(user, "x", from);
        a.device = device, a.presence = presence;
        auto p = at.gate.begin(a);
        if (!p) {
            CHECK(p.error() == denial{reason::try_again_later, {}});
            return in;
        }
        room.push_back(std::move(*p));
    }
}

TEST_CASE("doors are shared fairly: one source leaves half of them, two leave a third",
          "[authenticator][doors]") {
    auto at = published({.doors = 64, .kept_doors = 0});
    waiting_room room;
    CHECK(crowd(at, room, host(1)) == 32);
    CHECK(crowd(at, room, host(2)) == 16);  // as many as are left once he has them
    CHECK(crowd(at, room, host(3)) == 8);
    CHECK(crowd(at, room, host(1)) == 0);
    CHECK_FALSE(at.last().detail.empty());
    CHECK(crowd(at, room, host(4)) >= 1);  // whoever comes new finds a door
}

TEST_CASE("some doors are kept for proven devices and the console", "[authenticator][doors]") {
    auto at = published({.doors = 16, .kept_doors = 4});
    waiting_room room;
    for (unsigned n = 0; n < 64; ++n) (void)crowd(at, room, host(n));
    CHECK(room.size() == 12);
    auto const device = sallyport::testing::device_forge::make({{1}});
    auto scada = knock("amira", "valve-7");
    scada.device = device;
    auto one = at.gate.begin(scada);
    REQUIRE(one);
    auto console = knock("bo", "pump-3", {});
    console.presence = sallyport::whereabouts::console;
    auto two = at.gate.begin(console);
    REQUIRE(two);
    CHECK(crowd(at, room, host(99)) == 0);
    CHECK(crowd(at, room, host(99), device) == 1);  // it leaves as many as it has
    CHECK(crowd(at, room, host(99), sallyport::testing::device_forge::make({{2}})) == 1);
    CHECK(crowd(at, room, host(99), sallyport::testing::device_forge::make({{3}})) == 0);  // not one more
}

TEST_CASE("one device, or one bearer of a cookie, leaves doors to the others", "[authenticator][doors]") {
    auto at = published({.doors = 16, .kept_doors = 4});
    waiting_room room;
    for (unsigned n = 0; n < 64; ++n) (void)crowd(at, room, host(n));
    CHECK(room.size() == 12);
    CHECK(crowd(at, room, host(99), sallyport::testing::device_forge::make({{1}})) == 2);
    auto cookie = knock("amira", "valve-7");
    cookie.pairing = sallyport::testing::device_forge::pair("amira", {{5}});
    auto one = at.gate.begin(cookie);
    REQUIRE(one);
    CHECK(at.gate.begin(cookie).error() == denial{reason::try_again_later, {}});
    auto another = knock("bo", "pump-3");
    another.device = sallyport::testing::device_forge::make({{2}});
    CHECK(at.gate.login(another));
}

TEST_CASE("where no address is known the source has no share to exceed", "[authenticator][doors]") {
    auto at = published({.doors = 16, .kept_doors = 4});
    waiting_room room;
    CHECK(crowd(at, room, {}) == 12);
}

TEST_CASE("a full row of doors is charged to nobody, and frees itself", "[authenticator][doors]") {
    auto at = published({.doors = 8, .kept_doors = 0, .patience = 0s});
    waiting_room room;
    for (unsigned n = 0; n < 32; ++n) (void)crowd(at, room, host(n));
    CHECK(room.size() == 8);
    for (int i = 0; i < 20; ++i)
        CHECK(at.gate.login(knock("amira", "valve-7", there)).error() == denial{reason::try_again_later, {}});
    CHECK(at.gate.delay(knock("amira", "")) == 0s);
    room.pop_back();  // one is dropped
    CHECK(at.gate.login(knock("amira", "valve-7", there)));
    at.wait(60s + 1ns);
    for (int i = 0; i < 4; ++i) (void)at.gate.tick();  // a bounded share each
    CHECK(at.at_the_door() == 0);
    CHECK(crowd(at, room, host(77)) == 4);
}

TEST_CASE("a flood at the doors does not keep sessions that are over in their places",
          "[authenticator][doors]") {
    auto at = published({.doors = 64, .kept_doors = 0, .places = 2, .idle = 60s}, {.total = 2});
    auto a = at.gate.login(knock("amira", "valve-7")), b = at.gate.login(knock("bo", "pump-3"));
    REQUIRE((a && b));
    waiting_room room;
    for (unsigned n = 0; n < 8; ++n) (void)crowd(at, room, host(n));
    at.wait(60s + 1ns);
    CHECK(at.gate.login(knock("amira", "valve-7", there)));
    CHECK(at.gate.login(knock("bo", "pump-3", there)));
}

}  // namespace
