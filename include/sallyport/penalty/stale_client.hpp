// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/core/region.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace sallyport::inline v0 {
namespace penalty {

/// When one secret was sent from one place: pure, a few words, no clock of its own. Five times or more at
/// regular intervals (a coefficient of variation below 0.2 over the last of them) is no person: it is a
/// machine that nobody told of the new password.
/// Thread safety: as a plain value.
struct habit {
    word print = 0;                    ///< of the secret; 0: none yet
    std::int64_t first = 0, last = 0;  ///< steady nanoseconds
    std::int64_t told = 0;             ///< when it was remarked upon; 0: never
    std::uint32_t times = 0;
    std::uint32_t generation = 0;         ///< of the place
    std::array<std::uint32_t, 6> gaps{};  ///< the last intervals, in milliseconds

    static constexpr std::uint32_t enough = 5;
    static constexpr nanoseconds pause = std::chrono::hours{24};  ///< between two remarks on the same

    /// It was sent once more, and was wrong. Is that a machine which nobody has remarked upon today?
    constexpr bool heard(word secret, nanoseconds now) noexcept {
        if (secret == 0) return false;
        if (secret != print) {
            *this = {.print = secret,
                     .first = now.count(),
                     .last = now.count(),
                     .times = 1,
                     .generation = generation};
            return false;
        }
        auto const gap = std::min<std::int64_t>(since(last, now) / std::chrono::milliseconds{1},
                                                std::numeric_limits<std::uint32_t>::max());
        gaps[times % gaps.size()] = static_cast<std::uint32_t>(gap);
        last = now.count();
        times += times != std::numeric_limits<std::uint32_t>::max() ? 1 : 0;
        if (!regular() || (told != 0 && since(told, now) < pause)) return false;
        told = std::max<std::int64_t>(now.count(), 1);
        return true;
    }
    /// Since then; what cannot be is no time at all.
    [[nodiscard]] static constexpr nanoseconds since(std::int64_t then, nanoseconds now) noexcept {
        return then >= 0 && nanoseconds{then} <= now ? now - nanoseconds{then} : nanoseconds::zero();
    }
    /// Of a machine? Intervals below a tenth of a second are a burst and no habit.
    [[nodiscard]] constexpr bool regular() const noexcept {
        if (times < enough) return false;
        std::uint64_t const n = known(), mean = sum() / n;
        if (mean < 100) return false;
        std::uint64_t squares = 0;  // of deviations, each held below 2^30 so that six of them fit
        for (std::size_t i = 0; i < n; ++i) {
            std::uint64_t const g = gap(i),
                                d = std::min<std::uint64_t>(g > mean ? g - mean : mean - g, 1U << 30);
            squares += d * d;
        }
        // CV = sqrt(squares / n) / mean < 1/5
        std::uint64_t const fifth = mean / 5;
        return squares / n < fifth * fifth || squares == 0;
    }
    /// The mean of the last intervals.
    [[nodiscard]] constexpr nanoseconds every() const noexcept {
        return known() == 0 ? nanoseconds::zero()
                            : std::chrono::milliseconds{static_cast<std::int64_t>(sum() / known())};
    }

private:
    [[nodiscard]] constexpr std::size_t known() const noexcept {
        return times < 2 ? 0 : std::min<std::size_t>(times - 1, gaps.size());
    }
    /// The i-th of those that are known; they begin at gaps[1] and go round.
    [[nodiscard]] constexpr std::uint32_t gap(std::size_t i) const noexcept {
        return gaps[(times - 1 - i) % gaps.size()];
    }
    [[nodiscard]] constexpr std::uint64_t sum() const noexcept {
        std::uint64_t all = 0;
        for (std::size_t i = 0; i < known(); ++i) all += gap(i);
        return all;
    }
};
static_assert(wordy<habit>);

}  // namespace penalty
}  // namespace sallyport::inline v0
