// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/authenticator/authenticator.hpp>
#include <sallyport/penalty/lanes.hpp>
#include <sallyport/session/session_limit.hpp>

#include <utility>

namespace sallyport::inline v0 {
namespace presets {

/// What may differ from README's "The resilient gate".
struct resilient_options {
    penalty::lane_options lanes{};
    session::session_limit_options sessions{};
};

/// The same protection for the account as `plcnext` wants to give, and a better one; but nobody can lock a
/// user out of a device that he is paired with. At most 34 wrong secrets a day are verified against an
/// account from all strangers of the world together; a client that retries an old password delays nobody; 32
/// sessions, settable while running. `memory` says what a restart means: a `penalty::journal`, or
/// `penalty::volatile_state{.restarts_per_day = n}` where there is none. More guards may follow; they are
/// asked after these two. Known limit: a device that was never seen is refused while about four sources or
/// more attack its account. The answers are pairing, the console, a certificate.
template <class Environment, class Verifier, class Memory, class... Guards>
[[nodiscard]] auto resilient(Environment env, Verifier voice, Memory memory, resilient_options o = {},
                             Guards... more) {
    return authenticator{std::move(env), std::move(voice), penalty::lanes<Memory>{o.lanes, std::move(memory)},
                         session::session_limit{o.sessions}, std::move(more)...};
}

}  // namespace presets
}  // namespace sallyport::inline v0
