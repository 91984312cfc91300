// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/core/reason.hpp>

#include <cstdint>

namespace sallyport::inline v0 {

/// A "no", with its reason and how long a fresh secret must wait. Made by default it is a refusal that nobody
/// explained.
struct denial {
    reason why = reason::undecided;
    nanoseconds retry_after{};  ///< 0: no delay runs, or none is named

    /// Whole milliseconds, rounded up: whoever waits that long does not come early.
    [[nodiscard]] constexpr std::int64_t retry_after_ms() const noexcept { return rounded_up(1'000'000); }
    /// Whole seconds, rounded up: HTTP's Retry-After (RFC 9110 §10.2.3).
    [[nodiscard]] constexpr std::int64_t retry_after_s() const noexcept { return rounded_up(1'000'000'000); }

    /// What a stranger may be told: the same for a wrong, an unknown, a disabled and a malformed one (OWASP
    /// ASVS 5 6.3.8). The exact reason stays in the audit. `retry_after` is kept: known and unknown names
    /// wait alike.
    [[nodiscard]] constexpr denial outward() const noexcept {
        switch (why) {
            case reason::penalty_delay_active:
            case reason::session_limit_reached:
            case reason::missing_role:
            case reason::try_again_later: return *this;
            case reason::storage_unavailable: return {reason::try_again_later, retry_after};
            default: return {reason::invalid_credentials, retry_after};
        }
    }

    friend constexpr bool operator==(denial const&, denial const&) = default;

private:
    [[nodiscard]] constexpr std::int64_t rounded_up(std::int64_t unit) const noexcept {
        std::int64_t const n = retry_after.count();
        return n <= 0 ? 0 : n / unit + (n % unit != 0 ? 1 : 0);
    }
};

}  // namespace sallyport::inline v0
