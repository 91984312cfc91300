// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/authenticator/authenticator.hpp>
#include <sallyport/penalty/backoff.hpp>
#include <sallyport/session/session_limit.hpp>

#include <utility>

namespace sallyport::inline v0 {
namespace presets {

/// What may differ from a PLCnext device as it is published.
struct plcnext_options {
    penalty::backoff_options<penalty::plcnext_law> penalties{};
    session::session_limit_options sessions{};
};

/// The rules that a PLCnext device publishes: a penalty list by user name over all services (from the third
/// failure 10 s, then 30 s more for each, at most an hour; an attempt during the delay fails unseen and
/// extends it), 32 sessions, settable while running. A restart clears the list. More guards may follow; they
/// are asked after these two. Known weakness of these rules: whoever keeps trying a name locks its owner out.
template <class Environment, class Verifier, class... Guards>
[[nodiscard]] auto plcnext(Environment env, Verifier voice, plcnext_options o = {}, Guards... more) {
    return authenticator{std::move(env), std::move(voice), penalty::backoff<>{o.penalties},
                         session::session_limit{o.sessions}, std::move(more)...};
}

}  // namespace presets
}  // namespace sallyport::inline v0
