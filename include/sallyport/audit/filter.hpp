// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/audit/catalogue.hpp>
#include <sallyport/audit/event.hpp>
#include <sallyport/core/name_rules.hpp>

#include <algorithm>
#include <optional>
#include <string_view>

namespace sallyport::inline v0 {
namespace audit {

/// Which events somebody wants to see; made by default: all. `user` and `service` are viewed, for the length
/// of the call.
struct filter {
    std::optional<event_id> id{};
    std::optional<reason> why{};
    std::string_view
        user{};  ///< a part of the name of the user or of the actor, in whatever case of ASCII; empty: any
    std::string_view service{};  ///< exactly; empty: any
    severity least = severity::info;

    [[nodiscard]] constexpr bool matches(event const& e) const noexcept {
        return (!id || *id == e.id) && (!why || *why == e.why.why) &&
               (service.empty() || service == e.service.view()) && severity_of(e) >= least &&
               (user.empty() || holds(e.user.view(), user) || holds(e.actor.view(), user));
    }

private:
    static constexpr bool holds(std::string_view name, std::string_view part) noexcept {
        using sallyport::detail::ascii_lower;
        return std::search(name.begin(), name.end(), part.begin(), part.end(),
                           [](char a, char b) { return ascii_lower(a) == ascii_lower(b); }) != name.end();
    }
};

}  // namespace audit
}  // namespace sallyport::inline v0
