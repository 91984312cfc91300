// SPDX-License-Identifier: BSL-1.0
// `check` looks: it must be const.
// expect: this guard's check\(stage\) must be const and noexcept, return sallyport::verdict
// expect: restless
#include "parts.hpp"

struct restless {
#ifdef CONTROL
    sallyport::verdict check(sallyport::arrival const&) const noexcept { return sallyport::permit; }
#else
    sallyport::verdict check(sallyport::arrival const&) noexcept { return sallyport::permit; }
#endif
};

int main() { gate_with(restless{}); }
