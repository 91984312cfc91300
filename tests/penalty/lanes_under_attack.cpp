// SPDX-License-Identifier: BSL-1.0
// The lanes as a whole against the numbers that the compiler proves for them: strangers from many places,
// trusted devices, stolen paired ones and whoever stands at the panel, all at once, while the owner logs in
// from a device of his own; on random schedules.
#include "support/build.hpp"
#include "support/catch.hpp"

#include <sallyport/penalty/guess_bound.hpp>
#include <sallyport/penalty/lanes.hpp>
#include <sallyport/testing/bench.hpp>
#include <sallyport/testing/device_forge.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace sallyport;
using namespace sallyport::penalty;
using sallyport::testing::at;
using sallyport::testing::bench;
using sallyport::testing::knock;

enum class party : std::uint8_t { strangers, trusted, first_stolen, second_stolen, at_the_panel };
constexpr std::size_t parties = 5;

/// The party, as one of its many faces.
visit one_of(party p, std::uint64_t face) {
    auto const low = static_cast<std::uint8_t>(face % 200), high = static_cast<std::uint8_t>(face / 200 % 4);
    visit v = knock("amira", address::ipv4(10, static_cast<std::uint8_t>(p), high, low));
    auto const device = [&](std::uint8_t n) { v.device = testing::device_forge::make({{0xdd, n}}); };
    switch (p) {
        case party::strangers: break;
        case party::trusted: device(static_cast<std::uint8_t>(100 + face % 20)); break;
        case party::first_stolen: device(1); break;
        case party::second_stolen: device(2); break;
        case party::at_the_panel: v.presence = whereabouts::console; break;
    }
    return v;
}
visit owner() {
    visit v = knock("amira", address::ipv4(192, 0, 2, 7));
    v.device = testing::device_forge::make({{0xdd, 3}});
    return v;
}

struct arrived {
    visit who;
    party of;
};

/// The guard, and who is at its door.
class door {
public:
    explicit door(lane_options const& o) : guard_{lanes<>{o}} {
        for (party const p : {party::first_stolen, party::second_stolen}) pair(one_of(p, 0));
        pair(owner());
    }
    [[nodiscard]] bool comes(visit who, party p, nanoseconds now) {
        who.fingerprint = ++secrets_;  // each guess another
        if (!guard_.check(arrival{who, at(now), nullptr, flying.size()})) return false;
        guard_.note(arrival{who, at(now), &who.charged, flying.size()});
        flying.push_back({who, p});
        return guard_->kept();
    }
    arrived leaves(std::size_t n) {
        std::swap(flying[n], flying.back());
        arrived const a = flying.back();
        flying.pop_back();
        return a;
    }
    void fails(arrived const& a, nanoseconds now) { guard_.note(failure{a.who, {}, at(now)}); }
    void withdraws(arrived const& a, nanoseconds now) { guard_.note(withdrawn{a.who, at(now)}); }
    /// With the right secret, from a device of his own. May he?
    [[nodiscard]] bool owner_comes_in(nanoseconds now) {
        visit who = owner();
        if (!guard_.check(arrival{who, at(now), nullptr, flying.size()})) return false;
        guard_.note(arrival{who, at(now), &who.charged, flying.size()});
        guard_.note(proof{who, principal{who.account}, at(now)});
        return guard_->kept();
    }
    [[nodiscard]] nanoseconds wait(visit const& who, nanoseconds now) { return guard_->delay(who, at(now)); }
    [[nodiscard]] std::uint64_t reserved() {
        std::uint64_t n = 0;
        guard_->each_penalty(0s, [&](penalty_entry const& e) {
            if (e.lane == "strangers" || e.lane == "trusted" || e.lane == "console" || e.lane == "paired")
                n += e.in_flight;
        });
        return n;
    }

    std::vector<arrived> flying{};

private:
    void pair(visit const& who) {
        REQUIRE(guard_->pair(who, who.device.print(), pairing_kind::appointed, at(0s)));
    }
    bench<lanes<>> guard_;
    word secrets_ = 0;
};

/// When each party's wrong secrets were verified.
using history = std::array<std::vector<nanoseconds>, parties>;

struct day {
    history wrong{};
    std::string broken{};  ///< a promise, in words
};

day under_attack(lane_options const& o, std::uint64_t seed, int steps) {
    std::mt19937_64 dice{seed};
    door d{o};
    nanoseconds now = 1h;
    day all;
    std::uint64_t const faces = 1 + dice() % 600, pause = 1 + dice() % 1'800'000, patience = 1 + dice() % 6;
    for (int i = 0; i < steps; ++i) {
        auto const p = static_cast<party>(dice() % parties);
        if (dice() % 6 < patience)
            now += d.wait(one_of(p, dice() % faces), now);
        else if (dice() % 3 == 0)
            now += std::chrono::milliseconds{dice() % pause};
        for (auto n = 1 + dice() % 24; n > 0; --n) (void)d.comes(one_of(p, dice() % faces), p, now);
        if (d.reserved() != d.flying.size()) all.broken = "a reservation was lost, or released twice";
        if (dice() % 4 == 0) now += std::chrono::milliseconds{dice() % 60'000};
        if (!d.owner_comes_in(now)) all.broken = "the owner was refused at his own device";
        for (auto n = dice() % 24; n > 0 && !d.flying.empty(); --n) {
            arrived const a = d.leaves(static_cast<std::size_t>(dice() % d.flying.size()));
            if (dice() % 10 == 0) {
                d.withdraws(a, now);
            } else {
                d.fails(a, now);
                all.wrong[static_cast<std::size_t>(a.of)].push_back(now);
            }
        }
    }
    return all;
}

/// The fullest window of that length, over some parties together.
std::uint64_t fullest(std::vector<nanoseconds> const& wrong, nanoseconds window) {
    std::size_t most = 0;
    for (std::size_t first = 0, last = 0; first < wrong.size(); ++first) {
        while (last < wrong.size() && wrong[last] - wrong[first] <= window) ++last;
        most = std::max(most, last - first);
    }
    return most;
}
std::vector<nanoseconds> merged(history const& h) {
    std::vector<nanoseconds> all;
    for (auto const& one : h) all.insert(all.end(), one.begin(), one.end());
    std::sort(all.begin(), all.end());
    return all;
}

lane_options with_a_panel(lane_options o = {}) {
    o.panel = console::composed;
    o.known = 1, o.unknown = 16, o.pairs = 4;
    o.visitors = 1024, o.sources = 4096, o.devices = 64;  // a place for every face
    return o;
}

void attack_for(std::uint64_t seeds, int steps) {
    lane_options quick = with_a_panel();
    quick.strangers = {4, 10s}, quick.trusted = {3, 20s}, quick.paired = {2, 5s}, quick.at_console = {2, 15s};
    quick.account_and_source = {2, 40s}, quick.source = {20, 1s};
    std::array<bool, parties> reached{};
    for (lane_options const& o : {with_a_panel(), quick})
        for (std::uint64_t seed = 0; seed < seeds; ++seed) {
            CAPTURE(seed, o.strangers.burst);
            day const seen = under_attack(o, seed, steps);
            REQUIRE(seen.broken == "");
            for (nanoseconds const window :
                 {nanoseconds{0}, nanoseconds{1min}, nanoseconds{1h}, nanoseconds{24h}}) {
                CAPTURE(window.count());
                // The owner's successes in between are as many as steps: they widen nothing.
                auto const bound = worst_case_guesses(window, 2, static_cast<std::uint64_t>(steps), o);
                std::array<std::uint64_t, parties> const most{
                    bound.strangers, bound.trusted, bound.each_device, bound.each_device, bound.console};
                for (std::size_t p = 0; p < parties; ++p) {
                    std::uint64_t const got = fullest(seen.wrong[p], window);
                    if (got > most[p]) FAIL("party " << p << ": " << got << " of " << bound.to_string());
                    reached[p] = reached[p] || got == most[p];
                }
                if (std::uint64_t const got = fullest(merged(seen.wrong), window); got > bound.total())
                    FAIL("together: " << got << " of " << bound.to_string());
            }
        }
    for (std::size_t p = 0; p < parties; ++p) {
        CAPTURE(p);
        CHECK(reached[p]);  // each party got all it may: the schedules are no idle ones
    }
}

TEST_CASE("whoever attacks, from wherever and however: each term of the bound holds, and the owner comes in",
          "[penalty][lanes][guess_bound]") {
    attack_for(sanitized ? 10 : 40, 130);
}
TEST_CASE("whoever attacks: millions of random schedules", "[.long][penalty][lanes][guess_bound]") {
    attack_for(50'000, 400);
}

TEST_CASE("a cap on wrong secrets in a row holds however many are in flight",
          "[penalty][lanes][guess_bound]") {
    for (std::uint32_t const cap : {1U, 5U, 13U}) {
        lane_options o = with_a_panel();
        o.consecutive_cap = cap;
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            CAPTURE(cap, seed);
            std::mt19937_64 dice{seed};
            door d{o};
            std::uint64_t wrong = 0;
            nanoseconds now = 1h;
            for (int i = 0; i < 400; ++i, now += std::chrono::milliseconds{dice() % 900'000}) {
                auto const p = dice() % 2 == 0 ? party::strangers : party::trusted;
                for (auto n = dice() % 8; n > 0; --n) (void)d.comes(one_of(p, dice() % 600), p, now);
                for (auto n = dice() % 8; n > 0 && !d.flying.empty(); --n, ++wrong)
                    d.fails(d.leaves(static_cast<std::size_t>(dice() % d.flying.size())), now);
            }
            CHECK(wrong == worst_case_guesses(nanoseconds::max(), 0, 0, o).unpaired);
            CHECK(d.owner_comes_in(now));
            CHECK(d.comes(one_of(party::strangers, 7), party::strangers, now));  // and so the row is over
        }
    }
}

}  // namespace
