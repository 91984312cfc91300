// SPDX-License-Identifier: BSL-1.0
// Two processes behind one penalty list and one count of sessions: what one does shows in the other, and
// what the dead have left is taken back.
#include "shared_house.hpp"
#include "support/build.hpp"
#include "support/catch.hpp"

#include <sallyport/presets/resilient.hpp>
#include <sallyport/testing/recorder.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <new>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace shared_house;
using sallyport::house_options;
using sallyport::reason;
using sallyport::shared_memory_options;
using sallyport::standing;

TEST_CASE("three failures there are a delay here, until an administrator clears it",
          "[environment][shared_memory][fork]") {
    place_for_segment const here;
    auto gate = plcnext_at({.path = here.segment()});
    REQUIRE(gate.ready());
    REQUIRE(true_in_a_child([&] {
        auto other = plcnext_at({.path = here.segment()});
        for (int i = 0; i < 3; ++i)
            if (other.login(knock("amira", "wrong")).error().why != reason::invalid_credentials) return false;
        return true;
    }));
    auto const no = gate.begin(knock("amira", "right")).error();
    CHECK(no.why == reason::penalty_delay_active);
    CHECK(no.retry_after > 30s);
    CHECK(gate.login(knock("bo", "right")));  // another's door is open
    auto const list = gate.administer("root").penalties();
    REQUIRE(list.size() == 1);
    CHECK(list[0].account == sallyport::name{"amira"});
    CHECK(list[0].failures == 4);
    REQUIRE(true_in_a_child([&] {
        auto other = plcnext_at({.path = here.segment()});
        return other.administer("root").clear_penalty("amira") && other.login(knock("amira", "right"));
    }));
    CHECK(gate.login(knock("amira", "right")));
}

TEST_CASE("sessions are counted over all processes, and closed from any",
          "[environment][shared_memory][fork]") {
    place_for_segment const here;
    auto const make = [&] { return plcnext_at({.path = here.segment()}, {}, {}, {.total = 3}); };
    auto gate = make();
    auto one = gate.login(knock("amira", "right"));
    REQUIRE(one);
    auto const token = one->token();
    REQUIRE(token);
    signal_pipe const ready, done;
    pid_t const child = in_a_child([&] {
        auto other = make();
        auto two = other.login(knock("bo", "right")), three = other.login(knock("bo", "right"));
        bool const knows_token =
            other.present(*token) && other.present(*token)->as.is == sallyport::name{"amira"};
        ready.say();
        bool const heard = done.hear();
        // What happened there shows here.
        auto const gone = other.tick();
        return two && three && knows_token && heard && two->state() == standing::terminated &&
               three->state() == standing::open && gone && gone->number == two->number() &&
               other.close(one->number());
    });
    REQUIRE(ready.hear());
    CHECK(gate.open_sessions() == 3);
    CHECK(gate.login(knock("chen", "right")).error().why == reason::session_limit_reached);
    std::uint64_t bos = 0;
    for (auto const& s : gate.administer("root").sessions())
        if (s.as.is == sallyport::name{"bo"} && (bos == 0 || s.number < bos)) bos = s.number;
    CHECK(gate.administer("root").close(bos));
    done.say();
    CHECK(ended_well(child));
    CHECK(one->state() == standing::closed);
    CHECK(gate.open_sessions() <= 1);  // what the child left open is reclaimed by and by …
    (void)gate.tick();
    CHECK(gate.open_sessions() == 0);  // … at the latest now
    CHECK_FALSE(gate.present(*token));
}

TEST_CASE("a dead process's reservations are failures, and its sessions end",
          "[environment][shared_memory][fork]") {
    place_for_segment const here;
    sallyport::testing::recorder log;
    auto gate = sallyport::authenticator{
        sallyport::environment{}
            .with_storage(sallyport::shared_memory_storage{{.path = here.segment()}})
            .with_audit(log),
        anybody{}, sallyport::penalty::backoff<>{}, sallyport::session::session_limit{}};
    int status = 0;
    pid_t const child = in_a_child([&] {
        auto other = plcnext_at({.path = here.segment()});
        auto inside = other.login(knock("bo", "right"));
        auto at_the_door = other.begin(knock("amira", "right"));
        if (!inside || !at_the_door) return false;
        (void)raise(SIGKILL);
        return true;
    });
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    CHECK(gate.open_sessions() == 1);
    (void)gate.tick();
    CHECK(gate.open_sessions() == 0);
    auto const list = gate.administer("root").penalties();
    REQUIRE(list.size() == 1);
    CHECK(list[0].account == sallyport::name{"amira"});
    CHECK(list[0].failures == 1);
    CHECK(list[0].in_flight == 0);
    std::size_t lost = 0;
    for (auto const& e : log.events())
        lost += e.id == sallyport::audit::event_id::session_closed && e.ending == standing::lost ? 1 : 0;
    CHECK(lost == 1);
}

TEST_CASE("a full house takes back what the dead hold before it refuses",
          "[environment][shared_memory][fork]") {
    place_for_segment const here;
    auto const make = [&] {
        return plcnext_at({.path = here.segment()}, {.doors = 6, .kept_doors = 1, .places = 4}, {},
                          {.total = 4});
    };
    auto gate = make();
    int status = 0;
    pid_t const child = in_a_child([&] {
        auto other = make();
        std::vector<sallyport::result<sallyport::session::session>> inside;
        std::vector<decltype(other.begin({}))> doing;
        char user[] = "user-a";
        for (int i = 0; i < 4; ++i) inside.push_back(other.login(knock("bo", "right")));
        for (int i = 0; i < 6; ++i, ++user[5]) doing.push_back(other.begin(knock(user, "right")));
        (void)raise(SIGKILL);
        return false;
    });
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(gate.open_sessions() == 4);
    CHECK(gate.login(knock("amira", "right")));  // nobody has called tick
}

TEST_CASE("a gate whose storage is held by a stopped process refuses within its patience",
          "[environment][shared_memory][fork]") {
    place_for_segment const here;
    auto gate = plcnext_at({.path = here.segment(), .patience = 50ms});
    auto mine = gate.login(knock("bo", "right"));
    REQUIRE(mine);
    signal_pipe const ready;
    pid_t const child = in_a_child([&] {
        auto other = plcnext_at({.path = here.segment()});
        other.inspect([&](auto const&...) {
            ready.say();
            (void)raise(SIGSTOP);
        });
        return true;
    });
    REQUIRE(ready.hear());
    REQUIRE(waitpid(child, nullptr, WUNTRACED) == child);
    auto const asked = std::chrono::steady_clock::now();
    CHECK(gate.begin(knock("amira", "right")).error().why == reason::storage_unavailable);
    CHECK(std::chrono::steady_clock::now() - asked < 5s);
    CHECK(mine->state() == standing::open);  // it is looked at without the lock
    CHECK(mine->who().is == sallyport::name{"bo"});
    (void)kill(child, SIGCONT);
    CHECK(ended_well(child));
    CHECK(gate.login(knock("amira", "right")));
}

TEST_CASE("a program with other options keeps its gate shut, and says why",
          "[environment][shared_memory][fork]") {
    place_for_segment const here;
    auto gate = plcnext_at({.path = here.segment()});
    REQUIRE(gate.ready());
    auto const fault_of = [](auto const& g) { return std::string{g.fault()}; };
    auto const other_law = plcnext_at({.path = here.segment()}, {}, {.law = {.first = 11s}});
    CHECK_FALSE(other_law.ready());
    CHECK(fault_of(other_law).find("differ in: options of backoff") != std::string::npos);
    auto other_house = plcnext_at({.path = here.segment()}, {.idle = 5min});
    CHECK(fault_of(other_house).find("differ in: options of the house") != std::string::npos);
    CHECK(other_house.login(knock("bo", "right")).error().why == reason::storage_unavailable);
    auto const other_limit = plcnext_at({.path = here.segment()}, {}, {}, {.per_user = 2});
    CHECK(fault_of(other_limit).find("differ in: options of session_limit") != std::string::npos);
    auto const fewer = gate_at({.path = here.segment()}, {}, sallyport::penalty::backoff<>{});
    CHECK(fault_of(fewer).find("differ in: plan") != std::string::npos);
    CHECK(plcnext_at({.path = here.segment()}).ready());
}

TEST_CASE("a forked copy of a gate refuses, and makes one anew", "[environment][shared_memory][fork]") {
    place_for_segment const here;
    auto gate = plcnext_at({.path = here.segment()});
    auto mine = gate.login(knock("bo", "right"));
    REQUIRE(mine);
    CHECK(true_in_a_child([&] {
        bool const refused = gate.login(knock("bo", "right")).error().why == reason::storage_unavailable;
        auto own = plcnext_at({.path = here.segment()});
        return refused && mine->state() == standing::ended && own.login(knock("bo", "right"));
    }));
    (void)gate.tick();
    CHECK(mine->state() == standing::open);
}

TEST_CASE("threads of two processes are counted together", "[environment][shared_memory][threads][fork]") {
    place_for_segment const here;
    auto const make = [&] {
        return plcnext_at({.path = here.segment(), .patience = 60s}, {.doors = 64, .places = 64}, {},
                          {.total = 64});
    };
    auto const crowd = [](auto& gate) {
        std::atomic<int> in{0};
        std::vector<std::thread> threads;
        for (int t = 0; t < 8; ++t)
            threads.emplace_back([&, t] {
                char user[] = "user-a";
                user[5] = static_cast<char>('a' + t);
                for (int i = 0; i < 50; ++i)
                    if (auto const s = gate.login(knock(user, "right"))) ++in;
            });
        for (auto& t : threads) t.join();
        return in.load();
    };
    auto gate = make();
    // No thread runs while this one forks.
    pid_t const child = in_a_child([&] {
        auto own = make();
        return crowd(own) == 8 * 50;
    });
    CHECK(crowd(gate) == 8 * 50);
    CHECK(ended_well(child));
    (void)gate.tick();
    gate.inspect([](auto const& door, auto const& inside, auto const&...) {
        CHECK(door.size() == 0);
        CHECK(inside.size() == 0);
    });
    CHECK(gate.administer("root").penalties().empty());
}

TEST_CASE("a session that is touched looks open all the while", "[environment][shared_memory][threads]") {
    place_for_segment const here;
    auto gate = plcnext_at({.path = here.segment()});
    auto s = gate.login(knock("amira", "right"));
    REQUIRE(s);
    std::atomic<bool> over{false};
    std::atomic<int> not_open{0}, not_allowed{0};
    std::vector<std::thread> lookers;
    for (int i = 0; i < 3; ++i)
        lookers.emplace_back([&] {
            while (!over) {
                not_open += s->state() != standing::open ? 1 : 0;
                not_allowed += s->may(sallyport::role_set{}.with(1)) ? 0 : 1;
            }
        });
    int not_touched = 0;
    for (int i = 0; i < scaled(1'000'000); ++i) not_touched += s->touch() ? 0 : 1;
    over = true;
    for (auto& t : lookers) t.join();
    CHECK(not_open == 0);
    CHECK(not_allowed == 0);
    CHECK(not_touched == 0);
}

TEST_CASE("a session looks open though whoever wrote its line was killed at it",
          "[environment][shared_memory][fork]") {
    place_for_segment const here;
    auto gate = plcnext_at({.path = here.segment()});
    auto s = gate.login(knock("amira", "right"));
    REQUIRE(s);
    auto const token = s->token();
    REQUIRE(token);
    std::mt19937 dice{7};
    for (int i = 0; i < scaled(100); ++i) {
        signal_pipe ready;
        pid_t const other = in_a_child([&] {
            auto mine = plcnext_at({.path = here.segment()});
            ready.say();
            for (;;) (void)mine.present(*token);
            return false;
        });
        REQUIRE(ready.hear());
        std::this_thread::sleep_for(std::chrono::microseconds{200 + dice() % 700});
        kill_at_once(other);
        REQUIRE(s->state() == standing::open);
        REQUIRE(s->may(sallyport::role_set{}.with(1)));
    }
}

TEST_CASE("guesses on an account are counted over all processes, lane by lane",
          "[environment][shared_memory][fork]") {
    place_for_segment const here;
    auto const make = [&] {
        return sallyport::presets::resilient(
            sallyport::environment{}.with_storage(sallyport::shared_memory_storage{{.path = here.segment()}}),
            anybody{}, sallyport::penalty::volatile_state{.restarts_per_day = 1});
    };
    auto const from = [](std::uint8_t host, std::string_view password) {
        auto a = knock("amira", password);
        a.source = sallyport::address::ipv4(198, 51, 100, host);
        return a;
    };
    auto gate = make();
    REQUIRE(gate.ready());
    auto const guess = [&](auto& at, std::uint8_t first) {
        int verified = 0;
        for (std::uint8_t i = 0; i < 8; ++i) {
            std::string const password = "guess " + std::to_string(first + i);
            auto const no = at.login(from(static_cast<std::uint8_t>(first + i), password)).error();
            verified += no.why == reason::invalid_credentials ? 1 : 0;
        }
        return verified;
    };
    CHECK(guess(gate, 1) == 8);
    CHECK(true_in_a_child([&] {
        auto other = make();
        return guess(other, 101) == 2 &&  // ten from all strangers of the world together
               other.login(from(201, "right")).error().why == reason::penalty_delay_active;
    }));
    CHECK(gate.login(from(202, "right")).error().why == reason::penalty_delay_active);
}

// ---- killed at any instant -----------------------------------------------------------------------------

/// What the workers share beside the segment: what they were told.
struct told {
    std::atomic<std::uint64_t> wrong{0}, admitted{0}, holds{0};
};

class shared_told {
public:
    shared_told()
        : page_{mmap(nullptr, sizeof(told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)},
          told_{new (page_) told} {}
    shared_told(shared_told const&) = delete;
    shared_told& operator=(shared_told const&) = delete;
    ~shared_told() { (void)munmap(page_, sizeof(told)); }
    told& operator*() const { return *told_; }
    told* operator->() const { return told_; }

private:
    void* page_;
    told* told_;
};

/// Works at random on a small house until it is killed: every kind of ending, a table that overflows,
/// sessions held and dropped. "karl" never succeeds, so none of his failures may be forgotten.
template <class Gate>
void toil(Gate& gate, unsigned seed, told& said) {
    std::mt19937 dice{seed};
    std::deque<sallyport::result<sallyport::session::session>> held;
    char stranger[] = "s-aa";
    for (;;) {
        if (dice() % 4 == 0) {
            if (gate.login(knock("karl", "wrong")).error().why == reason::invalid_credentials) ++said.wrong;
            continue;
        }
        stranger[2] = static_cast<char>('a' + dice() % 26), stranger[3] = static_cast<char>('a' + dice() % 4);
        std::string_view const user = dice() % 2 == 0 ? "amira" : dice() % 2 == 0 ? "bo" : stranger;
        auto const a = knock(user, dice() % 2 == 0 ? "right" : "wrong");
        if (auto p = gate.begin(a); p && dice() % 8 != 0) {
            if (dice() % 8 == 0) {
                p->withdraw();
            } else {
                p->verify(a);
                if (auto s = p->settle(); s) {
                    ++said.admitted;
                    if (dice() % 4 == 0) (void)s->token();
                    if (dice() % 2 == 0) held.push_back(std::move(s));
                }
            }
        }
        if (held.size() > 3) {
            if (dice() % 2 == 0) (void)gate.close(held.front()->number());
            held.pop_front();
        }
        if (dice() % 64 == 0) (void)gate.tick();
        ++said.holds;
    }
}

/// `rounds` times two processes are killed at a random instant, while a third works on.
void kill_and_recount(int rounds) {
    place_for_segment const here;
    shared_told const said;
    sallyport::penalty::backoff_options<> const never{.law = {.free_failures = 1'000'000'000}, .known = 24};
    house_options const small{.doors = 16, .kept_doors = 1, .places = 12};
    auto const make = [&] {
        return plcnext_at(
            {.path = here.segment(), .patience = 20s}, small, never,
            {.total = 10, .per_user = 6, .then = sallyport::session::when_full::evict_longest_idle});
    };
    auto gate = make();
    REQUIRE(gate.ready());
    std::mt19937 dice{11};
    pid_t const bystander = in_a_child([&] {
        auto own = make();
        toil(own, 1, *said);
        return true;
    });
    std::size_t disagreed = 0, unmade = 0;
    // The guards' own numbers against the books', under the lock.
    auto const recount = [&] {
        gate.inspect([&](auto const& door, auto const&, auto const& backoff, auto const&) {
            std::size_t in_flight = 0;
            backoff.each_penalty(0ns, [&](auto const& line) { in_flight += line.in_flight; });
            disagreed += in_flight != door.size() ? 1 : 0;
        });
    };
    for (int i = 0; i < rounds; ++i) {
        signal_pipe const ready;
        std::array<pid_t, 2> victims{};  // two at once: an heir may die at his inheritance
        for (pid_t& v : victims)
            v = in_a_child([&, seed = static_cast<unsigned>(dice())] {
                auto own = make();
                if (!own.ready()) return false;
                ready.say();
                toil(own, seed, *said);
                return true;
            });
        unmade += ready.hear() && ready.hear() ? 0 : 1;
        std::this_thread::sleep_for(std::chrono::microseconds{dice() % 2000});
        for (pid_t const v : victims) (void)kill(v, SIGKILL);
        for (pid_t const v : victims) (void)waitpid(v, nullptr, 0);
        recount();
    }
    kill_at_once(bystander);
    while (gate.tick()) continue;
    recount();
    std::size_t at_door = 0, inside = 0, slots = 0;
    gate.inspect([&](auto const& door, auto const& house, auto const& backoff, auto const&) {
        at_door = door.size(), inside = house.size();
        backoff.each_penalty(0ns, [&](auto const&) { ++slots; });
    });
    std::uint64_t karls = 0;
    for (auto const& line : gate.administer("root").penalties()) {
        CHECK(line.in_flight == 0);
        if (line.account == sallyport::name{"karl"}) karls = line.failures;
    }
    auto const killed = static_cast<std::uint64_t>(2 * rounds + 1);
    CAPTURE(killed, said->holds.load(), said->admitted.load(), said->wrong.load(), karls, slots);
    CHECK(unmade == 0);
    CHECK(disagreed == 0);
    CHECK(at_door == 0);
    CHECK(inside == 0);
    CHECK(karls >= said->wrong);           // none that was told is forgotten …
    CHECK(karls <= said->wrong + killed);  // … and each of the dead took one with him at most
    CHECK(said->wrong > 0);
    CHECK(gate.login(knock("amira", "right")));  // and the gate still opens
}

TEST_CASE("killed at any instant: no place leaks, no penalty is lost, the heir puts back",
          "[environment][shared_memory][kill][fork]") {
    kill_and_recount(120);
}
TEST_CASE("killed at any instant, thousands of times", "[.long][environment][shared_memory][kill][fork]") {
    kill_and_recount(5000);
}

}  // namespace
