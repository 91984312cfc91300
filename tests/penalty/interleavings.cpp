// SPDX-License-Identifier: BSL-1.0
// Reserve, verify, settle: every order in which three threads with two attempts each can do it, with every
// outcome of each attempt. A call on a gate is one hold of its lock (the last test sees to it), so whoever
// orders the calls orders all that threads can do to each other.
#include "support/build.hpp"
#include "support/catch.hpp"
#include "support/plant.hpp"

#include <sallyport/penalty/backoff.hpp>
#include <sallyport/penalty/guess_bound.hpp>
#include <sallyport/penalty/lane.hpp>
#include <sallyport/penalty/lanes.hpp>
#include <sallyport/testing/bench.hpp>
#include <sallyport/testing/device_forge.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace sallyport;
using namespace sallyport::penalty;

constexpr int threads = 3, attempts = 2;

/// Where the threads are: how many attempts each has behind it, and whether one is in flight.
struct desk {
    std::array<std::int8_t, threads> done{};
    std::array<bool, threads> flying{};
    int tick = 0;
    auto operator<=>(desk const&) const = default;

    [[nodiscard]] int in_flight() const {
        return static_cast<int>(std::count(flying.begin(), flying.end(), true));
    }
};

/// What came of all schedules.
struct findings {
    std::uint64_t schedules = 0;  ///< that were played to the end
    int over_bound = 0;           ///< moments at which more had been verified than may be
    int miscounted = 0;           ///< moments at which a reservation was lost, or released twice
    int stuck = 0;                ///< ends at which somebody is still thought to be in flight
    std::uint64_t most_wrong = 0;
};

/// A small deterministic scheduler: it plays all schedules at once, level by level, and counts how many of
/// them have come to the same place. `Cell` is what is shared: arrive(now) → may one more be verified?;
/// fail(now), withdraw(now), prove(now); in_flight(); comparable. One that needs to know says so: it has
/// `turn(thread)`, called before. Wrong ones count from a tick on: a bound is
/// to hold in every window, not in the first alone.
template <class Cell>
findings play_all_from(int from, Cell const& fresh, int last_tick, auto bound, int each = attempts) {
    struct place {
        desk who{};
        Cell cell;
        std::uint64_t wrong = 0;
        auto operator<=>(place const&) const = default;
    };
    findings found;
    std::map<place, std::uint64_t> level{{place{{}, fresh, 0}, 1}};
    while (!level.empty()) {
        std::map<place, std::uint64_t> next;
        for (auto const& [p, ways] : level) {
            nanoseconds const now = p.who.tick * 1s;
            if (p.who.tick >= from && p.wrong > bound(now - from * 1s)) ++found.over_bound;
            if (p.cell.in_flight() != static_cast<std::uint64_t>(p.who.in_flight())) ++found.miscounted;
            found.most_wrong = std::max(found.most_wrong, p.wrong);
            bool over = p.who.tick == last_tick;
            auto const go_on = [&, &ways = ways](place const& to) { next[to] += ways; };
            for (std::size_t t = 0; t < threads; ++t) {
                if (p.who.flying[t]) {
                    over = false;
                    place to = p;
                    if constexpr (requires { to.cell.turn(t); }) to.cell.turn(t);
                    to.who.flying[t] = false, ++to.who.done[t];
                    place wrong = to, unheard = to, right = to;
                    wrong.cell.fail(now), wrong.wrong += p.who.tick >= from ? 1 : 0, go_on(wrong);
                    unheard.cell.withdraw(now), go_on(unheard);
                    right.cell.prove(now), go_on(right);
                } else if (p.who.done[t] < each) {
                    over = false;
                    place to = p;
                    if constexpr (requires { to.cell.turn(t); }) to.cell.turn(t);
                    if (to.cell.arrive(now))
                        to.who.flying[t] = true;
                    else
                        ++to.who.done[t];  // refused: it does not come again
                    go_on(to);
                }
            }
            if (p.who.tick < last_tick) {
                place later = p;
                ++later.who.tick;
                go_on(later);
            }
            if (!over) continue;
            found.schedules += ways;
            if (p.cell.in_flight() != 0) ++found.stuck;
        }
        level = std::move(next);
    }
    return found;
}

/// In every window; the numbers are those of the first, which is the longest.
template <class Cell>
findings play_all(Cell const& fresh, int last_tick, auto bound, int each = attempts) {
    findings found = play_all_from(0, fresh, last_tick, bound, each);
    for (int from = 1; from <= last_tick; ++from) {
        auto const later = play_all_from(from, fresh, last_tick, bound, each);
        found.over_bound += later.over_bound, found.miscounted += later.miscounted;
        found.stuck += later.stuck;
    }
    return found;
}

/// The lane itself.
struct reserved_lane {
    std::uint32_t burst;
    std::int64_t every;  // ticks
    std::int64_t tat = 0;
    std::uint64_t flying = 0;
    auto operator<=>(reserved_lane const&) const = default;

    bool arrive(nanoseconds now) {
        return change([&](lane& l) {
            bool const may = l.admissible(rate(), now);
            if (may) l.reserve();
            return may;
        });
    }
    void fail(nanoseconds now) {
        change([&](lane& l) { return l.fail(rate(), now), true; });
    }
    void withdraw(nanoseconds) {
        change([&](lane& l) { return l.release(), true; });
    }
    void prove(nanoseconds now) { withdraw(now); }
    [[nodiscard]] std::uint64_t in_flight() const { return flying; }
    [[nodiscard]] lane_rate rate() const { return {burst, every * 1s}; }

private:
    template <class F>
    bool change(F f) {
        lane l{tat, flying};
        bool const said = f(l);
        tat = l.tat, flying = l.in_flight;
        return said;
    }
};

std::uint64_t all_orders_of(int steps_of_each) {
    // (3n)! / n!³, as a product of two binomials
    std::uint64_t orders = 1;
    for (int t = 2; t <= threads; ++t)
        for (int i = 1; i <= steps_of_each; ++i)
            orders = orders * static_cast<unsigned>((t - 1) * steps_of_each + i) / static_cast<unsigned>(i);
    return orders;
}

TEST_CASE("all interleavings at a lane: none over the bound, no reservation lost or released twice",
          "[penalty][interleavings]") {
    SECTION("the scheduler leaves nothing out") {
        auto const found = play_all(reserved_lane{6, 1}, 0, [](nanoseconds) { return 6U; });
        std::uint64_t const outcomes = 3 * 3 * 3 * 3 * 3 * 3;
        CHECK(all_orders_of(2 * attempts) == 34'650);
        CHECK(found.schedules == 34'650 * outcomes);
        CHECK(found.most_wrong == 6);
        CHECK(found.over_bound + found.miscounted + found.stuck == 0);
    }
    for (std::uint32_t const burst : {1U, 2U, 3U, 4U})
        for (int const every : {1, 2, 3}) {
            if (sanitized && every != 2) continue;
            CAPTURE(burst, every);
            reserved_lane const fresh{burst, every};
            auto const bound = [&](nanoseconds window) { return fresh.rate().most_within(window); };
            auto const found = play_all(fresh, 3, bound);
            CHECK(found.over_bound == 0);
            CHECK(found.miscounted == 0);
            CHECK(found.stuck == 0);
            CHECK(found.most_wrong == std::min<std::uint64_t>(bound(3s), threads * attempts));
        }
}

/// What is not done, and why: looked at first and counted afterwards (CVE-2024-4629, CVE-2023-33170).
struct counted_afterwards : reserved_lane {
    auto operator<=>(counted_afterwards const&) const = default;
    bool arrive(nanoseconds now) {
        bool const may = lane{tat, 0}.admissible(rate(), now);
        flying += may ? 1 : 0;
        return may;
    }
};
/// Nor this: charged at arrival, and taken back on success. While the success is in flight the lane drains.
struct charged_at_arrival : reserved_lane {
    auto operator<=>(charged_at_arrival const&) const = default;
    bool arrive(nanoseconds now) {
        lane l{tat, 0};
        bool const may = l.admissible(rate(), now);
        if (may) l.charge(rate(), now), tat = l.tat, ++flying;
        return may;
    }
    void fail(nanoseconds) { --flying; }
    void withdraw(nanoseconds) { --flying, tat -= rate().every.count(); }
    void prove(nanoseconds now) { withdraw(now); }
};

TEST_CASE("the scheduler finds what is wrong with other protocols", "[penalty][interleavings]") {
    for (std::uint32_t const burst : {1U, 2U}) {
        CAPTURE(burst);
        lane_rate const rate{burst, 2s};
        auto const bound = [&](nanoseconds window) { return rate.most_within(window); };
        CHECK(play_all(counted_afterwards{{burst, 2}}, 0, bound).over_bound > 0);
        CHECK(play_all(charged_at_arrival{{burst, 2}}, 0, bound).over_bound == 0);
        CHECK(play_all(charged_at_arrival{{burst, 2}}, 3, bound).over_bound > 0);
    }
}

/// A penalty list with one name on it; what it keeps is compared, the guard itself is stateless.
struct one_name_list {
    static constexpr backoff_options<> options{
        .law = {.free_failures = 2, .first = 1s, .step = 1s, .ceiling = 2s}, .known = 1, .unknown = 1};
    std::vector<word> words = plan();
    auto operator<=>(one_name_list const&) const = default;

    static std::vector<word> plan() {
        backoff<> list{options};
        blueprint b;
        list.attach(b);
        return std::vector<word>(b.words() + 1);
    }
    template <class F>
    auto ask(F f) {
        backoff<> list{options};
        blueprint hand_out{region{words.data()}, testing::bench_key};
        list.attach(hand_out);
        return f(list, testing::knock("amira"));
    }

    bool arrive(nanoseconds now) {
        return ask([&](auto& list, visit const& who) {
            verdict const v = list.check(arrival{who, testing::at(now)});
            if (v) list.note(arrival{who, testing::at(now)});
            return static_cast<bool>(v);
        });
    }
    void fail(nanoseconds now) {
        ask([&](auto& list, visit const& who) { list.note(failure{who, {}, testing::at(now)}); });
    }
    void withdraw(nanoseconds now) {
        ask([&](auto& list, visit const& who) { list.note(withdrawn{who, testing::at(now)}); });
    }
    void prove(nanoseconds now) {
        ask([&](auto& list, visit const& who) {
            list.note(proof{who, principal{who.account}, testing::at(now)});
        });
    }
    [[nodiscard]] std::uint64_t in_flight() const {
        std::uint64_t n = 0;
        one_name_list copy = *this;
        copy.ask([&](auto& list, visit const&) {
            list.each_penalty(0s, [&](penalty_entry const& e) { n += e.in_flight; });
        });
        return n;
    }
};

TEST_CASE("all interleavings at a penalty list: none over the bound, no reservation lost or released twice",
          "[penalty][interleavings]") {
    // Any of the six may turn out right, and each that does begins a new row.
    auto const bound = [](nanoseconds window) {
        return worst_case_guesses(window, 0, threads * attempts, one_name_list::options).total();
    };
    for (int const last_tick : {0, 2}) {
        CAPTURE(last_tick);
        auto const found = play_all(one_name_list{}, last_tick, bound);
        CHECK(found.schedules > 34'650);
        CHECK(found.over_bound == 0);
        CHECK(found.miscounted == 0);
        CHECK(found.stuck == 0);
        CHECK(found.most_wrong > 3);
    }
}

/// All lanes of an account, tried by each thread from a source of its own; the second comes from a trusted
/// device, the third from one that is paired.
struct three_visitors {
    static constexpr lane_options options{.strangers = {2, 1s},
                                          .account_and_source = {2, 2s},
                                          .source = {3, 1s},
                                          .trusted = {1, 2s},
                                          .paired = {2, 2s},
                                          .device = {2, 1s},
                                          .known = 1,
                                          .unknown = 16,
                                          .visitors = 2,
                                          .sources = 2,
                                          .devices = 3,
                                          .pairs = 2};
    std::vector<word> words = plan();
    std::array<slip, threads> slips{};
    std::size_t whose = 0;
    auto operator<=>(three_visitors const&) const = default;

    three_visitors() {
        turn(2);
        ask([](auto& all, visit const& who) {
            return all.pair(who, who.device.print(), pairing_kind::appointed, testing::at(0s));
        });
    }
    void turn(std::size_t t) { whose = t; }
    bool arrive(nanoseconds now) {
        return ask([&](auto& all, visit const& who) {
            if (!all.check(arrival{who, testing::at(now)})) return false;
            all.note(arrival{who, testing::at(now), &slips[whose]});
            return all.kept();
        });
    }
    void fail(nanoseconds now) {
        settle([&](auto& all, visit const& who) { all.note(failure{who, {}, testing::at(now)}); });
    }
    void withdraw(nanoseconds now) {
        settle([&](auto& all, visit const& who) { all.note(withdrawn{who, testing::at(now)}); });
    }
    void prove(nanoseconds now) {
        settle([&](auto& all, visit const& who) {
            all.note(proof{who, principal{who.account}, testing::at(now)});
        });
    }
    /// Of each attempt one reservation in a lane of the account's, so that these are as many.
    [[nodiscard]] std::uint64_t in_flight() const {
        std::uint64_t n = 0;
        three_visitors copy = *this;
        copy.ask([&](auto& all, visit const&) {
            all.each_penalty(0s, [&](penalty_entry const& e) {
                n += e.lane == "strangers" || e.lane == "trusted" || e.lane == "paired" ? e.in_flight : 0;
            });
            return true;
        });
        return n;
    }

private:
    static std::vector<word> plan() {
        lanes<> all{options};
        blueprint b;
        all.attach(b);
        return std::vector<word>(b.words() + 1);
    }
    template <class F>
    auto ask(F f) -> decltype(f(std::declval<lanes<>&>(), std::declval<visit const&>())) {
        lanes<> all{options};
        blueprint hand_out{region{words.data()}, testing::bench_key};
        all.attach(hand_out);
        auto const n = static_cast<std::uint8_t>(whose + 1);
        visit who = testing::knock("amira", address::ipv4(192, 0, 2, n));
        if (whose != 0) who.device = testing::device_forge::make({{n}});
        who.charged = slips[whose];
        return f(all, who);
    }
    template <class F>
    void settle(F f) {
        ask(f);
        slips[whose] = {};  // it is not there any more, so places in which it differs are one
    }
};

void play_all_lanes(int last_tick) {
    // A right secret from the trusted device pairs it: from then on it pays as the other does.
    auto const bound = [](nanoseconds window) {
        return worst_case_guesses(window, 2, threads * attempts, three_visitors::options).total();
    };
    // Under a sanitizer one attempt each: it takes fifty times as long.
    auto const found = play_all(three_visitors{}, last_tick, bound, sanitized ? 1 : attempts);
    CHECK(found.schedules > (sanitized ? 90 : 34'650));
    CHECK(found.over_bound == 0);
    CHECK(found.miscounted == 0);
    CHECK(found.stuck == 0);
    CHECK(found.most_wrong >= (sanitized ? 3 : 5));  // two strangers', one trusted one's, two of the pair
}
TEST_CASE("all interleavings at all the lanes: none over the bound, no reservation lost or released twice",
          "[penalty][interleavings]") {
    play_all_lanes(0);
}
TEST_CASE("all interleavings at all the lanes, while time goes by", "[.long][penalty][interleavings]") {
    play_all_lanes(1);
}

// ---- At a gate ------------------------------------------------------------------------------------------

/// Counts its holds; nobody waits for it, since there is one thread.
struct counting_lock {
    static inline std::atomic<int> holds{
        0};  // NOLINT(*-avoid-non-const-global-variables): a count for a test
    void lock() noexcept { ++holds; }
    void unlock() noexcept {}
};

enum class outcome : std::uint8_t { wrong, right, withdrawn, dropped };

/// Plays one schedule on a gate of its own. `turns`: whose turn it is, each thread's first turn an arrival,
/// the next the settlement, and so on. What went wrong, in words.
using schedule = std::array<std::uint8_t, std::size_t{2} * threads * attempts>;
template <class Guard>
std::string play(Guard guard, auto most_wrong, schedule const& turns, std::uint32_t outcomes) {
    authenticator gate{environment{}
                           .with_clock(testing::manual_clock{})
                           .with_storage(heap_storage<counting_lock>{})
                           .with_waiter(no_waiter{})
                           .with_house({.doors = 16, .places = 8}),
                       plant::directory{}, std::move(guard)};
    using pending = typename decltype(gate)::pending;
    std::array<std::optional<pending>, threads> flying{};
    std::array<unsigned, threads> turn{};
    std::vector<session::session> inside;
    std::uint64_t wrong = 0, right = 0;
    for (auto const t : turns) {
        auto const attempt_number = t * unsigned{attempts} + turn[t] / 2;
        auto const what = static_cast<outcome>(outcomes >> 2 * attempt_number & 3);
        // No two guesses alike: the lanes would know one again.
        std::string const secret =
            what == outcome::right ? "open sesame" : "wrong " + std::to_string(attempt_number);
        attempt const a = plant::by("amira", secret);
        int const before = counting_lock::holds;
        int calls = 1;
        if (turn[t]++ % 2 == 0) {
            if (auto p = gate.begin(a))
                flying[t].emplace(std::move(*p));
            else if (p.error().why != reason::try_again_later &&
                     p.error().why != reason::penalty_delay_active)
                return "refused for " + std::string{to_string(p.error().why)};
        } else if (flying[t]) {
            if (what == outcome::withdrawn) {
                flying[t]->withdraw();
            } else if (what != outcome::dropped) {
                flying[t]->verify(a);
                if (auto s = flying[t]->settle())
                    inside.push_back(std::move(*s)), ++right;
                else if (what == outcome::right)
                    return "the right one was refused";
                else
                    ++wrong;
            } else {
                ++wrong;
            }
            flying[t].reset();
        } else {
            calls = 0;
        }
        if (counting_lock::holds != before + calls) return "more than one hold in a call, or none";
        auto const in_flight = static_cast<std::uint64_t>(
            std::count_if(flying.begin(), flying.end(), [](auto const& p) { return p.has_value(); }));
        std::uint64_t at_door = 0, on_list = 0;
        gate.inspect([&](auto const& door, house const&, Guard const& list) {
            at_door = door.size();
            list.each_penalty(0s, [&](penalty_entry const& e) {
                on_list += e.lane.empty() || e.lane == "strangers" ? e.in_flight : 0;
            });
        });
        if (at_door != in_flight || on_list != in_flight) return "a reservation was lost, or released twice";
        if (wrong > most_wrong(right)) return "over the bound";
    }
    return {};
}

void play_all_at_a_gate(auto const& guard, auto most_wrong) {
    schedule turns{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2};
    std::uint32_t outcomes = 1;
    int schedules = 0;
    do {
        ++schedules;
        // Each with another mixture of outcomes: a linear generator, of whose bits the upper are good.
        outcomes = outcomes * 1664525 + 1013904223;
        if (scaled(10) != 10 && schedules % 10 != 0) continue;  // here each takes ten times as long
        std::string const what = play(guard(), most_wrong, turns, outcomes >> 8);
        if (what.empty()) continue;
        CAPTURE(schedules, turns, outcomes >> 8);
        FAIL(what);
        // Threads are alike, so whose first turn comes first is called 0: a third of all orders remains.
    } while (std::next_permutation(turns.begin() + 1, turns.end()));
    CHECK(schedules == 11'550);
}

TEST_CASE("all interleavings at a gate, where each call is one hold of the lock",
          "[penalty][interleavings]") {
    SECTION("with a penalty list") {
        play_all_at_a_gate([] { return backoff<>{{.known = 2, .unknown = 1}}; },
                           [](std::uint64_t right) { return 3 + 2 * right; });
    }
    SECTION("with lanes, where no right one widens anything") {
        play_all_at_a_gate(
            [] {
                return lanes<>{{.strangers = {3, 1h},
                                .known = 2,
                                .unknown = 16,
                                .visitors = 4,
                                .sources = 4,
                                .devices = 1,
                                .pairs = 2}};
            },
            [](std::uint64_t) { return std::uint64_t{3}; });
    }
}

}  // namespace
