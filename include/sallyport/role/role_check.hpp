// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/concepts/guard.hpp>
#include <sallyport/core/options.hpp>

#include <string_view>

namespace sallyport::inline v0 {
namespace role {

struct role_check_options {
    role_set any_of{};       ///< one of these must be held; empty: not asked
    role_set all_of{};       ///< all of these must be held; empty: not asked
    service_name service{};  ///< only there; empty: at every service

    [[nodiscard]] constexpr std::string_view fault() const noexcept {
        return any_of.empty() && all_of.empty() ? "role::role_check: no role is asked for"
                                                : std::string_view{};
    }
};

/// No session without the role. Asked after the proof: a missing role never costs its owner a penalty.
/// Whoever must change his password first holds no role yet and is let in, to do that and nothing else: every
/// `may(…)` of his session says no. Source: IEC 62443-4-2 CR 2.1; PLCnext user roles.
/// Thread safety: immutable.
class role_check {
public:
    constexpr explicit role_check(role_check_options o) noexcept : options_{o} {}

    [[nodiscard]] verdict check(admission const& a) const noexcept {
        if (!options_.service.empty() && options_.service != a.who.service) return permit;
        if (a.as.marked(principal::must_change_password)) return permit;
        bool const held = (options_.any_of.empty() || a.as.roles.meets(options_.any_of)) &&
                          a.as.roles.covers(options_.all_of);
        return held ? verdict{permit} : verdict{denial{reason::missing_role, {}}};
    }
    [[nodiscard]] std::string_view fault() const noexcept { return options_.fault(); }

private:
    role_check_options options_;
};
static_assert(guard<role_check> && checks<role_check, admission> && !checks<role_check, arrival>);

}  // namespace role
}  // namespace sallyport::inline v0
