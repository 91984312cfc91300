// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "arguments.hpp"

#include <sallyport/trust/judgement.hpp>

#include <string>

namespace trust_tool {

/// One JSON object, on one line.
[[nodiscard]] std::string as_json(trust::judgement const& j);
/// For a person to read.
[[nodiscard]] std::string as_text(trust::judgement const& j);

/// Judges a file by a store; the program's exit code.
[[nodiscard]] int verify(arguments const& a);

}  // namespace trust_tool
