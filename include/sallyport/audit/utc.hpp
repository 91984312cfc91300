// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>

#include <chrono>
#include <cstdint>

namespace sallyport::inline v0 {
namespace audit {

/// A moment on the calendar, UTC. No time zone and no C library: `time_t` may have 32 bits, and a log is read
/// elsewhere.
struct utc {
    int year;
    unsigned month, day, hour, minute, second, millisecond;

    /// From nanoseconds since 1970-01-01, rounded down: the years 1677 to 2262.
    [[nodiscard]] static constexpr utc from(nanoseconds wall) noexcept {
        namespace ch = std::chrono;
        auto const since_epoch = ch::floor<ch::milliseconds>(wall);  // whose days do not overflow
        auto const midnight = ch::floor<ch::days>(since_epoch);
        ch::year_month_day const date{ch::sys_days{midnight}};
        auto const ms = static_cast<std::uint32_t>((since_epoch - midnight).count());
        return {static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()),
                ms / 3'600'000,
                ms / 60'000 % 60,
                ms / 1000 % 60,
                ms % 1000};
    }
};

}  // namespace audit
}  // namespace sallyport::inline v0
