// SPDX-License-Identifier: BSL-1.0
// The numbers that the compiler proves, against every schedule there is (where all is small) and against
// random ones (where it is not): on the guards themselves.
#include "support/build.hpp"
#include "support/catch.hpp"

#include <sallyport/penalty/backoff.hpp>
#include <sallyport/penalty/guess_bound.hpp>
#include <sallyport/penalty/lane.hpp>
#include <sallyport/testing/bench.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace sallyport;
using namespace sallyport::penalty;
using sallyport::testing::at;
using sallyport::testing::bench;
using sallyport::testing::knock;

using plcnext = backoff_options<plcnext_law>;

// ---- What a host writes ------------------------------------------------------------------------------

static_assert(worst_case_guesses(24h, 0, 0, lane_options{}) <= 100);
static_assert(worst_case_guesses(24h, 0, 0, lane_options{}).strangers == 34);
static_assert(worst_case_guesses(24h, 0, 0, lane_options{}).trusted == 34);
static_assert(worst_case_guesses(24h, 0, 0, lane_options{}).each_device == 298);
static_assert(worst_case_guesses(24h, 0, 0, lane_options{}).console == 0, "no console lane, no such guesses");
static_assert(worst_case_guesses(24h, 0, 0, lane_options{.panel = console::composed}).console == 293);
static_assert(worst_case_guesses(24h, 0, 0, lane_options{}) == 34 + 34);
static_assert(worst_case_guesses(24h, 2, 0, lane_options{}) == 34 + 34 + 2 * 298);
static_assert(worst_case_guesses(24h, 2, 0, lane_options{.panel = console::composed}) ==
              34 + 34 + 2 * 298 + 293);
static_assert(worst_case_guesses(24h, 0, 1000, lane_options{}) == 68, "no success of anybody widens a lane");
static_assert(worst_case_guesses(0s, 0, 0, lane_options{}) == 20, "in one instant: both bursts");
static_assert(worst_case_guesses(1h - 1ns, 0, 0, lane_options{}) == 20);
static_assert(worst_case_guesses(1h, 0, 0, lane_options{}) == 22, "both ends of the window count");

static_assert(worst_case_guesses(24h, 0, 0, plcnext{}) == 79);
static_assert(worst_case_guesses(0s, 0, 0, plcnext{}) == 3 &&
                  worst_case_guesses(0s, 0, 7, plcnext{}) == 3 + 2 * 7,
              "at once, each success of the owner is worth two more");
static_assert(worst_case_guesses(24h, 0, 1, plcnext{}) == 112,
              "at noon it is worth 33: both halves of the day begin with short delays");
static_assert(worst_case_guesses(24h, 9, 0, plcnext{}) == 79, "stolen or not, all share one list");
static_assert(worst_case_guesses(24h, 0, 0, backoff_options<linear_law>{}) == 106);
static_assert(worst_case_guesses(24h, 0, 0, backoff_options<exponential_law>{}) == 32);
static_assert(worst_case_guesses(24h, 0, 0, backoff_options<fibonacci_law>{}) == 38);
static_assert(worst_case_guesses(24h, 0, 0, backoff_options<threshold_law>{}) == 5 + 96);
static_assert(worst_case_guesses(24h, 0, 0, plcnext{.on_early_attempt = early_attempt::freeze}) == 79);

// The least of all; what is no penalty caps nothing; nothing at all caps nothing.
struct no_penalty_options {};
static_assert(worst_case_guesses(24h, 0, 0, plcnext{}, lane_options{}) == 68);
static_assert(worst_case_guesses(24h, 5, 0, plcnext{}, lane_options{}) == 79);
static_assert(worst_case_guesses(24h, 0, 0, backoff_options<exponential_law>{}, lane_options{}) == 32);
static_assert(worst_case_guesses(24h, 0, 0, no_penalty_options{}, plcnext{}) == 79);
static_assert(worst_case_guesses(24h, 0, 0, no_penalty_options{}) == unbounded);
static_assert(worst_case_guesses(24h, 0, 0) == unbounded && worst_case_guesses(0s, 0, 0) == unbounded);

// A cap on wrong secrets in a row: between two successes, for whoever is not paired.
static_assert(worst_case_guesses(240h, 0, 0, lane_options{.consecutive_cap = 100}) == 100);
static_assert(worst_case_guesses(240h, 0, 1, lane_options{.consecutive_cap = 100}) == 200);
static_assert(worst_case_guesses(240h, 1, 0, lane_options{.consecutive_cap = 100}) == 100 + 10 + 2880);

// Restarts multiply what forgets.
static_assert(worst_case_guesses(24h, 0, 0, lane_options{}, volatile_state{.restarts_per_day = 0}) == 68);
static_assert(worst_case_guesses(24h, 0, 0, lane_options{}, volatile_state{.restarts_per_day = 1}) == 136);
static_assert(worst_case_guesses(24h, 0, 0, plcnext{}, volatile_state{.restarts_per_day = 24}) == 25 * 79);
static_assert(worst_case_guesses(25h, 0, 0, plcnext{}, volatile_state{.restarts_per_day = 1}) >= 3 * 79);

// Saturating, whatever is asked.
constexpr std::uint64_t lots = std::numeric_limits<std::uint64_t>::max();
static_assert(worst_case_guesses(24h, lots, 0, lane_options{}) == unbounded);
static_assert(worst_case_guesses(24h, 0, lots, plcnext{}) == unbounded);
static_assert(worst_case_guesses(nanoseconds::max(), 0, 0, plcnext{}) > 2'562'000);
static_assert(worst_case_guesses(nanoseconds::max(), 0, 0, plcnext{}) < unbounded);
static_assert(worst_case_guesses(nanoseconds::min(), 0, 0, plcnext{}) == 3);
static_assert(worst_case_guesses(nanoseconds::max(), 0, 0, plcnext{}, volatile_state{4'000'000'000}) >
              lots / 2);
static_assert(worst_case_guesses(24h, 0, 0, plcnext{{.free_failures = 4'294'967'295}}) == unbounded);
static_assert(worst_case_guesses(24h, 0, 0, plcnext{{.first = 1ns, .step = 1ns}}) >= 13'145'341,
              "steps too many for a compiler: it errs upward");

// A policy of a host's own, with a bound of its own.
struct three_a_day {};
constexpr guess_terms bound_of(three_a_day, attack const& a) noexcept {
    return {.granted = a, .strangers = 3 * (static_cast<std::uint64_t>(a.lasts / 24h) + 1)};
}
static_assert(worst_case_guesses(24h, 0, 0, three_a_day{}, lane_options{}).strangers == 6);

// ---- Every schedule, where all is small ---------------------------------------------------------------

/// Where schedules have led to, and the most wrong secrets that were verified on the way. Schedules run in
/// circles (reserve, withdraw), so whoever gets to a place with more is sent on anew.
template <class Place>
class explored {
public:
    void reach(Place const& p, std::uint64_t gained) {
        auto const [at, fresh] = best_.try_emplace(p, gained);
        if (!fresh && at->second >= gained) return;
        at->second = gained;
        open_.push_back(p);
    }
    /// step(place, gained) for each, until nothing is left to be found.
    template <class Step>
    std::uint64_t most(Step step) {
        std::uint64_t all = 0;
        while (!open_.empty()) {
            Place const p = std::move(open_.back());
            open_.pop_back();
            std::uint64_t const gained = best_.at(p);
            all = std::max(all, gained);
            step(p, gained);
        }
        return all;
    }

private:
    std::map<Place, std::uint64_t> best_;
    std::vector<Place> open_;
};

/// The most wrong secrets that any schedule gets verified on a lane, within a window that begins after some
/// ticks before. At each tick any number of reservations, failures and releases, in any order; and restarts.
std::uint64_t most_through(lane_rate const& r, int before, int window, int restarts) {
    struct place {
        int tick, restarts;
        std::int64_t tat;
        std::uint64_t in_flight;
        auto operator<=>(place const&) const = default;
    };
    explored<place> all;
    all.reach({0, restarts, 0, 0}, 0);
    return all.most([&](place const& p, std::uint64_t gained) {
        nanoseconds const now = p.tick * 1s;
        std::uint64_t const counts = p.tick >= before ? 1 : 0;
        lane const l{p.tat, p.in_flight};
        auto const go_on = [&](lane const& next, std::uint64_t more) {
            all.reach({p.tick, p.restarts, next.tat, next.in_flight}, gained + more);
        };
        if (lane next = l; next.admissible(r, now)) next.reserve(), go_on(next, 0);
        if (l.in_flight > 0) {
            lane wrong = l, right = l;
            wrong.fail(r, now), go_on(wrong, counts);
            right.release(), go_on(right, 0);
        }
        // Who is in flight at a restart has been verified, for all that anybody knows.
        if (p.restarts > 0) all.reach({p.tick, p.restarts - 1, 0, 0}, gained + counts * l.in_flight);
        if (p.tick < before + window) all.reach({p.tick + 1, p.restarts, p.tat, p.in_flight}, gained);
    });
}

TEST_CASE("no schedule at all gets more through a lane than the bound, and one gets as much",
          "[penalty][guess_bound]") {
    for (std::uint32_t const burst : {1U, 2U, 3U, 4U})
        for (int const every : {1, 2, 3, 5})
            for (int const window : {0, 1, 4, 9, 10}) {
                lane_rate const rate{burst, every * 1s};
                CAPTURE(burst, every, window);
                lane_options const o{.strangers = rate};
                std::uint64_t const bound = worst_case_guesses(window * 1s, 0, 0, o).strangers;
                for (int const before : {0, 3}) {
                    CHECK(most_through(rate, before, window, 0) == bound);
                    for (int const restarts : {1, 2})
                        CHECK(most_through(rate, before, window, restarts) <=
                              bound * static_cast<unsigned>(restarts + 1));
                }
            }
}

/// A guard whose state can be put back.
template <law Law>
class rewinding {
public:
    explicit rewinding(backoff_options<Law> o) noexcept : guard{o} {
        blueprint plan;
        guard.attach(plan);
        words.assign(plan.words() + 1, 0);
        blueprint hand_out{region{words.data()}, sallyport::testing::bench_key};
        guard.attach(hand_out);
    }
    backoff<by_account, Law> guard;
    std::vector<word> words;
};

/// Likewise past a penalty list: an attacker and the owner, in flight together or not, early or patient.
template <law Law>
std::uint64_t most_past(backoff_options<Law> const& o, int window, int successes, int restarts) {
    struct place {
        int tick = 0, attackers = 0, owners = 0, successes = 0, restarts = 0, earlies = 2;
        std::vector<word> words{};
        auto operator<=>(place const&) const = default;
    };
    rewinding<Law> list{o};
    visit const who = knock("amira");
    explored<place> all;
    all.reach({.successes = successes, .restarts = restarts, .words = list.words}, 0);
    return all.most([&](place const& p, std::uint64_t gained) {
        nanoseconds const now = p.tick * 1s;
        // What changes beside the list; what happens to the list, false where it cannot; what it gains.
        auto const go_on = [&](auto change, auto act, std::uint64_t more = 0) {
            std::copy(p.words.begin(), p.words.end(), list.words.begin());
            if (!act(list.guard)) return;
            place next = p;
            change(next);
            next.words = list.words;
            all.reach(next, gained + more);
        };
        auto const arrive = [&](auto& g) {
            verdict const v = g.check(arrival{who, at(now)});
            if (v) g.note(arrival{who, at(now)});
            return static_cast<bool>(v);
        };
        go_on([](place& n) { ++n.attackers; }, arrive);
        if (p.owners < p.successes) go_on([](place& n) { ++n.owners; }, arrive);
        if (p.earlies > 0)
            go_on([](place& n) { --n.earlies; },
                  [&](auto& g) {
                      verdict const v = g.check(arrival{who, at(now)});
                      if (!v) g.note(rebuff{who, v.error(), at(now)});
                      return !v;
                  });
        if (p.attackers > 0) {
            auto const one_less = [](place& n) { --n.attackers; };
            go_on(
                one_less,
                [&](auto& g) {
                    return g.note(failure{who, {}, at(now)}), true;
                },
                1);
            go_on(one_less, [&](auto& g) { return g.note(withdrawn{who, at(now)}), true; });
        }
        if (p.owners > 0)
            go_on([](place& n) { --n.owners, --n.successes; },
                  [&](auto& g) {
                      return g.note(proof{who, principal{who.account}, at(now)}), true;
                  });
        if (p.restarts > 0)
            go_on([](place& n) { n.attackers = n.owners = 0, --n.restarts; },
                  [&](auto&) { return std::fill(list.words.begin(), list.words.end(), word{0}), true; },
                  static_cast<std::uint64_t>(p.attackers));
        if (p.tick < window) go_on([](place& n) { ++n.tick; }, [](auto&) { return true; });
    });
}

/// The bound is reached, and never passed.
template <law Law>
void search(Law const& l, int window, int successes) {
    for (auto const early : {early_attempt::freeze, early_attempt::extend})
        for (int s = 0; s <= successes; ++s) {
            CAPTURE(window, s, static_cast<int>(early));
            auto const granted = static_cast<std::uint64_t>(s);
            backoff_options<Law> const o{.law = l, .on_early_attempt = early, .known = 1, .unknown = 1};
            std::uint64_t const bound = worst_case_guesses(window * 1s, 0, granted, o);
            CHECK(most_past(o, window, s, 0) == bound);
            CHECK(most_past(o, window, s, 1) <= 2 * bound);
        }
}

TEST_CASE("no schedule at all gets more past a penalty list than the bound, and one gets as much",
          "[penalty][guess_bound]") {
    constexpr int less = sanitized ? 1 : 0;  // each step takes several times as long as the one before
    search(plcnext_law{.free_failures = 0, .first = 1s, .step = 1s, .ceiling = 3s}, 8 - less, 2);
    search(plcnext_law{.free_failures = 1, .first = 1s, .step = 2s, .ceiling = 4s}, 8 - less, 2);
    search(plcnext_law{.free_failures = 2, .first = 2s, .step = 3s, .ceiling = 9s}, 9 - less, 1);
    search(linear_law{.free_failures = 1, .step = 1s, .ceiling = 2s}, 7 - less, 2);
    search(exponential_law{.free_failures = 1, .first = 1s, .ceiling = 4s}, 8 - less, 2);
    search(fibonacci_law{.free_failures = 0, .unit = 1s, .ceiling = 3s}, 7 - less, 2);
    search(threshold_law{.failures = 2, .lock = 3s}, 8 - less, 2);
}

// ---- Random schedules, where it is not ------------------------------------------------------------------

/// When wrong secrets were verified, and when the owner got in; both in order.
struct history {
    std::vector<nanoseconds> wrong{}, right{};
};

/// In every window of that length, whatever has been before: as many as the bound says, or fewer. How far the
/// fullest window comes, in percent of its bound.
template <class Options>
std::uint64_t fullest(history const& h, nanoseconds window, Options const& o) {
    std::uint64_t most = 0;
    std::map<std::uint64_t, std::uint64_t> bounds;  // by successes
    for (std::size_t first = 0, last = 0; first < h.wrong.size(); ++first) {
        while (last < h.wrong.size() && h.wrong[last] - h.wrong[first] <= window) ++last;
        auto const from = std::lower_bound(h.right.begin(), h.right.end(), h.wrong[first]);
        auto const to = std::upper_bound(h.right.begin(), h.right.end(), h.wrong[first] + window);
        auto const successes = static_cast<std::uint64_t>(to - from);
        auto const [bound, fresh] = bounds.try_emplace(successes, 0);
        if (fresh) bound->second = worst_case_guesses(window, 0, successes, o).together;
        CAPTURE(first, last, successes);
        if (last - first > bound->second) FAIL("more than the bound");
        most = std::max<std::uint64_t>(most, (last - first) * 100 / bound->second);
    }
    return most;
}

/// One lane as the options of a policy, so that both are asked alike.
struct one_lane {
    lane_rate rate;
};
constexpr guess_terms bound_of(one_lane const& o, attack const& a) noexcept {
    return {.granted = a, .together = o.rate.most_within(a.lasts)};
}

history through_a_lane(lane_rate const& r, std::uint64_t seed, int steps) {
    std::mt19937_64 dice{seed};
    lane l;
    nanoseconds now = 1h;
    history h;
    // Each schedule has habits of its own: how often it waits to the instant, how long otherwise, and
    // whether it settles late.
    std::uint64_t const patience = dice() % 5, pause = 1 + dice() % 3'600'000, sloth = 1 + dice() % 8;
    for (int i = 0; i < steps; ++i) {
        if (dice() % 5 < patience)
            now += l.retry_after(r, now);
        else if (dice() % 3 == 0)
            now += std::chrono::milliseconds{dice() % pause};
        for (auto n = 1 + dice() % 16; n > 0 && l.admissible(r, now); --n) l.reserve();
        if (dice() % sloth != 0) now += std::chrono::milliseconds{dice() % 60'000};
        for (auto n = dice() % 16; n > 0 && l.in_flight > 0; --n)
            if (dice() % 6 == 0)
                l.release();
            else
                l.fail(r, now), h.wrong.push_back(now);
    }
    return h;
}

void try_lanes(std::uint64_t seeds, int steps) {
    std::uint64_t closest = 0;
    for (lane_rate const& r : {lane_options{}.strangers, lane_options{}.paired, lane_options{}.at_console,
                               lane_rate{1, 1s}, lane_rate{100, 1min}})
        for (std::uint64_t seed = 0; seed < seeds; ++seed) {
            history const h = through_a_lane(r, seed, steps);
            CAPTURE(seed, r.burst);
            for (nanoseconds const window :
                 {nanoseconds{0}, nanoseconds{10min}, nanoseconds{1h}, nanoseconds{24h}})
                closest = std::max(closest, fullest(h, window, one_lane{r}));
        }
    CHECK(closest == 100);  // so the schedules are no idle ones
}

template <law Law>
history past_a_list(backoff_options<Law> const& o, std::uint64_t seed, int steps) {
    std::mt19937_64 dice{seed};
    bench<backoff<by_account, Law>> list{backoff<by_account, Law>{o}};
    visit const who = knock("amira");
    nanoseconds now = 1h;
    history h;
    int attackers = 0, owners = 0;
    std::uint64_t const patience = dice() % 8, pause = 1 + dice() % 600'000, homely = 2 + dice() % 400;
    for (int i = 0; i < steps; ++i) {
        if (dice() % 8 <= patience)
            now += list->delay(who, at(now));
        else if (dice() % 3 == 0)
            now += std::chrono::milliseconds{dice() % pause};
        for (auto n = 1 + dice() % 4; n > 0; --n) {
            verdict const v = list.check(arrival{who, at(now)});
            if (!v) {
                if (dice() % 8 == 0) list.note(rebuff{who, v.error(), at(now)});
                continue;
            }
            list.note(arrival{who, at(now)});
            ++(dice() % homely == 0 ? owners : attackers);
        }
        if (dice() % 4 == 0) now += std::chrono::milliseconds{dice() % 60'000};
        for (auto n = dice() % 5; n > 0; --n) {
            if (owners > 0 && dice() % 2 == 0) {
                --owners;
                list.note(proof{who, principal{who.account}, at(now)});
                h.right.push_back(now);
            } else if (attackers > 0 && dice() % 12 == 0) {
                --attackers;
                list.note(withdrawn{who, at(now)});
            } else if (attackers > 0) {
                --attackers;
                list.note(failure{who, {}, at(now)});
                h.wrong.push_back(now);
            }
        }
    }
    return h;
}

template <law Law>
void try_list(Law const& l, std::uint64_t seeds, int steps) {
    std::uint64_t closest = 0;
    for (auto const early : {early_attempt::freeze, early_attempt::extend})
        for (std::uint64_t seed = 0; seed < seeds; ++seed) {
            backoff_options<Law> const o{.law = l, .on_early_attempt = early, .known = 1, .unknown = 1};
            history const h = past_a_list(o, seed, steps);
            CAPTURE(seed, static_cast<int>(early));
            for (nanoseconds const window :
                 {nanoseconds{0}, nanoseconds{10min}, nanoseconds{1h}, nanoseconds{24h}})
                closest = std::max(closest, fullest(h, window, o));
        }
    CHECK(closest == 100);
}

TEST_CASE("in every window of a random schedule a lane lets no more through than the bound",
          "[penalty][guess_bound]") {
    try_lanes(12, 300);
}

TEST_CASE("in every window of a random schedule a penalty list lets no more past than the bound",
          "[penalty][guess_bound]") {
    try_list(plcnext_law{}, 30, 300);
    try_list(linear_law{}, 8, 300);
    try_list(exponential_law{}, 8, 300);
    try_list(fibonacci_law{}, 8, 300);
    try_list(threshold_law{}, 8, 300);
}

TEST_CASE("millions of random schedules", "[.long][penalty][guess_bound]") {
    try_lanes(100'000, 300);
    try_list(plcnext_law{}, 100'000, 300);
    try_list(linear_law{}, 100'000, 300);
    try_list(exponential_law{}, 100'000, 300);
    try_list(fibonacci_law{}, 100'000, 300);
    try_list(threshold_law{}, 100'000, 300);
}

// ---- The schedule that reaches it, told at length -----------------------------------------------------

/// Guesses at every instant the door opens; the owner logs in once at `home`, as soon as it is open then.
std::uint64_t guesses_of_a_day(nanoseconds home) {
    bench<backoff<>> list{backoff<>{}};
    visit const who = knock("amira");
    std::uint64_t guesses = 0;
    bool been = home > 24h;
    for (nanoseconds now = 0s; now <= 24h; now += list->delay(who, at(now))) {
        REQUIRE(list.check(arrival{who, at(now)}));
        list.note(arrival{who, at(now)});
        if (!been && now >= home) {
            list.note(proof{who, principal{who.account}, at(now)});
            been = true;
        } else {
            list.note(failure{who, {}, at(now)});
            ++guesses;
        }
    }
    return guesses;
}

TEST_CASE("what a login of the owner is worth to an attacker depends on its hour", "[penalty][guess_bound]") {
    CHECK(guesses_of_a_day(25h) == 79);
    CHECK(guesses_of_a_day(12h) == 112);
    std::uint64_t most = 0;
    for (auto home = 0min; home <= 24h; home += 10min) most = std::max(most, guesses_of_a_day(home));
    CHECK(most == worst_case_guesses(24h, 0, 1, plcnext{}));

    // Two wrong ones cost nothing, so at one instant it is worth two.
    bench<backoff<>> list{backoff<>{}};
    visit const who = knock("amira");
    for (int wrong = 1; wrong <= 2; ++wrong) {
        list.note(arrival{who, at(0s)});
        list.note(failure{who, {}, at(0s)});
        CHECK(list.check(arrival{who, at(0s)}));
    }
    list.note(arrival{who, at(0s)});
    list.note(proof{who, principal{who.account}, at(0s)});
    for (int wrong = 1; wrong <= 3; ++wrong) {
        CHECK(list.check(arrival{who, at(0s)}));
        list.note(arrival{who, at(0s)});
        list.note(failure{who, {}, at(0s)});
    }
    CHECK_FALSE(list.check(arrival{who, at(0s)}));
}

TEST_CASE("a bound says each of its terms", "[penalty][guess_bound]") {
    CHECK(worst_case_guesses(24h, 0, 0, lane_options{}).to_string() ==
          "at most 68 wrong secrets in 24 h: strangers 34, trusted unpaired 34, paired stolen 0 x 298, "
          "console 0");
    CHECK(worst_case_guesses(24h, 2, 0, lane_options{.panel = console::composed, .consecutive_cap = 50})
              .to_string() ==
          "at most 939 wrong secrets in 24 h: strangers 34, trusted unpaired 34, these two together 50, "
          "paired stolen 2 x 298, console 293");
    CHECK(worst_case_guesses(12h, 0, 1, plcnext{}, volatile_state{.restarts_per_day = 1}).to_string() ==
          "at most 162 wrong secrets in 12 h: strangers 81, trusted unpaired 81, paired stolen 0 x 81, "
          "console 81, all together 81, 1 success of the owner between; in each of 2 lives between restarts");
    CHECK(worst_case_guesses(24h, 1, 0).to_string() ==
          "at most unbounded wrong secrets in 24 h: strangers unbounded, trusted unpaired unbounded, "
          "paired stolen 1 x unbounded, console unbounded");
}

}  // namespace
