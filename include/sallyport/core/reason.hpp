// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string_view>

namespace sallyport::inline v0 {

/// Why a login was refused, exactly: for the audit. What a stranger is told is `denial::outward()`.
/// The numbers are stable: they may be stored and compared across versions.
enum class reason : std::uint8_t {
    undecided = 0,              ///< nobody decided: the value of a default, and a refusal
    invalid_credentials = 1,    ///< the secret was wrong
    unknown_account = 2,        ///< no account of that name
    account_disabled = 3,       ///< switched off by an administrator
    account_not_yet_valid = 4,  ///< its first day is to come
    account_expired = 5,        ///< its last day is over
    malformed_attempt = 6,      ///< name or secret break the rules of form; neither was looked at
    penalty_delay_active = 7,   ///< too many failures; nothing is verified until the delay is over
    try_again_later = 8,        ///< busy, or the directory is down: charged to nobody
    session_limit_reached = 9,  ///< a full house
    missing_role = 10,          ///< the secret was right, the role is not held
    overdue = 11,               ///< not settled in time: counts as a failure
    storage_unavailable = 12,   ///< the gate cannot remember, so it admits nobody
    account_changed = 13,  ///< an account's session ended since the account was changed, disabled or deleted
    untrusted_application =
        14,      ///< the service admits trusted applications alone, and none has proven itself
    none = 255,  ///< nothing was refused
};

/// The stable id of a reason, as it stands in logs and replies.
[[nodiscard]] constexpr std::string_view to_string(reason why) noexcept {
    switch (why) {
        case reason::undecided: return "undecided";
        case reason::invalid_credentials: return "invalid_credentials";
        case reason::unknown_account: return "unknown_account";
        case reason::account_disabled: return "account_disabled";
        case reason::account_not_yet_valid: return "account_not_yet_valid";
        case reason::account_expired: return "account_expired";
        case reason::malformed_attempt: return "malformed_attempt";
        case reason::penalty_delay_active: return "penalty_delay_active";
        case reason::try_again_later: return "try_again_later";
        case reason::session_limit_reached: return "session_limit_reached";
        case reason::missing_role: return "missing_role";
        case reason::overdue: return "overdue";
        case reason::storage_unavailable: return "storage_unavailable";
        case reason::account_changed: return "account_changed";
        case reason::untrusted_application: return "untrusted_application";
        case reason::none: return "none";
    }
    return "undecided";
}

}  // namespace sallyport::inline v0
