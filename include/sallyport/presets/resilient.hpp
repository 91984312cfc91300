// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/presets/plcnext.hpp>

#include <utility>

namespace sallyport::inline v0 {
namespace presets {

/// As `plcnext`, but an attempt during the delay freezes the penalty in place of extending it: a client that
/// retries an old password, and a person who does not wait, come no further into the list.
template <class Environment, class Verifier, class... Guards>
[[nodiscard]] auto resilient(Environment env, Verifier voice, plcnext_options o = {}, Guards... more) {
    o.penalties.on_early_attempt = penalty::early_attempt::freeze;
    return plcnext(std::move(env), std::move(voice), o, std::move(more)...);
}

}  // namespace presets
}  // namespace sallyport::inline v0
