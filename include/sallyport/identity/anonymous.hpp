// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/verifier.hpp>
#include <sallyport/core/name_rules.hpp>

namespace sallyport::inline v0 {
namespace identity {

struct anonymous_options {
    role_set roles{};       ///< what nobody in particular may do; empty: look, and nothing else
    name as = "anonymous";  ///< how he is called in lists and logs
};

/// Admits whoever shows nothing at all: no name, no credential (OPC UA's anonymous identity token; a host
/// that follows the connectors hands in a blank name with a blank password as that). Only where a host
/// composes it: by default nobody is anonymous. What it admits is marked, and its proof releases nobody's
/// penalty.
/// Thread safety: immutable.
class anonymous {
public:
    constexpr explicit anonymous(anonymous_options o) noexcept : options_{o} {}

    [[nodiscard]] answer verify(attempt const& a, instant) const noexcept {
        if (a.shown.kind != proof_kind::none || !a.shown.bytes.empty() || !trimmed(a.user).empty())
            return denial{reason::invalid_credentials, {}};
        return who();
    }
    [[nodiscard]] static constexpr bool takes(proof_kind k) noexcept { return k == proof_kind::none; }
    /// The roles that he has now, if it was he.
    [[nodiscard]] answer current(principal const& was, instant) const noexcept {
        if (!was.marked(principal::anonymous)) return denial{reason::account_changed, {}};
        return who();
    }

private:
    [[nodiscard]] constexpr principal who() const noexcept {
        return {.is = options_.as, .roles = options_.roles, .marks = principal::anonymous};
    }
    anonymous_options options_;
};
static_assert(verifier<anonymous> && knows_changes<anonymous>);

}  // namespace identity
}  // namespace sallyport::inline v0
