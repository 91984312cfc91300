// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <sallyport/trust/certificate.hpp>
#include <sallyport/trust/directory.hpp>
#include <sallyport/trust/layout.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace sallyport::inline v0 {
namespace trust {

/// A certificate that could be taken for another one.
struct namesake {
    store_entry entry{};
    bool same_name = false;  ///< common name, capital letters or not
    bool same_uri = false;   ///< one of the ApplicationUris
};
[[nodiscard]] inline namesake compared(certificate const& a, store_entry entry) {
    auto const lower = [](std::string s) {
        for (char& c : s) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        return s;
    };
    certificate const& b = *entry.certificate;
    bool const name = !a.common_name().empty() && lower(a.common_name()) == lower(b.common_name());
    bool const uri = std::any_of(a.uris().begin(), a.uris().end(), [&](auto const& u) {
        return std::find(b.uris().begin(), b.uris().end(), u) != b.uris().end();
    });
    return {std::move(entry), name, uri};
}
/// Those of both lists that bear the common name or an ApplicationUri of this certificate: what to warn of
/// before it is approved. One of them may be its predecessor, or it an impostor.
[[nodiscard]] inline std::vector<namesake> namesakes(directory const& store, certificate const& c) {
    std::vector<namesake> all;
    for (place const p : {place::trusted, place::issuers})
        for (auto& e : store.entries(p)) {
            if (e.certificate->print() == c.print()) continue;
            if (auto n = compared(c, std::move(e)); n.same_name || n.same_uri) all.push_back(std::move(n));
        }
    return all;
}

/// Does it sign others, rather than stand for an application? A self-signed application may hold cA TRUE
/// (Part 6 §6.2.2).
[[nodiscard]] inline bool is_authority(certificate const& c) noexcept {
    return c.constraints().ca && !(c.looks_self_signed() && !c.uris().empty());
}

}  // namespace trust
}  // namespace sallyport::inline v0
