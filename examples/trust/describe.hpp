// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "store.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace trust_tool {

/// All that an administrator may want to know of it, in lines.
[[nodiscard]] std::string described(found const& f, trust::directory const* store,
                                    sallyport::nanoseconds wall);
/// The same for a program. No byte of it can drive a terminal.
[[nodiscard]] nlohmann::ordered_json as_json(found const& f, trust::directory const* store);
/// One line, without what escapes: ASCII, and bytes that are no UTF-8 replaced.
[[nodiscard]] std::string dumped(nlohmann::ordered_json const& j);

/// Who showed a rejected certificate, and from where; empty: nobody knows.
[[nodiscard]] std::string shown_by(trust::rejection const& r);
/// The status by which a certificate was refused, and what that means; the words where nobody knows.
[[nodiscard]] std::string reason_of(trust::rejection const& r);

}  // namespace trust_tool
