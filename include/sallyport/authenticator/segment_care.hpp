// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/blueprint.hpp>
#include <sallyport/core/instant.hpp>

#include <chrono>
#include <cstddef>

namespace sallyport::inline v0 {

/// Looks at one table of a shared segment after the other, each about once a minute: what somebody else has
/// written there may be found at no use. Under the gate's lock.
class segment_care {
public:
    void begin(caretakers const& all) noexcept { all_ = all; }
    [[nodiscard]] bool due(nanoseconds now) const noexcept { return all_.size() != 0 && now >= next_; }
    /// One table at a time, so that nobody waits for more than one.
    void look(nanoseconds now) noexcept {
        if (!due(now)) return;
        caretaker const& c = all_[turn_++ % all_.size()];
        (void)c.mend(c.of);
        next_ = now + round / all_.size();
    }

private:
    static constexpr nanoseconds round = std::chrono::minutes{1};
    caretakers all_{};
    std::size_t turn_ = 0;
    nanoseconds next_{};
};

/// Where no other process writes there is nothing to look after.
struct no_segment {
    void begin(caretakers const&) noexcept {}
};

}  // namespace sallyport::inline v0
