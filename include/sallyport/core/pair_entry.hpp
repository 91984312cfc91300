// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/instant.hpp>
#include <sallyport/core/text.hpp>
#include <sallyport/core/trusted_device.hpp>

#include <cstdint>
#include <string_view>

namespace sallyport::inline v0 {

/// How a pair came to be.
enum class pairing_kind : std::uint64_t {
    proven,     ///< a trusted device, by its first right password
    cookie,     ///< the bearer of a signed cookie that was given out after a right password
    by_code,    ///< by a one-time code of the owner's
    appointed,  ///< by an administrator
};
[[nodiscard]] constexpr std::string_view to_string(pairing_kind k) noexcept {
    switch (k) {
        case pairing_kind::proven: return "proven";
        case pairing_kind::cookie: return "cookie";
        case pairing_kind::by_code: return "code";
        case pairing_kind::appointed: return "appointed";
    }
    return "proven";
}

/// An account and a device that it is paired with, for administrators and for the account's owner.
struct pair_entry {
    name account{};
    thumbprint device{};  ///< of its certificate, or the id of the cookie that its bearer was given
    pairing_kind how = pairing_kind::proven;
    nanoseconds made_wall{};     ///< when, on the wall clock; 0: that was not known
    nanoseconds used_wall{};     ///< when it was last used by a right password
    std::uint32_t failures = 0;  ///< wrong secrets from there that are not yet regained
    nanoseconds delay{};         ///< what a fresh secret from there must wait now
};

}  // namespace sallyport::inline v0
