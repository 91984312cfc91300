// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scenarios.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

// Everything that is measured of a law.
namespace lockout {

inline constexpr std::array<std::uint64_t, 4> sources{1, 10, 1'000, 100'000};

struct figures {
    entry what;
    std::array<std::uint64_t, sources.size()> waiting{};  ///< guesses a day, by number of sources
    bool at_least = false;  ///< its table of sources overflows in the attackers' favour
    // Guesses a day in other manners.
    std::uint64_t paced = 0, parallel = 0, own_account = 0, rotating = 0, restarting = 0;
    // Minutes a day in which the right secret is refused.
    std::uint64_t stale_1 = 0, stale_30_elsewhere = 0, stale_30_known = 0, stale_30_after_change = 0;
    std::uint64_t locked_out_known = 0, locked_out_new_by_1 = 0, locked_out_new_by_1000 = 0,
                  last_administrator = 0;
    std::uint64_t logins_refused = 0;  ///< of 1,440, at the known device, while 1,000 sources attack
    std::uint64_t writes = 0;          ///< to permanent memory, in a day of attack by 1,000 sources
    std::uint64_t writes_in_use = 0;   ///< and while its owner logs in every minute
    std::size_t bytes = 0;
};

inline figures measure(entry const& e) {
    figures f{.what = e};
    auto const guess = [&](manner const& m) {
        auto const p = e.make();
        return guesses(*p, m);
    };
    auto const refuse = [&](trouble const& t) {
        auto const p = e.make();
        return minutes_refused(*p, t);
    };
    for (std::size_t i = 0; i < sources.size(); ++i)
        f.waiting[i] =
            e.by_source && sources[i] > 10 ? f.waiting[0] * sources[i] : guess({.sources = sources[i]});
    f.paced = guess({.pace = a_retry});
    f.parallel = guess({.at_once = 64});
    f.own_account = guess({.own_account = true});
    f.rotating = guess({.sources = 100'000, .rotates = true});
    f.restarting = e.by_source ? guess({.restarts = 1h}) * 1'000 : guess({.sources = 1'000, .restarts = 1h});

    f.stale_1 = refuse({.stale_clients = 1});
    f.stale_30_elsewhere = refuse({.stale_clients = 30});
    f.stale_30_known = refuse({.stale_clients = 30, .owner_at = from::paired_device});
    f.stale_30_after_change = refuse({.stale_clients = 30, .after_change = true});
    f.locked_out_known = refuse({.attack_sources = 1'000, .owner_at = from::paired_device});
    f.locked_out_new_by_1 = refuse({.attack_sources = 1});
    f.locked_out_new_by_1000 = refuse({.attack_sources = 1'000});
    f.last_administrator = refuse({.attack_sources = 1'000, .owner_at = from::console});
    auto const p = e.make();
    f.logins_refused = logins_refused(*p, {.attack_sources = 1'000, .owner_at = from::paired_device});
    f.writes_in_use = p->writes();
    f.bytes = p->bytes();
    auto const attacked = e.make();
    (void)guesses(*attacked, {.sources = e.by_source ? 1U : 1'000U});
    f.writes = attacked->writes();
    return f;
}

}  // namespace lockout
