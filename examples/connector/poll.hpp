// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace connector {

using sallyport::nanoseconds;

struct poll_options {
    nanoseconds first = std::chrono::seconds{2};       ///< the longest wait after a first failure
    nanoseconds longest = std::chrono::minutes{5};     ///< and after any
    nanoseconds closest = std::chrono::seconds{1};     ///< between two contacts, whoever asks for them
    nanoseconds good_after = std::chrono::minutes{1};  ///< a connection that holds so long was a good one
};

/// When to contact a broker again. Waits double from failure to failure, up to a longest one, and are drawn
/// from the upper half of that span: a hundred connectors that lost their broker together do not come back
/// together, and none comes back at once. A connection that is lost as soon as it stands is a failure like
/// any other. Time is an argument (steady), and so is chance.
/// Thread safety: none of its own.
class poll {
public:
    explicit poll(poll_options o = {}) noexcept : options_{o} {}

    [[nodiscard]] nanoseconds next() const noexcept { return next_; }
    [[nodiscard]] bool due(nanoseconds now) const noexcept { return now >= next_; }
    /// In a row, up to now.
    [[nodiscard]] std::uint32_t failures() const noexcept { return failures_; }

    /// A contact begins.
    void begins(nanoseconds now) noexcept {
        began_ = now;
        next_ = nanoseconds::max();  // nothing is due while it lasts
        stands_ = false;
    }
    /// It stands.
    void connected(nanoseconds now) noexcept {
        since_ = now;
        stands_ = true;
    }
    /// It failed, or what stood was lost. `chance`: any number, drawn anew each time.
    void failed(nanoseconds now, std::uint64_t chance) noexcept {
        if (stands_ && now - since_ >= options_.good_after) failures_ = 0;
        stands_ = false;
        nanoseconds const span = longest_wait_after(failures_);
        failures_ = failures_ == UINT32_MAX ? failures_ : failures_ + 1;
        auto const half = static_cast<std::uint64_t>(span.count() / 2);
        nanoseconds const wait{static_cast<std::int64_t>(half + (half == 0 ? 0 : chance % (half + 1)))};
        next_ = std::max(sallyport::saturating_add(now, wait), earliest());
    }
    /// Somebody wants it now: an administrator, or a change of what is trusted. As soon as it may be; never
    /// later than it was due.
    void hurry(nanoseconds now) noexcept {
        if (next_ == nanoseconds::max()) return;  // it is under way
        next_ = std::min(next_, std::max(now, earliest()));
    }

private:
    [[nodiscard]] nanoseconds longest_wait_after(std::uint32_t failures) const noexcept {
        nanoseconds span = std::min(options_.first, options_.longest);
        for (; failures > 0 && span < options_.longest; --failures)
            span = span > options_.longest / 2 ? options_.longest : span * 2;
        return span;
    }
    [[nodiscard]] nanoseconds earliest() const noexcept {
        return sallyport::saturating_add(began_, options_.closest);
    }

    poll_options options_;
    nanoseconds next_ = nanoseconds::min(), began_ = nanoseconds::min(), since_{};
    std::uint32_t failures_ = 0;
    bool stands_ = false;
};

}  // namespace connector
