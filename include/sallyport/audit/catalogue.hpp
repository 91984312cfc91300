// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/event.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sallyport::inline v0 {
namespace audit {

/// How much an operator should care.
enum class severity : std::uint8_t {
    info,     ///< daily life
    notice,   ///< somebody changed something
    warning,  ///< somebody was kept out, or something was lost
    error,    ///< something does not work, and will not mend itself
};

[[nodiscard]] constexpr std::string_view to_string(severity s) noexcept {
    switch (s) {
        case severity::info: return "info";
        case severity::notice: return "notice";
        case severity::warning: return "warning";
        case severity::error: return "error";
    }
    return "error";
}

namespace detail {
/// The values of an enum up to `Most` for which `Is` holds: a list that nobody has to keep beside the enum.
template <class Enum, std::size_t Most, bool (*Is)(Enum)>
struct values_of {
    static constexpr std::size_t count = [] {
        std::size_t n = 0;
        for (std::size_t i = 0; i <= Most; ++i) n += Is(static_cast<Enum>(i)) ? 1U : 0U;
        return n;
    }();
    static constexpr std::array<Enum, count> all = [] {
        std::array<Enum, count> found{};
        std::size_t n = 0;
        for (std::size_t i = 0; i <= Most; ++i)
            if (Is(static_cast<Enum>(i))) found[n++] = static_cast<Enum>(i);
        return found;
    }();
};
constexpr bool happens(event_id id) { return to_string(id) != to_string(event_id{0}); }
constexpr bool refuses(reason r) {
    return r == reason::undecided || (r != reason::none && to_string(r) != to_string(reason::undecided));
}
constexpr bool ends(standing s) {
    return s == standing::ended || (!in_force(s) && to_string(s) != to_string(standing::ended));
}
}  // namespace detail

/// Every event, every reason for a refusal and every way in which a session ends, in the order of their
/// numbers.
inline constexpr auto const& event_ids = detail::values_of<event_id, 1023, detail::happens>::all;
inline constexpr auto const& refusals = detail::values_of<reason, 255, detail::refuses>::all;
inline constexpr auto const& endings = detail::values_of<standing, 255, detail::ends>::all;

/// How severe it is.
[[nodiscard]] constexpr severity severity_of(event const& e) noexcept {
    switch (e.id) {
        case event_id::login_admitted:
        case event_id::identity_confirmed:
        case event_id::session_locked:
        case event_id::session_unlocked:
        case event_id::sessions_listed:
        case event_id::pairs_listed:
        case event_id::penalties_listed: return severity::info;
        case event_id::login_refused:
            switch (e.why.why) {
                case reason::try_again_later: return severity::notice;
                case reason::storage_unavailable:
                case reason::undecided: return severity::error;
                default: return severity::warning;
            }
        case event_id::session_closed:
            switch (e.ending) {
                case standing::terminated:
                case standing::evicted:
                case standing::lost:
                case standing::revoked: return severity::notice;
                default: return severity::info;
            }
        case event_id::session_changed:
        case event_id::session_terminated:
        case event_id::session_maximum_set:
        case event_id::penalty_cleared:
        case event_id::device_paired:
        case event_id::pair_revoked:
        case event_id::pairing_code_issued:
        case event_id::accounts_loaded:
        case event_id::account_changed:
        case event_id::trust_list_changed:
        case event_id::password_changed: return severity::notice;
        case event_id::certificate_refused:
        case event_id::certificate_overlooked:
        case event_id::pairing_code_burned:
        case event_id::stale_client:
        case event_id::stale_administrator:
        case event_id::old_secret_in_use:
        case event_id::audit_lost: return severity::warning;
        case event_id::accounts_rejected:
        case event_id::accounts_unsaved:
        case event_id::trust_store_unreadable:
        case event_id::gate_unavailable: return severity::error;
    }
    return severity::error;
}

/// The component requirement of IEC 62443-4-2 that the event answers to: "CR 1.11". That it is recorded at
/// all answers to CR 2.8.
[[nodiscard]] constexpr std::string_view requirement_of(event const& e) noexcept {
    constexpr std::string_view identification = "CR 1.1", account_management = "CR 1.3",
                               authenticator_management = "CR 1.5", unsuccessful_logins = "CR 1.11",
                               authorization = "CR 2.1", session_lock = "CR 2.5",
                               session_termination = "CR 2.6", concurrent_sessions = "CR 2.7",
                               auditable_events = "CR 2.8", applications = "CR 1.2", certificates = "CR 1.8",
                               audit_failures = "CR 2.10", error_handling = "CR 3.7",
                               denial_of_service = "CR 7.1";
    switch (e.id) {
        case event_id::login_admitted:
        case event_id::identity_confirmed: return identification;
        case event_id::login_refused:
            switch (e.why.why) {
                case reason::account_disabled:
                case reason::account_not_yet_valid:
                case reason::account_expired:
                case reason::account_changed: return account_management;
                case reason::try_again_later: return denial_of_service;
                case reason::session_limit_reached: return concurrent_sessions;
                case reason::missing_role: return authorization;
                case reason::untrusted_application: return applications;
                case reason::storage_unavailable:
                case reason::undecided: return error_handling;
                default: return unsuccessful_logins;
            }
        case event_id::session_closed:
            switch (e.ending) {
                case standing::evicted: return concurrent_sessions;
                case standing::revoked: return account_management;
                default: return session_termination;
            }
        case event_id::session_locked:
        case event_id::session_unlocked: return session_lock;
        case event_id::session_changed: return authorization;
        case event_id::session_terminated: return session_termination;
        case event_id::session_maximum_set: return concurrent_sessions;
        case event_id::sessions_listed:
        case event_id::pairs_listed:
        case event_id::penalties_listed: return auditable_events;
        case event_id::penalty_cleared: return unsuccessful_logins;
        case event_id::device_paired:
        case event_id::pair_revoked:
        case event_id::pairing_code_issued:
        case event_id::old_secret_in_use: return authenticator_management;
        case event_id::pairing_code_burned:
        case event_id::stale_client:
        case event_id::stale_administrator: return unsuccessful_logins;
        case event_id::accounts_loaded:
        case event_id::accounts_rejected:
        case event_id::account_changed:
        case event_id::accounts_unsaved: return account_management;
        case event_id::password_changed: return authenticator_management;
        case event_id::certificate_refused:
        case event_id::certificate_overlooked: return applications;
        case event_id::trust_list_changed: return certificates;
        case event_id::trust_store_unreadable:
        case event_id::gate_unavailable: return error_handling;
        case event_id::audit_lost: return audit_failures;
    }
    return auditable_events;
}

}  // namespace audit
}  // namespace sallyport::inline v0
