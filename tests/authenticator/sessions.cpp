// SPDX-License-Identifier: BSL-1.0
#include "house.hpp"
#include "support/catch.hpp"

#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace gatehouse;

attempt const amira = knock("amira", "valve-7", here, "wbm", 5),
              bo = knock("bo", "pump-3", there, "opcua", 8);

TEST_CASE("numbers are never used twice, and handles know when theirs is over", "[authenticator][session]") {
    auto at = published({.places = 4}, {.total = 4});
    std::set<std::uint64_t> numbers;
    for (int i = 0; i < 100; ++i) {
        auto const who = at.gate.login(amira);
        REQUIRE(who);
        CHECK(numbers.insert(who->number()).second);
    }
    auto old = at.gate.login(amira);
    REQUIRE(old);
    REQUIRE(at.gate.close(old->number()));
    for (int i = 0; i < 20; ++i) REQUIRE(at.gate.login(bo));  // its line has long been given to others
    auto const now = at.gate.login(bo);
    REQUIRE(now);
    CHECK(old->state() == standing::ended);
    CHECK_FALSE(old->may(admins | operators));
    old->close();
    CHECK(now->state() == standing::open);
}

TEST_CASE("a session that ended elsewhere is a dead letter that says why", "[authenticator][session]") {
    auto at = published({.idle = 20min});
    struct {
        standing why;
        void (*end)(decltype(at)&, std::uint64_t);
    } const ends[] = {
        {standing::closed, [](auto& s, auto n) { CHECK(s.gate.close(n)); }},
        {standing::closed, [](auto& s, auto) { CHECK(s.gate.close_all("amira") == 1); }},
        {standing::channel_closed, [](auto& s, auto) { CHECK(s.gate.close_channel("wbm", 5) == 1); }},
        {standing::terminated, [](auto& s, auto n) { CHECK(s.gate.administer("root").close(n)); }},
        {standing::terminated,
         [](auto& s, auto) { CHECK(s.gate.administer("root").close_all("amira") == 1); }},
        {standing::timed_out, [](auto& s, auto) { s.wait(20min); }},
        {standing::revoked,
         [](auto& s, auto) {
             s.folk.book->disable("amira");
             CHECK(s.gate.reevaluate() == 1);
             s.folk.book->disable("amira", false);
         }},
    };
    for (auto const& e : ends) {
        CAPTURE(to_string(e.why));
        auto who = at.gate.login(amira);
        REQUIRE(who);
        e.end(at, who->number());
        CHECK(who->state() == e.why);
        CHECK_FALSE(who->may(admins));
        CHECK_FALSE(who->touch());
        CHECK_FALSE(who->lock());
        CHECK_FALSE(who->unlock(secret{"valve-7"}));
        CHECK_FALSE(who->token());
        CHECK(who->who().is == "amira");  // who it was remains known
        CHECK(at.gate.open_sessions() == 0);
        auto const told = at.log.events().size();
        (void)at.gate.tick();
        auto const swept = at.log.events().size();
        CHECK(swept - told == (e.why == standing::timed_out ? 1U : 0U));
        CHECK_FALSE(at.gate.close(who->number()));
        who->close();
        CHECK(at.log.events().size() == swept);  // its end is told once
    }
}

TEST_CASE("a handle that was moved from is one that ended", "[authenticator][session]") {
    auto at = published();
    auto who = at.gate.login(amira);
    REQUIRE(who);
    auto const mine = std::move(*who);
    CHECK(who->state() == standing::ended);  // NOLINT(bugprone-use-after-move): that is the question
    CHECK_FALSE(who->may(admins));
    CHECK_FALSE(who->touch());
    CHECK_FALSE(who->lock());
    CHECK_FALSE(who->unlock(secret{"valve-7"}));
    CHECK_FALSE(who->token());
    who->close();
    CHECK(mine.state() == standing::open);
}

TEST_CASE("idle for twenty minutes is over, to the nanosecond", "[authenticator][session]") {
    auto at = published();
    auto who = at.gate.login(amira);
    REQUIRE(who);
    at.wait(20min - 1ns);
    CHECK(who->touch());
    at.wait(20min - 1ns);
    CHECK(who->state() == standing::open);
    CHECK(who->may(admins));  // to ask is not to use
    CHECK(at.gate.open_sessions() == 1);
    at.wait(1ns);
    CHECK(who->state() == standing::timed_out);
    CHECK(at.gate.open_sessions() == 0);  // though nobody ticked
    CHECK_FALSE(who->may(admins));
    CHECK_FALSE(who->touch());
}

TEST_CASE("an overdue session never counts and never blocks a place", "[authenticator][session]") {
    auto at = published({.places = 1}, {.total = 1});
    auto who = at.gate.login(amira);
    REQUIRE(who);
    at.wait(20min);
    auto const next = at.gate.login(bo);
    REQUIRE(next);
    CHECK(who->state() != standing::open);
    CHECK(at.log.count(event_id::session_closed) == 1);
}

TEST_CASE("idle time-outs per service, for roles and for accounts", "[authenticator][session]") {
    house_options o{.idle = 20min,
                    .idle_at = {{{"wbm", 5min}, {"opcua", 0s}}},
                    .never_idle = role_set{}.with(9),
                    .never_idle_accounts = {"dana"}};
    auto at = published(o);
    at.folk.book->at("chen") = {"x", role_set{}.with(9)};
    at.folk.book->at("dana") = {"x"};
    auto wbm = at.gate.login(knock("amira", "valve-7", here, "wbm")),
         opcua = at.gate.login(knock("amira", "valve-7", here, "opcua")),
         ssh = at.gate.login(knock("amira", "valve-7", here, "ssh")),
         chen = at.gate.login(knock("chen", "x", here, "wbm")),
         dana = at.gate.login(knock("dana", "x", here, "wbm"));
    REQUIRE((wbm && opcua && ssh && chen && dana));
    at.wait(5min);
    CHECK(wbm->state() == standing::timed_out);
    CHECK(ssh->state() == standing::open);
    at.wait(15min);
    CHECK(ssh->state() == standing::timed_out);
    at.wait(24h * 365);
    CHECK(opcua->state() == standing::open);
    CHECK(chen->state() == standing::open);
    CHECK(dana->state() == standing::open);
}

TEST_CASE("a lifetime is over whatever is done", "[authenticator][session]") {
    auto at = published({.idle = 20min, .lifetime = 1h});
    auto who = at.gate.login(amira);
    REQUIRE(who);
    for (int i = 0; i < 5; ++i) {
        at.wait(10min);
        CHECK(who->touch());
    }
    at.wait(10min - 1ns);
    CHECK(who->touch());
    at.wait(1ns);
    CHECK(who->state() == standing::timed_out);
}

TEST_CASE("without idle time-out and lifetime a session does not age", "[authenticator][session]") {
    auto at = published({.idle = 0s});
    auto const who = at.gate.login(amira);
    REQUIRE(who);
    at.wait(61s);  // by then the attempt's own deadline is past
    CHECK_FALSE(at.gate.tick());
    CHECK(at.gate.next_tick() == nanoseconds::max());
    at.wait(24h * 365 * 50);
    CHECK(who->state() == standing::open);
}

// ---- lock and unlock ------------------------------------------------------------------------------------

TEST_CASE("a locked session may nothing until the password is entered once more",
          "[authenticator][session]") {
    auto at = published();
    auto who = at.gate.login(amira);
    REQUIRE(who);
    CHECK_FALSE(who->unlock(secret{"valve-7"}));  // it is not locked
    REQUIRE(who->lock());
    CHECK_FALSE(who->lock());
    CHECK(at.last().id == event_id::session_locked);
    CHECK(who->state() == standing::locked);
    CHECK_FALSE(who->may(admins));
    CHECK_FALSE(who->touch());
    CHECK_FALSE(who->token());
    CHECK(at.gate.open_sessions() == 1);  // its place is kept

    at.wait(10min);
    auto const back = who->unlock(secret{"valve-7"});
    REQUIRE(back);
    CHECK(back->is == "amira");
    CHECK(at.last().id == event_id::session_unlocked);
    CHECK(who->may(admins));
    at.wait(20min - 1ns);
    CHECK(who->state() == standing::open);  // it counted as used
}

TEST_CASE("the time-outs of a locked session run on", "[authenticator][session]") {
    auto at = published();
    auto who = at.gate.login(amira);
    REQUIRE(who);
    at.wait(10min);
    REQUIRE(who->lock());
    at.wait(10min);
    CHECK(who->state() == standing::timed_out);
    CHECK_FALSE(who->unlock(secret{"valve-7"}));
}

TEST_CASE("a wrong password at the lock counts, and a penalty keeps it locked", "[authenticator][session]") {
    auto at = published();
    auto who = at.gate.login(amira);
    REQUIRE(who);
    REQUIRE(who->lock());
    for (auto const delay : {0s, 0s, 10s})
        CHECK(who->unlock(secret{"wrong"}).error() == denial{reason::invalid_credentials, delay});
    CHECK(who->unlock(secret{"valve-7"}).error() == denial{reason::penalty_delay_active, 40s});
    CHECK(who->state() == standing::locked);
    CHECK(at.gate.login(amira).error().why == reason::penalty_delay_active);  // one list for all doors
    at.wait(70s);
    CHECK(who->unlock(secret{"valve-7"}));
    CHECK(who->state() == standing::open);
}

TEST_CASE("a lock opens to its own account alone, and to no malformed password", "[authenticator][session]") {
    auto at = published();
    auto who = at.gate.login(amira);
    REQUIRE(who);
    REQUIRE(who->lock());
    CHECK_FALSE(who->unlock(secret{"pump-3"}));
    CHECK(who->unlock(secret{std::string(129, 'x')}).error().why == reason::malformed_attempt);
    CHECK(who->state() == standing::locked);
}

TEST_CASE("lock and unlock by number, for hosts that hold tokens", "[authenticator][session]") {
    auto at = published();
    auto who = at.gate.login(amira);
    REQUIRE(who);
    auto const token = who->token();
    REQUIRE(token);
    auto const number = who->detach();
    CHECK(at.gate.lock(number));
    CHECK_FALSE(at.gate.lock(number));
    auto const shown = at.gate.present(*token);
    REQUIRE(shown);
    CHECK(shown->state == standing::locked);
    CHECK(at.gate.unlock(number, secret{"wrong"}).error().why == reason::invalid_credentials);
    CHECK(at.gate.unlock(number, secret{"valve-7"}));
    CHECK(at.gate.present(*token)->state == standing::open);
    CHECK_FALSE(at.gate.lock(number + 1000));
    CHECK_FALSE(at.gate.unlock(number + 1000, secret{"valve-7"}));
    CHECK_FALSE(at.gate.lock(0));
    CHECK(at.gate.close(number));
}

TEST_CASE("presented while locked it does not count as used", "[authenticator][session]") {
    auto at = published();
    auto who = at.gate.login(amira);
    REQUIRE(who);
    auto const token = who->token();
    REQUIRE(token);
    REQUIRE(who->lock());
    at.wait(15min);
    CHECK(at.gate.present(*token));
    at.wait(5min);
    CHECK_FALSE(at.gate.present(*token));
}

// ---- tokens ---------------------------------------------------------------------------------------------

TEST_CASE("a token is handed out once, is never 0, and brings a detached session back",
          "[authenticator][session]") {
    auto at = published();
    auto who = at.gate.login(amira);
    REQUIRE(who);
    auto const token = who->token();
    REQUIRE(token);
    CHECK((token->bits[0] | token->bits[1]) != 0);
    CHECK_FALSE(who->token());
    auto const number = who->detach();
    CHECK(who->state() == standing::ended);  // the handle is nobody's now …
    CHECK(at.gate.open_sessions() == 1);     // … and the session goes on

    at.wait(19min);
    auto const back = at.gate.present(*token);
    REQUIRE(back);
    CHECK(back->number == number);
    CHECK(back->as.is == "amira");
    CHECK(back->as.roles == admins);
    CHECK(back->service == "wbm");
    CHECK(back->channel == 5);
    CHECK(back->source == here);
    CHECK(back->state == standing::open);
    CHECK(back->since + 19min == at.gate.clock().now().steady);
    at.wait(19min);
    CHECK(at.gate.present(*token));  // to present it is to use it
    CHECK(at.gate.close(number));
    CHECK_FALSE(at.gate.present(*token));
}

TEST_CASE("no other token opens anything", "[authenticator][session]") {
    auto at = published();
    auto const who = at.gate.login(amira);
    REQUIRE(who);
    CHECK(at.gate.present({}).error().why == reason::undecided);  // who never drew one is not found by 0
    auto other = at.gate.login(bo);
    REQUIRE(other);
    auto token = other->token();
    REQUIRE(token);
    for (unsigned bit = 0; bit < 128; ++bit) {
        auto wrong = *token;
        wrong.bits[bit / 64] ^= sallyport::word{1} << bit % 64;
        CHECK_FALSE(at.gate.present(wrong));
    }
    std::swap(token->bits[0], token->bits[1]);
    CHECK_FALSE(at.gate.present(*token));
}

TEST_CASE("no two tokens are alike", "[authenticator][session]") {
    auto at = published();
    std::set<std::array<sallyport::word, 2>> drawn;
    for (int i = 0; i < 1000; ++i) {
        auto who = at.gate.login(amira);
        REQUIRE(who);
        auto const t = who->token();
        REQUIRE(t);
        CHECK(drawn.insert(t->bits).second);
    }
}

// ---- ending many ----------------------------------------------------------------------------------------

TEST_CASE("a session dies with its channel", "[authenticator][session]") {
    auto at = published();
    auto one = at.gate.login(knock("amira", "valve-7", here, "opcua", 5)),
         two = at.gate.login(knock("bo", "pump-3", here, "opcua", 5)),
         other_service = at.gate.login(knock("amira", "valve-7", here, "wbm", 5)),
         other_channel = at.gate.login(knock("amira", "valve-7", here, "opcua", 6)),
         none = at.gate.login(knock("amira", "valve-7", here, "opcua"));
    REQUIRE((one && two && other_service && other_channel && none));
    CHECK(at.gate.close_channel("opcua", 0) == 0);  // no channel is nobody's
    CHECK(at.gate.close_channel("opcua", 7) == 0);
    CHECK(at.gate.close_channel("opcua", 5) == 2);
    CHECK(one->state() == standing::channel_closed);
    CHECK(two->state() == standing::channel_closed);
    for (auto* still : {&other_service, &other_channel, &none}) CHECK((*still)->state() == standing::open);
}

TEST_CASE("all of a user's sessions, save the one he sits in", "[authenticator][session]") {
    auto at = published();
    std::vector<sallyport::session::session> his;
    for (int i = 0; i < 20; ++i) {
        auto who = at.gate.login(amira);
        REQUIRE(who);
        his.push_back(std::move(*who));
    }
    auto const another = at.gate.login(bo);
    REQUIRE(another);
    CHECK(at.gate.close_all("AMIRA", his[3].number()) == 19);
    CHECK(his[3].state() == standing::open);
    CHECK(his[4].state() == standing::closed);
    CHECK(another->state() == standing::open);
    CHECK(at.gate.close_all("amira") == 1);
    CHECK(at.gate.close_all("amira") == 0);
    CHECK(at.gate.close_all("nobody") == 0);
    CHECK(at.gate.close_all("") == 0);
    CHECK(at.gate.close_all(std::string(65, 'a')) == 0);
    CHECK(another->state() == standing::open);
}

TEST_CASE("an open session does not suffer from a penalty", "[authenticator][session]") {
    auto at = published();
    auto who = at.gate.login(amira);
    REQUIRE(who);
    fail(at.gate, "amira", 40);
    CHECK(at.gate.delay(amira) > 0s);
    CHECK(who->state() == standing::open);
    CHECK(who->touch());
    CHECK(who->may(admins));
}

TEST_CASE("evicted makes room, and says so", "[authenticator][session]") {
    auto at = published({}, {.total = 2,
                             .then = sallyport::session::when_full::evict_longest_idle,
                             .ranks = {admins, operators}});
    auto idle = at.gate.login(bo);
    at.wait(1s);
    auto busy = at.gate.login(bo);
    REQUIRE((idle && busy));
    CHECK(at.gate.login(bo).error().why == reason::session_limit_reached);
    auto const admin = at.gate.login(amira);
    REQUIRE(admin);
    CHECK(idle->state() == standing::evicted);
    CHECK(busy->state() == standing::open);
    auto const gone = at.gate.tick();
    REQUIRE(gone);
    CHECK(gone->number == idle->number());
    CHECK(gone->why == standing::evicted);
}

// ---- tick -----------------------------------------------------------------------------------------------

TEST_CASE("tick tells of one session at a time, so that its channel is closed",
          "[authenticator][session][tick]") {
    auto at = published();
    CHECK(at.gate.next_tick() == nanoseconds::max());
    auto a = at.gate.login(amira), b = at.gate.login(bo);
    auto mine = at.gate.login(amira);
    REQUIRE((a && b && mine));
    auto const over = at.gate.clock().now().steady + 20min;
    CHECK(at.gate.next_tick() <= over);
    at.wait(61s);
    CHECK_FALSE(at.gate.tick());
    CHECK(at.gate.next_tick() == over);
    mine->close();  // its own handle's doing: the host knows
    CHECK_FALSE(at.gate.tick());

    at.gate.administer("root").close(a->number());
    CHECK(at.gate.next_tick() <= at.gate.clock().now().steady);
    auto const one = at.gate.tick();
    REQUIRE(one);
    CHECK(one->number == a->number());
    CHECK(one->why == standing::terminated);
    CHECK(one->service == "wbm");
    CHECK(one->channel == 5);
    CHECK_FALSE(at.gate.tick());

    at.wait(20min);
    auto const two = at.gate.tick();
    REQUIRE(two);
    CHECK(two->number == b->number());
    CHECK(two->why == standing::timed_out);
    CHECK(two->channel == 8);
    CHECK_FALSE(at.gate.tick());
    CHECK(at.gate.next_tick() == nanoseconds::max());
}

TEST_CASE("of many that time out together each is told of", "[authenticator][session][tick]") {
    auto at = published();
    std::set<std::uint64_t> waiting;
    for (int i = 0; i < 32; ++i) {
        auto who = at.gate.login(amira);
        REQUIRE(who);
        waiting.insert(who->detach());
    }
    at.wait(20min);
    for (int i = 0; i < 32; ++i) {
        auto const gone = at.gate.tick();
        REQUIRE(gone);
        CHECK(waiting.erase(gone->number) == 1);
    }
    CHECK_FALSE(at.gate.tick());
    CHECK(at.log.count(event_id::session_closed) == 32);
}

}  // namespace
