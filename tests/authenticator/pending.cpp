// SPDX-License-Identifier: BSL-1.0
#include "house.hpp"
#include "support/catch.hpp"

#include <sallyport/penalty/lanes.hpp>

#include <thread>
#include <utility>

namespace {

using namespace gatehouse;

attempt const right = knock("amira", "valve-7");

TEST_CASE("begin, verify and settle make a login", "[authenticator][pending]") {
    auto at = published();
    auto p = at.gate.begin(right);
    REQUIRE(p);
    CHECK(at.at_the_door() == 1);
    CHECK(at.folk.book->asked == 0);
    p->verify(right);
    CHECK(at.gate.open_sessions() == 0);
    auto who = p->settle();
    REQUIRE(who);
    CHECK(at.at_the_door() == 0);
    CHECK(who->state() == standing::open);
}

TEST_CASE("what is settled is settled", "[authenticator][pending]") {
    auto at = published();
    auto p = at.gate.begin(right);
    REQUIRE(p);
    p->verify(right);
    auto const who = p->settle();
    REQUIRE(who);
    p->verify(right);
    p->verified(principal{.is = "amira"});
    p->withdraw();
    CHECK(p->settle().error().why == reason::undecided);
    CHECK(p->confirm().error().why == reason::undecided);
    CHECK(at.gate.open_sessions() == 1);
    CHECK(at.log.events().size() == 1);
}

TEST_CASE("a pending login that is dropped is a failure", "[authenticator][pending]") {
    auto at = published();
    for (auto const delay : {0s, 0s, 10s}) {
        {
            auto p = at.gate.begin(right);
            REQUIRE(p);
            p->verify(right);  // the right secret, and nobody came to settle it
        }
        CHECK(at.gate.delay(right) == delay);
        CHECK(at.last().id == event_id::login_refused);
        CHECK(at.last().why.retry_after == delay);
    }
    CHECK(at.at_the_door() == 0);
    CHECK(at.gate.open_sessions() == 0);
}

TEST_CASE("settled without having been verified it is a failure", "[authenticator][pending]") {
    auto at = published();
    for (auto const delay : {0s, 0s, 10s}) {
        auto p = at.gate.begin(right);
        REQUIRE(p);
        CHECK(p->settle().error() == denial{reason::undecided, delay});
    }
    CHECK(at.folk.book->asked == 0);
}

TEST_CASE("a verification may last sixty seconds, and not a nanosecond more", "[authenticator][pending]") {
    auto at = published();
    {
        auto p = at.gate.begin(right);
        REQUIRE(p);
        at.wait(60s);
        p->verify(right);
        CHECK(p->settle());
    }
    for (auto const delay : {0s, 0s, 10s}) {
        auto p = at.gate.begin(right);
        REQUIRE(p);
        p->verify(right);
        at.wait(60s + 1ns);
        CHECK(p->settle().error() == denial{reason::overdue, delay});
        CHECK(at.last().why == denial{reason::overdue, delay});
    }
    CHECK(at.log.count(event_id::login_refused) == 3);
    CHECK(at.at_the_door() == 0);
}

TEST_CASE("who looks next settles what is overdue, once", "[authenticator][pending]") {
    auto at = published();
    auto one = at.gate.begin(right), two = at.gate.begin(right), three = at.gate.begin(right);
    REQUIRE((one && two && three));
    auto const due = at.gate.clock().now().steady + 60s;
    CHECK(at.gate.next_tick() > due);
    CHECK(at.gate.next_tick() <= due + 1us);
    at.wait(60s);
    CHECK_FALSE(at.gate.tick());
    CHECK(at.at_the_door() == 3);
    at.wait(1ns);
    CHECK_FALSE(at.gate.begin(right));  // he meets the three failures, though nobody ticked
    CHECK(at.at_the_door() == 0);
    CHECK(at.gate.delay(right) == 40s);  // and was early himself
    CHECK(at.log.count(event_id::login_refused) == 4);

    one->verify(right);
    CHECK(one->settle().error().why == reason::overdue);
    CHECK(two->confirm().error().why == reason::overdue);
    three->withdraw();
    CHECK(at.gate.delay(right) == 40s);  // not a second time
    CHECK(at.log.count(event_id::login_refused) == 4);
}

TEST_CASE("a time of the host's own choosing is kept as sharply", "[authenticator][pending]") {
    auto at = published({.overdue = 5s});
    auto in_time = at.gate.begin(right), late = at.gate.begin(right);
    REQUIRE((in_time && late));
    in_time->verify(right), late->verify(right);
    at.wait(5s);
    CHECK(in_time->settle());
    at.wait(1ns);
    CHECK(late->settle().error().why == reason::overdue);
}

TEST_CASE("withdrawn costs nobody anything", "[authenticator][pending]") {
    auto at = published();
    fail(at.gate, "amira", 2);
    for (int i = 0; i < 10; ++i) {
        auto p = at.gate.begin(right);
        REQUIRE(p);
        p->withdraw();
        CHECK(p->settle().error().why == reason::undecided);
        CHECK(at.last().why == denial{reason::try_again_later, {}});
    }
    CHECK(at.gate.delay(right) == 0s);
    CHECK(at.at_the_door() == 0);
    CHECK(fail(at.gate, "amira").retry_after == 10s);  // it cleared nothing either
}

TEST_CASE("another attempt than the one that arrived stays a failure", "[authenticator][pending]") {
    auto at = published();
    attempt others[6] = {right, right, right, right, right, right};
    others[0].user = "bo", others[0].shown = credential::password("pump-3");
    others[1].source = there;
    others[2].service = "wbm";
    others[3].channel = 9;
    others[4].device = sallyport::testing::device_forge::make({{1}});
    others[5].presence = sallyport::whereabouts::console;
    for (attempt const& other : others) {
        auto p = at.gate.begin(right);
        REQUIRE(p);
        p->verify(other);
        CHECK_FALSE(p->settle());
        at.gate.administer("root").clear_penalty("amira");
    }
    CHECK(at.folk.book->asked == 0);                  // nobody was even asked
    CHECK(fail(at.gate, "bo", 2).retry_after == 0s);  // and the other one paid nothing
    auto p = at.gate.begin(right);
    REQUIRE(p);
    p->verify(others[0]);
    p->verify(knock(" AMIRA", "valve-7"));  // the same account, spelled otherwise
    CHECK(p->settle());
}

TEST_CASE("another secret than the one that guards have looked at stays a failure",
          "[authenticator][pending]") {
    site at{house_options{}, sallyport::penalty::lanes<>{}};
    for (int i = 0; i < 4; ++i) (void)at.gate.login(knock("amira", "old-valve"));  // pays as a repeated one
    int const asked = at.folk.book->asked;
    auto p = at.gate.begin(knock("amira", "old-valve"));
    REQUIRE(p);
    p->verify(right);
    CHECK(at.folk.book->asked == asked);
    CHECK(p->settle().error().why == reason::undecided);

    attempt with_code = right;
    with_code.code = secret{"7KQM-0D3F-XW9R-5TAB"};
    auto other = at.gate.begin(right);
    REQUIRE(other);
    other->verify(with_code);
    CHECK_FALSE(other->settle());
    CHECK(at.folk.book->asked == asked);
}

TEST_CASE("what was tested cannot be withdrawn", "[authenticator][pending]") {
    auto at = published();
    for (auto const delay : {0s, 0s, 10s}) {
        auto p = at.gate.begin(right);
        REQUIRE(p);
        p->verify(knock("amira", "wrong"));
        p->withdraw();
        CHECK(at.gate.delay(right) == delay);
        CHECK(at.last().why.why == reason::undecided);
    }
    CHECK(at.at_the_door() == 0);
    at.wait(10s);
    {
        auto p = at.gate.begin(right);
        REQUIRE(p);
        p->verified(denial{reason::invalid_credentials, {}});
        p->withdraw();
    }
    CHECK(at.gate.delay(right) == 40s);
    at.wait(40s);
    at.folk.book->down = true;  // not tested after all
    auto p = at.gate.begin(right);
    REQUIRE(p);
    p->verify(right);
    p->withdraw();
    CHECK(at.gate.delay(right) == 0s);
}

TEST_CASE("what a host's directory said before the accounts changed is asked about again",
          "[authenticator][pending]") {
    auto at = published();
    auto p = at.gate.begin(right);
    REQUIRE(p);
    at.folk.book->disable("amira");  // the host has asked its directory already
    at.gate.reevaluate();
    p->verified(principal{.is = "amira", .roles = admins});
    CHECK(p->settle().error().why == reason::account_disabled);
    CHECK(at.gate.open_sessions() == 0);
}

TEST_CASE("another attempt takes back what was said of the right one", "[authenticator][pending]") {
    auto at = published();
    auto p = at.gate.begin(right);
    REQUIRE(p);
    p->verify(right);
    p->verify(knock("bo", "wrong"));
    CHECK(p->settle().error().why == reason::undecided);
}

TEST_CASE("the last word of the verifier counts", "[authenticator][pending]") {
    auto at = published();
    auto p = at.gate.begin(right);
    REQUIRE(p);
    p->verify(right);
    p->verify(knock("amira", "wrong"));
    CHECK(p->settle().error().why == reason::invalid_credentials);
}

TEST_CASE("a host with a directory of its own says what it found", "[authenticator][pending]") {
    auto at = published();
    auto const settled = [&](answer said) {
        auto p = at.gate.begin(right);
        REQUIRE(p);
        p->verified(std::move(said));
        auto who = p->settle();
        return who ? denial{reason::none, {}} : who.error();
    };
    CHECK(settled(principal{.is = "amira"}).why == reason::none);
    CHECK(settled(sallyport::unavailable{}) == denial{reason::try_again_later, {}});
    CHECK(settled(denial{reason::account_expired, 3h}) == denial{reason::account_expired, 0s});
    CHECK(settled(denial{reason::none, {}}) == denial{reason::undecided, 0s});
    CHECK(settled(answer{}) == denial{reason::undecided, 10s});
    CHECK(at.folk.book->asked == 0);
}

TEST_CASE("begin never waits: attempts in flight alone are 'try again later'", "[authenticator][pending]") {
    auto at = published({.patience = 1h});
    auto one = at.gate.begin(right), two = at.gate.begin(right), three = at.gate.begin(right);
    REQUIRE((one && two && three));
    auto const began = std::chrono::steady_clock::now();
    for (int i = 0; i < 10; ++i)
        CHECK(at.gate.begin(right).error() == denial{reason::try_again_later, {}});  // no delay is named
    CHECK(std::chrono::steady_clock::now() - began < 10s);
    CHECK(at.last().why.why == reason::try_again_later);
    CHECK_FALSE(at.last().detail.empty());
    CHECK(at.gate.begin(knock("bo", "pump-3")));  // nobody else is kept out

    one->withdraw();
    auto fourth = at.gate.begin(right);  // it was not counted, and not extended
    REQUIRE(fourth);
    for (auto* p : {&two, &three, &fourth}) {
        (*p)->verify(right);
        CHECK((*p)->settle());
    }
}

TEST_CASE("a delay that runs is named though others are in flight beside it", "[authenticator][pending]") {
    site at{house_options{}, sallyport::penalty::backoff<>{},
            sallyport::penalty::backoff<sallyport::penalty::by_source>{}};
    for (auto const* user : {"bo", "chen", "dora"}) (void)at.gate.login(knock(user, "wrong", there));
    auto one = at.gate.begin(right), two = at.gate.begin(right), three = at.gate.begin(right);
    REQUIRE((one && two && three));
    attempt const from_there = knock("amira", "valve-7", there);
    CHECK(at.gate.begin(right).error() == denial{reason::try_again_later, {}});
    CHECK(at.gate.begin(from_there).error() ==
          denial{reason::penalty_delay_active, 40s});  // and it was early
    one->withdraw(), two->withdraw(), three->withdraw();
    CHECK(at.gate.delay(from_there) == 40s);
    CHECK(at.gate.delay(right) == 0s);
}

TEST_CASE("with an expired delay one may try, and one alone", "[authenticator][pending]") {
    auto at = published();
    fail(at.gate, "amira", 3);
    at.wait(10s);
    auto one = at.gate.begin(right);
    REQUIRE(one);
    CHECK(at.gate.begin(right).error() == denial{reason::try_again_later, {}});
    one->withdraw();
    CHECK(at.gate.begin(right));
}

TEST_CASE("a pending login may be moved", "[authenticator][pending]") {
    auto at = published();
    auto p = at.gate.begin(right);
    REQUIRE(p);
    auto moved = std::move(*p);
    CHECK(p->settle().error().why ==
          reason::undecided);  // NOLINT(bugprone-use-after-move): that is the question
    CHECK(at.at_the_door() == 1);
    moved.verify(right);
    CHECK(moved.settle());
}

TEST_CASE("a worker thread verifies, the event loop settles", "[authenticator][pending][threads]") {
    auto at = published();
    auto p = at.gate.begin(right);
    REQUIRE(p);
    std::optional<decltype(at.gate)::pending> there_and_back;
    std::thread{[&, mine = std::move(*p)]() mutable {
        mine.verify(right);
        there_and_back.emplace(std::move(mine));
    }}.join();
    CHECK(there_and_back->settle());

    auto dropped = at.gate.begin(right);
    REQUIRE(dropped);
    std::thread{[mine = std::move(*dropped)]() mutable { (void)mine; }}.join();
    CHECK(at.at_the_door() == 0);
}

TEST_CASE("login waits for an attempt in flight, up to its patience", "[authenticator][pending][threads]") {
    auto at = published({.patience = 60s});
    auto one = at.gate.begin(right), two = at.gate.begin(right), three = at.gate.begin(right);
    REQUIRE((one && two && three));
    std::atomic<bool> in{false};
    std::thread patient{[&] { in = static_cast<bool>(at.gate.login(right)); }};
    std::this_thread::sleep_for(50ms);
    CHECK_FALSE(in);
    two->verify(right);
    CHECK(two->settle());
    patient.join();
    CHECK(in);
    one->withdraw(), three->withdraw();

    auto brief = published({.patience = 20ms});
    auto a = brief.gate.begin(right), b = brief.gate.begin(right), c = brief.gate.begin(right);
    REQUIRE((a && b && c));
    CHECK(brief.gate.login(right).error() == denial{reason::try_again_later, {}});
    CHECK(brief.log.count(event_id::login_refused) == 1);  // however often it looked
    CHECK(brief.gate.delay(right) == 0s);
}

}  // namespace
