// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

// What both versions show the program: plain functions, as two vendors' libraries would.
namespace v0_gate {
int wrong_secrets_until_refused();
bool admits_the_right_one();
std::string_view version();
}  // namespace v0_gate
namespace v1_gate {
int wrong_secrets_until_refused();
bool admits_the_right_one();
std::string_view version();
}  // namespace v1_gate
