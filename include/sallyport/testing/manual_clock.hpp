// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/clock_source.hpp>

#include <atomic>
#include <cstdint>

namespace sallyport::inline v0 {
namespace testing {

/// A clock that stands until it is told. Steady time only goes on; the wall clock can be set to anything.
/// Thread safety: everything.
class manual_clock {
public:
    /// 2026-11-21T00:00:00Z on the wall, an hour after boot.
    static constexpr nanoseconds some_day = std::chrono::seconds{1'795'219'200};

    explicit manual_clock(instant start = {std::chrono::hours{1}, some_day, true}) noexcept
        : steady_{start.steady.count()}, wall_{start.wall.count()}, trusted_{start.wall_trusted} {}
    manual_clock(manual_clock&& o) noexcept : manual_clock{o.now()} {}

    [[nodiscard]] instant now() const noexcept {
        return {nanoseconds{steady_.load()}, nanoseconds{wall_.load()}, trusted_.load()};
    }
    /// Time goes by, on both clocks.
    void advance(nanoseconds by) noexcept { steady_ += by.count(), wall_ += by.count(); }
    /// Somebody sets the wall clock; waiting is not touched.
    void set_wall(nanoseconds since_1970, bool trusted = true) noexcept {
        wall_ = since_1970.count(), trusted_ = trusted;
    }
    /// Steady time, absolutely; for simulations. Never backwards.
    void set_steady(nanoseconds since_boot) noexcept {
        if (since_boot.count() > steady_) advance(since_boot - nanoseconds{steady_});
    }

private:
    std::atomic<std::int64_t> steady_, wall_;
    std::atomic<bool> trusted_;
};
static_assert(clock_source<manual_clock>);

}  // namespace testing
}  // namespace sallyport::inline v0
