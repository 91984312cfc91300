// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/blueprint.hpp>
#include <sallyport/core/instant.hpp>

#include <chrono>
#include <cstddef>
#include <span>

namespace sallyport::inline v0 {

/// Looks at one table of a shared segment after the other, each about once a minute: what somebody else has
/// written there may be found at no use. Under the gate's lock.
class segment_care {
public:
    void begin(std::span<caretaker const> all) noexcept {
        size_ = all.size();  // no more than a blueprint keeps
        for (std::size_t i = 0; i < size_; ++i) all_[i] = all[i];
    }
    [[nodiscard]] bool due(nanoseconds now) const noexcept { return size_ != 0 && now >= next_; }
    /// One table at a time, so that nobody waits for more than one.
    void look(nanoseconds now) noexcept {
        if (!due(now)) return;
        caretaker const& c = all_[turn_++ % size_];
        (void)c.mend(c.of);
        next_ = now + round / size_;
    }

private:
    static constexpr nanoseconds round = std::chrono::minutes{1};
    caretaker all_[blueprint::most_caretakers]{};
    std::size_t size_ = 0, turn_ = 0;
    nanoseconds next_{};
};

/// Where no other process writes there is nothing to look after.
struct no_segment {
    void begin(std::span<caretaker const>) noexcept {}
};

}  // namespace sallyport::inline v0
