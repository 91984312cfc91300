// SPDX-License-Identifier: BSL-1.0
#include "support/catch.hpp"

#include <sallyport/penalty/backoff.hpp>
#include <sallyport/role/role_check.hpp>
#include <sallyport/testing/bench.hpp>

#include <utility>

namespace {

using namespace std::chrono_literals;
using namespace sallyport;
using sallyport::testing::at;
using sallyport::testing::bench;
using sallyport::testing::knock;

/// Keeps what it was given, to see that a bench attaches twice and alike.
struct claimant {
    region mine{};
    int attached = 0;
    void attach(blueprint& b) noexcept {
        mine = b.claim("mine", 4);
        ++attached;
    }
    verdict check(arrival const&) const noexcept {
        return mine.get<word>(3) == 0 ? verdict{permit} : verdict{denial{reason::try_again_later, {}}};
    }
    void note(rebuff const&) noexcept { mine.put(3, word{1}); }
};

TEST_CASE("a bench measures a guard, then gives it zeroed words", "[testing][bench]") {
    bench<claimant> one{claimant{}};
    CHECK(one->attached == 2);
    CHECK((*one).mine.attached());
    CHECK(one.bytes() == 32);
    visit const who = knock("amira");
    CHECK(one.check(arrival{who, at(0s)}));
    one.note(rebuff{who, {}, at(0s)});
    CHECK(one.check(arrival{who, at(0s)}).error().why == reason::try_again_later);
}

TEST_CASE("a guard without state needs no words", "[testing][bench]") {
    bench<role::role_check> one{role::role_check{{.any_of = role_set{}.with(1)}}};
    CHECK(one.bytes() == 0);
}

TEST_CASE("a knock is what a gate would make of the same attempt", "[testing][bench]") {
    visit const who = knock(" Amira ", address::ipv4(192, 0, 2, 1), "wbm", false);
    CHECK(who.account == name{"amira"});
    CHECK(who.source == address::ipv4(192, 0, 2, 1));
    CHECK(who.service == service_name{"wbm"});
    CHECK(who.shown == proof_kind::password);
    CHECK_FALSE(who.known);
    CHECK(who.account_hash == knock("amira").account_hash);
    CHECK(who.account_hash != knock("bo").account_hash);
    CHECK(at(5s).steady == 5s);
    CHECK(at(5s).wall_trusted);
}

}  // namespace
