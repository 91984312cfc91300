// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/clock_source.hpp>

#include <chrono>
#include <cstdint>

#include <ctime>

namespace sallyport::inline v0 {

/// The system's clocks: CLOCK_BOOTTIME for waiting (it counts suspend and cannot be set), CLOCK_REALTIME for
/// dates. The wall clock is believed from `earliest` on: by default the day on which this version was
/// released; a host that stores the time now and then gives the last stored one. Thread safety: everything.
class boot_clock {
public:
    /// 2026-11-01T00:00:00Z: no device can run this code earlier.
    static constexpr nanoseconds released = std::chrono::seconds{1'793'491'200};

    constexpr explicit boot_clock(nanoseconds earliest = released) noexcept : earliest_{earliest} {}

    [[nodiscard]] instant now() const noexcept {
        nanoseconds const wall = read(CLOCK_REALTIME);
        return {read(CLOCK_BOOTTIME), wall, wall >= earliest_};
    }

private:
    static nanoseconds read(clockid_t id) noexcept {
        timespec t{};
        clock_gettime(id, &t);
        return nanoseconds{std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec};
    }
    nanoseconds earliest_;
};
static_assert(clock_source<boot_clock>);

}  // namespace sallyport::inline v0
