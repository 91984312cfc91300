// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string_view>

namespace sallyport::inline v0 {
namespace penalty {

/// How much a lane lets through: at once, and then one in each interval. A literal type, so that a bound can
/// be computed by the compiler.
struct lane_rate {
    std::uint32_t burst = 1;  ///< B: wrong secrets that may follow each other without a pause
    nanoseconds every = std::chrono::hours{1};  ///< T = 1/R: one more in each of these

    static constexpr std::uint32_t most_burst = 1'000'000;
    static constexpr nanoseconds longest = std::chrono::hours{24 * 366};

    /// So many in each `span`; the interval is rounded up, so that never more come through.
    [[nodiscard]] static constexpr lane_rate per(std::uint32_t burst, std::uint32_t so_many,
                                                 nanoseconds span) noexcept {
        if (so_many == 0) return {burst, nanoseconds::zero()};  // `fault` refuses it
        std::int64_t const n = so_many;
        return {burst, nanoseconds{span.count() / n + (span.count() % n != 0 ? 1 : 0)}};
    }
    /// What its rate lets through within a span, beside the burst: ⌊R·τ⌋. 0 for a span that is negative.
    [[nodiscard]] constexpr std::uint64_t within(nanoseconds span) const noexcept {
        return span <= nanoseconds::zero() || every <= nanoseconds::zero()
                   ? 0
                   : static_cast<std::uint64_t>(span / every);
    }
    /// Wrong secrets that can be verified in any window of that length: B + ⌊R·τ⌋.
    [[nodiscard]] constexpr std::uint64_t most_within(nanoseconds span) const noexcept {
        return burst + within(span);
    }
    /// What n of them cost: n intervals, or the end of time.
    [[nodiscard]] constexpr nanoseconds so_many(std::uint64_t n) const noexcept {
        // A lane is asked for this several times a login: what cannot overflow is not divided to see that.
        if (std::bit_width(n) + std::bit_width(static_cast<std::uint64_t>(every.count())) < 64)
            return static_cast<std::int64_t>(n) * every;
        auto const most = static_cast<std::uint64_t>(nanoseconds::max() / std::max(every, nanoseconds{1}));
        return n > most ? nanoseconds::max() : static_cast<std::int64_t>(n) * every;
    }
    [[nodiscard]] constexpr std::string_view fault() const noexcept {
        if (burst == 0) return "penalty::lanes: a lane with a burst of 0 lets nobody through";
        if (burst > most_burst) return "penalty::lanes: a burst above 1,000,000";
        if (every <= nanoseconds::zero()) return "penalty::lanes: a lane's interval must be positive";
        if (every > longest) return "penalty::lanes: a lane's interval is longer than a year";
        return {};
    }
    friend constexpr bool operator==(lane_rate const&, lane_rate const&) = default;
};

/// A generic cell rate limiter with reservations: pure, two words, no clock of its own. An attempt reserves
/// before it is verified and is settled once: as a failure, which costs one interval from then on, or
/// released, which costs nothing. So the wrong secrets verified in any window τ are at most B + ⌊R·τ⌋,
/// however they are paced, paralleled or interleaved with right ones. (To charge at arrival and to take it
/// back on success is not the same: an idle lane drains while the success is in flight.) All sums saturate:
/// upwards, towards refusing.
/// Source: ITU-T I.371, virtual scheduling; the reservations are ours.
/// Thread safety: as a plain value.
struct lane {
    std::int64_t tat = 0;         ///< theoretical arrival time, steady nanoseconds; in the past: at rest
    std::uint64_t in_flight = 0;  ///< reserved and not settled

    /// May one more be verified now?
    [[nodiscard]] constexpr bool admissible(lane_rate const& r, nanoseconds now) const noexcept {
        nanoseconds const b = backlog(now);
        return b == nanoseconds::zero() ? in_flight < r.burst : b <= limit(r, in_flight);
    }
    /// What a fresh attempt must wait, attempts in flight not counted; 0: nothing.
    [[nodiscard]] constexpr nanoseconds retry_after(lane_rate const& r, nanoseconds now) const noexcept {
        nanoseconds const b = backlog(now);
        return b == nanoseconds::zero() ? b : std::max(nanoseconds::zero(), b - limit(r, 0));
    }
    constexpr void reserve() noexcept {
        if (in_flight != std::numeric_limits<std::uint64_t>::max()) ++in_flight;
    }
    /// The secret was wrong.
    constexpr void fail(lane_rate const& r, nanoseconds now) noexcept {
        release();
        charge(r, now);
    }
    /// The secret was right, or was never tested.
    constexpr void release() noexcept {
        if (in_flight > 0) --in_flight;
    }
    /// One more is spent, without a reservation.
    constexpr void charge(lane_rate const& r, nanoseconds now) noexcept {
        tat = saturating_add(std::max(nanoseconds{tat}, now), r.every).count();
    }
    /// How many are spent and not yet regained, rounded up.
    [[nodiscard]] constexpr std::uint64_t spent(lane_rate const& r, nanoseconds now) const noexcept {
        nanoseconds const b = backlog(now);
        return static_cast<std::uint64_t>(b / r.every + (b % r.every != nanoseconds::zero() ? 1 : 0));
    }
    /// Held to what can be: no more in flight than there are at the door, no more owed than was ever let
    /// through. For a lane that lies where others write.
    constexpr void hold_to(lane_rate const& r, nanoseconds now, std::uint64_t at_door) noexcept {
        in_flight = std::min(in_flight, at_door);
        if (tat >= 0 && nanoseconds{tat} <= now) return;  // it owes nothing
        nanoseconds const owed = saturating_add(r.so_many(r.burst), margin);
        tat = std::clamp(tat, std::int64_t{0}, saturating_add(now, owed).count());
    }
    /// Worth no more than a fresh one?
    [[nodiscard]] constexpr bool at_rest(nanoseconds now) const noexcept {
        return in_flight == 0 && backlog(now) == nanoseconds::zero();
    }

private:
    static constexpr nanoseconds margin = std::chrono::minutes{5};  // what a journal wrote ahead, and more

    [[nodiscard]] constexpr nanoseconds backlog(nanoseconds now) const noexcept {
        nanoseconds const t{tat};
        if (t == nanoseconds::max()) return t;  // the end of time: more may be owed than there is room for
        if (t <= now) return nanoseconds::zero();
        return now < nanoseconds::zero() && t > nanoseconds::max() + now ? nanoseconds::max() : t - now;
    }
    /// The backlog with which one more beside those in flight is still admissible; negative: with none.
    [[nodiscard]] static constexpr nanoseconds limit(lane_rate const& r, std::uint64_t flying) noexcept {
        if (flying >= r.burst) return nanoseconds{-1};
        return r.so_many(r.burst - flying - 1);
    }
};

}  // namespace penalty
}  // namespace sallyport::inline v0
