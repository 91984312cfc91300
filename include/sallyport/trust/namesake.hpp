// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/core/name_rules.hpp>
#include <sallyport/trust/certificate.hpp>
#include <sallyport/trust/directory.hpp>
#include <sallyport/trust/layout.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace sallyport::inline v0 {
namespace trust {

/// In which of their names two certificates look alike to a person: capital letters or not, for that is what
/// an impostor would try.
struct likeness {
    bool same_name = false;  ///< the common name
    bool same_uri = false;   ///< one of the ApplicationUris
    [[nodiscard]] constexpr bool any() const noexcept { return same_name || same_uri; }
};
[[nodiscard]] inline likeness likeness_of(certificate const& a, certificate const& b) {
    using sallyport::detail::same_but_for_case;
    return {.same_name = !a.common_name().empty() && same_but_for_case(a.common_name(), b.common_name()),
            .same_uri = std::any_of(a.uris().begin(), a.uris().end(), [&](auto const& u) {
                return std::any_of(b.uris().begin(), b.uris().end(),
                                   [&](auto const& v) { return same_but_for_case(u, v); });
            })};
}

/// A certificate that could be taken for another one.
struct namesake : likeness {
    store_entry entry{};
};
/// Those of both lists that bear the common name or an ApplicationUri of this certificate: what to warn of
/// before it is approved. One of them may be its predecessor, or it an impostor.
[[nodiscard]] inline std::vector<namesake> namesakes(directory const& store, certificate const& c) {
    std::vector<namesake> all;
    for (place const p : {place::trusted, place::issuers})
        for (auto& e : store.entries(p)) {
            if (e.certificate->print() == c.print()) continue;
            if (auto const n = likeness_of(c, *e.certificate); n.any()) all.push_back({n, std::move(e)});
        }
    return all;
}

}  // namespace trust
}  // namespace sallyport::inline v0
