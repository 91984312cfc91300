// SPDX-License-Identifier: BSL-1.0
// The guard against a plain model of the rules as they are written, on thousands of random traces.
#include "support/catch.hpp"

#include <sallyport/penalty/backoff.hpp>
#include <sallyport/testing/bench.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace sallyport;
using sallyport::penalty::early_attempt;
using sallyport::testing::at;
using sallyport::testing::bench;
using sallyport::testing::knock;

/// PLCnext's rules, in a map without bounds and in seconds, as a person would read them aloud.
class model {
public:
    explicit model(early_attempt early) : extends_{early == early_attempt::extend} {}

    /// What is answered, and what comes of it: let in (and in flight), early, or busy.
    denial arrive(std::string_view user, nanoseconds now) {
        record& r = list_[std::string{user}];
        if (now < r.open_at) {
            if (extends_) fail(r, now);
            return {reason::penalty_delay_active, r.open_at - now};
        }
        bool const all_could_fail = delay_after(r.failures + r.in_flight) == 0s;
        if (r.in_flight != 0 && !all_could_fail) return {reason::try_again_later, 0s};
        ++r.in_flight;
        return {reason::none, 0s};
    }
    void fail(std::string_view user, nanoseconds now) {
        record& r = list_[std::string{user}];
        --r.in_flight;
        fail(r, now);
    }
    void withdraw(std::string_view user) { --list_[std::string{user}].in_flight; }
    void prove(std::string_view user) {
        record& r = list_[std::string{user}];
        --r.in_flight;
        r.failures = 0;
        r.open_at = 0s;
    }
    bool clear(std::string_view user) {
        record& r = list_[std::string{user}];
        bool const something = r.failures != 0;
        r.failures = 0;
        r.open_at = 0s;
        return something;
    }
    [[nodiscard]] nanoseconds wait(std::string_view user, nanoseconds now) {
        return std::max<nanoseconds>(list_[std::string{user}].open_at - now, 0s);
    }

private:
    struct record {
        std::uint64_t failures = 0, in_flight = 0;
        nanoseconds open_at = 0s;
    };
    static std::chrono::seconds delay_after(std::uint64_t n) {
        return n < 3 ? 0s : std::chrono::seconds{std::min<std::uint64_t>(10 + 30 * (n - 3), 3600)};
    }
    static void fail(record& r, nanoseconds now) {
        ++r.failures;
        if (auto const d = delay_after(r.failures); d > 0s) r.open_at = now + d;
    }
    bool extends_;
    std::map<std::string, record> list_;
};

struct trace {
    unsigned seed;
    early_attempt early;
    std::uint64_t pause_ms;  // between two events, at most
};

/// Plays one random trace to both; what differed, in words.
std::string disagreement(trace const& t, int events) {
    static constexpr std::array<std::string_view, 3> users{"amira", "bo", "nobody"};
    std::mt19937_64 dice{t.seed};
    bench<penalty::backoff<>> guard{penalty::backoff<>{{.on_early_attempt = t.early}}};
    model rules{t.early};
    struct attempt_in_flight {
        std::string_view user;
        visit who;
    };
    std::vector<attempt_in_flight> doing;
    nanoseconds now = 1h;

    for (int i = 0; i < events; ++i) {
        // Often in the same instant, sometimes exactly when a delay ends, or one nanosecond before.
        std::string_view const user = users[static_cast<std::size_t>(dice() % users.size())];
        visit const who = knock(user, {}, "opcua", user != "nobody");
        switch (dice() % 4) {
            case 0: break;
            case 1: now += rules.wait(user, now); break;
            case 2: now += std::max<nanoseconds>(rules.wait(user, now) - 1ns, 0s); break;
            default: now += std::chrono::milliseconds{dice() % t.pause_ms}; break;
        }
        switch (dice() % 8) {
            case 0: {
                if (guard->clear_penalty(who, at(now)) != rules.clear(user)) return "clear";
                break;
            }
            case 1:
            case 2:
            case 3: {
                if (doing.empty()) break;
                std::swap(doing[static_cast<std::size_t>(dice() % doing.size())], doing.back());
                auto const [whose, one] = doing.back();
                doing.pop_back();
                switch (dice() % 8) {
                    case 0:
                        guard.note(proof{one, principal{one.account}, at(now)}), rules.prove(whose);
                        break;
                    case 1: guard.note(withdrawn{one, at(now)}), rules.withdraw(whose); break;
                    default: guard.note(failure{one, {}, at(now)}), rules.fail(whose, now); break;
                }
                break;
            }
            default: {
                verdict const v = guard.check(arrival{who, at(now)});
                denial said{reason::none, 0s};
                if (v) {
                    guard.note(arrival{who, at(now)});
                    doing.push_back({user, who});
                } else {
                    guard.note(rebuff{who, v.error(), at(now)});
                    said = {v.error().why,
                            v.error().why == reason::penalty_delay_active ? guard->delay(who, at(now)) : 0s};
                }
                if (!(said == rules.arrive(user, now))) return "arrival of " + std::string{user};
                break;
            }
        }
        for (std::string_view const one : users)
            if (guard->delay(knock(one, {}, "opcua", one != "nobody"), at(now)) != rules.wait(one, now))
                return "delay of " + std::string{one};
    }
    return {};
}

TEST_CASE("the guard agrees with the rules as they are written, on 6,000 random traces",
          "[penalty][backoff][model]") {
    for (auto const early : {early_attempt::extend, early_attempt::freeze})
        for (std::uint64_t const pause_ms : {1'000U, 20'000U, 4'000'000U})
            for (unsigned seed = 0; seed < 1000; ++seed) {
                std::string const what = disagreement({seed, early, pause_ms}, 200);
                if (what.empty()) continue;
                CAPTURE(seed, pause_ms, static_cast<int>(early), what);
                FAIL();
            }
    SUCCEED();
}

TEST_CASE("no schedule gets more wrong secrets verified than the law allows", "[penalty][backoff][model]") {
    // However they are paced and paralleled: the k-th verified failure comes no earlier than the sum of the
    // delays before it.
    penalty::plcnext_law const law;
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937_64 dice{seed};
        bench<penalty::backoff<>> guard{penalty::backoff<>{{.on_early_attempt = early_attempt::freeze}}};
        visit const who = knock("amira");
        nanoseconds now = 0s, earliest = 0s;
        std::uint32_t verified = 0, in_flight = 0;
        for (int i = 0; i < 400; ++i) {
            now += std::chrono::milliseconds{dice() % 3 == 0 ? dice() % 40'000 : 0};
            if (dice() % 2 == 0) {
                if (verdict const v = guard.check(arrival{who, at(now)})) {
                    guard.note(arrival{who, at(now)});
                    ++in_flight;
                }
            } else if (in_flight > 0) {
                --in_flight;
                guard.note(failure{who, {}, at(now)});
                ++verified;
                CAPTURE(seed, verified);
                REQUIRE(now >= earliest);
                earliest += law(verified);
            }
        }
        CHECK(verified > 3);
    }
}

}  // namespace
