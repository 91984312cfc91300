// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string_view>

namespace sallyport::inline v0 {

/// How a line of a book stands. All but `open` and `locked` are over.
enum class standing : std::uint8_t {
    ended,           ///< over, and its line has been given to another: nobody knows why any more
    open,            ///< in force
    locked,          ///< in force, but nothing may be done until it is unlocked
    closed,          ///< by its own handle, or by the user
    channel_closed,  ///< died with its channel
    terminated,      ///< by an administrator
    evicted,         ///< made room for another
    timed_out,       ///< idle too long, or past its lifetime
    revoked,         ///< its account was changed, disabled or deleted
    lost,            ///< the process that let it in has died, or its line in the segment was tampered with
};

[[nodiscard]] constexpr std::string_view to_string(standing s) noexcept {
    switch (s) {
        case standing::ended: return "ended";
        case standing::open: return "open";
        case standing::locked: return "locked";
        case standing::closed: return "closed";
        case standing::channel_closed: return "channel_closed";
        case standing::terminated: return "terminated";
        case standing::evicted: return "evicted";
        case standing::timed_out: return "timed_out";
        case standing::revoked: return "revoked";
        case standing::lost: return "lost";
    }
    return "ended";
}
[[nodiscard]] constexpr bool in_force(standing s) noexcept {
    return s == standing::open || s == standing::locked;
}

}  // namespace sallyport::inline v0
