// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/waiter.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

namespace sallyport::inline v0 {

/// Waits for nobody: `login` answers at once.
struct no_waiter {
    [[nodiscard]] std::uint64_t ticket() noexcept { return 0; }
    [[nodiscard]] bool wait(std::uint64_t, nanoseconds) noexcept { return false; }
    void notify() noexcept {}
};
static_assert(waiter<no_waiter>);

/// Waits on a condition variable: for the threads of one process. Uncontended, a `notify` is one atomic
/// addition.
/// Thread safety: everything. Movable until a gate uses it.
class condition_waiter {
public:
    condition_waiter() = default;
    condition_waiter(condition_waiter&&) noexcept {
    }  // NOLINT(bugprone-move-constructor-init): nobody waits yet

    [[nodiscard]] std::uint64_t ticket() noexcept { return happened_.load(); }
    [[nodiscard]] bool wait(std::uint64_t ticket, nanoseconds at_most) noexcept {
        constexpr nanoseconds longest = std::chrono::hours{1};  // so that steady_clock cannot overflow
        auto const until = std::chrono::steady_clock::now() + std::min(at_most, longest);
        std::unique_lock hold{mutex_};
        waiting_.fetch_add(1);
        bool const woken = signal_.wait_until(hold, until, [&] { return happened_.load() != ticket; });
        waiting_.fetch_sub(1);
        return woken;
    }
    void notify() noexcept {
        happened_.fetch_add(1);
        if (waiting_.load() == 0)
            return;  // sequentially consistent with `wait`: it counts itself before it looks
        { std::lock_guard const hold{mutex_}; }
        signal_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable signal_;
    std::atomic<std::uint64_t> happened_{0};
    std::atomic<std::uint32_t> waiting_{0};
};
static_assert(waiter<condition_waiter>);

/// Looks again now and then: for what happens in another process.
class polling_waiter {
public:
    explicit polling_waiter(nanoseconds pause = std::chrono::milliseconds{5}) noexcept : pause_{pause} {}

    [[nodiscard]] std::uint64_t ticket() noexcept { return 0; }
    [[nodiscard]] bool wait(std::uint64_t, nanoseconds at_most) noexcept {
        if (at_most <= nanoseconds::zero()) return false;
        std::this_thread::sleep_for(std::min(at_most, pause_));
        return true;
    }
    void notify() noexcept {}

private:
    nanoseconds pause_;
};
static_assert(waiter<polling_waiter>);

}  // namespace sallyport::inline v0
