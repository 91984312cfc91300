// SPDX-License-Identifier: BSL-1.0
// A bare bool does not say whether true is "in" or "refused".
// expect: this guard's check\(stage\) must be const and noexcept, return sallyport::verdict
// expect: terse
#include "parts.hpp"

struct terse {
#ifdef CONTROL
    sallyport::verdict check(sallyport::arrival const&) const noexcept { return sallyport::permit; }
#else
    bool check(sallyport::arrival const&) const noexcept { return true; }
#endif
};

int main() { gate_with(terse{}); }
