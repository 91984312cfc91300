// SPDX-License-Identifier: BSL-1.0
// The handle that a login gives, through a gate.
#include "support/catch.hpp"
#include "support/plant.hpp"
#include "support/words.hpp"

#include <sallyport/session/session.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <optional>
#include <set>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace sallyport;
using plant::by;
using plant::role;
using plant::way;
using sallyport::audit::event_id;

static_assert(!std::is_copy_constructible_v<session::session> &&
              !std::is_move_assignable_v<session::session>);
static_assert(std::is_nothrow_move_constructible_v<session::session>);
static_assert(!std::equality_comparable<session::session_token>, "a token is compared under its hash");

TEST_CASE("a session is open as long as it is held, and no longer", "[session]") {
    auto here = plant::plcnext();
    std::uint64_t number = 0;
    {
        auto who = here.login("Amira ", "open sesame");
        REQUIRE(who);
        number = who->number();
        CHECK(number != 0);
        CHECK(who->state() == standing::open);
        CHECK(who->who().is == name{"amira"});
        CHECK(who->touch());
        CHECK(here.gate.open_sessions() == 1);
        session::session const moved{std::move(*who)};
        CHECK(moved.state() == standing::open);
        CHECK(moved.number() == number);
        CHECK(who->state() == standing::ended);  // an empty hand
        CHECK_FALSE(who->touch());
        CHECK_FALSE(who->may(role("Engineer")));
        CHECK_FALSE(who->token());
        CHECK_FALSE(who->lock());
        CHECK_FALSE(who->unlock(secret{"open sesame"}));
        CHECK(here.gate.open_sessions() == 1);
    }
    CHECK(here.gate.open_sessions() == 0);
    auto const e = here.last(event_id::session_closed);
    CHECK(e.session == number);
    CHECK(e.ending == standing::closed);
    CHECK(e.user == name{"amira"});
}

TEST_CASE("a number is never used twice", "[session]") {
    auto here = plant::plcnext();
    std::set<std::uint64_t> numbers;
    for (int i = 0; i < 1000; ++i) {
        auto const who = here.login("bo", "valve-7");
        REQUIRE(who);
        CHECK(numbers.insert(who->number()).second);
    }
}

TEST_CASE("a session may what its roles may, now", "[session]") {
    auto here = plant::plcnext();
    auto who = here.login("amira", "open sesame");
    REQUIRE(who);
    CHECK(who->may(role("Engineer")));
    CHECK(who->may(role("Engineer") | role("Admin")));
    CHECK_FALSE(who->may(role("Admin")));
    CHECK_FALSE(who->may({}));  // no role: nobody may

    here.people.put({.is = "amira", .secret = "open sesame", .roles = role("Viewer")});
    CHECK(who->may(role("Engineer")));  // nobody said that anything changed …
    CHECK(here.gate.reevaluate() == 0);
    CHECK_FALSE(who->may(role("Engineer")));  // … now at once
    CHECK(who->may(role("Viewer")));
    CHECK(who->who().roles == role("Engineer"));  // whoever logged in stays who he was
    CHECK(here.last(event_id::session_changed).session == who->number());

    here.people.disable("amira");
    CHECK(here.gate.reevaluate() == 1);
    CHECK(who->state() == standing::revoked);
    CHECK_FALSE(who->may(role("Viewer")));
}

TEST_CASE("a session unused for twenty minutes is over, at that very instant", "[session]") {
    auto here = plant::plcnext();
    auto who = here.login("amira", "open sesame"), other = here.login("bo", "valve-7");
    here.advance(20min - 1ns);
    CHECK(who->state() == standing::open);
    CHECK(who->touch());
    here.advance(1ns);
    CHECK(who->state() == standing::open);
    CHECK(other->state() == standing::timed_out);  // and nobody had to tick
    CHECK_FALSE(other->touch());
    CHECK_FALSE(other->may(role("Viewer")));
    CHECK_FALSE(other->lock());
    CHECK_FALSE(other->token());
    CHECK(here.gate.open_sessions() == 1);
    here.advance(20min - 1ns - 1ns);
    CHECK(who->state() == standing::open);
    here.advance(1ns);
    CHECK(who->state() == standing::timed_out);
}

TEST_CASE("a touch prolongs, a look does not", "[session]") {
    auto here = plant::plcnext();
    auto who = here.login("amira", "open sesame");
    for (int i = 0; i < 19; ++i) {
        here.advance(1min);
        CHECK(who->state() == standing::open);
        CHECK(who->may(role("Engineer")));
    }
    here.advance(1min);
    CHECK(who->state() == standing::timed_out);
}

TEST_CASE("an absolute lifetime ends a session however busy it is", "[session]") {
    auto here = plant::plcnext({.lifetime = 8h});
    auto who = here.login("amira", "open sesame");
    for (nanoseconds t = 0s; t < 8h - 10min; t += 10min) {
        here.advance(10min);
        REQUIRE(who->touch());
    }
    here.advance(10min - 1ns);
    CHECK(who->touch());
    CHECK(who->state() == standing::open);
    here.advance(1ns);
    CHECK(who->state() == standing::timed_out);
    CHECK_FALSE(who->touch());
}

TEST_CASE("an idle time-out per service, none for some, exempt by role or by account", "[session]") {
    auto here = plant::plcnext({.idle = 10min,
                                .idle_at = {{{"wbm", 5min}, {"opcua", 0ns}}},
                                .never_idle = role("Admin"),
                                .never_idle_accounts = {{"bo"}}});
    auto general = here.login("amira", "open sesame", {.service = "ssh"}),
         web = here.login("amira", "open sesame", {.service = "wbm"}),
         machine = here.login("amira", "open sesame", {.service = "opcua"}),
         admin = here.login("root", "crown jewels", {.service = "wbm"}),
         panel = here.login("bo", "valve-7", {.service = "wbm"});
    here.advance(5min - 1ns);
    CHECK(web->state() == standing::open);
    here.advance(1ns);
    CHECK(web->state() == standing::timed_out);
    here.advance(5min - 1ns);
    CHECK(general->state() == standing::open);
    here.advance(1ns);
    CHECK(general->state() == standing::timed_out);
    here.advance(365 * 24h);
    CHECK(machine->state() == standing::open);
    CHECK(admin->state() == standing::open);
    CHECK(panel->state() == standing::open);
}

TEST_CASE("who loses the role that exempted him is idle like anybody else", "[session]") {
    auto here = plant::plcnext({.never_idle = role("Admin")});
    auto who = here.login("root", "crown jewels"), other = here.login("amira", "open sesame");
    here.advance(10min);
    here.people.put({.is = "root", .secret = "crown jewels", .roles = role("Viewer")});
    here.people.put({.is = "amira", .secret = "open sesame", .roles = role("Admin")});
    here.gate.reevaluate();
    here.advance(10min - 1ns);
    CHECK(who->state() == standing::open);
    here.advance(1ns);
    CHECK(who->state() == standing::timed_out);  // twenty minutes since he last did anything
    here.advance(24h);
    CHECK(other->state() == standing::open);
}

TEST_CASE("a locked session may nothing until the password is given once more", "[session]") {
    auto here = plant::plcnext();
    auto who = here.login("amira", "open sesame");
    auto const token = who->token();
    CHECK(who->lock());
    CHECK(who->state() == standing::locked);
    CHECK_FALSE(who->lock());  // twice is once
    CHECK_FALSE(who->may(role("Engineer")));
    CHECK_FALSE(who->touch());
    CHECK_FALSE(who->token());
    CHECK(here.gate.open_sessions() == 1);  // it takes its place all the same
    CHECK(here.gate.present(*token)->state == standing::locked);
    CHECK(here.last(event_id::session_locked).session == who->number());

    auto const back = who->unlock(secret{"open sesame"});
    REQUIRE(back);
    CHECK(back->is == name{"amira"});
    CHECK(who->state() == standing::open);
    CHECK(who->may(role("Engineer")));
    CHECK(here.last(event_id::session_unlocked).session == who->number());
    CHECK(here.gate.open_sessions() == 1);            // no second session
    CHECK_FALSE(who->unlock(secret{"open sesame"}));  // there is nothing to unlock
}

TEST_CASE("a wrong password at the lock counts, and a penalty keeps it shut", "[session]") {
    auto here = plant::plcnext();
    auto who = here.login("amira", "open sesame");
    REQUIRE(who->lock());
    for (int i = 0; i < 3; ++i)
        CHECK(who->unlock(secret{"guess"}).error().why == reason::invalid_credentials);
    CHECK(here.wait("amira") == 10s);
    CHECK(who->unlock(secret{"open sesame"}).error() == denial{reason::penalty_delay_active, 40s});
    CHECK(here.refused("amira", "open sesame", {.service = "wbm"}).why == reason::penalty_delay_active);
    CHECK(who->state() == standing::locked);
    here.advance(70s);
    CHECK(who->unlock(secret{"open sesame"}));
    CHECK(who->state() == standing::open);
    CHECK(here.wait("amira") == 0s);
    CHECK(here.gate.administer("test").penalties().empty());
}

TEST_CASE("a locked session times out like another, and cannot be unlocked then", "[session]") {
    auto here = plant::plcnext();
    auto who = here.login("amira", "open sesame");
    REQUIRE(who->lock());
    here.advance(20min);
    CHECK(who->state() == standing::timed_out);
    CHECK_FALSE(who->unlock(secret{"open sesame"}));
}

TEST_CASE("unlocking makes the time-out begin anew", "[session]") {
    auto here = plant::plcnext();
    auto who = here.login("amira", "open sesame");
    REQUIRE(who->lock());
    here.advance(20min - 1ns);
    REQUIRE(who->unlock(secret{"open sesame"}));
    here.advance(20min - 1ns);
    CHECK(who->state() == standing::open);
    here.advance(1ns);
    CHECK(who->state() == standing::timed_out);
}

TEST_CASE("what happens to a session while its password is looked at, stays so", "[session]") {
    auto here = plant::plcnext();
    auto who = here.login("amira", "open sesame");
    REQUIRE(who->lock());
    here.people.on_verify([&](attempt const&) { CHECK(here.gate.close(who->number())); });
    CHECK_FALSE(who->unlock(secret{"open sesame"}));
    here.people.on_verify({});
    CHECK(who->state() == standing::closed);
    CHECK(here.gate.open_sessions() == 0);
}

TEST_CASE("hosts that hold sessions by number lock and unlock by number", "[session]") {
    auto here = plant::plcnext();
    auto who = here.login("amira", "open sesame");
    CHECK(here.gate.lock(who->number()));
    CHECK_FALSE(here.gate.lock(who->number()));
    CHECK(who->state() == standing::locked);
    CHECK_FALSE(here.gate.unlock(who->number(), secret{"guess"}));
    CHECK(here.gate.unlock(who->number(), secret{"open sesame"}));
    CHECK(who->state() == standing::open);
    CHECK_FALSE(here.gate.lock(999));
    CHECK_FALSE(here.gate.unlock(999, secret{"open sesame"}));
    CHECK_FALSE(here.gate.lock(0));
}

TEST_CASE("a token is handed out once, brings its session back, and is nobody else's", "[session]") {
    auto here = plant::plcnext();
    auto who = here.login("amira", "open sesame", {.service = "wbm", .channel = 7}),
         other = here.login("bo", "valve-7");
    auto const hers = who->token(), his = other->token();
    REQUIRE(hers);
    REQUIRE(his);
    CHECK((hers->bits[0] | hers->bits[1]) != 0);
    CHECK(hers->bits != his->bits);
    CHECK_FALSE(who->token());  // once

    auto const back = here.gate.present(*hers);
    REQUIRE(back);
    CHECK(back->number == who->number());
    CHECK(back->as.is == name{"amira"});
    CHECK(back->service == service_name{"wbm"});
    CHECK(back->channel == 7);
    CHECK(back->source == way{}.source);
    CHECK(back->state == standing::open);
    CHECK(back->since == here.now());
    CHECK(back->since_wall == here.clock().now().wall);
    CHECK(back->ends == here.now() + 20min);

    CHECK_FALSE(here.gate.present({}));
    CHECK_FALSE(here.gate.present({{1, 2}}));
    for (std::size_t bit = 0; bit < 128; ++bit) {
        auto wrong = *hers;
        wrong.bits[bit / 64] ^= word{1} << bit % 64;
        CHECK_FALSE(here.gate.present(wrong));
    }
    who->close();
    CHECK_FALSE(here.gate.present(*hers));
    CHECK(here.gate.present(*his));
}

TEST_CASE("a token that comes back counts as use", "[session]") {
    auto here = plant::plcnext();
    auto who = here.login("amira", "open sesame");
    auto const token = who->token();
    here.advance(15min);
    CHECK(here.gate.present(*token)->last_seen == here.now());
    here.advance(15min);
    CHECK(who->state() == standing::open);
    here.advance(5min);
    CHECK(who->state() == standing::timed_out);
    CHECK_FALSE(here.gate.present(*token));
}

TEST_CASE("no token is like another, nor like what came before", "[session]") {
    auto here = plant::plcnext();
    std::set<std::array<word, 2>> seen;
    for (int i = 0; i < 500; ++i) {
        auto who = here.login("amira", "open sesame");
        auto const t = who->token();
        REQUIRE(t);
        CHECK(seen.insert(t->bits).second);
    }
}

TEST_CASE("a session let go lives by its token and its number alone", "[session]") {
    auto here = plant::plcnext();
    std::optional<session::session_token> token;
    std::uint64_t number = 0;
    {
        auto who = here.login("amira", "open sesame");
        token = who->token();
        number = who->detach();
        CHECK(who->state() == standing::ended);  // this hand is empty now
    }
    CHECK(here.gate.open_sessions() == 1);
    CHECK(here.gate.present(*token)->number == number);
    CHECK(here.gate.close(number));
    CHECK_FALSE(here.gate.close(number));
    CHECK_FALSE(here.gate.present(*token));
    CHECK(here.gate.open_sessions() == 0);
}

TEST_CASE("a session that ended elsewhere leaves a dead letter, and letting go of that ends nobody",
          "[session]") {
    auto here = plant::plcnext({.places = 1}, {.total = 1});
    auto first = here.login("amira", "open sesame");
    REQUIRE(here.gate.administer("root").close(first->number()));
    CHECK(first->state() == standing::terminated);
    CHECK_FALSE(first->touch());
    CHECK_FALSE(first->may(role("Engineer")));
    CHECK_FALSE(first->lock());
    CHECK_FALSE(first->unlock(secret{"open sesame"}));
    CHECK_FALSE(first->token());

    auto second = here.login("bo", "valve-7");  // in the very same place
    REQUIRE(second);
    CHECK(first->state() == standing::ended);  // nobody knows why any more
    first->close();
    CHECK(second->state() == standing::open);
    CHECK(here.log.count(event_id::session_closed) == 0);
}

TEST_CASE("a session dies with its channel", "[session]") {
    auto here = plant::plcnext();
    auto a = here.login("amira", "open sesame", {.service = "opcua", .channel = 7}),
         b = here.login("bo", "valve-7", {.service = "opcua", .channel = 7}),
         c = here.login("bo", "valve-7", {.service = "opcua", .channel = 8}),
         d = here.login("bo", "valve-7", {.service = "wbm", .channel = 7}),
         e = here.login("bo", "valve-7", {.service = "opcua"});
    CHECK(here.gate.close_channel("opcua", 9) == 0);
    CHECK(here.gate.close_channel("opcua", 7) == 2);
    CHECK(a->state() == standing::channel_closed);
    CHECK(b->state() == standing::channel_closed);
    CHECK(c->state() == standing::open);
    CHECK(d->state() == standing::open);
    CHECK(here.gate.close_channel("opcua", 7) == 0);
    CHECK(here.gate.close_channel("opcua", 0) == 0);  // no channel is none: nobody came by it
    CHECK(e->state() == standing::open);
    CHECK(here.last(event_id::session_closed).ending == standing::channel_closed);
}

TEST_CASE("log me out everywhere, but here", "[session]") {
    auto here = plant::plcnext();
    auto a = here.login("amira", "open sesame"), b = here.login("amira", "open sesame", {.service = "wbm"}),
         c = here.login("amira", "open sesame"), d = here.login("bo", "valve-7");
    CHECK(here.gate.close_all(" AMIRA", b->number()) == 2);
    CHECK(a->state() == standing::closed);
    CHECK(b->state() == standing::open);
    CHECK(c->state() == standing::closed);
    CHECK(d->state() == standing::open);
    CHECK(here.gate.close_all("amira") == 1);
    CHECK(here.gate.close_all("amira") == 0);
    CHECK(here.gate.close_all("") == 0);
    CHECK(here.gate.close_all("nobody") == 0);
    CHECK(d->state() == standing::open);
}

TEST_CASE("a name too long to be one's is nobody's, also when it begins like one", "[session]") {
    auto here = plant::plcnext();
    std::string const longest(64, 'x');
    here.people.put({.is = name{longest}, .secret = "pw"});
    auto who = here.login(longest, "pw");
    REQUIRE(who);
    CHECK(here.gate.close_all(longest + "y") == 0);
    CHECK(who->state() == standing::open);
    CHECK(here.gate.close_all(longest) == 1);
}

TEST_CASE("more sessions end at once than one sweep takes, each told of once", "[session]") {
    auto here = plant::plcnext();
    {
        std::vector<result<session::session>> all;
        for (int i = 0; i < 30; ++i) all.push_back(here.login("amira", "open sesame"));
        CHECK(here.gate.close_all("amira") == 30);
    }
    CHECK(here.log.count(event_id::session_closed) == 30);
    CHECK(here.gate.open_sessions() == 0);
}

TEST_CASE("an open session goes on while its user is kept out", "[session]") {
    auto here = plant::plcnext();
    auto who = here.login("amira", "open sesame");
    here.fail_times(10, "amira");
    CHECK(here.refused("amira", "open sesame").why == reason::penalty_delay_active);
    CHECK(who->state() == standing::open);
    CHECK(who->touch());
    CHECK(who->may(role("Engineer")));
    CHECK(who->token());
}

TEST_CASE("a session is looked at from many threads while it is used, changed and ended",
          "[session][threads]") {
    auto here = plant::plcnext();
    for (int round = 0; round < 20; ++round) {
        auto who = here.login("amira", "open sesame");
        REQUIRE(who);
        std::atomic<bool> done{false};
        std::atomic<int> impossible{0};
        std::vector<std::thread> threads;
        for (int t = 0; t < 3; ++t)
            threads.emplace_back([&] {
                bool ended = false;
                while (!done) {
                    standing const s = who->state();
                    if (ended && in_force(s)) ++impossible;  // nothing comes back
                    ended = ended || !in_force(s);
                    if (ended && who->may(role("Engineer") | role("Viewer"))) ++impossible;
                }
            });
        for (int i = 0; i < 50; ++i) {
            (void)who->touch();
            here.people.put(
                {.is = "amira", .secret = "open sesame", .roles = role(i % 2 == 0 ? "Engineer" : "Viewer")});
            here.gate.reevaluate();
        }
        CHECK(here.gate.close(who->number()));
        std::this_thread::yield();
        done = true;
        for (auto& t : threads) t.join();
        CHECK(impossible == 0);
    }
}

}  // namespace
