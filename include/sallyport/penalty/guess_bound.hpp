// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/penalty/backoff.hpp>
#include <sallyport/penalty/guess_terms.hpp>
#include <sallyport/penalty/lane_options.hpp>
#include <sallyport/penalty/volatile_state.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>

namespace sallyport::inline v0 {
namespace penalty {

namespace detail {

/// The number of the last failure in a row that costs no more than the n-th. Never less for more failures:
/// so it can be found by doubling and halving.
template <law Law>
constexpr std::uint32_t last_as_cheap(Law const& l, std::uint32_t n) noexcept {
    constexpr std::uint32_t end = std::numeric_limits<std::uint32_t>::max();
    nanoseconds const cost = l(n);
    std::uint32_t low = n, step = 1;
    while (low < end && l(step > end - low ? end : low + step) <= cost) {
        low = step > end - low ? end : low + step;
        step = step > end / 2 ? end : step * 2;
    }
    for (; step > 0; step /= 2)
        if (step <= end - low && l(low + step) <= cost) low += step;
    return low;
}

/// How many failures can be paid for in full, where each of `rows` rows of failures begins anew. Each row is
/// dearer from failure to failure, so all rows are filled evenly, the cheapest failures first.
template <law Law>
constexpr std::uint64_t paid_failures(Law const& l, nanoseconds budget, std::uint64_t rows) noexcept {
    // So many prices in full; beyond, the last of them for all further ones, which errs upward. It keeps
    // within what compilers do for a constant.
    constexpr int prices = 2048;
    std::uint64_t paid = 0;
    auto left = static_cast<std::uint64_t>(std::max(budget, nanoseconds::zero()).count());
    std::uint32_t n = 1;
    for (int i = 0; i < prices; ++i) {
        auto const cost = static_cast<std::uint64_t>(l(n).count());
        std::uint32_t const last = last_as_cheap(l, n);
        bool const for_ever = last == std::numeric_limits<std::uint32_t>::max();
        if (cost == 0 && for_ever) return unbounded;
        std::uint64_t const wanted =
            for_ever || i == prices - 1 ? unbounded : product(std::uint64_t{last} - n + 1, rows);
        std::uint64_t const got = cost == 0 ? wanted : std::min(wanted, left / cost);
        paid = sum(paid, got);
        if (got < wanted || for_ever) return paid;
        left -= got * cost;
        n = last + 1;
    }
    return paid;
}

constexpr std::uint64_t days(nanoseconds window) noexcept {
    constexpr std::int64_t day = nanoseconds{std::chrono::hours{24}}.count();
    return window.count() <= 0 ? 0 : static_cast<std::uint64_t>((window.count() - 1) / day + 1);
}

}  // namespace detail

/// A backoff kept by account. Its door is shut after each failure for as long as the law says, so who waits
/// to the instant pays every delay but the last; a success of the owner begins a new row, once the door is
/// open again. Parallel attempts are reserved and gain nothing; an early one gains nothing in either mode.
/// Tight: there is a schedule that reaches it. (One kept by source caps no account: it is left out.)
template <law Law>
[[nodiscard]] constexpr guess_terms bound_of(backoff_options<Law> const& o, attack const& a) noexcept {
    std::uint64_t const rows = detail::sum(a.owner_successes, 1);
    std::uint64_t const all = detail::sum(detail::paid_failures(o.law, a.lasts, rows), 1);
    return {
        .granted = a, .strangers = all, .trusted = all, .each_device = all, .console = all, .together = all};
}

/// Lanes: each kind of visitor has its own, B + ⌊R·τ⌋. Sources and devices do not count: a source's lane only
/// shares the strangers' out, and a device's steps aside for one that is paired where there are more devices
/// than cells. A cap on wrong secrets in a row holds for whoever is not paired, and begins anew with each
/// success.
[[nodiscard]] constexpr guess_terms bound_of(lane_options const& o, attack const& a) noexcept {
    std::uint64_t const rows = detail::sum(a.owner_successes, 1);
    return {.granted = a,
            .strangers = o.strangers.most_within(a.lasts),
            .trusted = o.trusted.most_within(a.lasts),
            .each_device = o.paired.most_within(a.lasts),
            .console = o.panel == console::composed ? o.at_console.most_within(a.lasts) : 0,
            .unpaired = o.consecutive_cap == 0 ? unbounded : detail::product(o.consecutive_cap, rows)};
}

/// State that is lost at a restart: one life more than there may be restarts in the window, each with a whole
/// window's budget.
[[nodiscard]] constexpr guess_terms bound_of(volatile_state const& v, attack const& a) noexcept {
    auto const restarts = detail::product(v.restarts_per_day, detail::days(a.lasts));
    return {.granted = a, .lives = detail::sum(restarts, 1)};
}

/// Options that say what they cap: `constexpr guess_terms bound_of(options const&, attack const&) noexcept`
/// beside them. A host's own policy is counted as soon as it has one.
template <class O>
concept bounds_guesses = requires(O const& o, attack const& a) {
    { bound_of(o, a) }
    noexcept->std::same_as<guess_terms>;
};

/// The most wrong secrets of one account that can be verified in any window of that length: the least over
/// the policies given, saturating, `unbounded` where none of them caps. Options without a bound (a session
/// limit, a role check) cap nothing. A line that a host writes beside its composition:
///     static_assert(worst_case_guesses(24h, 0, 0, my_lanes) <= 100);
/// `devices`: how many that are paired with the account are in the wrong hands. `owner_successes`: how often
/// its owner logs in within the window, each time when it suits the attacker best. A composition that forgets
/// at a restart names a `volatile_state` too.
template <class... Options>
[[nodiscard]] constexpr guess_terms worst_case_guesses(nanoseconds duration, std::uint64_t devices,
                                                       std::uint64_t owner_successes,
                                                       Options const&... options) noexcept {
    attack const granted{duration, devices, owner_successes};
    guess_terms least{.granted = granted};
    [[maybe_unused]] auto const take = [&](auto const& o) {
        if constexpr (bounds_guesses<std::remove_cvref_t<decltype(o)>>) least = least & bound_of(o, granted);
    };
    (take(options), ...);
    return least;
}

static_assert(worst_case_guesses(std::chrono::hours{24}, 0, 0, backoff_options<>{}) == 79);
static_assert(worst_case_guesses(std::chrono::hours{24}, 0, 0, lane_options{}).strangers == 34);
static_assert(worst_case_guesses(std::chrono::hours{24}, 0, 0) == unbounded);

}  // namespace penalty
}  // namespace sallyport::inline v0
