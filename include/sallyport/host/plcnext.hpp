// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/attempt.hpp>
#include <sallyport/core/denial.hpp>
#include <sallyport/session/session.hpp>
#include <sallyport/session/session_info.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace sallyport::inline v0 {
namespace host::plcnext {

/// The answers of a PLCnext User Manager, with its numbers.
enum class authentication_error : std::int32_t {
    none = 0,
    invalid_credentials = 1,
    penalty_delay_active = 2,
    session_limit_reached = 3,
    user_password_expired = 4,
    try_again_later = 5,
};

/// What it answers for a denial: nothing that a stranger may not know.
[[nodiscard]] constexpr authentication_error to_authentication_error(denial no) noexcept {
    switch (no.outward().why) {
        case reason::none: return authentication_error::none;
        case reason::penalty_delay_active: return authentication_error::penalty_delay_active;
        case reason::session_limit_reached: return authentication_error::session_limit_reached;
        case reason::try_again_later: return authentication_error::try_again_later;
        default: return authentication_error::invalid_credentials;
    }
}

/// What `create_session` gives back. Made by default it is a refusal.
struct created_session {
    authentication_error error = authentication_error::invalid_credentials;
    session::session_token security_token{};    ///< never 0 where there is no error; 0 where there is one
    std::uint32_t penalty_delay_millis = 0;     ///< what the next attempt must wait
    std::uint32_t initial_time_out_millis = 0;  ///< of inactivity; 0: none
};

/// A gate as a PLCnext User Manager's clients know it: CreateSession, ProlongSession, CloseSession. A
/// password that must be changed answers `user_password_expired` and opens no session: the host offers the
/// change first.
/// Thread safety: everything. It must not outlive its gate.
template <class Gate>
class user_manager {
public:
    explicit user_manager(Gate& gate) noexcept : gate_{gate} {}

    /// Name up to 64 bytes, password up to 128. `channel` tells where from, and at which service. Whatever
    /// the verifier throws comes through.
    [[nodiscard]] created_session create_session(std::string_view user, secret password, attempt channel) {
        channel.user = user;
        channel.shown = {proof_kind::password, password};
        created_session out;
        auto who = gate_.login(channel);
        if (!who) {
            out.error = to_authentication_error(who.error());
            out.penalty_delay_millis = millis(nanoseconds{who.error().retry_after});
            return out;
        }
        if (who->who().marked(principal::must_change_password)) {
            out.error = authentication_error::user_password_expired;
            return out;
        }
        auto const token = who->token();
        auto const now = token ? gate_.present(*token) : result<session::session_info>{};
        if (!now) {  // ended already, or there was no chance to be had
            out.error = authentication_error::try_again_later;
            return out;
        }
        out.initial_time_out_millis =
            now->ends == nanoseconds::max() ? 0 : millis(now->ends - now->last_seen);
        who->detach();
        out.security_token = *token;
        out.error = authentication_error::none;
        return out;
    }
    /// Used; false where the session is over.
    [[nodiscard]] bool prolong_session(session::session_token const& t) noexcept {
        auto const s = gate_.present(t);
        return s && s->state == standing::open;
    }
    /// False where there was none.
    bool close_session(session::session_token const& t) noexcept {
        auto const s = gate_.present(t);
        return s && gate_.close(s->number);
    }

private:
    static std::uint32_t millis(nanoseconds t) noexcept {
        return static_cast<std::uint32_t>(std::min<std::int64_t>(denial{reason::none, t}.retry_after_ms(),
                                                                 std::numeric_limits<std::uint32_t>::max()));
    }
    Gate& gate_;
};

}  // namespace host::plcnext
}  // namespace sallyport::inline v0
