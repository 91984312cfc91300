// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "channel.hpp"
#include "contact.hpp"

#include <string>
#include <string_view>

namespace connector {

/// What is said of a contact that came to nothing: what happened, what to do about it, and where.
struct trouble {
    std::string headline;  ///< with the OPC UA status that a connector of that field would give
    std::string advice;    ///< the sentence that administrators know; empty: none fits
    std::string happened;
    std::string to_do;
    std::string details{};  ///< lines of their own: whose certificate, and where it lies
    std::string command{};  ///< that does it

    [[nodiscard]] std::string text() const;
    /// The same trouble as before need not be told at length.
    [[nodiscard]] bool same_as(trouble const& o) const noexcept {
        return headline == o.headline && happened == o.happened && details == o.details;
    }
};

/// What administrators need to know of the connector itself.
struct ourselves {
    std::string url;    ///< of the broker
    std::string store;  ///< the folder
    trust::own_pair_ptr pair{};
    std::string certificate_file{};
};

[[nodiscard]] trouble explain(broken const& end, seen const& of, trust::directory const& store,
                              ourselves const& us);
/// A connection that stood is closed, because the lists have changed.
[[nodiscard]] trouble withdrawn(trust::judgement const& now, ourselves const& us);

/// "CN=Press line,O=Plant", and its thumbprint, as lines of a message.
[[nodiscard]] std::string lines_of(trust::certificate const& c);
[[nodiscard]] std::string line(std::string_view name, std::string_view text);

}  // namespace connector
