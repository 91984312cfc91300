// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <cstdint>

namespace sallyport::inline v0 {
namespace audit {

/// A count that many threads raise without a lock. Movable, with what it has counted, while nobody counts: a
/// sink is made, then moved to its place.
class tally {
public:
    tally() = default;
    tally(tally&& other) noexcept : count_{other.read()} {}

    void add(std::uint64_t n = 1) noexcept { count_.fetch_add(n, std::memory_order_relaxed); }
    /// What has been counted; from now on anew.
    [[nodiscard]] std::uint64_t take() noexcept { return count_.exchange(0, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t read() const noexcept { return count_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> count_{0};
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
};

}  // namespace audit
}  // namespace sallyport::inline v0
