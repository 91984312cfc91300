// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "arguments.hpp"

namespace trust_tool {

// The commands that change a store; each gives the program's exit code.
[[nodiscard]] int init(arguments const& a);
[[nodiscard]] int approve(arguments const& a);
[[nodiscard]] int reject(arguments const& a);
[[nodiscard]] int remove(arguments const& a);
[[nodiscard]] int add(arguments const& a);
[[nodiscard]] int add_crl(arguments const& a);
[[nodiscard]] int create_own(arguments const& a);

}  // namespace trust_tool
