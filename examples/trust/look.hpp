// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "arguments.hpp"

namespace trust_tool {

// The commands that only look; each gives the program's exit code.
[[nodiscard]] int list(arguments const& a);
[[nodiscard]] int show(arguments const& a);
[[nodiscard]] int expiring(arguments const& a);
[[nodiscard]] int doctor(arguments const& a);

}  // namespace trust_tool
