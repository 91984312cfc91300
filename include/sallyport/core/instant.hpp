// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>

namespace sallyport::inline v0 {

using std::chrono::nanoseconds;

/// Both clocks, read once per call and handed down: no policy reads a clock of its own.
/// 64 bits of nanoseconds reach the year 2262 also where `time_t` has 32 bits.
struct instant {
    nanoseconds steady{};       ///< since boot, suspend included: for waiting; never set back
    nanoseconds wall{};         ///< since 1970-01-01 UTC: for dates, certificates and logs; may be wrong
    bool wall_trusted = false;  ///< is `wall` worth believing? Silence distrusts
};

/// The sum, or the end of time: a delay never wraps round into an open door.
[[nodiscard]] constexpr nanoseconds saturating_add(nanoseconds a, nanoseconds b) noexcept {
    if (b > nanoseconds::zero() && a > nanoseconds::max() - b) return nanoseconds::max();
    if (b < nanoseconds::zero() && a < nanoseconds::min() - b) return nanoseconds::min();
    return a + b;
}

}  // namespace sallyport::inline v0
