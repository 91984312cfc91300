// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <ctime>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sallyport::inline v0 {

/// A lock between processes, in 32 bits of a segment that they share: who holds it, and whether somebody
/// sleeps over it. Robust: whoever finds it held by a dead one inherits it. It is no pthread mutex, for in a
/// robust one of those lie pointers, through which whoever writes to the segment would write into every
/// process that maps it; whatever stands in these 32 bits does no more than to keep somebody waiting, for so
/// long as he is patient. It gives its holder no priority; a hold lasts about a microsecond.
/// Thread safety: everything, if no two who want it at once say that they are the same.
class process_lock {
public:
    enum class outcome : std::uint8_t { refused, taken, inherited };

    static constexpr std::uint32_t most_owners = 0x7fffffff;  ///< an owner is 1 … this

    process_lock() = default;
    explicit process_lock(std::uint32_t* at) noexcept : at_{at} {}

    /// For `me`, if nobody has it.
    [[nodiscard]] bool try_acquire(std::uint32_t me) noexcept { return take(0, me); }
    /// For `me`, by `until` at the latest. `dead(owner)`: is he? Asked of whoever holds it for more than some
    /// microseconds.
    template <class Dead>
    [[nodiscard]] outcome acquire(std::uint32_t me, std::chrono::steady_clock::time_point until,
                                  Dead dead) noexcept {
        if (spin(me)) return outcome::taken;
        std::uint32_t sleepers = 0;
        for (;;) {
            std::uint32_t const is = load(), owner = is & ~sleeping;
            if (owner == 0) {
                if (take(is, me | sleepers)) return outcome::taken;
                continue;
            }
            // Ours, though none of our threads holds it: somebody has written it there.
            if (owner == me || dead(owner)) {
                if (take(is, me | sleeping)) return outcome::inherited;
                continue;
            }
            auto const left = until - std::chrono::steady_clock::now();
            if (left <= nanoseconds::zero()) return outcome::refused;
            sleepers = sleeping;  // whoever has slept cannot know that nobody else still does
            if ((is & sleeping) == 0 && !exchange(is, is | sleeping)) continue;
            sleep(is | sleeping, std::min<nanoseconds>(left, std::chrono::milliseconds{2}));
        }
    }
    void release() noexcept {
        if ((std::atomic_ref{*at_}.exchange(0, std::memory_order_release) & sleeping) != 0) wake();
    }

private:
    static constexpr std::uint32_t sleeping = 0x80000000;

    [[nodiscard]] std::uint32_t load() const noexcept {
        return std::atomic_ref{*at_}.load(std::memory_order_relaxed);
    }
    [[nodiscard]] bool take(std::uint32_t is, std::uint32_t to) noexcept {
        return std::atomic_ref{*at_}.compare_exchange_strong(is, to, std::memory_order_acquire,
                                                             std::memory_order_relaxed);
    }
    [[nodiscard]] bool exchange(std::uint32_t is, std::uint32_t to) noexcept {
        return std::atomic_ref{*at_}.compare_exchange_strong(is, to, std::memory_order_relaxed);
    }
    /// To fall asleep and be woken takes longer than a hold: looks again for about as long, ever more seldom.
    [[nodiscard]] bool spin(std::uint32_t me) noexcept {
        using std::chrono::steady_clock;
        if (take(0, me)) return true;
        for (nanoseconds pause{500}; pause <= nanoseconds{4000}; pause *= 2) {
            auto const then = steady_clock::now() + pause;
            while (steady_clock::now() < then) continue;
            if (take(0, me)) return true;
        }
        return false;
    }
    // Bounded to milliseconds, so that every layout of a timespec can say it.
    void sleep(std::uint32_t while_it_is, nanoseconds at_most) noexcept {
        timespec t{};
        t.tv_nsec = static_cast<decltype(t.tv_nsec)>(
            std::clamp(at_most, nanoseconds{1}, nanoseconds{999'999'999}).count());
        (void)syscall(number, at_, FUTEX_WAIT, while_it_is, &t, nullptr, 0);
    }
    void wake() noexcept { (void)syscall(number, at_, FUTEX_WAKE, 1, nullptr, nullptr, 0); }

#ifdef SYS_futex_time64
    static constexpr long number = sizeof(time_t) > 4 ? SYS_futex_time64 : SYS_futex;
#else
    static constexpr long number = SYS_futex;
#endif

    std::uint32_t* at_ = nullptr;
};

}  // namespace sallyport::inline v0
