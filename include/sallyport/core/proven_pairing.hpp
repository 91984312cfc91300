// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/text.hpp>
#include <sallyport/core/trusted_device.hpp>

namespace sallyport::inline v0 {

namespace penalty {
class device_cookie;
}  // namespace penalty

template <class Environment, class Verifier, class... Guards>
class authenticator;

/// That an account has logged in from here before, proven by a cookie which this device signed. Only whoever
/// checks the signature makes one, so what a client merely claims cannot become one. It speaks of one
/// account: beside another name it proves nothing. Made by default: no pairing.
/// Source: OWASP, Slow Down Online Guessing Attacks with Device Cookies.
/// Thread safety: as a plain value.
class proven_pairing {
public:
    constexpr proven_pairing() = default;
    [[nodiscard]] constexpr bool known() const noexcept { return id_.known(); }
    /// The account, as the directory folds it.
    [[nodiscard]] constexpr name const& account() const noexcept { return account_; }
    /// Tells the bearer from the account's other pairs.
    [[nodiscard]] constexpr thumbprint const& id() const noexcept { return id_; }
    /// Does it prove anything for this account?
    [[nodiscard]] constexpr bool speaks_of(name const& account) const noexcept {
        return known() && account_ == account;
    }
    friend constexpr bool operator==(proven_pairing const&, proven_pairing const&) = default;

private:
    friend class penalty::device_cookie;
    friend class testing::device_forge;
    template <class, class, class...>
    friend class authenticator;  // of its own session, once more
    constexpr proven_pairing(name const& account, thumbprint const& id) noexcept
        : account_{account}, id_{id} {}

    name account_{};
    thumbprint id_{};
};

}  // namespace sallyport::inline v0
