// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/event.hpp>

#include <string_view>

namespace sallyport::inline v0 {
namespace audit {

namespace detail {
// Words in braces are filled in by explain.hpp; a phrase begins in lower case and a sentence raises its first
// letter.

[[nodiscard]] constexpr std::string_view finding(event const& e) noexcept {
    switch (e.id) {
        case event_id::login_admitted: return "{user} was admitted{where} as session {session}";
        case event_id::login_refused: return "{user} was refused{where}: {cause}{delay}";
        case event_id::identity_confirmed:
            return e.session == 0 ? "{user} was identified once more{where}"
                                  : "{user} was identified once more{where}, in session {session}";
        case event_id::session_closed: return "session {session} of {user}{where} is over: {ending}";
        case event_id::session_locked: return "session {session} of {user}{where} was locked";
        case event_id::session_unlocked: return "session {session} of {user}{where} was unlocked";
        case event_id::session_changed:
            return "the roles of session {session} of {user}{where} changed with the account";
        case event_id::sessions_listed: return "{actor} listed the sessions{where}";
        case event_id::session_terminated: return "{actor} closed session {session} of {user}{where}";
        case event_id::session_maximum_set: return "{actor} set the maximum of sessions to {value}{where}";
        case event_id::penalties_listed: return "{actor} listed the penalties{where}";
        case event_id::penalty_cleared:
            if (!e.user.empty())
                return e.value == 0 ? "{actor} found no penalty of {user} to clear{where}{detail}"
                                    : "{actor} cleared the penalty of {user}{where}{detail}";
            if (e.source.known())
                return e.value == 0 ? "{actor} found no penalty to clear of whoever comes{where}{detail}"
                                    : "{actor} cleared the penalty of whoever comes{where}{detail}";
            return e.value == 0 ? "{actor} found no penalty to clear that newcomers share{where}{detail}"
                                : "{actor} cleared the penalty that newcomers share{where}{detail}";
        case event_id::pairs_listed: return "{actor} listed the paired devices{where}";
        case event_id::device_paired: return "{user} is paired with a device{where}{detail}";
        case event_id::pair_revoked:
            return e.value == 1 ? "{actor} revoked {value} pair of {user}{where}"
                                : "{actor} revoked {value} pairs of {user}{where}";
        case event_id::pairing_code_issued:
            return "{user} was given a code to pair a device with{where}{detail}";
        case event_id::pairing_code_burned:
            return "the pairing code of {user} was burned after too many wrong ones{where}";
        case event_id::stale_client:
            return "a client repeats one outdated secret of {user}{where}, {value} times by now{detail}";
        case event_id::stale_administrator:
            return "the administrator's account {user} is used by a machine, which repeats one outdated "
                   "secret{where}{detail}";
        case event_id::old_secret_in_use:
            return "a client still sends the password that {user} had before the change{where}";
        case event_id::accounts_loaded: return "the accounts were loaded{detail}";
        case event_id::accounts_rejected:
            return "new accounts were rejected, the old ones stay in force{detail}";
        case event_id::account_changed: return "{actor} changed the account of {user}{where}{detail}";
        case event_id::password_changed: return "{actor} changed the password of {user}{where}";
        case event_id::accounts_unsaved: return "a change to the accounts could not be kept on disk{detail}";
        case event_id::certificate_refused:
            return "the certificate that names {user} was refused{where}{detail}";
        case event_id::certificate_overlooked:
            return "the certificate that names {user} was accepted{where}, with a finding that is "
                   "overlooked{detail}";
        case event_id::trust_list_changed: return "{actor} changed the trust lists{where}{detail}";
        case event_id::trust_store_unreadable:
            return "the store of certificates could not be read, the old lists stay in force{detail}";
        case event_id::gate_unavailable: return "the gate refuses everything{detail}";
        case event_id::audit_lost:
            return e.value == 1 ? "{value} audit event was lost{detail}"
                                : "{value} audit events were lost{detail}";
    }
    return "something happened that has no name{where}{detail}";
}

[[nodiscard]] constexpr std::string_view cause(reason why) noexcept {
    switch (why) {
        case reason::invalid_credentials: return "the {secret} was wrong";
        case reason::unknown_account: return "there is no account of that name";
        case reason::account_disabled: return "the account is disabled";
        case reason::account_not_yet_valid: return "the first day of the account is yet to come";
        case reason::account_expired: return "the last day of the account is over";
        case reason::malformed_attempt:
            return "the name or the {secret} breaks the rules of form, neither was looked at";
        case reason::penalty_delay_active:
            return "a penalty delay of {ms} ms is running, the {secret} was not looked at";
        case reason::try_again_later: return "the {secret} could not be tested now, and nothing was charged";
        case reason::session_limit_reached:
            return "the {secret} was right, but no further session is allowed";
        case reason::missing_role:
            return "the {secret} was right, but the account lacks a role that is asked for";
        case reason::overdue: return "the attempt was not settled in time, which counts as a failure";
        case reason::storage_unavailable: return "the gate cannot remember anything, so it admits nobody";
        case reason::account_changed: return "the account was changed, disabled or deleted meanwhile";
        case reason::untrusted_application:
            return "the application has no trusted certificate, which this service asks for";
        case reason::undecided:
        case reason::none: break;
    }
    return "nobody decided, and silence refuses";
}

[[nodiscard]] constexpr std::string_view cause(standing ending) noexcept {
    switch (ending) {
        case standing::closed: return "it was closed";
        case standing::channel_closed: return "its connection ended";
        case standing::terminated: return "an administrator closed it";
        case standing::evicted: return "it made room for another";
        case standing::timed_out: return "it was idle for too long, or past its lifetime";
        case standing::revoked: return "its account was changed, disabled or deleted";
        case standing::lost: return "the program that let it in has died";
        case standing::ended:
        case standing::open:
        case standing::locked: break;
    }
    return "it ended";
}

[[nodiscard]] constexpr std::string_view what_was(proof_kind shown) noexcept {
    switch (shown) {
        case proof_kind::none: break;
        case proof_kind::password: return "password";
        case proof_kind::certificate: return "certificate";
        case proof_kind::token: return "token";
    }
    return "secret";
}
[[nodiscard]] constexpr std::string_view nameless(proof_kind shown) noexcept {
    switch (shown) {
        case proof_kind::none: break;
        case proof_kind::password: return "a user without a name";
        case proof_kind::certificate: return "the holder of a certificate";
        case proof_kind::token: return "the holder of a token";
    }
    return "an anonymous user";
}

[[nodiscard]] constexpr std::string_view remedy_of_refusal(event const& e) noexcept {
    switch (e.why.why) {
        case reason::invalid_credentials:
            return e.why.retry_after.count() > 0
                       ? "Wait, or clear the penalty in the user management; find out who is trying."
                       : "Try again with the right one; find out who is trying if this goes on.";
        case reason::unknown_account:
            return "Check how the name is spelled, or add the account in the user management.";
        case reason::account_disabled:
            return "Enable the account in the user management if its owner is to have access.";
        case reason::account_not_yet_valid:
        case reason::account_expired:
            return e.at.wall_trusted
                       ? "Change the account's dates in the user management if its owner is to have access."
                       : "The device's clock is not set: set it, then look at the account's dates.";
        case reason::malformed_attempt:
            return "Names are 1 to 64 bytes of UTF-8 without control characters, passwords at most 128 "
                   "bytes: look at the client that sent this.";
        case reason::penalty_delay_active: return "Wait, or clear the penalty in the user management.";
        case reason::try_again_later:
            return "Try again in a moment; if it goes on, look at the directory and at the load.";
        case reason::session_limit_reached:
            return "Close a session that is not needed, or raise the maximum of sessions.";
        case reason::missing_role:
            return "Give the account that role in the user management if its owner is to have access.";
        case reason::overdue:
            return "Try again; if it goes on, look at what keeps the directory or the service so busy.";
        case reason::storage_unavailable: return "Look at the device's memory and restart the service.";
        case reason::account_changed: return "Try again if the account is still to have access.";
        case reason::untrusted_application:
            return "Approve the application's certificate in the trust lists if it is to have access.";
        case reason::undecided:
        case reason::none: break;
    }
    return "This is a fault in the program: tell its maker.";
}
[[nodiscard]] constexpr std::string_view remedy_of_ending(standing s) noexcept {
    switch (s) {
        case standing::channel_closed: return "Log in again; look at the network if this goes on.";
        case standing::terminated: return "Log in again, or ask the administrator.";
        case standing::evicted: return "Log in again; raise the maximum of sessions if this goes on.";
        case standing::timed_out: return "Log in again; the times are set in the session configuration.";
        case standing::revoked: return "Log in again if the account is still to have access.";
        case standing::lost:
            return "Log in again; find out why that program died if it did not just restart.";
        case standing::closed:
        case standing::ended:
        case standing::open:
        case standing::locked: break;
    }
    return "Nothing needs to be done.";
}
}  // namespace detail

/// What an operator can do about it: one or two sentences.
[[nodiscard]] constexpr std::string_view remedy(event const& e) noexcept {
    switch (e.id) {
        case event_id::login_admitted:
            return "If nobody expected this, close the session and change the password.";
        case event_id::login_refused: return detail::remedy_of_refusal(e);
        case event_id::session_closed: return detail::remedy_of_ending(e.ending);
        case event_id::session_locked: return "Unlock it with its user's own secret.";
        case event_id::session_changed:
            return "Nothing needs to be done: what it may do has changed at once.";
        case event_id::session_terminated:
            return "The user may log in again; disable the account if he is to stay out.";
        case event_id::session_maximum_set:
            return "Sessions that are open stay; new ones are refused while there are as many or more.";
        case event_id::penalty_cleared:
            return "The next attempt is verified at once; watch for further failures.";
        case event_id::device_paired:
            return "Penalties elsewhere do not reach it any more. If nobody expected this, revoke the pair "
                   "and "
                   "change the password.";
        case event_id::pair_revoked: return "The device counts as any other until it is paired again.";
        case event_id::pairing_code_issued:
            return "Enter it together with the password on the new device. If the owner did not ask for it, "
                   "change the password.";
        case event_id::pairing_code_burned: return "Give out another code; find out who tried.";
        case event_id::stale_client:
        case event_id::old_secret_in_use:
            return "Give that client the new password. It delays nobody else meanwhile.";
        case event_id::stale_administrator:
            return "Give the machine an account of its own with the roles that it needs, and no more.";
        case event_id::account_changed:
            return "Open sessions of that account follow at once. Change it back if nobody meant this.";
        case event_id::password_changed: return "If the owner did not want this, disable the account.";
        case event_id::accounts_rejected:
            return "Mend the accounts at the place that is named, and load them again.";
        case event_id::accounts_unsaved:
            return "Free the disk or make it writable, and make the change again.";
        case event_id::certificate_refused:
            return "Compare its thumbprint with the one at the peer; approve it from the rejected list if it "
                   "is the "
                   "same.";
        case event_id::certificate_overlooked:
            return "Renew what is out of date, or add what is missing, and stop overlooking it.";
        case event_id::trust_list_changed:
            return "Applications that are trusted no more are cut off at once. Change it back if nobody "
                   "meant this.";
        case event_id::trust_store_unreadable: return "Mend the store at the place that is named.";
        case event_id::gate_unavailable: return "Mend what is named, and start the service again.";
        case event_id::audit_lost: return "Drain the log more often, or give it more room.";
        case event_id::identity_confirmed:
        case event_id::session_unlocked:
        case event_id::sessions_listed:
        case event_id::penalties_listed:
        case event_id::pairs_listed:
        case event_id::accounts_loaded: break;
    }
    return "Nothing needs to be done.";
}

}  // namespace audit
}  // namespace sallyport::inline v0
