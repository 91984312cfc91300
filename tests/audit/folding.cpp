// SPDX-License-Identifier: BSL-1.0
#include "audit/made.hpp"
#include "support/catch.hpp"

#include <sallyport/audit/counters.hpp>
#include <sallyport/audit/folding.hpp>
#include <sallyport/audit/ring.hpp>
#include <sallyport/audit/to.hpp>

#include <functional>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace made;
using audit::event_id;
using audit::folding;
using events = std::vector<audit::event>;

static_assert(audit_sink<folding<kept>> &&
              ticking<folding<kept>>&& noexcept(std::declval<folding<kept>&>().record({})));

TEST_CASE("the first of a flood passes; the rest is told as one when the minute is over",
          "[audit][folding]") {
    events told;
    folding log{kept{told}};
    for (int i = 0; i <= 4812; ++i) log.record(refusal(i * 10ms));
    CHECK(told.size() == 1);
    CHECK(told[0].repeated == 0);
    log.tick(after(60s - 1ns));
    CHECK(told.size() == 1);
    log.tick(after(60s));
    REQUIRE(told.size() == 2);
    CHECK(told[1].repeated == 4812);
    CHECK(told[1].within == 60s);
    CHECK(told[1].at.steady == 60s);
    CHECK(told[1].user == name{"admin"});
    log.tick(after(200s));
    CHECK(told.size() == 2);
}

TEST_CASE("whatever comes next ends the windows that are over", "[audit][folding]") {
    events told;
    folding log{kept{told}};
    log.record(refusal(0s));
    log.record(refusal(59s));
    log.record(refusal(61s));  // the same again: the minute is told, and this begins another
    REQUIRE(told.size() == 3);
    CHECK(told[1].repeated == 1);
    CHECK(told[2].repeated == 0);
    CHECK(told[2].at.steady == 61s);
    audit::event other = refusal(122s);
    other.user = "amira";
    log.record(refusal(62s));
    log.record(other);
    REQUIRE(told.size() == 5);
    CHECK(told[3].repeated == 1);
    CHECK(told[4].user == name{"amira"});
}

TEST_CASE("a late tick does not stretch the window that it tells of", "[audit][folding]") {
    events told;
    folding log{kept{told}};
    log.record(refusal(0s));
    log.record(refusal(1s));
    log.tick(after(1h));
    REQUIRE(told.size() == 2);
    CHECK(told[1].within == 60s);
    CHECK(told[1].at.steady == 1h);
}

TEST_CASE("a delay that grows does not make another event; the last one is told", "[audit][folding]") {
    events told;
    folding log{kept{told}};
    for (int i = 0; i < 10; ++i) log.record(refusal(i * 1s, reason::penalty_delay_active, 10s + i * 30s));
    log.tick(after(60s));
    REQUIRE(told.size() == 2);
    CHECK(told[0].why.retry_after == 10s);
    CHECK(told[1].why.retry_after == 280s);
    CHECK(told[1].repeated == 9);
}

TEST_CASE("what differs in who, where, what or why is another event", "[audit][folding]") {
    std::function<void(audit::event&)> const changes[] = {
        [](auto& e) { e.user = "amira"; },
        [](auto& e) { e.service = "wbm"; },
        [](auto& e) { e.source = address::ipv4(192, 0, 2, 8); },
        [](auto& e) { e.why.why = reason::invalid_credentials; },
        [](auto& e) { e.id = event_id::login_admitted; },
        [](auto& e) { e.device.bytes[0] = 1; },
        [](auto& e) { e.presence = whereabouts::console; },
        [](auto& e) { e.ending = standing::closed; },
    };
    events told;
    folding log{kept{told}};
    log.record(refusal());
    for (auto const& change : changes) {
        audit::event e = refusal();
        change(e);
        CHECK_FALSE(audit::alike(refusal(), e));
        log.record(e);
    }
    CHECK(told.size() == 1 + std::size(changes));
}

TEST_CASE("logins and logouts are alike whatever the session's number; acts of administration are not",
          "[audit][folding]") {
    auto const alike_but = [](event_id id, auto change) {
        audit::event const a = full(id);
        audit::event b = a;
        change(b);
        return audit::alike(a, b);
    };
    auto const session = [](auto& e) { e.session = 8; };
    auto const value = [](auto& e) { e.value = 17; };
    auto const actor = [](auto& e) { e.actor = "admin"; };
    auto const detail = [](auto& e) { e.detail = "accounts.toml:4:1"; };
    CHECK(alike_but(event_id::login_admitted, session));
    CHECK(alike_but(event_id::session_closed, session));
    CHECK_FALSE(alike_but(event_id::session_terminated, session));
    CHECK_FALSE(alike_but(event_id::session_maximum_set, value));
    CHECK_FALSE(alike_but(event_id::penalty_cleared, actor));
    CHECK_FALSE(
        alike_but(event_id::penalty_cleared, [](auto& e) { e.source = address::ipv4(192, 0, 2, 8); }));
    CHECK_FALSE(alike_but(event_id::accounts_rejected, detail));
    CHECK(alike_but(event_id::sessions_listed,
                    [](auto& e) { e.at = after(5s); }));  // a page that refreshes itself
}

TEST_CASE("the table holds sixty-four windows, and the oldest makes room", "[audit][folding]") {
    events told;
    folding log{kept{told}};
    auto const of = [](int user, nanoseconds at) {
        audit::event e = refusal(at);
        e.user = name{"user" + std::to_string(user)};
        return e;
    };
    for (int user = 0; user < 64; ++user) log.record(of(user, user * 1ms));
    for (int i = 0; i < 5; ++i) log.record(of(0, 100ms));
    CHECK(told.size() == 64);
    log.record(of(64, 200ms));  // user0 is the oldest, and has five to tell
    REQUIRE(told.size() == 66);
    CHECK(told[64].user == name{"user0"});
    CHECK(told[64].repeated == 5);
    CHECK(told[64].within == 200ms);
    CHECK(told[65].user == name{"user64"});
    log.record(of(65, 300ms));  // user1 goes with nothing to tell
    CHECK(told.size() == 67);
    log.record(of(2, 301ms));  // user2 is still there
    CHECK(told.size() == 67);
    log.record(of(1, 302ms));  // user1 is not, and user2 makes room with one to tell
    CHECK(told.size() == 69);
}

TEST_CASE("the next tick is the end of the first window with something to tell", "[audit][folding]") {
    events told;
    folding log{kept{told}, {.window = 10s}};
    CHECK(log.next_tick(after(0s)) == nanoseconds::max());
    log.record(refusal(1s));
    CHECK(log.next_tick(after(1s)) == nanoseconds::max());
    audit::event other = refusal(2s);
    other.user = "amira";
    log.record(other);
    log.record(other);
    CHECK(log.next_tick(after(2s)) == 12s);
    log.record(refusal(3s));
    CHECK(log.next_tick(after(3s)) == 11s);
    log.tick(after(11s));
    CHECK(log.next_tick(after(11s)) == 12s);
    log.tick(after(12s));
    CHECK(log.next_tick(after(12s)) == nanoseconds::max());
}

TEST_CASE("tick and next_tick reach the sink behind", "[audit][folding]") {
    events told;
    folding outer{folding{kept{told}, {.window = 5s}}, {.window = 1h}};
    outer.behind().record(refusal(0s));
    outer.behind().record(refusal(1s));
    CHECK(outer.next_tick(after(1s)) == 5s);
    outer.tick(after(5s));
    CHECK(told.size() == 2);
}

TEST_CASE("what has been folded once is not forgotten when it is folded again", "[audit][folding]") {
    events told;
    folding outer{folding{kept{told}, {.window = 5s}}, {.window = 20s}};
    for (int i = 0; i < 100; ++i) outer.record(refusal(i * 100ms));
    outer.flush(after(10s));
    outer.behind().flush(after(10s));
    CHECK(happenings_in(told) == 100);
}

TEST_CASE("a gate that goes down leaves nothing untold", "[audit][folding]") {
    events told;
    {
        folding first{kept{told}};
        first.record(refusal(0s));
        folding log{std::move(first)};
        log.record(refusal(1s));
        log.record(refusal(2s));
        CHECK(told.size() == 1);
    }
    REQUIRE(told.size() == 2);
    CHECK(told[1].repeated == 2);
    CHECK(told[1].at.steady == 2s);
}

TEST_CASE("a window of no length folds nothing, and says so", "[audit][folding]") {
    static_assert(!audit::folding_options{.window = 0s}.fault().empty());
    static_assert(audit::folding_options{}.fault().empty() && audit::folding_options{}.window == 60s);
    events told;
    folding log{kept{told}, {.window = GENERATE(0s, -1s)}};
    CHECK_FALSE(log.fault().empty());
    for (int i = 0; i < 5; ++i) log.record(refusal(0s));
    log.flush(after(0s));
    CHECK(happenings_in(told) == 5);
    audit::ring none{{.capacity = 0}};
    CHECK(folding{audit::to{none}}.fault() == none.fault());
    CHECK(folding{kept{told}}.fault().empty());
}

TEST_CASE("a window at the end of time does not wrap round", "[audit][folding]") {
    events told;
    folding log{kept{told}};
    nanoseconds const late = nanoseconds::max() - 1s;
    audit::event e = refusal();
    e.at.steady = late;
    log.record(e);
    log.record(e);
    log.tick(e.at);
    CHECK(told.size() == 1);
    log.tick({.steady = nanoseconds::max()});
    CHECK(told.size() == 2);
}

TEST_CASE("an instant from a thread that came late is no harm", "[audit][folding]") {
    events told;
    folding log{kept{told}};
    log.record(refusal(100s));
    log.record(refusal(99s));
    log.flush(after(98s));
    REQUIRE(told.size() == 2);
    CHECK(told[1].repeated == 1);
    CHECK(told[1].within == 0s);
}

#if defined(__cpp_exceptions)
TEST_CASE("a sink that throws does not reach the login", "[audit][folding]") {
    struct broken {
        void record(audit::event const&) { throw std::runtime_error{"a disk"}; }
    };
    folding log{broken{}};
    log.record(refusal(0s));
    log.record(refusal(1s));
    log.tick(after(60s));
    CHECK(log.lost() == 2);
}
#endif

TEST_CASE("random traffic: nothing is forgotten, and a flood is at most two lines a minute",
          "[audit][folding]") {
    std::mt19937 chance{7};
    for (int round = 0; round < 50; ++round) {
        events told;
        folding log{kept{told}};
        std::size_t const users = 1 + chance() % 100;
        nanoseconds now{};
        std::uint64_t recorded = 0;
        for (int i = 0; i < 2000; ++i) {
            now += std::chrono::milliseconds{chance() % 200};
            audit::event e = refusal(now);
            e.user = name{"user" + std::to_string(chance() % users)};
            log.record(e), ++recorded;
            if (chance() % 50 == 0) log.tick(after(now));
        }
        if (users <= 64) CHECK(told.size() <= 2 * users * static_cast<std::size_t>(now / 60s + 1));
        log.flush(after(now));
        CHECK(happenings_in(told) == recorded);
    }
}

TEST_CASE("many threads fold, none is forgotten", "[audit][folding][threads]") {
    audit::counters all;
    {
        folding log{audit::to{all}, {.window = 1ms}};
        std::vector<std::thread> crowd;
        for (int t = 0; t < 8; ++t)
            crowd.emplace_back([&log, t] {
                for (int i = 0; i < 2000; ++i) {
                    audit::event e = refusal(i * 10us);
                    e.user = name{"user" + std::to_string((t + i) % 100)};
                    log.record(e);
                    if (i % 100 == 0) {
                        log.tick(e.at);
                        static_cast<void>(log.next_tick(e.at));
                    }
                }
            });
        for (auto& t : crowd) t.join();
    }
    CHECK(all.of(reason::penalty_delay_active) == 16'000);
}

}  // namespace
