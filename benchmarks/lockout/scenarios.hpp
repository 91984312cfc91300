// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "policy.hpp"

#include <algorithm>
#include <cstdint>
#include <queue>
#include <tuple>
#include <vector>

// What is done to a law, over a day.
namespace lockout {

inline constexpr nanoseconds a_day = 24h;
inline constexpr nanoseconds a_guess = 200ms;  ///< one connection brings no more: handshake, hash, answer
inline constexpr nanoseconds a_retry = 5s;     ///< of a client that tries for ever

/// Sources of each party, so that none meets another.
inline constexpr std::uint64_t attackers = 1'000'000, clients = 2'000'000, owners = 3'000'000;

/// One after the other: verified at once, or refused. True where it was verified.
inline bool knock_once(policy& p, knock const& k, nanoseconds now) {
    if (p.arrive(k, now) > 0s) return false;
    p.settle(k, now);
    return true;
}

/// How the attackers go about it.
struct manner {
    std::uint64_t sources = 1;
    nanoseconds pace = 0s;      ///< 0: each waits until it is worth his while, and no longer
    std::uint64_t at_once = 1;  ///< attempts in flight together
    bool own_account = false;   ///< logs in to an account of his own in between, where that helps
    bool rotates = false;       ///< another source, application and channel for each guess, one at a time
    nanoseconds restarts = 0s;  ///< the device restarts so often; 0: never
};

/// Wrong secrets verified against one account in a day.
inline std::uint64_t guesses(policy& p, manner const& m) {
    using turn = std::pair<nanoseconds, std::uint64_t>;
    std::priority_queue<turn, std::vector<turn>, std::greater<>> next;
    for (std::uint64_t n = 0; n < (m.rotates ? 1 : m.sources); ++n) next.emplace(0s, n);
    std::uint64_t verified = 0, secret = first_wrong;
    nanoseconds restart_at = m.restarts;
    std::vector<knock> flying;
    while (!next.empty() && next.top().first < a_day) {
        auto [now, who] = next.top();
        next.pop();
        if (m.restarts > 0s && now >= restart_at) {
            p.restart(restart_at);
            restart_at += m.restarts;
            // News travels fast: everybody tries at once.
            for (; !next.empty(); next.pop()) continue;
            for (std::uint64_t n = 0; n < m.sources; ++n)
                if (n != who) next.emplace(now, n);
        }
        std::uint64_t const face = m.rotates ? secret % m.sources : who;
        knock k{.source = attackers + face, .application = m.rotates ? face : 0, .secret = secret};
        if (m.pace > 0s) {
            verified += knock_once(p, k, now) ? 1 : 0, ++secret;
            next.emplace(now + m.pace, who);
            continue;
        }
        nanoseconds left = p.patience(k, now);
        if (left > 0s && m.own_account) {
            knock mine = k;
            mine.account = whose::attackers_own, mine.secret = right;
            if (knock_once(p, mine, now)) now += a_guess, left = p.patience(k, now);
        }
        if (left > 0s) {
            if (m.restarts > 0s) left = std::min(left, std::max<nanoseconds>(restart_at - now, 1ns));
            next.emplace(now + left, who);
            continue;
        }
        flying.clear();
        for (std::uint64_t n = 0; n < m.at_once; ++n, ++k.secret)
            if (p.arrive(k, now) == 0s) flying.push_back(k);
        for (knock const& one : flying) p.settle(one, now);
        secret = k.secret, verified += flying.size();
        next.emplace(now + a_guess, who);
    }
    return verified;
}

/// What goes on while somebody with the right secret wants in.
struct trouble {
    std::uint64_t stale_clients = 0;   ///< each with one secret for ever, every five seconds
    bool after_change = false;         ///< theirs is the owner's last but one
    std::uint64_t attack_sources = 0;  ///< one wrong secret every five seconds, from the next of these
    from owner_at = from::anywhere;    ///< where the right secret comes from
};

/// Minutes of the day in which the right secret would be refused, rounded up. The law is asked, every second,
/// what the owner would meet; he does not log in: his success would clear what others have done.
inline std::uint64_t minutes_refused(policy& p, trouble const& t) {
    knock const owner{.source = owners, .place = t.owner_at};
    knock_once(p, owner, 0s);  // the device is his, if it ever was
    if (t.after_change) p.change_secret(0s);
    std::uint64_t refused = 0, secret = first_wrong;
    for (std::uint64_t second = 0; second < 86'400; ++second) {
        nanoseconds const now = std::chrono::seconds{second};
        for (std::uint64_t c = 0; c < t.stale_clients; ++c)
            if (second % 5 == c % 5)
                knock_once(p, {.source = clients + c, .secret = t.after_change ? outdated : first_wrong + c},
                           now);
        if (t.attack_sources > 0 && second % 5 == 0) {
            std::uint64_t const n = secret++ % t.attack_sources;
            knock_once(p, {.source = attackers + n, .application = n, .secret = secret + first_wrong}, now);
        }
        refused += p.wait(owner, now) > 0s ? 1 : 0;
    }
    return (refused + 59) / 60;
}

/// Likewise, but he really logs in, every minute: how many of 1,440 logins were refused.
inline std::uint64_t logins_refused(policy& p, trouble const& t) {
    knock const owner{.source = owners, .place = t.owner_at};
    knock_once(p, owner, 0s);
    std::uint64_t refused = 0, secret = first_wrong;
    for (std::uint64_t second = 0; second < 86'400; second += 5) {
        nanoseconds const now = std::chrono::seconds{second};
        if (t.attack_sources > 0) {
            std::uint64_t const n = secret++ % t.attack_sources;
            knock_once(p, {.source = attackers + n, .application = n, .secret = secret + first_wrong}, now);
        }
        if (second % 60 == 0) refused += knock_once(p, owner, now) ? 0 : 1;
    }
    return refused;
}

/// An owner who logs in so many times, at even distances, and an attacker who knows when: he guesses whenever
/// the door opens, and leaves it open when the owner is about to come.
inline std::uint64_t guesses_around_the_owner(policy& p, std::uint64_t successes) {
    std::uint64_t verified = 0, done = 0, secret = first_wrong;
    nanoseconds last_delay = 0s;
    for (nanoseconds now = 0s; now <= a_day;) {
        auto const share = static_cast<double>(done + 1) / static_cast<double>(successes + 1);
        nanoseconds const home =
            done < successes ? std::chrono::duration_cast<nanoseconds>(a_day * share) : nanoseconds::max();
        knock const owner{.source = owners}, guess{.source = attackers, .secret = secret};
        // The next delay is longer than the last; a guess that shut the owner out would cost his success.
        bool const would_shut = home != nanoseconds::max() && now + last_delay > home;
        if (now >= home || would_shut) {
            now = std::max(now, home);
            if (!knock_once(p, owner, now)) return verified;  // the attacker has misjudged
            ++done, last_delay = 0s;
            continue;
        }
        if (knock_once(p, guess, now)) ++verified, ++secret;
        last_delay = p.wait(guess, now);
        now += last_delay;
    }
    return verified;
}

}  // namespace lockout
