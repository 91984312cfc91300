// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/address.hpp>
#include <sallyport/core/attempt.hpp>
#include <sallyport/core/denial.hpp>
#include <sallyport/core/instant.hpp>
#include <sallyport/core/standing.hpp>
#include <sallyport/core/text.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace sallyport::inline v0 {
namespace audit {

/// What happened. The numbers are stable: they may be stored and compared across versions.
enum class event_id : std::uint16_t {
    login_admitted = 100,
    login_refused = 101,
    identity_confirmed = 102,  ///< proven once more, without a new session (unlocking, change of password)
    session_closed = 200,
    session_locked = 201,
    session_unlocked = 202,
    session_changed = 203,  ///< the roles of an open session changed with its account
    sessions_listed = 300,
    session_terminated = 301,
    session_maximum_set = 302,
    penalties_listed = 310,
    penalty_cleared = 311,  ///< of `user`, of `source` or of both; neither: the one that newcomers share
    pairs_listed = 312,
    device_paired = 313,        ///< `user` and a device belong together from now on; `detail`: how
    pair_revoked = 314,         ///< `value`: how many pairs of `user`
    pairing_code_issued = 315,  ///< to `user`, for a device of his that is to come
    pairing_code_burned = 316,  ///< too many wrong ones were tried
    stale_client = 330,         ///< one wrong secret, again and again: `value` times `within`
    stale_administrator = 331,  ///< likewise, and the account may administer
    old_secret_in_use = 332,    ///< a client still sends the password that `user` had before
    accounts_loaded = 400,
    accounts_rejected = 401,  ///< a new file was unusable; what was in force stays
    account_changed = 402,
    password_changed = 403,
    accounts_unsaved = 404,        ///< a change could not be kept on disk
    certificate_refused = 450,     ///< `user`: its common name, `value`: the OPC UA status code
    certificate_overlooked = 451,  ///< accepted, with a finding that the administrator has chosen to overlook
    trust_list_changed = 452,      ///< a certificate or revocation list was added, moved or removed
    trust_store_unreadable = 453,  ///< what is in force stays
    gate_unavailable = 500,        ///< the gate was made, and refuses everything
    audit_lost = 501,              ///< events that a sink could not take
};

/// The stable id, as it stands in logs; "unknown_event" for a number that is none.
[[nodiscard]] constexpr std::string_view to_string(event_id id) noexcept {
    switch (id) {
        case event_id::login_admitted: return "login_admitted";
        case event_id::login_refused: return "login_refused";
        case event_id::identity_confirmed: return "identity_confirmed";
        case event_id::session_closed: return "session_closed";
        case event_id::session_locked: return "session_locked";
        case event_id::session_unlocked: return "session_unlocked";
        case event_id::session_changed: return "session_changed";
        case event_id::sessions_listed: return "sessions_listed";
        case event_id::session_terminated: return "session_terminated";
        case event_id::session_maximum_set: return "session_maximum_set";
        case event_id::penalties_listed: return "penalties_listed";
        case event_id::penalty_cleared: return "penalty_cleared";
        case event_id::pairs_listed: return "pairs_listed";
        case event_id::device_paired: return "device_paired";
        case event_id::pair_revoked: return "pair_revoked";
        case event_id::pairing_code_issued: return "pairing_code_issued";
        case event_id::pairing_code_burned: return "pairing_code_burned";
        case event_id::stale_client: return "stale_client";
        case event_id::stale_administrator: return "stale_administrator";
        case event_id::old_secret_in_use: return "old_secret_in_use";
        case event_id::accounts_loaded: return "accounts_loaded";
        case event_id::accounts_rejected: return "accounts_rejected";
        case event_id::account_changed: return "account_changed";
        case event_id::password_changed: return "password_changed";
        case event_id::accounts_unsaved: return "accounts_unsaved";
        case event_id::certificate_refused: return "certificate_refused";
        case event_id::certificate_overlooked: return "certificate_overlooked";
        case event_id::trust_list_changed: return "trust_list_changed";
        case event_id::trust_store_unreadable: return "trust_store_unreadable";
        case event_id::gate_unavailable: return "gate_unavailable";
        case event_id::audit_lost: return "audit_lost";
    }
    return "unknown_event";
}

/// One event, in fixed width: it can be copied into a ring or across a thread without an allocation. Nothing
/// secret is in it. `user`, `actor` and `detail` may hold whatever a stranger typed: a sink escapes them (see
/// audit/escape.hpp).
struct event {
    event_id id = event_id::login_refused;
    denial why{reason::none, {}};       ///< the exact reason and the delay that a fresh secret now meets
    standing ending = standing::ended;  ///< how a session ended, where one did
    name user{};  ///< as typed, cut to 64 bytes (see `as_typed`), and the account of a login that nobody
                  ///< settled in time; whom an act was about
    address source{};
    service_name service{};
    thumbprint device{};  ///< that has proved itself; else the id of a cookie that is paired with `user`
    proof_kind shown = proof_kind::none;
    whereabouts presence = whereabouts::remote;
    std::uint64_t session = 0;  ///< its public number; 0: none
    std::uint64_t value = 0;    ///< what was set, listed, cleared or newly lost: a maximum, a number; 0: none
    name actor{};               ///< who did it, for acts of administration
    text<96> detail{};          ///< a file, a line, a finding
    instant at{};
    std::uint64_t repeated = 0;  ///< 0: it happened once; else it stands for so many more (see folding)
    nanoseconds within{};        ///< in how long they came
};
static_assert(std::is_trivially_copyable_v<event>);

/// A name for an event. A nought would end it, and "admin", a nought and anything else be told as "admin":
/// what stands there instead is in no UTF-8, so that sinks show it as no part of a name.
[[nodiscard]] constexpr name as_typed(std::string_view user) noexcept {
    name n{user};
    for (std::size_t i = 0; i < user.size() && i < n.bytes.size(); ++i)
        if (n.bytes[i] == '\0') n.bytes[i] = '\xff';
    return n;
}
/// Is a session over with it, so that `ending` means something?
[[nodiscard]] constexpr bool ends_session(event const& e) noexcept {
    return e.id == event_id::session_closed || e.id == event_id::session_terminated;
}
/// How many happenings this event stands for.
[[nodiscard]] constexpr std::uint64_t happenings(event const& e) noexcept {
    return e.repeated == 0 ? 1 : e.repeated;
}

}  // namespace audit
}  // namespace sallyport::inline v0
