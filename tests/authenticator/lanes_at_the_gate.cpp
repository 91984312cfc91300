// SPDX-License-Identifier: BSL-1.0
// The lanes in a whole gate: what an operator sees and may do. (What strangers try: attacks_*.cpp.)
#include "authenticator/house.hpp"
#include "support/allocations.hpp"
#include "support/catch.hpp"

#include <sallyport/penalty/lanes.hpp>

#include <string>
#include <vector>

namespace {

using namespace gatehouse;
using sallyport::thumbprint;
using sallyport::testing::device_forge;

auto laned(sallyport::penalty::lane_options o = {}, house_options h = {}) {
    return site{h, sallyport::penalty::lanes<>{o}};
}
attempt at_panel(std::string_view user, std::string_view password, std::uint8_t n = 1) {
    thumbprint t;
    t.bytes.fill(n);
    attempt a = knock(user, password);
    a.device = device_forge::make(t);
    return a;
}
/// Fresh guesses from ever new sources; how many were verified.
template <class Site>
int guess(Site& at, std::string_view user, unsigned times, unsigned first = 0) {
    int const before = at.folk.book->asked;
    for (unsigned n = 0; n < times; ++n)
        (void)at.gate.login(knock(user, "guess" + std::to_string(at.folk.book->asked), host(first + n)));
    return at.folk.book->asked - before;
}

TEST_CASE("a client in auto-retry with an old password delays nobody, and is told of once",
          "[authenticator][lanes]") {
    auto at = laned();
    for (int n = 0; n < 600; ++n) {
        CHECK(at.gate.login(knock("amira", "old-valve", there, "wbm")).error().why ==
              reason::invalid_credentials);
        at.wait(5s);
    }
    CHECK(at.gate.login(knock("amira", "valve-7")));
    REQUIRE(at.log.count(event_id::stale_client) == 1);
    for (auto const& e : at.log.events())
        if (e.id == event_id::stale_client) {
            CHECK(e.user == sallyport::name{"amira"});
            CHECK(e.source == there);
            CHECK(e.service == sallyport::service_name{"wbm"});
            CHECK(e.detail.view() == "every 5.0 s, for 0 h 0 min");
            CHECK(e.value == 5);
            CHECK(e.within == 20s);
        }
}

TEST_CASE("an administrator lists pairs, makes one, revokes one, and carries one over",
          "[authenticator][lanes]") {
    auto at = laned();
    auto olga = at.gate.administer("olga");
    CHECK(olga.pairs().empty());
    CHECK(at.gate.login(at_panel("amira", "valve-7")));
    REQUIRE(olga.pairs("amira").size() == 1);
    CHECK(olga.pairs("amira")[0].how == sallyport::pairing_kind::proven);
    CHECK(at.last().id == event_id::pairs_listed);
    CHECK(olga.pairs("bo").empty());

    thumbprint scada;
    scada.bytes.fill(9);
    CHECK(olga.pair("bo", scada));
    CHECK(at.last().id == event_id::device_paired);
    CHECK(at.last().actor == sallyport::name{"olga"});
    guess(at, "bo", 50);
    CHECK(at.gate.login(at_panel("bo", "pump-3", 9)));  // penalties elsewhere never refuse it

    thumbprint renewed;
    renewed.bytes.fill(10);
    CHECK(olga.carry_pairs_over(scada, renewed) == 1);
    CHECK(at.gate.login(at_panel("bo", "pump-3", 10)));
    CHECK(olga.revoke_pair("bo", renewed));
    CHECK(at.last().id == event_id::pair_revoked);
    CHECK_FALSE(olga.revoke_pair("bo", renewed));
    CHECK_FALSE(olga.revoke_pair("bo", {}));
    CHECK(olga.revoke_pairs("amira") == 1);
    CHECK(olga.pairs().empty());
    CHECK_FALSE(olga.pair("", scada));
}

TEST_CASE("after a change the old password is known for what it is, account-wide", "[authenticator][lanes]") {
    auto at = laned();
    at.folk.book->at("amira").password = "valve-8";
    at.gate.renewed("amira", secret{"valve-7"});
    for (unsigned n = 0; n < 40; ++n)
        CHECK(at.gate.login(knock("amira", "valve-7", host(n))).error().why == reason::invalid_credentials);
    CHECK(at.log.count(event_id::old_secret_in_use) == 20);  // who they are; but not without end
    CHECK(at.gate.login(knock("amira", "valve-8")));
    CHECK(guess(at, "amira", 50, 100) == 10);
}

TEST_CASE("a proven cookie speaks of one account alone", "[authenticator][lanes]") {
    auto at = laned();
    thumbprint id;
    id.bytes.fill(5);
    REQUIRE(at.gate.administer("olga").pair("amira", id));
    guess(at, "amira", 50), guess(at, "bo", 50);
    attempt a = knock("amira", "valve-7");
    a.pairing = device_forge::pair("amira", id);
    CHECK(at.gate.login(a));
    attempt b = knock("bo", "pump-3");
    b.pairing = device_forge::pair("amira", id);
    CHECK(at.gate.login(b).error().why == reason::penalty_delay_active);
}

TEST_CASE("a pairing code brings in a new device while strangers are being refused",
          "[authenticator][lanes]") {
    auto at = laned();
    auto inside = at.gate.login(knock("amira", "valve-7"));
    REQUIRE(inside);
    CHECK_FALSE(at.gate.issue_pairing_code(inside->number(), secret{"wrong"}));
    CHECK_FALSE(at.gate.issue_pairing_code(inside->number() + 1, secret{"valve-7"}));
    auto const code = at.gate.issue_pairing_code(inside->number(), secret{"valve-7"});
    REQUIRE(code);
    CHECK(at.last().id == event_id::pairing_code_issued);
    guess(at, "amira", 50);

    attempt fresh = at_panel("amira", "valve-7", 7);
    for (std::uint8_t n = 50; n < 65; ++n) (void)at.gate.login(at_panel("amira", "wrong", n));
    CHECK(at.gate.login(fresh).error().why == reason::penalty_delay_active);
    fresh.code = secret{code->view()};
    CHECK(at.gate.login(fresh));
    fresh.code = {};
    CHECK(at.gate.login(fresh));  // it is paired from now on
    auto const pairs = at.gate.administer("olga").pairs("amira");
    REQUIRE(pairs.size() == 1);
    CHECK(pairs[0].how == sallyport::pairing_kind::by_code);

    attempt thief = at_panel("amira", "valve-7", 8);
    thief.code = secret{code->view()};
    CHECK(at.gate.login(thief).error().why == reason::penalty_delay_active);  // it has served
}

TEST_CASE("a pairing code is good for ten minutes, five tries and the right password",
          "[authenticator][lanes]") {
    auto at = laned();
    auto inside = at.gate.login(at_panel("amira", "valve-7"));  // where nobody else's guesses reach
    REQUIRE(inside);
    auto const first = at.gate.issue_pairing_code(inside->number(), secret{"valve-7"});
    auto const second = at.gate.issue_pairing_code(inside->number(), secret{"valve-7"});
    REQUIRE((first && second));
    guess(at, "amira", 50);
    attempt a = knock("amira", "valve-7", there);
    a.code = secret{first->view()};
    CHECK_FALSE(at.gate.login(a));  // one is out at a time
    a.code = secret{second->view()};
    at.wait(10min - 1ns);
    CHECK(inside->touch());
    CHECK(at.gate.login(a));

    auto const late = at.gate.issue_pairing_code(inside->number(), secret{"valve-7"});
    REQUIRE(late);
    a.code = secret{late->view()};
    at.wait(5min);
    CHECK(inside->touch());
    at.wait(5min);
    CHECK_FALSE(at.gate.login(a));

    auto const tried = at.gate.issue_pairing_code(inside->number(), secret{"valve-7"});
    REQUIRE(tried);
    a.code = secret{tried->view()};
    int verified = 0;
    for (int n = 0; n < 20; ++n) {
        std::string const wrong = "wrong" + std::to_string(n);
        a.shown = credential::password(wrong);
        verified += at.gate.login(a).error().why == reason::invalid_credentials ? 1 : 0;
    }
    CHECK(verified == 5);
    a.shown = credential::password("valve-7");
    CHECK_FALSE(at.gate.login(a));
}

TEST_CASE("wrong pairing codes burn the code, and that is told", "[authenticator][lanes]") {
    auto at = laned();
    auto inside = at.gate.login(knock("bo", "pump-3"));
    REQUIRE(inside);
    auto const code = at.gate.issue_pairing_code(inside->number(), secret{"pump-3"});
    REQUIRE(code);
    for (std::string_view const wrong : {"0000-0000-0000-0000", "no code at all", "1111-1111-1111-1111",
                                         "2222-2222-2222-2222", "3333-3333-3333-3333"}) {
        CHECK(at.log.count(event_id::pairing_code_burned) == 0);
        attempt a = knock("bo", wrong, there);  // as a secret it is fresh each time
        a.code = secret{wrong};
        for (int times = 0; times < 3; ++times) (void)at.gate.login(a);  // once more takes no try
    }
    CHECK(at.log.count(event_id::pairing_code_burned) == 1);
    guess(at, "bo", 50);
    attempt a = knock("bo", "pump-3", host(7000));
    a.code = secret{code->view()};
    CHECK_FALSE(at.gate.login(a));
}

TEST_CASE("the bearer of a cookie is paired by an open session that a password has opened",
          "[authenticator][lanes]") {
    auto at = laned();
    thumbprint id;
    id.bytes.fill(77);
    CHECK_FALSE(at.gate.pair_bearer(1, id));
    {
        auto inside = at.gate.login(knock("amira", "valve-7"));
        REQUIRE(inside);
        CHECK(at.gate.pair_bearer(inside->number(), id));
        CHECK_FALSE(at.gate.pair_bearer(inside->number(), {}));
    }
    guess(at, "amira", 50);
    attempt a = knock("amira", "valve-7", there);
    CHECK(at.gate.login(a).error().why == reason::penalty_delay_active);
    a.pairing = device_forge::pair("amira", id);
    auto inside = at.gate.login(a);
    REQUIRE(inside);
    REQUIRE(inside->lock());
    CHECK(inside->unlock(secret{"valve-7"}));  // by the same pairing, amid the same guesses
    CHECK(at.gate.administer("olga").revoke_pairs("amira") == 1);
    CHECK(at.gate.login(a).error().why == reason::penalty_delay_active);
}

TEST_CASE("a gate can say whether a visitor is paired, and changes nothing", "[authenticator][lanes]") {
    auto at = laned();
    thumbprint id;
    id.bytes.fill(5);
    attempt a = knock("amira", "any");
    a.pairing = device_forge::pair("amira", id);
    CHECK_FALSE(at.gate.paired(a));  // signed once, and no pair any more
    REQUIRE(at.gate.administer("olga").pair("amira", id));
    std::size_t const told = at.log.events().size();
    CHECK(at.gate.paired(a));
    CHECK(at.gate.paired([&] { return a.user = " AMIRA", a; }()));
    CHECK_FALSE(at.gate.paired(knock("amira", "any")));
    CHECK_FALSE(at.gate.paired([&] { return a.user = "bo", a; }()));
    CHECK_FALSE(at.gate.paired([&] { return a.user = "bo\n", a; }()));
    CHECK(at.log.events().size() == told);
    attempt at_device = knock("amira", "any");
    at_device.device = device_forge::make(id);
    CHECK(at.gate.paired(at_device));
    CHECK(at.gate.administer("olga").revoke_pair("amira", id));
    CHECK_FALSE(at.gate.paired(at_device));
    CHECK_FALSE(site{{}, sallyport::penalty::backoff<>{}}.gate.paired(at_device));
}

TEST_CASE("a session whose bearer was paired is paired itself: amid guesses it unlocks, and gives out codes",
          "[authenticator][lanes]") {
    auto at = laned();
    thumbprint id;
    id.bytes.fill(77);
    auto inside = at.gate.login(knock("amira", "valve-7"));
    REQUIRE(inside);
    guess(at, "amira", 50);
    CHECK(at.gate.issue_pairing_code(inside->number(), secret{"valve-7"}).error().why ==
          reason::penalty_delay_active);
    CHECK(at.gate.pair_bearer(inside->number(), id));
    CHECK(at.gate.issue_pairing_code(inside->number(), secret{"valve-7"}));
    REQUIRE(inside->lock());
    CHECK(inside->unlock(secret{"valve-7"}));
    CHECK(at.last().device == id);  // and that is what is told
}

TEST_CASE("an attempt through all its lanes allocates nothing", "[authenticator][lanes]") {
    struct nobody_inside {
        static answer verify(attempt const&, instant) { return denial{reason::invalid_credentials, {}}; }
    };
    sallyport::authenticator gate{sallyport::environment{}.with_clock(sallyport::testing::manual_clock{}),
                                  nobody_inside{}, sallyport::penalty::lanes<>{}};
    auto const before = allocations();
    for (unsigned n = 0; n < 30; ++n) {
        (void)gate.login(knock("amira", n % 2 == 0 ? "same" : "other", host(n % 7)));
        (void)gate.login(at_panel("bo", "wrong"));
    }
    CHECK(allocations() == before);
}

}  // namespace
