// SPDX-License-Identifier: BSL-1.0
#include "house.hpp"
#include "support/catch.hpp"

#include <sallyport/penalty/lanes.hpp>

#include <array>
#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace {

using namespace gatehouse;

TEST_CASE("64 threads guess in parallel: never more verified than the law allows",
          "[authenticator][threads]") {
    for (bool const patient : {false, true}) {
        CAPTURE(patient);
        auto at = published({.doors = 256, .patience = patient ? nanoseconds{5s} : 0s});
        auto const guess = [&](unsigned n) {
            for (int i = 0; i < 20; ++i) {
                auto const a = knock("amira", "wrong", host(n), n % 2 == 0 ? "opcua" : "wbm");
                if (patient) {
                    (void)at.gate.login(a);
                } else if (auto p = at.gate.begin(a)) {
                    std::this_thread::yield();
                    p->verify(a);
                    (void)p->settle();
                }
            }
        };
        together(64, guess);
        CHECK(at.folk.book->asked == 3);  // three failures, and then a delay runs that nobody waits for
        auto const delay = at.gate.delay(knock("amira", ""));
        CHECK(delay >= 10s);  // those that came early have extended it
        CHECK(delay <= 3600s);
        at.wait(delay);
        together(64, guess);
        CHECK(at.folk.book->asked == 4);  // one a delay
        CHECK(at.at_the_door() == 0);
    }
}

TEST_CASE("a delay that stands at its longest lets nobody through, however many knock",
          "[authenticator][threads]") {
    // Each early attempt puts it there anew, under the feet of those who have read their clock a moment ago.
    using sallyport::penalty::early_attempt;
    for (auto const early : {early_attempt::extend, early_attempt::freeze}) {
        sallyport::penalty::backoff<sallyport::penalty::by_account, sallyport::penalty::threshold_law> guard{
            {.law = {.failures = 5, .lock = 900s}, .on_early_attempt = early}};
        people folk;
        sallyport::authenticator gate{sallyport::environment{}.with_house({.doors = 256}), folk, guard};
        together(8, [&](unsigned n) {
            for (int i = 0; i < 20'000; ++i) {
                auto const a = knock("amira", "wrong", host(n));
                if (auto p = gate.begin(a)) {
                    p->verify(a);
                    (void)p->settle();
                }
            }
        });
        CHECK(folk.book->asked == 5);
        CHECK_FALSE(gate.login(knock("amira", "valve-7")));
    }
}

TEST_CASE("pairing codes and tokens are drawn at once, and none twice", "[authenticator][threads]") {
    site at{house_options{}, sallyport::penalty::lanes<>{}};
    auto const host_session = at.gate.login(knock("amira", "valve-7"));
    REQUIRE(host_session);
    std::mutex lock;
    std::set<std::string> codes;
    std::set<std::array<sallyport::word, 2>> tokens;
    together(4, [&](unsigned n) {
        for (int i = 0; i < 200; ++i) {
            if (n % 2 == 0) {
                if (auto const code = at.gate.issue_pairing_code(host_session->number(), secret{"valve-7"})) {
                    std::lock_guard const hold{lock};
                    codes.emplace(code->view());
                }
            } else if (auto who = at.gate.login(knock("bo", "pump-3", host(n)))) {
                if (auto const token = who->token()) {
                    std::lock_guard const hold{lock};
                    tokens.insert(token->bits);
                }
            }
        }
    });
    CHECK(codes.size() == 400);
    CHECK(tokens.size() == 400);
}

TEST_CASE("64 parallel logins with the right secret: all admitted, no penalty", "[authenticator][threads]") {
    auto at = published({.patience = 60s}, {.total = 64});
    std::array<std::atomic<bool>, 64> in{};
    std::atomic<unsigned> inside{0};
    together(64, [&](unsigned n) {
        auto const who = at.gate.login(knock("amira", "valve-7", n % 2 == 0 ? here : host(n)));
        in[n] = static_cast<bool>(who);
        ++inside;
        while (inside < 64) std::this_thread::yield();  // all of them at once, not one after the other
        in[n] = in[n] && who->state() == standing::open;
    });
    unsigned admitted = 0;
    for (auto const& one : in) admitted += one ? 1 : 0;
    CHECK(admitted == 64);
    CHECK(at.gate.delay(knock("amira", "")) == 0s);
    CHECK(at.gate.open_sessions() == 0);
    CHECK(at.log.count(event_id::login_admitted) == 64);
    CHECK(at.log.count(event_id::login_refused) == 0);
}

TEST_CASE("64 threads at a full house: never more inside than the limit", "[authenticator][threads]") {
    auto at = published({.doors = 256, .patience = 5s}, {.total = 5});
    std::atomic<int> inside{0}, most{0};
    together(64, [&](unsigned n) {
        std::string const me = n % 2 == 0 ? "amira" : "bo";
        for (int i = 0; i < 10; ++i)
            if (auto const who = at.gate.login(knock(me, n % 2 == 0 ? "valve-7" : "pump-3", host(n)))) {
                int const now = ++inside;
                for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {}
                std::this_thread::yield();
                --inside;
            }
    });
    CHECK(most >= 1);
    CHECK(most <= 5);
    CHECK(at.gate.delay(knock("amira", "")) == 0s);  // a full house is nobody's penalty
    CHECK(at.gate.open_sessions() == 0);
    CHECK(at.at_the_door() == 0);
}

TEST_CASE("everything at once: nobody is lost, nothing is left over", "[authenticator][threads]") {
    auto at = published({.doors = 256, .patience = 100ms, .idle = 1s});
    std::atomic<int> admitted{0}, working{6};
    together(8, [&](unsigned n) {
        if (n < 6) {
            for (int i = 0; i < 60; ++i) {
                bool const amira = (n + static_cast<unsigned>(i)) % 2 == 0;
                auto who = at.gate.login(knock(amira ? "amira" : "bo",
                                               i % 7 == 6 ? "wrong"
                                               : amira    ? "valve-7"
                                                          : "pump-3",
                                               host(n), "opcua", n + 1));
                if (!who) continue;
                ++admitted;
                (void)who->may(admins);
                (void)who->touch();
                if (auto const t = who->token()) (void)at.gate.present(*t);
                if (i % 5 == 0 && who->lock()) (void)who->unlock(secret{amira ? "valve-7" : "pump-3"});
                if (i % 11 == 0) at.gate.close(who->detach());
            }
            --working;
        } else {
            while (working > 0) {
                at.folk.book->give("bo", n == 6 ? operators : admins);
                at.gate.reevaluate();
                while (at.gate.tick()) {}
                (void)at.gate.next_tick();
                auto desk = at.gate.administer("root");
                (void)desk.sessions();
                (void)desk.penalties();
                desk.clear_penalty("amira"), desk.clear_penalty("bo");
                desk.set_session_maximum(n == 6 ? 4 : 32);
                at.gate.close_channel("opcua", n - 5);
                at.gate.close_all("bo");
                at.wait(50ms);
            }
        }
    });
    CHECK(admitted > 0);
    CHECK(at.log.count(event_id::login_admitted) == static_cast<std::size_t>(admitted.load()));
    // Each session that began has ended once, whoever ended it.
    CHECK(at.log.count(event_id::session_closed) + at.log.count(event_id::session_terminated) ==
          static_cast<std::size_t>(admitted.load()));
    CHECK(at.gate.open_sessions() == 0);
    CHECK(at.at_the_door() == 0);
}

TEST_CASE("a session is asked from many threads while its roles change", "[authenticator][threads]") {
    auto at = published();
    auto const who = at.gate.login(knock("bo", "pump-3"));
    REQUIRE(who);
    auto const& session = *who;
    role_set const never = role_set{}.with(2).with(64).with(127);
    std::atomic<bool> done{false};
    std::atomic<int> torn{0};
    together(4, [&](unsigned n) {
        if (n == 0) {
            for (int i = 0; i < 300; ++i) {
                at.folk.book->give("bo", i % 2 == 0 ? admins : operators);
                at.gate.reevaluate();
            }
            done = true;
        } else {
            while (!done)
                if (session.may(never) || session.state() != standing::open) ++torn;
        }
    });
    CHECK(torn == 0);
    CHECK(session.may(operators));
}

}  // namespace
