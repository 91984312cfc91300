// SPDX-License-Identifier: BSL-1.0
#pragma once

// What both versions show the program: plain functions, as two vendors' libraries would.
namespace v0_gate {
int wrong_secrets_until_refused();
bool admits_the_right_one();
}  // namespace v0_gate
namespace v1_gate {
int wrong_secrets_until_refused();
bool admits_the_right_one();
}  // namespace v1_gate
